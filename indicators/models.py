"""The indicator template: a versioned three-level tree. Once published, database triggers refuse every change."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from indicators.enums import AmountFormat, Comparison, Orientation, PrimaryKind


class IndicatorTemplate(models.Model):
    """One version of a template. A draft while `published_at` is empty; frozen from then on."""

    name = models.CharField("模板名称", max_length=100)
    version = models.PositiveIntegerField("版本", default=1)
    title = models.CharField("表格标题", max_length=100, default="部门（单位）整体绩效目标申报表")
    points_total = models.DecimalField(
        "个性指标应有总分",
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="备注和评分标准中写明的分值之和应等于此数；留空则不检查。",
    )
    with_task_amounts = models.BooleanField("主要任务须填金额", default=False)
    guidance = models.TextField("填报说明", blank=True, max_length=5000)
    orientation = models.CharField("纸张方向", max_length=20, choices=Orientation, default=Orientation.LANDSCAPE)
    amount_format = models.CharField("金额格式", max_length=20, choices=AmountFormat, default=AmountFormat.TYPED)
    unit_column = models.BooleanField(
        "“度量单位”单独成栏",
        default=False,
        help_text="正式表样没有此栏：单位印在“评/扣分标准”栏；该栏已有文字的，印在指标值之后。",
    )
    standard_column = models.BooleanField("打印“评/扣分标准”栏", default=True)
    remark_column = models.BooleanField("打印“备注”栏", default=True)
    signature_lines = models.BooleanField(
        "打印签字盖章栏", default=False, help_text="在表格下方留出填报人、负责人签字和单位盖章的位置。"
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="发布人"
    )

    class Meta:
        verbose_name = "指标模板"
        ordering: ClassVar = ["name", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="template_version_unique"),
            models.CheckConstraint(name="template_points_not_negative", condition=Q(points_total__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.name} 第{self.version}版"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class PrimaryIndicator(models.Model):
    template = models.ForeignKey(IndicatorTemplate, models.CASCADE, related_name="primaries")
    position = models.PositiveIntegerField()
    name = models.CharField("一级指标", max_length=100)
    kind = models.CharField("类别", max_length=20, choices=PrimaryKind, default=PrimaryKind.OTHER)

    class Meta:
        verbose_name = "一级指标"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template", "position"], name="primary_position_unique"),
            models.UniqueConstraint(fields=["template", "name"], name="primary_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class SecondaryIndicator(models.Model):
    primary = models.ForeignKey(PrimaryIndicator, models.CASCADE, related_name="secondaries")
    position = models.PositiveIntegerField()
    name = models.CharField("二级指标", max_length=100)
    explanation = models.TextField("指标值说明", blank=True, max_length=5000, help_text="印在正式表格中。")
    guidance = models.TextField("填报提示", blank=True, max_length=5000, help_text="只在填报时显示，不印出。")
    allows_own = models.BooleanField("允许部门增加个性指标", default=False)

    class Meta:
        verbose_name = "二级指标"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["primary", "position"], name="secondary_position_unique"),
            models.UniqueConstraint(fields=["primary", "name"], name="secondary_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class TertiaryIndicator(models.Model):
    """A common indicator (共性指标): every declaration of a round that uses the template has it."""

    secondary = models.ForeignKey(SecondaryIndicator, models.CASCADE, related_name="tertiaries")
    position = models.PositiveIntegerField()
    name = models.CharField("三级指标", max_length=200)
    comparison = models.CharField("指标值类型", max_length=20, choices=Comparison)
    value = models.CharField("指标值", max_length=200, blank=True)
    unit = models.CharField("度量单位", max_length=50, blank=True)
    scoring_standard = models.TextField("评/扣分标准", blank=True, max_length=2000)
    explanation = models.TextField("指标值说明", blank=True, max_length=5000)
    remark = models.TextField("备注", blank=True, max_length=2000)
    value_editable = models.BooleanField("部门可修改指标值", default=True)

    class Meta:
        verbose_name = "三级指标"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["secondary", "position"], name="tertiary_position_unique"),
            models.UniqueConstraint(fields=["secondary", "name"], name="tertiary_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name
