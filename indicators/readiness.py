"""Whether a draft can be published: every declaration on it must be able to pass the checks."""

import unicodedata
from collections.abc import Iterator

from indicators.enums import Comparison, PrimaryKind
from indicators.models import IndicatorTemplate, TertiaryIndicator


def problems_of(template: IndicatorTemplate) -> list[str]:
    """Why a template (with its tree prefetched) cannot be published; empty where it can."""
    return list(_problems(template))


def _problems(template: IndicatorTemplate) -> Iterator[str]:
    primaries = template.primaries.all()
    kinds = {primary.kind for primary in primaries}
    if not primaries:
        yield "模板中还没有一级指标。"
        return
    # The checks ask every declaration for both.
    if PrimaryKind.OUTPUT not in kinds:
        yield "没有类别为“产出”的一级指标。"
    if not kinds & {PrimaryKind.BENEFIT, PrimaryKind.SATISFACTION}:
        yield "没有类别为“效益”或“满意度”的一级指标。"
    for primary in primaries:
        if not primary.secondaries.all():
            yield f"一级指标“{primary.name}”下还没有二级指标。"
        for secondary in primary.secondaries.all():
            if not secondary.allows_own and not secondary.tertiaries.all():
                yield f"二级指标“{secondary.name}”下没有三级指标，又不允许部门增加个性指标。"
            for tertiary in secondary.tertiaries.all():
                yield from _problems_of_tertiary(tertiary)


def _problems_of_tertiary(tertiary: TertiaryIndicator) -> Iterator[str]:
    if not tertiary.comparison:
        yield f"三级指标“{tertiary.name}”未选择指标值类型。"
    elif not tertiary.value_editable and not tertiary.value.strip():
        yield f"三级指标“{tertiary.name}”没有指标值，又不允许部门修改。"
    elif (
        not tertiary.value_editable
        and tertiary.comparison != Comparison.QUALITATIVE
        and not any(character.isdecimal() for character in unicodedata.normalize("NFKC", tertiary.value))
    ):
        yield f"三级指标“{tertiary.name}”的指标值中没有数字，又不允许部门修改。"
