"""Several edits of one declaration at once, as autosave, paste and import make them: one lock, one transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from declarations import selectors, services
from declarations.models import Budget, Row
from declarations.services import Outcome, RowEdit, RowRefused, Section
from perfgoals.accounts.models import User


@dataclass(frozen=True)
class Deletion:
    """A row to delete, where it is still of the version seen."""

    section: Section
    key: UUID
    version: int


@dataclass(frozen=True)
class Placement:
    """A row to put behind another one of its section or group; first, where `after` is None."""

    section: Section
    key: UUID
    after: UUID | None


@dataclass(frozen=True)
class BudgetEdit:
    """Figures of the budget as typed, on the version seen."""

    version: int
    figures: Mapping[str, str]


@dataclass(frozen=True)
class Changes:
    edits: Mapping[Section, Sequence[RowEdit]] = field(default_factory=dict)
    deletions: Sequence[Deletion] = ()
    placements: Sequence[Placement] = ()
    budget: BudgetEdit | None = None


@dataclass
class Applied:
    """What came of some changes.

    `stored` are the rows that hold the texts now, written just now or before. A conflict is the row as it stands now,
    or None where it was deleted; a refusal is a Chinese sentence about one row. `budget` is the budget as it stands
    now, where it was to be changed. `before` and `after` are the times of the declaration's last change, before and
    after.
    """

    before: datetime
    after: datetime
    stored: dict[UUID, Row] = field(default_factory=dict)
    conflicts: dict[UUID, Row | None] = field(default_factory=dict)
    refused: dict[UUID, str] = field(default_factory=dict)
    budget: Budget | None = None
    budget_conflict: bool = False


def apply_changes(declaration_id: int, actor: User, changes: Changes, now: datetime | None = None) -> Applied:
    """Make the changes, each row for itself: what cannot be done to one row does not hinder the others.

    Raises NotEditable and changes nothing where the declaration cannot be changed at all.
    """
    where = (declaration_id, actor)
    with transaction.atomic():
        declaration = services.locked_to_edit(declaration_id, actor, now)
        applied = Applied(declaration.updated_at, declaration.updated_at)
        for section, edits in changes.edits.items():
            outcome = _save(declaration_id, actor, section, edits, applied, now)
            applied.stored |= {row.key: row for row in [*outcome.saved, *outcome.unchanged]}
            applied.conflicts |= outcome.conflicts
        for section, seen in _versions_to_delete(changes.deletions).items():
            applied.refused |= services.delete_rows(*where, section, seen, now).refused
        for placement in changes.placements:
            services.place_row(*where, placement.section, placement.key, placement.after, now)
        if changes.budget:
            theirs = services.save_budget(*where, changes.budget.version, changes.budget.figures, now)
            applied.budget_conflict = theirs is not None
            applied.budget = theirs or selectors.budget_of(declaration)
        declaration.refresh_from_db(fields=["updated_at"])
        applied.after = declaration.updated_at
        return applied


def _versions_to_delete(deletions: Sequence[Deletion]) -> dict[Section, dict[UUID, int]]:
    versions: dict[Section, dict[UUID, int]] = defaultdict(dict)
    for deletion in deletions:
        versions[deletion.section][deletion.key] = deletion.version
    return versions


def _save(
    declaration_id: int,
    actor: User,
    section: Section,
    edits: Sequence[RowEdit],
    applied: Applied,
    now: datetime | None,
) -> Outcome:
    """Save the rows together or, where one of them is refused, one by one."""
    try:
        return services.save_rows(declaration_id, actor, section, edits, now)
    except RowRefused as refusal:
        if len(edits) == 1:
            applied.refused[edits[0].key] = str(refusal)
            return Outcome()
    outcome = Outcome()
    for edit in edits:
        one = _save(declaration_id, actor, section, [edit], applied, now)
        outcome.saved += one.saved
        outcome.unchanged += one.unchanged
        outcome.conflicts |= one.conflicts
    return outcome
