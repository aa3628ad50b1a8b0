"""What was approved for earlier years, as it is shown beside the targets and figures of the form."""

from collections.abc import Iterable, Iterator, Mapping

from declarations.checks.indicators import leading_comparison, plain
from declarations.document import BUDGET_LABELS, Document, SecondaryGroup, Target
from declarations.exports.table import SIGNS, value_with_unit
from declarations.numbers import print_amount
from indicators.enums import Comparison


def last_year_values(document: Document, origins: Mapping[str, str], earlier: Iterable[Document]) -> dict[str, str]:
    """For each target of `document` that was there before its latest earlier value, as 2021 年度：≥95%, by key.

    `earlier` are documents of earlier years, the latest first; `origins` holds the key of the earlier target for each
    target that was taken over. Any other is that of the same name in a level-2 group of the same name.
    """
    values: dict[str, str] = {}
    for other in earlier:
        by_key = {target.key: target for _, _, target in other.targets()}
        by_name = {_identity(group, target): target for group, target in _targets(other)}
        for group, target in _targets(document):
            before = by_key.get(origins.get(target.key, "")) or by_name.get(_identity(group, target))
            if before and before.value.strip():
                values.setdefault(target.key, f"{other.fiscal_year} 年度：{measure(before)}")
    return values


def last_year_budget(earlier: Iterable[Document]) -> dict[str, str]:
    """For each figure of the budget the latest earlier one, in 万元, as 2021 年度：2677.7.

    `earlier` are documents of earlier years, the latest first.
    """
    figures: dict[str, str] = {}
    for other in earlier:
        for figure in BUDGET_LABELS:
            if text := getattr(other.budget, figure).strip():
                figures.setdefault(figure, f"{other.fiscal_year} 年度：{print_amount(text)}")
    return figures


def measure(target: Target) -> str:
    """Sign, value and unit in one, as ≥95%; a qualitative value stands without a sign."""
    value = value_with_unit(target.value, target.unit)
    if target.comparison == Comparison.QUALITATIVE.value or leading_comparison(value):
        return value
    return f"{SIGNS[target.comparison]}{value}"


def _targets(document: Document) -> Iterator[tuple[SecondaryGroup, Target]]:
    return ((group, target) for _, group, target in document.targets())


def _identity(group: SecondaryGroup, target: Target) -> tuple[str, str]:
    return plain(group.name), plain(target.name)
