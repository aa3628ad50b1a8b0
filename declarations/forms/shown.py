"""The rows of the form as they are shown: what is stored or, where it could not be stored, what was typed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.forms import BoundField, Form
from django.utils.html import format_html
from django.utils.safestring import SafeString

from declarations.comparison import in_words
from declarations.forms.notes import CellNotes, Comments, Notes, RowComment
from declarations.forms.rows import PostedRow, RowForm, fingerprint
from declarations.models import Budget, DeletedRow, Row, Target
from declarations.services import writable_fields
from indicators.models import SecondaryIndicator
from perfgoals.accounts.models import User


@dataclass
class Attempt:
    """What a request of `user` asked for and what came of it; otherwise empty for a page that is only opened.

    `conflicts` holds the rows that were changed elsewhere, as they stand now, or None where they were deleted;
    `deletions` who did that, where it is known. `added` is the key of the row that was just added.
    """

    user: User
    posted: dict[UUID, PostedRow] = field(default_factory=dict)
    saved: bool = False
    conflicts: dict[UUID, Row | None] = field(default_factory=dict)
    deletions: Mapping[UUID, DeletedRow] = field(default_factory=dict)
    deleted: Row | None = None
    focus: UUID | None = None
    added: str = ""
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
class Difference:
    """A text that two people wrote differently, as each of them reads it."""

    name: str
    label: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class CellErrors:
    """Why the text of one cell cannot be stored; `cell` is its field's id."""

    name: str
    cell: str
    label: str
    messages: Sequence[str]


@dataclass(frozen=True)
class Trouble:
    """Why what was typed into a row (or into the budget) is not stored: errors, or a change that was made elsewhere.

    `conflict` is "changed" or "deleted", or empty; `by` and `at` say who did that and when, `by_oneself` that it was
    the reader in another window.
    """

    key: str
    errors: Sequence[CellErrors] = ()
    conflict: str = ""
    by: str = ""
    by_oneself: bool = False
    at: datetime | None = None
    differences: Sequence[Difference] = ()


@dataclass(frozen=True)
class Cell:
    """One text of a row: what the department types into, or the text that it may not change."""

    name: str
    label: str
    control: SafeString


@dataclass(frozen=True)
class ShownRow:
    """A row with its cells; `version` and `seen` go back to the server with the next save. `row` is what is stored,
    `box` names the place where findings and comments are said, `last_year` is what was approved before for the same."""

    key: str
    box: str
    version: int
    seen: str
    number: int
    group: int | None
    row: Row | None
    cells: Sequence[Cell]
    notes: Sequence[CellNotes]
    trouble: Trouble | None
    focused: bool
    last_year: str = ""
    comments: Sequence[RowComment] = ()

    @property
    def common(self) -> bool:
        return isinstance(self.row, Target) and self.row.tertiary_id is not None


@dataclass(frozen=True)
class ShownGroup:
    """A level-2 indicator with its rows, and the findings and comments on the group as a whole."""

    secondary: SecondaryIndicator
    rows: Sequence[ShownRow]
    notes: Sequence[CellNotes]
    comments: Sequence[RowComment]


def changed_elsewhere(
    key: str, stored: Row | Budget, mine: Mapping[str, str], form_class: type[Form], reader: User
) -> Trouble:
    """What to tell `reader`, who typed `mine` into a row that was changed elsewhere to what is `stored`."""
    labels = {name: str(field.label) for name, field in form_class.base_fields.items()}
    differences = [
        Difference(name, labels[name], in_words(name, text), in_words(name, getattr(stored, name)))
        for name, text in mine.items()
        if getattr(stored, name) != text
    ]
    by = stored.updated_by
    return Trouble(
        key,
        conflict="changed",
        by=by.name if by else "",
        by_oneself=by == reader,
        at=stored.updated_at,
        differences=differences,
    )


def deleted_elsewhere(key: str, deletion: DeletedRow | None, reader: User) -> Trouble:
    """What to tell `reader`, who typed into a row that was deleted elsewhere; by whom is not known of old deletions."""
    if deletion is None:
        return Trouble(key, conflict="deleted")
    by = deletion.deleted_by
    return Trouble(key, conflict="deleted", by=by.name, by_oneself=by == reader, at=deletion.deleted_at)


def errors_of(form: Form, names: Iterable[str]) -> list[CellErrors]:
    """Why texts of a form cannot be stored, cell by cell."""
    return [
        CellErrors(name, form[name].auto_id, str(form[name].label), [str(error) for error in form[name].errors])
        for name in names
        if form[name].errors
    ]


