from typing import ClassVar

from django.db import models


class Worker(models.Model):
    """A process that does the work behind the pages, and when it said last that it is there."""

    worker_id = models.CharField(primary_key=True, max_length=64)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "后台任务进程"
        ordering: ClassVar = ["started_at"]
