"""The rows of the form as they are shown: what is stored or, where it could not be stored, what was typed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.forms import BoundField

from declarations.checks.findings import Finding, Level
from declarations.forms.rows import PostedRow, RowForm, fingerprint
from declarations.models import Row, Target
from declarations.services import writable_fields
from indicators.models import SecondaryIndicator


@dataclass
class Attempt:
    """What a request asked for and what came of it; empty for a page that is only opened.

    `conflicts` holds the rows that somebody else had changed, as they stand now, or None where they were deleted.
    """

    posted: dict[UUID, PostedRow] = field(default_factory=dict)
    saved: bool = False
    conflicts: dict[UUID, Row | None] = field(default_factory=dict)
    deleted: Row | None = None
    focus: UUID | None = None
    refusal: str = ""

    def unsaved(self, key: UUID) -> PostedRow | None:
        """The row as it was typed, where what was typed is not stored."""
        posted = self.posted.get(key)
        if posted and (not self.saved or key in self.conflicts or not posted.form.is_valid()):
            return posted
        return None

    @property
    def unsaved_rows(self) -> list[PostedRow]:
        return [posted for key, posted in self.posted.items() if self.unsaved(key)]

    @property
    def has_something_to_tell(self) -> bool:
        return bool(self.refusal or self.deleted or self.unsaved_rows)


@dataclass(frozen=True)
class Cell:
    """One text of a row. `widget` is None where the department may not change it; `text` is what is stored, in words.

    `theirs` is what somebody else wrote, where it is not what was typed here.
    """

    id: str
    label: str
    widget: object
    text: str
    errors: Sequence[str]
    findings: Sequence[Finding]
    theirs: str | None

    @property
    def has_notes(self) -> bool:
        return bool(self.errors or self.findings or self.theirs is not None)

    @property
    def notes_id(self) -> str:
        return f"{self.id}-notes"


@dataclass(frozen=True)
class ShownRow:
    """A row with its cells; `version` and `seen` go back to the server with the next save.

    A conflict is told by `conflict` ("changed" or "deleted"); its cells then hold the other's texts as `theirs`.
    """

    key: UUID
    version: int
    seen: str
    number: int
    group: int | None
    row: Row | None
    cells: Mapping[str, Cell]
    conflict: str
    focused: bool

    @property
    def common(self) -> bool:
        return isinstance(self.row, Target) and self.row.tertiary_id is not None


@dataclass(frozen=True)
class ShownGroup:
    """A level-2 indicator with its rows and the findings on the group as a whole."""

    secondary: SecondaryIndicator
    rows: Sequence[ShownRow]
    findings: Sequence[Finding]


def shown_cell(
    bound: BoundField, *, text: str, findings: Sequence[Finding], theirs: str | None, writable: bool = True
) -> Cell:
    """A field of a form with what is to be said about it, to which the field refers for screen readers."""
    errors = [str(error) for error in bound.errors]
    if errors:
        # They are about what is stored, not about what was typed.
        findings = ()
    cell = Cell(
        id=bound.auto_id,
        label=str(bound.label),
        widget=bound if writable else None,
        text=text,
        errors=errors,
        findings=findings,
        theirs=theirs,
    )
    if cell.has_notes:
        bound.field.widget.attrs["aria-describedby"] = cell.notes_id
    if errors or any(finding.level == Level.ERROR for finding in findings):
        bound.field.widget.attrs["aria-invalid"] = "true"
    return cell


def shown_rows(
    stored: Iterable[Row],
    form_class: type[RowForm],
    attempt: Attempt,
    findings_at: Mapping[str, Sequence[Finding]],
) -> list[ShownRow]:
    """The stored rows in their order, then what was typed into rows that are not stored (any more)."""
    stored = list(stored)
    stored_keys = {row.key for row in stored}
    homeless = [posted for posted in attempt.unsaved_rows if posted.key not in stored_keys]
    items: list[Row | PostedRow] = [*stored, *homeless]
    numbers: dict[int | None, int] = defaultdict(int)
    shown = []
    for item in items:
        group = _group_of(item)
        numbers[group] += 1
        shown.append(_shown_row(item, numbers[group], form_class, attempt, findings_at))
    return shown


def shown_groups(
    groups: Iterable[SecondaryIndicator], rows: Iterable[ShownRow], findings_at: Mapping[str, Sequence[Finding]]
) -> list[ShownGroup]:
    """The rows sorted under their level-2 indicators."""
    rows_of = defaultdict(list)
    for row in rows:
        rows_of[row.group].append(row)
    return [ShownGroup(group, rows_of[group.pk], findings_at.get(f"groups/{group.pk}", ())) for group in groups]


def _group_of(item: Row | PostedRow) -> int | None:
    """The level-2 indicator that the row stands under, where it is a target."""
    if isinstance(item, PostedRow):
        return item.group
    return item.secondary_id if isinstance(item, Target) else None


def _shown_row(
    item: Row | PostedRow,
    number: int,
    form_class: type[RowForm],
    attempt: Attempt,
    findings_at: Mapping[str, Sequence[Finding]],
) -> ShownRow:
    key, section = item.key, form_class.section
    row = item if isinstance(item, Row) else None
    typed = attempt.unsaved(key)
    texts = {name: getattr(row, name) for name in section.fields} if row else {}
    version, seen = (row.version, fingerprint(texts.values())) if row else (0, "")
    conflict = ""
    changed: Mapping[str, str] = {}
    if typed and key in attempt.conflicts:
        conflict = "changed" if row else "deleted"
        changed = typed.edit().texts
    elif typed:
        version, seen = typed.version, typed.seen
    place = f"第{number}行"
    if conflict == "changed":
        # Beside what was changed here stands what somebody else has written since.
        form = form_class({f"{key}-{name}": text for name, text in {**texts, **changed}.items()}, key=key, place=place)
    elif typed:
        form = form_class(typed.form.data, key=key, place=place)
    else:
        form = form_class(key=key, place=place, initial=texts)
    writable = writable_fields(row, section) if row else section.fields
    # A row that was only just added is empty because nobody has typed yet: no need to say so at every cell.
    quiet = row is not None and row.version == 1 and not any(texts.values())
    cells = {}
    for name in section.fields:
        text = texts.get(name, "")
        printed = row.get_comparison_display() if isinstance(row, Target) and name == "comparison" else text
        cells[name] = shown_cell(
            form[name],
            text=printed,
            writable=name in writable,
            findings=() if quiet else findings_at.get(f"{form_class.path}/{key}/{name}", ()),
            theirs=printed if conflict == "changed" and name in writable and changed.get(name, text) != text else None,
        )
    return ShownRow(key, version, seen, number, _group_of(item), row, cells, conflict, attempt.focus == key)
