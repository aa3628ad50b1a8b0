from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "perfgoals.workers"
    verbose_name = "后台任务"
