"""A sealed submission as the official table, with all that a reviewer wants to see beside its values.

The table is that of `exports.table` with the rows that are gone since the previous submission at their old places.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TypeVar

from declarations.checks import Finding
from declarations.checks.places import BUDGET, GOALS, INDICATORS, TARGET_LABELS, TASK_LABELS, TASKS
from declarations.comparison import Comparison, FieldComparison, Kind, RowComparison, compare, merged_order
from declarations.document import BUDGET_LABELS, Document, Goal, SecondaryGroup
from declarations.exports.table import Cell, RowKind, anchor_of, goal_number, layout, printable
from declarations.last_year import last_year_texts
from declarations.wording import Part, Piece, pieces

Note = TypeVar("Note")

# The notes on a row stand below it, from here to the right edge; what stands left of it spans them too.
NOTES_COLUMN = 3

# Fields without a cell of their own, with those whose cells may print them.
_PRINTED_IN = {"unit": ("value", "scoring_standard")}
# What the first text of a row is.
_FIRST_FIELDS = frozenset({"name", "text"})
_SECTION_LABELS = {
    "department": "部门（单位）名称",
    GOALS.path: GOALS.words,
    TASKS.path: TASKS.words,
    INDICATORS.path: INDICATORS.words,
}
_FIELD_LABELS: Mapping[str, Mapping[str, str]] = {
    "tasks": TASK_LABELS,
    "budget": BUDGET_LABELS,
    "groups": {"explanation": TARGET_LABELS["explanation"]},
    "targets": TARGET_LABELS,
}


@dataclass(frozen=True)
class Passage:
    """A text of the table with what is beside it: that of a cell or, in the cell of all goals, of one goal.

    `path` is that of a finding, empty for fixed texts. `pieces` are the text as it is now and, marked, as it was in
    the previous submission; `kind` says what became of it. `row` says what became of its row and is given at the first
    text of each row; `in_row` is true at the others. `unprinted` are changed fields whose change is not seen in print.
    """

    path: str
    label: str
    text: str
    pieces: tuple[Piece, ...]
    kind: Kind = Kind.UNCHANGED
    row: RowComparison | None = None
    in_row: bool = False
    unprinted: tuple[FieldComparison, ...] = ()
    last_year: str = ""
    findings: tuple[Finding, ...] = ()
    remarks: tuple[object, ...] = ()

    @property
    def anchor(self) -> str:
        """The id of the text in the page; empty for fixed texts."""
        return anchor_of(self.path) if self.path else ""

    @property
    def moved(self) -> bool:
        """Whether the row that begins here stands elsewhere than before."""
        return self.row is not None and self.row.moved

    @property
    def differs(self) -> bool:
        return self.kind is not Kind.UNCHANGED or self.moved

    @property
    def mark(self) -> Kind:
        """What to say of the text: of a row that is new or gone only its first text says so."""
        return Kind.UNCHANGED if self.in_row and self.kind is not Kind.CHANGED else self.kind

    @property
    def is_noted(self) -> bool:
        return bool(self.findings or self.remarks)

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but the text."""
        return not (self.differs or self.last_year or self.is_noted)


@dataclass(frozen=True)
class ReviewCell:
    """A cell of the official table; that of all goals has an empty passage and one for each goal.

    `rowspan` counts the rows of notes in, `rowspan_changed` is that of the table of changes.
    """

    cell: Cell
    passage: Passage
    goals: tuple[Passage, ...] = ()
    rowspan: int = 1
    rowspan_changed: int = 1

    @property
    def passages(self) -> tuple[Passage, ...]:
        return (self.passage, *self.goals)


@dataclass(frozen=True)
class ReviewRow:
    """A row of the official table; `stays` where it is part of the table of changes."""

    kind: RowKind
    cells: tuple[ReviewCell, ...]
    stays: bool = True

    @property
    def differs(self) -> bool:
        return any(passage.differs for cell in self.cells for passage in cell.passages)

    @cached_property
    def noted(self) -> tuple[Passage, ...]:
        """The texts whose notes stand below the row; each goal has its own below itself."""
        return tuple(cell.passage for cell in self.cells if cell.passage.is_noted)

    @property
    def height(self) -> int:
        """How many rows it takes in the page."""
        return 1 + bool(self.noted)


