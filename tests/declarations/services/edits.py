"""Edits as the preparer of a declaration sends them while its round is open."""

from typing import Any
from uuid import UUID, uuid4

from declarations import services
from declarations.models import Declaration, Row, Target
from declarations.services import Outcome, RowEdit, Section
from indicators.models import SecondaryIndicator
from perfgoals.accounts.models import User
from tests.declarations import builders


def where(declaration: Declaration) -> tuple[int, User]:
    """The first two arguments of every service."""
    return declaration.pk, builders.preparer_of(declaration)


def now(declaration: Declaration) -> dict[str, Any]:
    """The last argument of every service: the moment at which the round opens."""
    return {"now": declaration.round.opens_at}


def new(key: UUID | None = None, group: SecondaryIndicator | None = None, **texts: str) -> RowEdit:
    """A row that is yet to be made."""
    return RowEdit(key or uuid4(), 0, texts, group.pk if group else None)


def changed(row: Row, **texts: str) -> RowEdit:
    """A row seen as it is given here, with other texts."""
    return RowEdit(row.key, row.version, texts)


def save(declaration: Declaration, section: Section, *edits: RowEdit) -> Outcome:
    return services.save_rows(*where(declaration), section, edits, **now(declaration))


def add(declaration: Declaration, section: Section, *all_texts: dict[str, str], group=None) -> list[Row]:
    """New rows with these texts, at the end."""
    return save(declaration, section, *(new(group=group, **texts) for texts in all_texts)).saved


def rows(declaration: Declaration, section: Section) -> list[Row]:
    """The section's rows in their order; targets of several groups share positions, so the older one goes first."""
    return list(section.model._default_manager.filter(declaration=declaration).order_by("position", "pk"))


def targets(group: SecondaryIndicator, declaration: Declaration) -> list[Target]:
    return list(declaration.target_rows.filter(secondary=group).order_by("position"))


def own_group(declaration: Declaration) -> SecondaryIndicator:
    """The first level-2 group of the declaration's template that takes own indicators."""
    return own_groups(declaration)[0]


def own_groups(declaration: Declaration) -> list[SecondaryIndicator]:
    template = declaration.round.template_id
    groups = SecondaryIndicator.objects.filter(primary__template=template, allows_own=True)
    return list(groups.order_by("primary__position", "position"))
