"""The places of a document that comments stand at, each with the text that a comment on it quotes."""

from collections.abc import Iterator
from dataclasses import dataclass

from declarations.checks.places import (
    BUDGET,
    GOALS,
    INDICATORS,
    TARGET_LABELS,
    TASK_LABELS,
    TASKS,
    Place,
    budget_place,
    goal_rows,
    group_place,
    primary_place,
    target_rows,
    task_rows,
)
from declarations.document import BUDGET_LABELS, Document
from declarations.exports.table import layout

WHOLE = Place("", "整体")
DEPARTMENT = Place("department", "部门（单位）名称")


@dataclass(frozen=True)
class Quote:
    """A place with its text as it is printed; empty for sections, groups and the whole.

    That of a row are its texts with their names, line by line. `heading` are the words of the part it stands in.
    """

    place: Place
    text: str
    heading: str

    @property
    def label(self) -> str:
        """The place in words under its heading."""
        return self.place.words.removeprefix(self.heading).lstrip(" ›·") or self.place.words


def quotes(document: Document) -> dict[str, Quote]:
    """Every place that can be commented on by its path, in printed order, the whole first."""
    return {quote.place.path: quote for quote in _quotes(document)}


def _quotes(document: Document) -> Iterator[Quote]:
    printed = {cell.path: cell.text for cell in layout(document).cells() if cell.path}
    yield Quote(WHOLE, "", WHOLE.words)
    yield Quote(DEPARTMENT, document.department, WHOLE.words)
    yield Quote(GOALS, "", GOALS.words)
    for place, goal in goal_rows(document):
        yield Quote(place, goal.text, GOALS.words)
    yield Quote(TASKS, "", TASKS.words)
    for place, task in task_rows(document):
        labels = {name: label for name, label in TASK_LABELS.items() if name != "amount" or document.with_task_amounts}
        fields = [Quote(place.at(name, label), getattr(task, name), TASKS.words) for name, label in labels.items()]
        yield from _row(place, fields, printed, TASKS.words)
    yield Quote(BUDGET, "", BUDGET.words)
    for figure in BUDGET_LABELS:
        place = budget_place(figure)
        yield Quote(place, printed[place.path], BUDGET.words)
    yield Quote(INDICATORS, "", INDICATORS.words)
    targets = list(target_rows(document))
    for primary in document.indicators:
        yield Quote(primary_place(primary), "", primary.name)
        for group in primary.groups:
            place = group_place(primary, group)
            yield Quote(place, "", place.words)
            yield Quote(place.at("explanation", TARGET_LABELS["explanation"]), group.explanation, place.words)
            for row in targets:
                if row.group is group:
                    fields = [Quote(row.at(name), getattr(row.target, name), place.words) for name in TARGET_LABELS]
                    yield from _row(row.place, fields, printed, place.words)


def _row(place: Place, fields: list[Quote], printed: dict[str, str], heading: str) -> Iterator[Quote]:
    """The row and its fields; a field without a cell of its own is quoted as it was typed."""
    quoted = [Quote(field.place, printed.get(field.place.path, field.text), heading) for field in fields]
    lines = (f"{field.place.words.rpartition(' · ')[2]}：{field.text}" for field in quoted if field.text.strip())
    yield Quote(place, "\n".join(lines), heading)
    yield from quoted
