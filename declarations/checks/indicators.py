"""Rules of the performance indicators (绩效指标)."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from declarations.checks.blanks import has_blank
from declarations.checks.findings import Finding
from declarations.checks.places import INDICATORS, TARGET_LABELS, TargetRow, primary_place, target_rows
from declarations.document import Document, Target
from declarations.numbers import normalise, read_number
from indicators.enums import Comparison, PrimaryKind

_REQUIRED_FIELDS = {"name": "请填写指标名称", "comparison": "请选择指标值类型", "value": "请填写指标值"}
_NO_UNIT = ("", "-", "—", "/", "无")
# In half-width characters, and so that no sign comes before a longer one that begins with it.
COMPARISON_OF_SIGN = {
    ">=": Comparison.AT_LEAST,
    "≥": Comparison.AT_LEAST,
    "≧": Comparison.AT_LEAST,
    "⩾": Comparison.AT_LEAST,
    "≮": Comparison.AT_LEAST,
    "<=": Comparison.AT_MOST,
    "≤": Comparison.AT_MOST,
    "≦": Comparison.AT_MOST,
    "⩽": Comparison.AT_MOST,
    "≯": Comparison.AT_MOST,
    ">": Comparison.MORE_THAN,
    "<": Comparison.LESS_THAN,
    "=": Comparison.EQUAL,
}


def outputs_present(document: Document) -> Iterator[Finding]:
    """There is an indicator of output."""
    yield from _present(document, "outputs_missing", "产出指标", PrimaryKind.OUTPUT)


def benefits_present(document: Document) -> Iterator[Finding]:
    """There is an indicator of benefit or satisfaction."""
    yield from _present(document, "benefits_missing", "效益或满意度指标", PrimaryKind.BENEFIT, PrimaryKind.SATISFACTION)


def _present(document: Document, code: str, label: str, *kinds: PrimaryKind) -> Iterator[Finding]:
    primaries = [primary for primary in document.indicators if primary.kind in kinds]
    if not primaries:
        yield INDICATORS.error(code, f"申报模板未设置{label}，无法填报，请联系财政部门核对模板。")
    elif not any(group.targets for primary in primaries for group in primary.groups):
        names = "、".join(f"“{primary.name}”" for primary in primaries)
        yield primary_place(primaries[0]).error(code, f"尚未填报{label}，请在{names}下至少填写一个三级指标。")


def targets_filled(document: Document) -> Iterator[Finding]:
    """Each indicator has a name, a comparison and a value."""
    for row in target_rows(document):
        # A common indicator cannot be deleted.
        otherwise = "" if row.target.common else "，或删除该指标"
        for field, advice in _REQUIRED_FIELDS.items():
            if not getattr(row.target, field).strip():
                yield row.at(field).error(
                    f"target_{field}_missing", f"该指标的{TARGET_LABELS[field]}未填写，{advice}{otherwise}。"
                )


def quantitative_values_hold_numbers(document: Document) -> Iterator[Finding]:
    """A value that is compared holds a number."""
    for row in target_rows(document):
        value = row.target.value
        if is_quantitative(row.target) and value.strip() and read_number(value) is None and not has_blank(value):
            yield row.at("value").error(
                "value_without_number",
                f"指标值类型为“{Comparison(row.target.comparison).label}”，但指标值“{value.strip()}”中没有数字，"
                "请填写以阿拉伯数字表示的指标值，或将指标值类型改为“定性”。",
            )


def names_unique(document: Document) -> Iterator[Finding]:
    """No two indicators under one level-2 group have the same name."""
    rows_by_name: dict[tuple[str, str], list[TargetRow]] = defaultdict(list)
    for row in target_rows(document):
        rows_by_name[row.group.key, plain(row.target.name)].append(row)
    for (_, name), rows in rows_by_name.items():
        for row in rows[1:] if name else ():
            yield row.at("name").error(
                "name_repeated",
                f"“{row.group.name}”下有 {len(rows)} 个三级指标同名“{name}”，请合并重复的指标，或改用不同的名称。",
            )


def own_targets_have_standards(document: Document) -> Iterator[Finding]:
    """An own indicator says how it is scored."""
    for row in target_rows(document):
        if not row.target.common and not row.target.scoring_standard.strip():
            yield row.at("scoring_standard").warning(
                "scoring_standard_missing", "该个性指标未填写评/扣分标准，建议写明如何得分、如何扣分。"
            )


def rates_have_units(document: Document) -> Iterator[Finding]:
    """A rate says whether it is a percentage."""
    for row in target_rows(document):
        target = row.target
        if (
            is_quantitative(target)
            and any(word in target.name for word in ("率", "满意度"))
            and target.value.strip()
            and plain(target.unit) in _NO_UNIT
            and not any(sign in normalise(target.value) for sign in ("%", "‰", "百分", "千分"))
        ):
            yield row.at("unit").warning(
                "rate_without_unit",
                f"该指标为比率，指标值“{target.value.strip()}”未注明度量单位，建议将度量单位填为“%”并核对指标值。",
            )


def signs_agree(document: Document) -> Iterator[Finding]:
    """A value that itself begins with a comparison sign begins with the chosen one."""
    for row in target_rows(document):
        target = row.target
        sign = leading_comparison(target.value)
        if sign and target.comparison and sign != target.comparison:
            yield row.at("value").warning(
                "sign_unlike_comparison",
                f"指标值“{target.value.strip()}”以“{sign.label}”开头，与所选指标值类型"
                f"“{Comparison(target.comparison).label}”不一致，请修改其中之一。",
            )


def leading_comparison(value: str) -> Comparison | None:
    """The comparison whose sign `value` begins with; None where it begins with none."""
    text = normalise(value)
    return next((comparison for sign, comparison in COMPARISON_OF_SIGN.items() if text.startswith(sign)), None)


def is_quantitative(target: Target) -> bool:
    """Whether the target's value is compared as a number."""
    return target.comparison not in ("", Comparison.QUALITATIVE)


def plain(text: str) -> str:
    """`text` as it is compared with another: in half-width characters and without surrounding space."""
    return unicodedata.normalize("NFKC", text).strip()
