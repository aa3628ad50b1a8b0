"""Rules that compare a declaration with what was approved for the department in other years."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from declarations.checks.findings import Finding
from declarations.checks.indicators import is_quantitative, plain
from declarations.checks.places import budget_place, target_rows
from declarations.document import BUDGET_LABELS, Document, SecondaryGroup, Target
from declarations.numbers import format_number, parse_amount, read_number

# From here on a slip of units is likelier than a change; 元 for 万元 is 10,000.
_RATIO = 100
_YEARS_SHOWN = 3

YearNumber = tuple[int, Decimal]


def values_like_earlier_years(document: Document, earlier: Sequence[Document]) -> Iterator[Finding]:
    """No value is a hundredfold off from that of every earlier year.

    The same indicator is that of the same name and unit in a level-2 group of the same name.
    """
    history: dict[tuple[str, str, str], list[YearNumber]] = {}
    for other in earlier:
        for _, group, target in other.targets():
            if (number := _number(target)) is not None:
                history.setdefault(_identity(group, target), []).append((other.fiscal_year, number))
    for row in target_rows(document):
        number = _number(row.target)
        years = history.get(_identity(row.group, row.target), [])
        if number is not None and _far_from_all(number, years):
            yield row.at("value").warning(
                "value_unlike_earlier_years",
                f"指标值 {format_number(number)} 与以前年度（{_shown(years)}）相差 {_RATIO} 倍以上，"
                "请核对数值和度量单位是否有误。",
            )


def budget_like_earlier_years(document: Document, earlier: Sequence[Document]) -> Iterator[Finding]:
    """No figure of the budget is a hundredfold off from that of every earlier year."""
    for figure, label in BUDGET_LABELS.items():
        number = parse_amount(getattr(document.budget, figure))
        numbers = [(other.fiscal_year, parse_amount(getattr(other.budget, figure))) for other in earlier]
        years = [(year, amount) for year, amount in numbers if amount is not None]
        if number is not None and _far_from_all(number, years):
            yield budget_place(figure).warning(
                "budget_unlike_earlier_years",
                f"{label} {format_number(number)} 万元与以前年度（{_shown(years)}）相差 {_RATIO} 倍以上，"
                "请核对是否误将元填作万元。",
            )


def _number(target: Target) -> Decimal | None:
    return read_number(target.value) if is_quantitative(target) else None


def _identity(group: SecondaryGroup, target: Target) -> tuple[str, str, str]:
    return plain(group.name), plain(target.name), plain(target.unit)


def _far_from_all(number: Decimal, years: list[YearNumber]) -> bool:
    # Zero has no ratio to anything.
    sizes = [abs(other) for _, other in years if other]
    size = abs(number)
    return bool(size and sizes) and all(size >= _RATIO * other or other >= _RATIO * size for other in sizes)


def _shown(years: list[YearNumber]) -> str:
    latest = sorted(((year, number) for year, number in years if number), reverse=True)[:_YEARS_SHOWN]
    return "，".join(f"{year} 年度 {format_number(number)}" for year, number in latest)
