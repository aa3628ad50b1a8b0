"""The declaration as it is filled in: one row of the database for each row of the form."""

import uuid
from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from declarations.enums import Status
from declarations.models.round import ReviewStage, Round
from indicators.enums import Comparison
from indicators.models import SecondaryIndicator, TertiaryIndicator
from perfgoals.accounts.models import Department


class Declaration(models.Model):
    """申报表: one per department and round. Only `workflow.py` changes its status."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="declarations", verbose_name="申报批次")
    department = models.ForeignKey(Department, models.PROTECT, related_name="declarations", verbose_name="部门（单位）")
    status = models.CharField("状态", max_length=20, choices=Status, default=Status.DRAFT, editable=False)
    stage = models.ForeignKey(
        ReviewStage, models.PROTECT, null=True, editable=False, related_name="declarations", verbose_name="审核环节"
    )
    stage_since = models.DateTimeField("进入环节时间", null=True, editable=False)
    due_at = models.DateTimeField("办理期限", null=True, editable=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="经办人"
    )
    # The rank (`StageKind.rank`) of the furthest stage that it has ever been in: who may see it hangs on that.
    reached = models.PositiveSmallIntegerField(default=0, editable=False)
    submission = models.ForeignKey(
        "Submission", models.PROTECT, null=True, editable=False, related_name="+", verbose_name="最近一次送审"
    )
    # In force; it stays so while an adjustment is filled in and reviewed.
    approved = models.ForeignKey(
        "Submission", models.PROTECT, null=True, editable=False, related_name="+", verbose_name="现行批复"
    )
    revision = models.PositiveSmallIntegerField("版次", default=1, editable=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("最近修改时间", auto_now=True)

    class Meta:
        verbose_name = "申报表"
        ordering: ClassVar = ["-round__fiscal_year", "department__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "department"], name="declaration_once_per_round"),
            models.CheckConstraint(
                name="declaration_stage_while_in_review",
                condition=Q(status=Status.IN_REVIEW, stage__isnull=False, submission__isnull=False)
                | (~Q(status=Status.IN_REVIEW) & Q(stage__isnull=True)),
            ),
            models.CheckConstraint(
                name="declaration_decided_on_a_submission",
                condition=~Q(status__in=[Status.RETURNED, Status.APPROVED]) | Q(submission__isnull=False),
            ),
            models.CheckConstraint(
                name="declaration_approved_is_in_force",
                condition=~Q(status=Status.APPROVED) | Q(approved__isnull=False, approved=F("submission")),
            ),
            models.CheckConstraint(
                name="declaration_assigned_while_in_review",
                condition=Q(status=Status.IN_REVIEW) | Q(assignee__isnull=True),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "stage", "due_at"], name="declaration_queue")]

    def __str__(self) -> str:
        return f"{self.department} {self.round.fiscal_year} 年度"

    @property
    def is_adjusting(self) -> bool:
        """Whether an adjustment of what was approved is under way."""
        return self.approved_id is not None and self.status != Status.APPROVED

    @property
    def due_on(self) -> date | None:
        """The last day on which a decision in its stage is in time."""
        return timezone.localdate(self.due_at - timedelta(seconds=1)) if self.due_at else None


class Contribution(models.Model):
    """Who has filled in or submitted a declaration: such a person never decides on it."""

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="contributions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["declaration", "user"], name="contribution_once_a_user")
        ]


class Row(models.Model):
    """What every row of a declaration has.

    `key` names the row for ever, also in sealed submissions; the browser may choose it, so that a repeated request
    adds no second row. `version` counts the saves, so that nobody overwrites what he has not seen. `origin` is the key
    of the row of an earlier declaration that this one was taken over from; such a row is `unconfirmed` until somebody
    changes or confirms it.
    """

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="%(class)s_rows")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    position = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    origin = models.UUIDField(null=True, editable=False)
    unconfirmed = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["declaration", "key"], name="%(class)s_key_unique")]


class DutyGoal(Row):
    text = models.TextField("年度履职目标", blank=True, max_length=2000)

    class Meta(Row.Meta):
        constraints: ClassVar = [
            *Row.Meta.constraints,
            models.UniqueConstraint(fields=["declaration", "position"], name="goal_position_unique"),
        ]


class MainTask(Row):
    name = models.CharField("任务名称", blank=True, max_length=200)
    content = models.TextField("主要内容", blank=True, max_length=2000)
    amount = models.CharField("金额（万元）", blank=True, max_length=50)

    class Meta(Row.Meta):
        constraints: ClassVar = [
            *Row.Meta.constraints,
            models.UniqueConstraint(fields=["declaration", "position"], name="task_position_unique"),
        ]


class Budget(models.Model):
    """预算情况, in 万元: each figure as it was typed, and beside it the number read from it.

    Six decimals of 万元 are exact to the cent.
    """

    declaration = models.OneToOneField(Declaration, models.CASCADE, related_name="budget")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    total = models.CharField("部门预算总额", max_length=50, blank=True)
    fiscal_funds = models.CharField("财政性资金", max_length=50, blank=True)
    other_funds = models.CharField("其他资金", max_length=50, blank=True)
    basic_expenditure = models.CharField("基本支出", max_length=50, blank=True)
    project_expenditure = models.CharField("项目支出", max_length=50, blank=True)
    total_amount = models.DecimalField(max_digits=15, decimal_places=6, null=True, editable=False)
    fiscal_funds_amount = models.DecimalField(max_digits=15, decimal_places=6, null=True, editable=False)
    other_funds_amount = models.DecimalField(max_digits=15, decimal_places=6, null=True, editable=False)
    basic_expenditure_amount = models.DecimalField(max_digits=15, decimal_places=6, null=True, editable=False)
    project_expenditure_amount = models.DecimalField(max_digits=15, decimal_places=6, null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name=f"budget_{figure}_not_negative", condition=Q(**{f"{figure}_amount__gte": 0}))
            for figure in ("total", "fiscal_funds", "other_funds", "basic_expenditure", "project_expenditure")
        ]


class Target(Row):
    """A declared level-3 indicator: a common one of the template (`tertiary` is set) or one of the department's own."""

    secondary = models.ForeignKey(SecondaryIndicator, models.PROTECT, related_name="targets")
    tertiary = models.ForeignKey(TertiaryIndicator, models.PROTECT, null=True, related_name="targets")
    name = models.CharField("三级指标", max_length=200, blank=True)
    comparison = models.CharField("指标值类型", max_length=20, choices=Comparison, blank=True)
    value = models.CharField("指标值", max_length=200, blank=True)
    number = models.DecimalField(max_digits=15, decimal_places=6, null=True, editable=False)
    unit = models.CharField("度量单位", max_length=50, blank=True)
    scoring_standard = models.TextField("评/扣分标准", blank=True, max_length=2000)
    explanation = models.TextField("指标值说明", blank=True, max_length=5000)
    remark = models.TextField("备注", blank=True, max_length=2000)

    class Meta(Row.Meta):
        constraints: ClassVar = [
            *Row.Meta.constraints,
            models.UniqueConstraint(fields=["declaration", "secondary", "position"], name="target_position_unique"),
            models.UniqueConstraint(fields=["declaration", "tertiary"], name="target_once_per_common_indicator"),
        ]
