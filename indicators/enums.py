from django.db import models


class Comparison(models.TextChoices):
    """指标值类型: how a target's value is compared; the labels are printed in the official table."""

    AT_LEAST = "ge", "≥"
    MORE_THAN = "gt", ">"
    EQUAL = "eq", "="
    LESS_THAN = "lt", "<"
    AT_MOST = "le", "≤"
    QUALITATIVE = "qualitative", "定性"


class PrimaryKind(models.TextChoices):
    """What a level-1 indicator measures; the checks ask for outputs and for benefits or satisfaction."""

    INPUT = "input", "投入管理"
    OUTPUT = "output", "产出"
    BENEFIT = "benefit", "效益"
    SATISFACTION = "satisfaction", "满意度"
    OTHER = "other", "其他"


class Orientation(models.TextChoices):
    """How the paper lies that the official table is printed on."""

    LANDSCAPE = "landscape", "横向"
    PORTRAIT = "portrait", "纵向"


class AmountFormat(models.TextChoices):
    """How the amounts in 万元 are printed."""

    TYPED = "typed", "按填写的数字（如 2677.7）"
    GROUPED = "grouped", "保留两位小数并加千位分隔符（如 2,677.70）"
