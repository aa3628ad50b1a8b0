"""The log of who did what. Database triggers refuse to change or delete an entry, and to delete the head."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from perfgoals.audit.enums import Action

HASH_LENGTH = 64


class LogEntry(models.Model):
    """One thing that somebody did, chained to the entry before it by `previous`.

    Names and places are kept as they were then. Without an actor nobody was signed in.
    """

    number = models.PositiveBigIntegerField("编号", primary_key=True)
    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="账号"
    )
    actor_name = models.CharField("姓名", max_length=50, blank=True)
    actor_role = models.CharField("角色", max_length=30, blank=True)
    actor_place = models.CharField("所属部门或科室", max_length=100, blank=True)
    address = models.CharField("来源", max_length=45)
    action = models.CharField("事项", max_length=30, choices=Action)
    subject = models.TextField("对象", blank=True)
    # No foreign key: the log knows nothing of declarations.
    declaration_id = models.PositiveBigIntegerField(null=True, db_index=True)
    digest = models.CharField("内容指纹", max_length=64, blank=True)
    text = models.TextField("说明", blank=True)
    previous = models.CharField("上一条校验值", max_length=HASH_LENGTH, blank=True)
    hash = models.CharField("校验值", max_length=HASH_LENGTH)

    class Meta:
        verbose_name = "操作日志"
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.get_action_display()}"


class LogHead(models.Model):
    """Where the log ends; the one row that all who write to the log wait for."""

    ONLY = 1

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=HASH_LENGTH, blank=True)
    seal = models.CharField(max_length=HASH_LENGTH, blank=True)

    class Meta:
        verbose_name = "操作日志末端"
        constraints: ClassVar = [models.CheckConstraint(name="log_has_one_head", condition=Q(pk=1))]

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"
