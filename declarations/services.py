"""What the department writes: the rows of its declaration.

Every change locks the declaration first, so that nothing changes while it is submitted, and says which version of a row
it was made on, so that nobody overwrites what he has not seen. Rows that are not named in a request stay untouched.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from declarations import permissions, selectors
from declarations.deletions import forget_deletions, remember_deletions
from declarations.document import BUDGET_LABELS
from declarations.enums import EDITABLE_STATUSES, Status, Step
from declarations.models import Budget, Contribution, Declaration, DutyGoal, Event, MainTask, Round, Row, Target
from declarations.numbers import storable_amount, storable_number
from indicators.models import SecondaryIndicator, TertiaryIndicator
from perfgoals.accounts.models import User
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record

MAX_ROWS = 500
# Fifty times the official form's; a table of this length still prints.
MAX_CHARACTERS = 300_000


class NotEditable(Exception):
    """The declaration cannot be changed now; the message, in Chinese, says why."""


class RowRefused(NotEditable):
    """One row, or its section, cannot take the change; the rest of the declaration can be changed."""


@dataclass(frozen=True)
class Section:
    """A part of the form that consists of rows: their model and the texts that people type."""

    model: type[Row]
    fields: tuple[str, ...]


GOALS = Section(DutyGoal, ("text",))
TASKS = Section(MainTask, ("name", "content", "amount"))
TARGETS = Section(Target, ("name", "comparison", "value", "unit", "scoring_standard", "explanation", "remark"))


@dataclass(frozen=True)
class RowEdit:
    """A row as somebody sends it. `version` is the one that he saw; 0 stands for a row that is yet to be made.

    `group` is the level-2 indicator of a new target; `position` the place that a new row wants, if it is free
    and not beyond the end; `origin` the row of an earlier declaration that a new row is taken over from.
    """

    key: UUID
    version: int
    texts: Mapping[str, str]
    group: int | None = None
    position: int | None = None
    origin: UUID | None = None


@dataclass
class Outcome:
    """What came of some edits: the rows that were written, those that held the texts already (as after a request that
    is sent again), and those that somebody else had changed before.

    A conflict is the row as it stands now, or None where it was deleted.
    """

    saved: list[Row] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    conflicts: dict[UUID, Row | None] = field(default_factory=dict)


@dataclass
class Deleted:
    """What came of some deletions: the rows as they were, and why others are still there, in Chinese sentences."""

    rows: list[Row] = field(default_factory=list)
    refused: dict[UUID, str] = field(default_factory=dict)


def start_declaration(round_: Round, actor: User, now: datetime | None = None) -> Declaration:
    """The declaration of the actor's department in the round, begun if it is not there yet.

    A new one holds the template's common indicators. Raises NotEditable where the actor may not begin one.
    """
    now = now or timezone.now()
    department = actor.department
    existing = Declaration.objects.filter(round=round_, department=department).first()
    if existing is not None:
        return existing
    if department is None or not permissions.can_start(actor, round_, now):
        raise NotEditable("本批次现在不能填报，或您无权填报。")
    try:
        with transaction.atomic():
            # Locked, and read again: its template is not exchanged while the template's indicators are copied.
            round_ = Round.objects.select_for_update().get(pk=round_.pk)
            declaration = Declaration.objects.create(round=round_, department=department)
            Budget.objects.create(declaration=declaration)
            Target.objects.bulk_create(
                _target_of(declaration, common)
                for common in TertiaryIndicator.objects.filter(secondary__primary__template=round_.template_id)
            )
            Contribution.objects.create(declaration=declaration, user=actor)
            Event.objects.create(
                declaration=declaration,
                step=Step.START,
                from_status=Status.DRAFT,
                to_status=Status.DRAFT,
                actor=actor,
                actor_name=actor.name,
                actor_place=department.name,
                at=now,
            )
            record(actor, Action.START, subject=f"{declaration}申报表", declaration_id=declaration.pk)
    except IntegrityError:
        # Somebody of the same department was quicker.
        return Declaration.objects.get(round=round_, department=department)
    return declaration


def _target_of(declaration: Declaration, common: TertiaryIndicator) -> Target:
    return Target(
        declaration=declaration,
        secondary_id=common.secondary_id,
        tertiary=common,
        position=common.position,
        number=storable_number(common.value),
        **{name: getattr(common, name) for name in TARGETS.fields},
    )


def save_rows(
    declaration_id: int, actor: User, section: Section, edits: Iterable[RowEdit], now: datetime | None = None
) -> Outcome:
    """Write the rows that differ from what is stored. Raises NotEditable and writes nothing where that is not allowed.

    Of a common indicator only the remark and, where the template allows it, the value are written.
    """
    with transaction.atomic():
        declaration = locked_to_edit(declaration_id, actor, now)
        edits = list(edits)
        rows = {row.key: row for row in selectors.rows_of(declaration, section.model)}
        outcome = Outcome()
        new: dict[UUID, RowEdit] = {}
        for edit in edits:
            if edit.version == 0 and edit.key not in rows:
                new.setdefault(edit.key, edit)
        if new:
            outcome.saved += _create(declaration, actor, section, list(new.values()), rows.values())
            rows |= {row.key: row for row in outcome.saved}
        for edit in edits:
            if new.get(edit.key) is edit:
                continue
            row = rows.get(edit.key)
            if row is None:
                if edit.texts:
                    outcome.conflicts[edit.key] = None
                continue
            changes = {
                name: text
                for name, text in edit.texts.items()
                if name in writable_fields(row, section) and getattr(row, name) != text
            }
            if not changes:
                outcome.unchanged.append(row)
                continue
            if row.version == edit.version and _write(row, section, changes, actor):
                outcome.saved.append(row)
            else:
                outcome.conflicts[edit.key] = row
        if outcome.saved:
            _require_room(section, rows.values())
            _touch(declaration, actor)
        return outcome


def add_row(
    declaration_id: int, actor: User, section: Section, group: int | None = None, now: datetime | None = None
) -> Row:
    """An empty row at the end of the section, or of the level-2 group `group`.

    Raises NotEditable, also where the group takes no own indicators or the section is full.
    """
    return save_rows(declaration_id, actor, section, [RowEdit(uuid4(), 0, {}, group)], now).saved[0]


def delete_row(
    declaration_id: int, actor: User, section: Section, key: UUID, version: int, now: datetime | None = None
) -> Row | None:
    """Delete the row and answer it as it was; None where it was gone already.

    Raises NotEditable where it is a common indicator or somebody has changed it since `version`.
    """
    deleted = delete_rows(declaration_id, actor, section, {key: version}, now)
    for refusal in deleted.refused.values():
        raise RowRefused(refusal)
    return deleted.rows[0] if deleted.rows else None


def delete_rows(
    declaration_id: int, actor: User, section: Section, versions: Mapping[UUID, int], now: datetime | None = None
) -> Deleted:
    """Delete the rows with these keys, each where it is still of the version seen; those that are gone stay so.

    Common indicators and rows that were changed since are refused. Raises NotEditable where nothing can be changed.
    """
    with transaction.atomic():
        declaration = locked_to_edit(declaration_id, actor, now)
        deleted = Deleted()
        for row in selectors.rows_of(declaration, section.model).filter(key__in=versions):
            if refusal := _why_not_deleted(row, versions[row.key], actor):
                deleted.refused[row.key] = refusal
            else:
                deleted.rows.append(row)
        if deleted.rows:
            section.model._default_manager.filter(pk__in=[row.pk for row in deleted.rows]).delete()
            remember_deletions(declaration, actor, [row.key for row in deleted.rows])
            _touch(declaration, actor)
        return deleted


def _why_not_deleted(row: Row, version: int, actor: User) -> str:
    if _is_common(row):
        return "共性指标由模板统一设置，不能删除。"
    if row.version == version:
        return ""
    if row.updated_by == actor:
        return "该行刚由本人在其他窗口修改，未删除。请核对后再删除。"
    return "该行刚被他人修改，未删除。请核对后再删除。"


def move_row(
    declaration_id: int, actor: User, section: Section, key: UUID, offset: int, now: datetime | None = None
) -> None:
    """Exchange the row with its neighbour above (`offset` -1) or below (+1); nothing happens at either end.

    Common indicators keep their places. Raises NotEditable where the declaration cannot be changed.
    """
    with transaction.atomic():
        declaration = locked_to_edit(declaration_id, actor, now)
        row = selectors.rows_of(declaration, section.model).filter(key=key).first()
        if row is None:
            return
        own = _own_siblings(declaration, section, row)
        index = next((index for index, sibling in enumerate(own) if sibling.key == key), None)
        if index is None or not 0 <= index + offset < len(own):
            return
        ordered = [sibling for sibling in own if sibling.key != key]
        ordered.insert(index + offset, row)
        _put_in_order(declaration, actor, section, own, ordered)


def place_row(
    declaration_id: int, actor: User, section: Section, key: UUID, after: UUID | None, now: datetime | None = None
) -> None:
    """Put the row behind the row `after` of its section or level-2 group; first, where that is None.

    Nothing happens where the row or `after` is gone. Common indicators keep their places. Raises NotEditable where
    the declaration cannot be changed.
    """
    with transaction.atomic():
        declaration = locked_to_edit(declaration_id, actor, now)
        row = selectors.rows_of(declaration, section.model).filter(key=key).first()
        if row is None or _is_common(row):
            return
        own = _own_siblings(declaration, section, row)
        ordered = [sibling for sibling in own if sibling.key != key]
        places = {None: 0} | {sibling.key: index for index, sibling in enumerate(ordered, 1)}
        if after in places:
            ordered.insert(places[after], row)
            _put_in_order(declaration, actor, section, own, ordered)


def order_rows(
    declaration_id: int, actor: User, section: Section, keys: Sequence[UUID], now: datetime | None = None
) -> None:
    """Put the rows of a section, or of one level-2 group, into the order of `keys`; those not named follow as they are.

    Common indicators keep their places. Raises NotEditable where the declaration cannot be changed.
    """
    with transaction.atomic():
        declaration = locked_to_edit(declaration_id, actor, now)
        places = {key: place for place, key in enumerate(keys)}
        first = selectors.rows_of(declaration, section.model).filter(key__in=places).first()
        if first is None:
            return
        own = _own_siblings(declaration, section, first)
        _put_in_order(declaration, actor, section, own, sorted(own, key=lambda row: places.get(row.key, len(places))))


def confirm_rows(
    declaration_id: int, actor: User, section: Section, keys: Iterable[UUID], now: datetime | None = None
) -> int:
    """Take the mark of having been taken over off these rows; answers of how many. Raises NotEditable."""
    with transaction.atomic():
        declaration = locked_to_edit(declaration_id, actor, now)
        rows = section.model._default_manager.filter(declaration=declaration, key__in=list(keys), unconfirmed=True)
        confirmed = rows.update(unconfirmed=False)
        if confirmed:
            _touch(declaration, actor)
        return confirmed


def save_budget(
    declaration_id: int, actor: User, version: int, figures: Mapping[str, str], now: datetime | None = None
) -> Budget | None:
    """Write the budget's figures as typed, and the numbers read from them, in 万元.

    Answers None, or the budget as it stands where somebody has changed it since `version`. Raises NotEditable.
    """
    with transaction.atomic():
        declaration = locked_to_edit(declaration_id, actor, now)
        budget = selectors.budget_of(declaration)
        changes = {name: figures[name] for name in BUDGET_LABELS if name in figures}
        if all(getattr(budget, name) == text for name, text in changes.items()):
            return None
        amounts = {f"{name}_amount": storable_amount(text) for name, text in changes.items()}
        written = Budget.objects.filter(pk=budget.pk, version=version).update(
            **changes, **amounts, version=F("version") + 1, updated_by=actor, updated_at=timezone.now()
        )
        if not written:
            return budget
        _touch(declaration, actor)
        return None


def writable_fields(row: Row, section: Section) -> tuple[str, ...]:
    """The texts of the row that the department may change."""
    if isinstance(row, Target) and row.tertiary is not None:
        return ("value", "remark") if row.tertiary.value_editable else ("remark",)
    return section.fields


def why_not_editable(actor: User, declaration: Declaration, now: datetime) -> str:
    """Why `actor` cannot change the declaration now, in a Chinese sentence; empty where he can."""
    if permissions.can_edit(actor, declaration, now):
        return ""
    if declaration.status not in EDITABLE_STATUSES:
        return f"申报表当前状态为“{declaration.get_status_display()}”，不能修改。"
    closed = permissions.why_closed(declaration, now)
    if closed:
        return f"{closed}，只能查看。"
    return "您只能查看本申报表。"


def locked_to_edit(declaration_id: int, actor: User, now: datetime | None) -> Declaration:
    """The declaration, which nobody else can change before the transaction ends. Raises NotEditable."""
    now = now or timezone.now()
    declaration = selectors.locked_declaration(declaration_id)
    reason = why_not_editable(actor, declaration, now)
    if reason:
        raise NotEditable(reason)
    return declaration


def _own_siblings(declaration: Declaration, section: Section, row: Row) -> list[Row]:
    """The rows that share one order with `row`, those of its section or level-2 group, without common indicators."""
    group = Q(secondary=row.secondary_id) if isinstance(row, Target) else Q()
    siblings = selectors.rows_of(declaration, section.model).filter(group)
    return [sibling for sibling in siblings if not _is_common(sibling)]


def _put_in_order(
    declaration: Declaration, actor: User, section: Section, before: Sequence[Row], rows: Sequence[Row]
) -> None:
    """Give the rows the places that they have together, in their order now instead of the one `before`."""
    if rows == before:
        return
    manager = section.model._default_manager
    places = sorted(row.position for row in rows)
    moved = [(row, place) for row, place in zip(rows, places, strict=True) if row.position != place]
    # By way of free places: the positions are unique at every moment.
    free = _next_position(manager.filter(declaration=declaration))
    manager.filter(pk__in=[row.pk for row, _ in moved]).update(position=F("position") + free)
    for row, place in moved:
        row.position = place
    manager.bulk_update([row for row, _ in moved], ["position"])
    _touch(declaration, actor)


def _is_common(row: Row) -> bool:
    return isinstance(row, Target) and row.tertiary_id is not None


def _create(
    declaration: Declaration, actor: User, section: Section, edits: Sequence[RowEdit], rows: Iterable[Row]
) -> list[Row]:
    """Make the new rows; `rows` are all that the section has."""
    taken: dict[int | None, set[int]] = defaultdict(set)
    for row in rows:
        taken[row.secondary_id if isinstance(row, Target) else None].add(row.position)
    if sum(map(len, taken.values())) + len(edits) > MAX_ROWS:
        raise RowRefused(f"本部分最多 {MAX_ROWS} 行，不能再增加。")
    if section.model is Target:
        groups = SecondaryIndicator.objects.filter(primary__template=declaration.round.template_id, allows_own=True)
        if not {edit.group for edit in edits} <= set(groups.values_list("pk", flat=True)):
            raise RowRefused("该二级指标不能增加个性指标。")
    forget_deletions(declaration, [edit.key for edit in edits])
    return section.model._default_manager.bulk_create(
        _new_row(declaration, actor, section, edit, taken[edit.group if section.model is Target else None])
        for edit in edits
    )


def _new_row(declaration: Declaration, actor: User, section: Section, edit: RowEdit, taken: set[int]) -> Row:
    """A row at the place that it wants or, where that is taken or beyond the end, at the end; `taken` grows."""
    position = end = max(taken, default=-1) + 1
    if edit.position is not None and 0 <= edit.position < end and edit.position not in taken:
        position = edit.position
    taken.add(position)
    texts = {name: text for name, text in edit.texts.items() if name in section.fields}
    group = {"secondary_id": edit.group} if section.model is Target else {}
    return section.model(
        **group,
        **texts,
        **_read(section, texts),
        declaration=declaration,
        key=edit.key,
        position=position,
        updated_by=actor,
        origin=edit.origin,
        unconfirmed=edit.origin is not None,
    )


def _write(row: Row, section: Section, changes: dict[str, str], actor: User) -> bool:
    new = {
        **changes,
        **_read(section, changes),
        "version": row.version + 1,
        "updated_by": actor,
        "updated_at": timezone.now(),
        "unconfirmed": False,
    }
    written = section.model._default_manager.filter(pk=row.pk, version=row.version).update(**new)
    for name, value in new.items():
        setattr(row, name, value)
    return bool(written)


def _read(section: Section, texts: Mapping[str, str]) -> dict[str, object]:
    """The columns that hold a number read from one of the texts."""
    return {"number": storable_number(texts["value"])} if section.model is Target and "value" in texts else {}


def _require_room(section: Section, rows: Iterable[Row]) -> None:
    if sum(len(getattr(row, name)) for row in rows for name in section.fields) > MAX_CHARACTERS:
        raise RowRefused(f"本部分文字合计不能超过 {MAX_CHARACTERS // 10_000} 万字，未保存。请精简后再保存。")


def _next_position(rows: "QuerySet[Row]") -> int:
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _touch(declaration: Declaration, actor: User) -> None:
    declaration.save(update_fields=["updated_at"])
    Contribution.objects.bulk_create([Contribution(declaration=declaration, user=actor)], ignore_conflicts=True)