def shown_cell(name: str, bound: BoundField, notes: Sequence[CellNotes], text: str, *, writable: bool = True) -> Cell:
    """A field of a form, which refers screen readers to what is said about it; `text` where it cannot be changed."""
    label = str(bound.label)
    if not writable:
        fixed = format_html(
            '<div id="{}" class="fixed-text keep-lines"><span class="visually-hidden">{}：</span>{}</div>',
            bound.auto_id,
            label,
            text,
        )
        return Cell(name, label, fixed)
    attributes = bound.field.widget.attrs
    about = [note for note in notes if note.cell == bound.auto_id]
    if about:
        attributes["aria-describedby"] = about[0].id
    if bound.errors or any(note.has_errors for note in about):
        attributes["aria-invalid"] = "true"
    return Cell(name, label, bound.as_widget())


def shown_rows(
    stored: Sequence[Row],
    form_class: type[RowForm],
    attempt: Attempt,
    notes: Notes,
    last_year: Mapping[str, str] = MappingProxyType({}),
    comments: Comments = MappingProxyType({}),
) -> list[ShownRow]:
    """The stored rows in their order, then what was typed into rows that are not stored (any more).

    `last_year` holds earlier values by key.
    """
    stored_keys = {row.key for row in stored}
    homeless = [posted for posted in attempt.unsaved_rows if posted.key not in stored_keys]
    items: list[Row | PostedRow] = [*stored, *homeless]
    numbers: dict[int | None, int] = defaultdict(int)
    shown = []
    for item in items:
        group = _group_of(item)
        numbers[group] += 1
        row = _shown_row(item, numbers[group], form_class, attempt, notes)
        shown.append(replace(row, last_year=last_year.get(row.key, ""), comments=comments.get(row.box, ())))
    return shown


def blank_row(form_class: type[RowForm], key: UUID, group: int | None) -> ShownRow:
    """A row with nothing in it, which the browser copies when somebody adds one; `key` is replaced there."""
    form = form_class(key=key, place="第0行")
    cells = [shown_cell(name, form[name], (), "") for name in form_class.section.fields]
    return ShownRow(str(key), f"{form_class.path}/{key}", 0, "", 0, group, None, cells, (), None, False)


def shown_groups(
    groups: Sequence[SecondaryIndicator], rows: Iterable[ShownRow], notes: Notes, comments: Comments
) -> list[ShownGroup]:
    """The rows sorted under their level-2 indicators."""
    rows_of = defaultdict(list)
    for row in rows:
        rows_of[row.group].append(row)
    boxes = {group.pk: f"groups/{group.pk}" for group in groups}
    return [
        ShownGroup(group, rows_of[group.pk], notes.get(boxes[group.pk], ()), comments.get(boxes[group.pk], ()))
        for group in groups
    ]


def _group_of(item: Row | PostedRow) -> int | None:
    """The level-2 indicator that the row stands under, where it is a target."""
    if isinstance(item, PostedRow):
        return item.group
    return item.secondary_id if isinstance(item, Target) else None


def _shown_row(
    item: Row | PostedRow, number: int, form_class: type[RowForm], attempt: Attempt, notes_at: Notes
) -> ShownRow:
    key, section = item.key, form_class.section
    row = item if isinstance(item, Row) else None
    typed = attempt.unsaved(key)
    texts = {name: getattr(row, name) for name in section.fields} if row else {}
    version, seen = (row.version, fingerprint(texts.values())) if row else (0, "")
    trouble = None
    place = f"第{number}行"
    if typed and key in attempt.conflicts:
        mine = typed.edit().texts
        if row:
            trouble = changed_elsewhere(str(key), row, mine, form_class, attempt.user)
        else:
            trouble = deleted_elsewhere(str(key), attempt.deletions.get(key), attempt.user)
        # What was changed here, beside what somebody else has written since; all of it where nothing is stored.
        shown = {**texts, **mine} if row else {name: typed.form[name].value() or "" for name in section.fields}
        form = form_class({f"{key}-{name}": text for name, text in shown.items()}, key=key, place=place)
    elif typed:
        version, seen = typed.version, typed.seen
        form = form_class(typed.form.data, key=key, place=place)
        errors = errors_of(form, section.fields)
        trouble = Trouble(str(key), errors=errors) if errors else None
    else:
        form = form_class(key=key, place=place, initial=texts)
    writable = writable_fields(row, section) if row else section.fields
    # Findings are about what is stored, not about what was typed.
    box = f"{form_class.path}/{key}"
    notes = () if trouble else notes_at.get(box, ())
    cells = [
        shown_cell(name, form[name], notes, in_words(name, texts.get(name, "")), writable=name in writable)
        for name in section.fields
    ]
    group = _group_of(item)
    return ShownRow(str(key), box, version, seen, number, group, row, cells, notes, trouble, attempt.focus == key)
