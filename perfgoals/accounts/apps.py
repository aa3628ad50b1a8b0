from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "perfgoals.accounts"
    label = "accounts"
    verbose_name = "部门、科室与账号"