@dataclass(frozen=True)
class ReviewTable:
    """The rows from the department to the last indicator.

    `places` holds for each path, and each beginning of one, the path of the text that notes on it stand at.
    `comparison` is with the previous submission, where there is one. `unplaced` are the remarks on the whole and those
    on no place of the table.
    """

    title: Cell
    subtitle: Cell
    rows: tuple[ReviewRow, ...]
    places: Mapping[str, str]
    comparison: Comparison | None = None
    unplaced: tuple[object, ...] = ()

    @property
    def head(self) -> tuple[ReviewRow, ...]:
        """The rows above the column headings: department, goals, tasks, budget."""
        return self.rows[: self._header]

    @property
    def header(self) -> ReviewRow:
        return self.rows[self._header]

    @property
    def body(self) -> tuple[ReviewRow, ...]:
        """The rows of the indicators, below the column headings."""
        return self.rows[self._header + 1 :]

    @property
    def differs(self) -> bool:
        return any(row.differs for row in self.rows)

    def passages(self) -> Iterator[Passage]:
        """Every text, in printed order."""
        for row in self.rows:
            for cell in row.cells:
                yield from cell.passages

    def anchor(self, path: str) -> str:
        """The id of the text that `path` names or else the nearest one of its row or section; empty without one."""
        found = _nearest(path, self.places)
        return anchor_of(found) if found else ""

    @cached_property
    def _header(self) -> int:
        return next(index for index, row in enumerate(self.rows) if row.kind is RowKind.HEADER)


def review_table(
    document: Document,
    *,
    previous: Document | None = None,
    last_year: Document | None = None,
    origins: Mapping[str, str] | None = None,
    findings: Iterable[Finding] = (),
    remarks: Mapping[str, Sequence[object]] | None = None,
) -> ReviewTable:
    """The official table of `document` with what is beside its values.

    Changes are marked against `previous`, the submission before. `last_year` is what was approved for the year before,
    matched by `origins` (keys of rows by the keys of those that were taken over from them) or by name. `findings` and
    `remarks` (by path) stand at the text of their path or else the nearest one of its row or section.
    """
    comparison = compare(previous, document) if previous else None
    shown = _with_gone_rows(previous, document, comparison) if previous and comparison else document
    table = layout(shown)
    places = _places(chain((cell.path for cell in table.cells() if cell.path), map(_goal_path, shown.duty_goals)))
    placed_remarks = _placed(((path, remark) for path, some in (remarks or {}).items() for remark in some), places)
    beside = _Beside(
        after=_printed(document),
        before=_printed(previous or document),
        rows=_rows_by_path(comparison) if comparison else {},
        last_year=last_year_texts(document, origins or {}, last_year) if last_year else {},
        findings=_placed(((finding.path, finding) for finding in findings), places),
        remarks=placed_remarks,
    )
    numbers = (_goal_numbers(previous) if previous else {}) | _goal_numbers(document)
    goals = tuple(
        beside.passage(_goal_path(goal), GOALS.words, printable(goal.text), number=numbers[_goal_path(goal)])
        for goal in shown.duty_goals
    )
    rows = [
        ReviewRow(
            row.kind,
            tuple(
                ReviewCell(cell, beside.passage(cell.path, GOALS.words, ""), goals)
                if cell.path == GOALS.path
                else ReviewCell(cell, beside.passage(cell.path, _label(cell), cell.text))
                for cell in row.cells
            ),
        )
        for row in table.rows[2:]
    ]
    return ReviewTable(
        table.title, table.subtitle, _spanned(rows), places, comparison, tuple(placed_remarks.get("", ()))
    )


def _with_gone_rows(before: Document, after: Document, comparison: Comparison) -> Document:
    """`after` with the rows and groups that only `before` has, where they stood."""
    rows = {section.path: tuple(row.after or row.before for row in section.rows) for section in comparison.sections}
    stay = {_group_path(group) for _, group in after.groups()}
    old = {primary.key: primary for primary in before.indicators}
    new = {primary.key: primary for primary in after.indicators}
    primaries = []
    for key in merged_order(old, new):
        old_groups = {_group_path(group): group for group in old[key].groups} if key in old else {}
        new_groups = {_group_path(group): group for group in new[key].groups} if key in new else {}
        # A group that stands under another level-1 indicator now is shown there alone.
        groups = {path: group for path, group in old_groups.items() if path not in stay} | new_groups
        merged = tuple(
            groups[path].model_copy(update={"targets": rows[path]})
            for path in merged_order(old_groups, new_groups)
            if path in groups
        )
        if key in new or merged:
            primaries.append((new.get(key) or old[key]).model_copy(update={"groups": merged}))
    return after.model_copy(
        update={"duty_goals": rows[GOALS.path], "main_tasks": rows[TASKS.path], "indicators": tuple(primaries)}
    )


@dataclass(frozen=True)
class _Beside:
    """All that there is to be said beside the texts: printed texts before and after, and notes, each by path."""

    after: Mapping[str, str]
    before: Mapping[str, str]
    rows: Mapping[str, RowComparison]
    last_year: Mapping[str, str]
    findings: Mapping[str, Sequence[Finding]]
    remarks: Mapping[str, Sequence[object]]

    def passage(self, path: str, label: str, text: str, number: str = "") -> Passage:
        """`text`, which stands at `path`, or without one is fixed; `number` is printed before it and not compared."""
        before, after = self.before.get(path), self.after.get(path)
        if before is None and after is None:
            before = after = text
        row_path, _, field = path.rpartition("/")
        row = self.rows.get(row_path)
        is_first = field in _FIRST_FIELDS
        unprinted = self._unprinted(row, row_path, path) if row else ()
        return Passage(
            path=path,
            label=label,
            text=number + text,
            pieces=_pieces(before, after, number),
            kind=Kind.CHANGED if unprinted else _kind(before, after),
            row=row if is_first else None,
            in_row=row is not None and not is_first,
            unprinted=unprinted,
            last_year=self.last_year.get(path, ""),
            findings=tuple(self.findings.get(path, ())) if path else (),
            remarks=tuple(self.remarks.get(path, ())) if path else (),
        )

    def _unprinted(self, row: RowComparison, row_path: str, path: str) -> tuple[FieldComparison, ...]:
        """The changed fields of `row` that are printed at `path` and there look as before."""
        found = []
        for field in row.changed_fields:
            places = [f"{row_path}/{name}" for name in _PRINTED_IN.get(field.name, (field.name,))]
            if path == places[0] and all(self.before.get(place) == self.after.get(place) for place in places):
                found.append(field)
        return tuple(found)


