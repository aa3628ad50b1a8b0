"""Putting a declaration's rows back to what was sealed."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from declarations.deletions import forget_deletions, remember_deletions
from declarations.document import BUDGET_LABELS, AnyRow, Document
from declarations.models import Budget, Declaration, Row, Target
from declarations.numbers import storable_amount, storable_number
from declarations.services import GOALS, TARGETS, TASKS, Section
from perfgoals.accounts.models import User


def restore_rows(declaration: Declaration, sealed: Document, actor: User) -> None:
    """Make the rows and the budget those of `sealed`, which was submitted for this very declaration.

    To be called with the declaration locked. Versions count on, so that a page from before finds a conflict and
    writes nothing over what is restored; it is told that `actor` did this.
    """
    _restore(declaration, actor, GOALS, [(None, row) for row in sealed.duty_goals])
    _restore(declaration, actor, TASKS, [(None, row) for row in sealed.main_tasks])
    _restore(declaration, actor, TARGETS, [(int(group.key), row) for _, group, row in sealed.targets()])
    figures = {name: getattr(sealed.budget, name) for name in BUDGET_LABELS}
    amounts = {f"{name}_amount": storable_amount(text) for name, text in figures.items()}
    Budget.objects.filter(declaration=declaration).update(
        **figures, **amounts, version=F("version") + 1, updated_by=actor, updated_at=timezone.now()
    )


def _restore(
    declaration: Declaration, actor: User, section: Section, sealed: Sequence[tuple[int | None, AnyRow]]
) -> None:
    rows = section.model._default_manager.filter(declaration=declaration)
    before = {row.key: row for row in rows}
    keys = {UUID(row.key) for _, row in sealed}
    rows.exclude(key__in=keys).delete()
    remember_deletions(declaration, actor, before.keys() - keys)
    forget_deletions(declaration, keys - before.keys())
    # By way of free places: the positions are unique at every moment.
    free = max((row.position for row in before.values()), default=0) + len(sealed) + 1
    rows.update(position=F("position") + free)
    changed: list[Row] = []
    missing: list[Row] = []
    for position, (group, value) in enumerate(sealed):
        row = before.get(UUID(value.key))
        (changed if row else missing).append(_as_sealed(row, declaration, actor, section, position, group, value))
    section.model._default_manager.bulk_update(
        changed, [*_columns(section), "position", "version", "updated_by", "updated_at", "unconfirmed"]
    )
    section.model._default_manager.bulk_create(missing)


def _as_sealed(
    row: Row | None,
    declaration: Declaration,
    actor: User,
    section: Section,
    position: int,
    group: int | None,
    value: AnyRow,
) -> Row:
    row = row or section.model(declaration=declaration, key=value.key, version=0)
    for name in section.fields:
        setattr(row, name, getattr(value, name))
    if isinstance(row, Target):
        row.secondary_id = group or 0
        row.number = storable_number(row.value)
    row.position = position
    row.version += 1
    row.updated_by = actor
    row.updated_at = timezone.now()
    row.unconfirmed = False
    return row


def _columns(section: Section) -> tuple[str, ...]:
    return (*section.fields, "secondary", "number") if section.model is Target else section.fields
