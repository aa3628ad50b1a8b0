"""Taking over what was approved for the department in an earlier year: what there is to take, and taking it.

Money never comes over: neither the budget nor the amounts of tasks.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Count

from declarations import selectors, services
from declarations.checks.indicators import plain
from declarations.document import Document, Goal, PrimaryGroup, SecondaryGroup, Target, Task
from declarations.last_year import row_name
from declarations.models import Declaration, Row
from declarations.services import GOALS, TARGETS, TASKS, RowEdit, Section
from perfgoals.accounts.models import User

Source = TypeVar("Source", Goal, Task, Target)

_TEXTS = {GOALS: GOALS.fields, TASKS: ("name", "content"), TARGETS: TARGETS.fields}


@dataclass(frozen=True)
class OfferedRow(Generic[Source]):
    """A row of an earlier declaration; `here` where the current one holds it already."""

    source: Source
    here: bool


@dataclass(frozen=True)
class OfferedGroup:
    """The own targets of a level-2 group of an earlier declaration.

    `group` is the level-2 indicator of the current template that they go to; where there is none, `refusal` says why.
    """

    primary: str
    name: str
    group: int | None
    refusal: str
    rows: tuple[OfferedRow[Target], ...]


@dataclass(frozen=True)
class Offer:
    """What an earlier declaration has for the current one."""

    fiscal_year: int
    goals: tuple[OfferedRow[Goal], ...]
    tasks: tuple[OfferedRow[Task], ...]
    groups: tuple[OfferedGroup, ...]

    @property
    def takeable(self) -> int:
        """How many rows can be taken over."""
        here = [row.here for row in self.goals] + [row.here for row in self.tasks]
        here += [row.here for group in self.groups if group.group is not None for row in group.rows]
        return here.count(False)


def documents_before(declaration: Declaration) -> dict[int, Document]:
    """What was approved for the department in earlier years, by fiscal year, the latest first. One query."""
    earlier = selectors.earlier_documents(declaration)
    year = declaration.round.fiscal_year
    return {document.fiscal_year: document for document in earlier if document.fiscal_year < year}


def offer_of(declaration: Declaration, earlier: Document) -> Offer:
    """What `earlier` has for the declaration as it stands now. Nine queries, whatever the number of rows."""
    return offer(selectors.document_of(declaration), selectors.origins_of(declaration).values(), earlier)


def offer(current: Document, origins: Collection[str], earlier: Document) -> Offer:
    """What `earlier` has for `current`; `origins` are the keys of the rows that were taken over already.

    A row is here already that was taken over from the same one, or has the same text (goals) or the same name (tasks,
    and targets of one level-2 group). Rows without that text or name are not offered.
    """
    return Offer(
        earlier.fiscal_year,
        _offered(earlier.duty_goals, current.duty_goals, origins),
        _offered(earlier.main_tasks, current.main_tasks, origins),
        tuple(
            _offered_group(primary, group, current, origins)
            for primary, group in earlier.groups()
            if any(not target.common for target in group.targets)
        ),
    )


def take_over(
    declaration_id: int, actor: User, fiscal_year: int, keys: Collection[str], now: datetime | None = None
) -> list[Row]:
    """Add the rows of these keys of the approved declaration of that year, as far as they are not here yet.

    The new rows stand at the end of their section or level-2 group, unconfirmed; they are answered in printed order.
    Raises NotEditable, and then adds nothing; KeyError where nothing was approved for that year.
    """
    with transaction.atomic():
        declaration = selectors.locked_declaration(declaration_id)
        offered = offer_of(declaration, documents_before(declaration)[fiscal_year])

        def edits(section: Section, rows: Iterable[OfferedRow[Source]], group: int | None = None) -> list[RowEdit]:
            picked = [row.source for row in rows if row.source.key in keys and not row.here]
            return [
                RowEdit(
                    uuid4(),
                    version=0,
                    texts={name: getattr(source, name) for name in _TEXTS[section]},
                    group=group,
                    origin=UUID(source.key),
                )
                for source in picked
            ]

        edits_of = {
            GOALS: edits(GOALS, offered.goals),
            TASKS: edits(TASKS, offered.tasks),
            TARGETS: [
                edit
                for group in offered.groups
                if group.group is not None
                for edit in edits(TARGETS, group.rows, group.group)
            ],
        }
        return [
            row
            for section, of_section in edits_of.items()
            for row in services.save_rows(declaration_id, actor, section, of_section, now).saved
        ]


def unconfirmed_counts(declaration: Declaration) -> dict[str, int]:
    """How many rows nobody has confirmed since they were taken over, by the key of the section. Three queries.

    Sections without such rows are left out; their keys are those of `forms.sections.Page`.
    """
    counts = {
        "goals": declaration.dutygoal_rows.filter(unconfirmed=True).count(),
        "tasks": declaration.maintask_rows.filter(unconfirmed=True).count(),
    }
    targets = declaration.target_rows.filter(unconfirmed=True).order_by().values("secondary__primary")
    counts |= {str(row["secondary__primary"]): row["rows"] for row in targets.annotate(rows=Count("pk"))}
    return {section: count for section, count in counts.items() if count}


def _offered(
    earlier: Iterable[Source], current: Iterable[Source], origins: Collection[str]
) -> tuple[OfferedRow[Source], ...]:
    here = {row_name(row) for row in current}
    return tuple(OfferedRow(row, here=row.key in origins or row_name(row) in here) for row in earlier if row_name(row))


def _offered_group(
    primary: PrimaryGroup, group: SecondaryGroup, current: Document, origins: Collection[str]
) -> OfferedGroup:
    own = [target for target in group.targets if not target.common]
    same = _same_group(primary, group, current)
    rows = _offered(own, same.targets if same else (), origins)
    if same is None:
        return OfferedGroup(primary.name, group.name, None, "本年度模板中没有对应的二级指标，不能带入。", rows)
    if not same.allows_own:
        refusal = "本年度模板中该二级指标不允许增加个性指标，不能带入。"
        return OfferedGroup(primary.name, group.name, None, refusal, rows)
    return OfferedGroup(primary.name, group.name, int(same.key), "", rows)


def _same_group(primary: PrimaryGroup, group: SecondaryGroup, current: Document) -> SecondaryGroup | None:
    """The group of that name in `current`: under a level-1 indicator of the same name or else the only one."""
    named = [(above, other) for above, other in current.groups() if plain(other.name) == plain(group.name)]
    under_same = [other for above, other in named if plain(above.name) == plain(primary.name)]
    if under_same:
        return under_same[0]
    return named[0][1] if len(named) == 1 else None
