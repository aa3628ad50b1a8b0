from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from declarations.enums import Scoring, StageKind
from indicators.models import IndicatorTemplate
from perfgoals.accounts.models import Department

CLOSES_TOO_EARLY = "截止时间须晚于开始时间。"


class Round(models.Model):
    """申报批次: the declarations of one fiscal year, on one published template, between two times."""

    fiscal_year = models.PositiveSmallIntegerField(
        "预算年度", unique=True, validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    title = models.CharField("批次名称", max_length=100)
    template = models.ForeignKey(IndicatorTemplate, models.PROTECT, related_name="rounds", verbose_name="指标模板")
    opens_at = models.DateTimeField("开始时间")
    closes_at = models.DateTimeField("截止时间")
    # Without it, adjustments are accepted until the end of the fiscal year.
    adjustments_close_at = models.DateTimeField("调整截止时间", null=True, blank=True)
    scoring = models.CharField("审核表", max_length=20, choices=Scoring, default=Scoring.NONE)

    class Meta:
        verbose_name = "申报批次"
        ordering: ClassVar = ["-fiscal_year"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="round_closes_after_it_opens",
                condition=Q(closes_at__gt=F("opens_at")),
                violation_error_message=CLOSES_TOO_EARLY,
            )
        ]

    def __str__(self) -> str:
        return self.title


class ReviewStage(models.Model):
    """One stage of a round's review; stages are passed in order."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField("审核环节", max_length=20, choices=StageKind)
    # Calendar days from the day on which a declaration enters the stage.
    target_days = models.PositiveSmallIntegerField("办理时限（天）", null=True, blank=True)

    class Meta:
        verbose_name = "审核环节"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "position"], name="stage_position_unique"),
            models.UniqueConstraint(fields=["round", "kind"], name="stage_kind_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}审核"


class Extension(models.Model):
    """A later closing time for one department in one round, with the reason it was given for."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="extensions")
    department = models.ForeignKey(Department, models.PROTECT, related_name="extensions", verbose_name="部门（单位）")
    closes_at = models.DateTimeField("延期至")
    reason = models.CharField("延期原因", max_length=200)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="批准人")
    granted_at = models.DateTimeField("批准时间", auto_now_add=True)

    class Meta:
        verbose_name = "延期"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "department"], name="extension_once_per_department")
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.round}"
