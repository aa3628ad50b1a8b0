"""What was approved for earlier years, as it is shown beside the values of a declaration."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from declarations.checks.indicators import leading_comparison, plain
from declarations.document import BUDGET_LABELS, AnyRow, Document, Goal, SecondaryGroup, Target, Task
from declarations.exports.table import SIGNS, value_with_unit
from declarations.numbers import print_amount
from indicators.enums import Comparison

Row = TypeVar("Row", Goal, Task)


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


def last_year_texts(document: Document, origins: Mapping[str, str], last_year: Document) -> dict[str, str]:
    """What `last_year` had for the values of `document`, as 2021 年度：≥95%, by the path of the value.

    `origins` are as in `last_year_values`, those of goals and tasks too; a goal or task that was not taken over is that
    of the same text or name. A text or target that has not changed is not said again; figures in 万元 are.
    """
    earlier = (last_year,)
    values = last_year_values(document, origins, earlier)
    same = f"{last_year.fiscal_year} 年度：相同"
    texts = {
        f"targets/{target.key}/value": same
        if values[target.key] == f"{last_year.fiscal_year} 年度：{measure(target)}"
        else values[target.key]
        for _, target in _targets(document)
        if target.key in values
    }
    texts |= {f"budget/{figure}": text for figure, text in last_year_budget(earlier).items()}

    def said(text: str, before: str) -> str:
        return same if plain(text) == plain(before) else f"{last_year.fiscal_year} 年度：{before}"

    for goal, goal_before in _pairs(document.duty_goals, last_year.duty_goals, origins):
        texts[f"goals/{goal.key}/text"] = said(goal.text, goal_before.text)
    for task, task_before in _pairs(document.main_tasks, last_year.main_tasks, origins):
        if task_before.content.strip():
            texts[f"tasks/{task.key}/content"] = said(task.content, task_before.content)
        if task_before.amount.strip():
            texts[f"tasks/{task.key}/amount"] = f"{last_year.fiscal_year} 年度：{print_amount(task_before.amount)}"
    return texts


def row_name(row: AnyRow) -> str:
    """The name, or of a goal the text, by which a row is known again in another year."""
    return plain(row.text if isinstance(row, Goal) else row.name)


def measure(target: Target) -> str:
    """Sign, value and unit in one, as ≥95%; a qualitative value stands without a sign."""
    value = value_with_unit(target.value, target.unit)
    if target.comparison == Comparison.QUALITATIVE.value or leading_comparison(value):
        return value
    return f"{SIGNS[target.comparison]}{value}"


def _pairs(rows: Iterable[Row], before: Collection[Row], origins: Mapping[str, str]) -> Iterator[tuple[Row, Row]]:
    """Each row that was there before with the one that it was taken over from or else that of the same text or name."""
    by_key = {row.key: row for row in before}
    by_name = {row_name(row): row for row in before if row_name(row)}
    for row in rows:
        if earlier := by_key.get(origins.get(row.key, "")) or by_name.get(row_name(row)):
            yield row, earlier


def _targets(document: Document) -> Iterator[tuple[SecondaryGroup, Target]]:
    return ((group, target) for _, group, target in document.targets())


def _identity(group: SecondaryGroup, target: Target) -> tuple[str, str]:
    return plain(group.name), plain(target.name)
