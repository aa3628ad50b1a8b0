"""What differs between two documents of one declaration or department: row by row, field by field.

A row is the same where its key is the same. A row that only stands elsewhere is moved, not gone and new.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain

from declarations.checks.places import BUDGET, GOALS, TARGET_LABELS, TASK_LABELS, TASKS, group_place
from declarations.document import BUDGET_LABELS, AnyRow, Budget, Document, Goal, Target, Task
from declarations.wording import Part, Piece, pieces
from indicators.enums import Comparison as Sign

GOAL_LABELS = {"text": "目标内容"}
_COUNTED = {"new": "新增", "changed": "修改", "gone": "删除", "moved": "移动"}


class Kind(StrEnum):
    """What became of a row."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class FieldComparison:
    """One text of a row before and after, as stored; both are empty texts where there was no row."""

    name: str
    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def shown_before(self) -> str:
        return in_words(self.name, self.before)

    @property
    def shown_after(self) -> str:
        return in_words(self.name, self.after)

    @property
    def pieces_before(self) -> list[Piece]:
        """The text before, in words, with the pieces that are gone marked as removed."""
        return [piece for piece in self._pieces if piece.part is not Part.ADDED]

    @property
    def pieces_after(self) -> list[Piece]:
        """The text after, in words, with the pieces that are new marked as added."""
        return [piece for piece in self._pieces if piece.part is not Part.REMOVED]

    @cached_property
    def _pieces(self) -> list[Piece]:
        return pieces(self.shown_before, self.shown_after)


@dataclass(frozen=True)
class RowComparison:
    """A row, or the budget, before and after with all its texts; `title` names it within its section.

    `moved` says that it stands elsewhere among the rows that both documents have; `moved_from` is the section, in
    words, that it stood in before, where that is another one; `number_before` counts the rows of that section from 1.
    """

    key: str
    title: str
    before: AnyRow | Budget | None
    after: AnyRow | Budget | None
    fields: tuple[FieldComparison, ...]
    moved: bool = False
    moved_from: str = ""
    number_before: int = 0

    @property
    def kind(self) -> Kind:
        if self.before is None:
            return Kind.NEW
        if self.after is None:
            return Kind.GONE
        return Kind.UNCHANGED if self.before == self.after else Kind.CHANGED

    @property
    def changed_fields(self) -> tuple[FieldComparison, ...]:
        return tuple(field for field in self.fields if field.changed)

    @property
    def differs(self) -> bool:
        return self.kind is not Kind.UNCHANGED or self.moved


@dataclass(frozen=True)
class SectionComparison:
    """Goals, tasks, budget or a level-2 group: its rows in the new order, each gone one behind its old neighbour.

    `path` is that of a finding on the whole section: "goals", "tasks", "budget", "groups/<key>".
    """

    path: str
    words: str
    rows: tuple[RowComparison, ...]

    @property
    def differing(self) -> tuple[RowComparison, ...]:
        return tuple(row for row in self.rows if row.differs)

    @property
    def unchanged(self) -> tuple[RowComparison, ...]:
        return tuple(row for row in self.rows if not row.differs)