def _kind(before: str | None, after: str | None) -> Kind:
    if before is None:
        return Kind.NEW
    if after is None:
        return Kind.GONE
    return Kind.UNCHANGED if before == after else Kind.CHANGED


def _pieces(before: str | None, after: str | None, number: str) -> tuple[Piece, ...]:
    if before is None or after is None:
        found = [Piece(Part.ADDED if before is None else Part.REMOVED, number + (after or before or ""))]
    elif before == after:
        found = [Piece(Part.SAME, number + after)]
    else:
        found = [Piece(Part.SAME, number), *pieces(before, after)]
    return tuple(piece for piece in found if piece.text)


def _printed(document: Document) -> dict[str, str]:
    """The printed texts by path; goals without their numbers, which change with their order."""
    cells = {cell.path: cell.text for cell in layout(document).cells() if cell.path and cell.path != GOALS.path}
    return cells | {_goal_path(goal): printable(goal.text) for goal in document.duty_goals}


def _group_path(group: SecondaryGroup) -> str:
    return f"groups/{group.key}"


def _goal_path(goal: Goal) -> str:
    return f"{GOALS.path}/{goal.key}/text"


def _goal_numbers(document: Document) -> dict[str, str]:
    return {
        _goal_path(goal): goal_number(number, goal.text) for number, goal in enumerate(document.duty_goals, start=1)
    }


def _rows_by_path(comparison: Comparison) -> dict[str, RowComparison]:
    rows: dict[str, RowComparison] = {}
    for section in comparison.sections:
        kind = section.path.partition("/")[0]
        prefix = "targets" if kind == "groups" else kind
        rows |= {prefix if section.path == BUDGET.path else f"{prefix}/{row.key}": row for row in section.rows}
    return rows


def _label(cell: Cell) -> str:
    section, _, rest = cell.path.partition("/")
    field = rest.rpartition("/")[2]
    return _SECTION_LABELS.get(cell.path) or _FIELD_LABELS.get(section, {}).get(field, cell.text)


def _places(paths: Iterable[str]) -> dict[str, str]:
    """For each path, and each beginning of one that names a row or section, the first path that begins so."""
    places: dict[str, str] = {}
    for path in paths:
        parts = path.split("/")
        for length in range(len(parts), 0, -1):
            places.setdefault("/".join(parts[:length]), path)
    for no_section in ("primaries", "groups", "targets"):
        places.pop(no_section, None)
    return places


def _nearest(path: str, places: Mapping[str, str]) -> str:
    """The path of the text that `path` names or else the nearest one of its row or section; empty without one."""
    row_path, _, field = path.rpartition("/")
    if field in _PRINTED_IN:
        path = f"{row_path}/{_PRINTED_IN[field][0]}"
    while path and path not in places:
        path = path.rpartition("/")[0]
    return places.get(path, "")


def _placed(notes: Iterable[tuple[str, Note]], places: Mapping[str, str]) -> dict[str, list[Note]]:
    """The notes, each given with its path, by the path of the text that they stand at."""
    placed: dict[str, list[Note]] = defaultdict(list)
    for path, note in notes:
        placed[_nearest(path, places)].append(note)
    return placed


def _spanned(rows: Sequence[ReviewRow]) -> tuple[ReviewRow, ...]:
    """The rows with what stays in the table of changes and the cells as high as the rows of both tables make them."""
    differing = [row.differs for row in rows]
    rows = [
        replace(
            row,
            stays=row.kind is RowKind.HEADER
            or any(any(differing[index : index + cell.cell.rowspan]) for cell in row.cells),
        )
        for index, row in enumerate(rows)
    ]

    def span(index: int, cell: ReviewCell) -> ReviewCell:
        if cell.cell.column >= NOTES_COLUMN:
            return cell
        covered = rows[index : index + cell.cell.rowspan]
        return replace(
            cell,
            rowspan=sum(row.height for row in covered),
            rowspan_changed=max(sum(row.height for row in covered if row.stays), 1),
        )

    return tuple(replace(row, cells=tuple(span(index, cell) for cell in row.cells)) for index, row in enumerate(rows))