@dataclass(frozen=True)
class Comparison:
    """The sections in the order of the printed form."""

    sections: tuple[SectionComparison, ...]

    def rows(self) -> Iterator[RowComparison]:
        return chain.from_iterable(section.rows for section in self.sections)

    @property
    def differs(self) -> bool:
        return any(row.differs for row in self.rows())

    @property
    def unchanged_sections(self) -> tuple[SectionComparison, ...]:
        return tuple(section for section in self.sections if section.rows and not section.differing)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows are new, changed, gone and unchanged; and how many of them are moved."""
        counts = Counter[str](row.kind for row in self.rows())
        counts["moved"] = sum(row.moved for row in self.rows())
        return {name: counts[name] for name in (*Kind, "moved")}

    @property
    def told(self) -> str:
        """What differs, as 新增 4 行，修改 6 行; empty where nothing does."""
        counts = self.counts
        return "，".join(f"{what} {counts[name]} 行" for name, what in _COUNTED.items() if counts[name])


@dataclass(frozen=True)
class _Section:
    path: str
    words: str
    row_type: type[AnyRow]
    labels: Mapping[str, str]
    rows: Sequence[AnyRow]


def compare(before: Document, after: Document) -> Comparison:
    """What happened between two documents, in the order of the printed form.

    What the template sets (titles, names of groups) is not compared; a group that only one document has is a section
    whose rows are all new or gone.
    """
    old_sections, new_sections = _sections(before), _sections(after)
    # Targets alone can go from one section to another; goals and tasks may have the same keys as they.
    old_places = {
        (type(row), row.key): (section, number, row)
        for section in old_sections.values()
        for number, row in enumerate(section.rows, 1)
    }
    new_paths = {(type(row), row.key): section.path for section in new_sections.values() for row in section.rows}
    sections = []
    for path in merged_order(old_sections, new_sections):
        section = new_sections.get(path) or old_sections[path]
        old = old_sections[path].rows if path in old_sections else ()
        new = new_sections[path].rows if path in new_sections else ()
        numbers = {row.key: number for rows in (old, new) for number, row in enumerate(rows, 1)}
        moved = moved_keys([row.key for row in old], [row.key for row in new])
        stayed_or_gone = [row.key for row in old if new_paths.get((type(row), row.key), path) == path]
        rows_after = {row.key: row for row in new}
        rows = []
        for key in merged_order(stayed_or_gone, rows_after):
            came_from, number_before, row_before = old_places.get((section.row_type, key), (None, 0, None))
            row_after = rows_after.get(key)
            moved_from = came_from.words if came_from and row_after and came_from.path != path else ""
            rows.append(
                RowComparison(
                    key=key,
                    title=_title(row_after or row_before, numbers[key]),
                    before=row_before,
                    after=row_after,
                    fields=_fields(row_before, row_after, section.labels),
                    moved=key in moved or bool(moved_from),
                    moved_from=moved_from,
                    number_before=number_before,
                )
            )
        sections.append(SectionComparison(path, section.words, tuple(rows)))
    # The budget stands between the tasks and the indicators.
    sections.insert(2, SectionComparison(BUDGET.path, BUDGET.words, (_budget(before.budget, after.budget),)))
    return Comparison(tuple(sections))


def in_words(name: str, text: str) -> str:
    """The text of the field `name` as people know it: ≥ for the comparison ge, any other as it stands."""
    return Sign(text).label if name == "comparison" and text in Sign.values else text


def merged_order(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """All keys: those of `after` in their order, each other one behind the key that it followed in `before`."""
    merged = list(after)
    known = set(merged)
    index = 0
    for key in before:
        if key in known:
            index = merged.index(key) + 1
        else:
            merged.insert(index, key)
            index += 1
    return merged


def moved_keys(before: Iterable[str], after: Iterable[str]) -> set[str]:
    """The fewest keys to be taken out so that all others that both lists have stand in the same order."""
    places = {key: place for place, key in enumerate(before)}
    both = [key for key in after if key in places]
    # The longest run that keeps its order stays. `ends` holds, for each length, the run's end that leaves most room.
    ends: list[str] = []
    previous: dict[str, str | None] = {}
    for key in both:
        length = bisect_left(ends, places[key], key=places.__getitem__)
        previous[key] = ends[length - 1] if length else None
        ends[length : length + 1] = [key]
    key_that_stays = ends[-1] if ends else None
    moved = set(both)
    while key_that_stays is not None:
        moved.remove(key_that_stays)
        key_that_stays = previous[key_that_stays]
    return moved


def _sections(document: Document) -> dict[str, _Section]:
    sections = [
        _Section(GOALS.path, GOALS.words, Goal, GOAL_LABELS, document.duty_goals),
        _Section(TASKS.path, TASKS.words, Task, TASK_LABELS, document.main_tasks),
    ]
    for primary, group in document.groups():
        place = group_place(primary, group)
        sections.append(_Section(place.path, place.words, Target, TARGET_LABELS, group.targets))
    return {section.path: section for section in sections}


def _title(row: AnyRow | None, number: int) -> str:
    name = "" if row is None or isinstance(row, Goal) else row.name.strip()
    return f"第 {number} 行 {name}".rstrip()


def _fields(before: object, after: object, labels: Mapping[str, str]) -> tuple[FieldComparison, ...]:
    return tuple(
        FieldComparison(name, label, getattr(before, name, ""), getattr(after, name, ""))
        for name, label in labels.items()
    )


def _budget(before: Budget, after: Budget) -> RowComparison:
    return RowComparison(
        key=BUDGET.path,
        title=BUDGET.words,
        before=before,
        after=after,
        fields=_fields(before, after, BUDGET_LABELS),
    )
