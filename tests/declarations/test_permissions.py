"""Who may do what: each predicate over everybody, every situation of a declaration and every time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from declarations import permissions, selectors
from declarations.enums import StageKind
from declarations.models import Declaration, Round, Submission
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import Department, User
from tests.declarations import builders
from tests.declarations.situations import (
    ADJUSTING,
    ADJUSTMENT_IN_REVIEW,
    ADJUSTMENT_RETURNED,
    ADJUSTMENTS,
    APPROVED,
    DRAFT,
    EDITABLE,
    EVERY_SITUATION,
    EVERYBODY,
    FIRST_REVIEW,
    FOUR_STAGES,
    HANDED_BACK,
    HEAD_REVIEW,
    RETURNED,
    SECOND_REVIEW,
    STAGES,
    STATUSES,
    SUBMITTED,
    SUPERIOR_REVIEW,
    TWO_STAGES,
    WITHDRAWN,
    declaration_in,
    people_around,
)

OPENS = datetime(2022, 3, 1, tzinfo=timezone.get_default_timezone())
CLOSES = OPENS + timedelta(days=30)
EXTENDED = CLOSES + timedelta(days=5)
ADJUSTED_UNTIL = CLOSES + timedelta(days=60)
MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)

# How far each has come, where the department's head reviews first: a withdrawn one no further than to him.
REACHED = {
    DRAFT: 0,
    WITHDRAWN: StageKind.DEPARTMENT_HEAD.rank,
    HEAD_REVIEW: StageKind.DEPARTMENT_HEAD.rank,
    SUPERIOR_REVIEW: StageKind.SUPERIOR.rank,
    FIRST_REVIEW: StageKind.BUSINESS.rank,
    SECOND_REVIEW: StageKind.PERFORMANCE.rank,
    HANDED_BACK: StageKind.PERFORMANCE.rank,
    RETURNED: StageKind.BUSINESS.rank,
    APPROVED: StageKind.PERFORMANCE.rank,
    ADJUSTING: StageKind.PERFORMANCE.rank,
    ADJUSTMENT_IN_REVIEW: StageKind.PERFORMANCE.rank,
    ADJUSTMENT_RETURNED: StageKind.PERFORMANCE.rank,
}
AT_THE_SUPERIOR = EVERY_SITUATION - {DRAFT, WITHDRAWN, HEAD_REVIEW}
AT_THE_BUREAU = AT_THE_SUPERIOR - {SUPERIOR_REVIEW}
# Those that one person of the office has taken.
ASSIGNED = {HANDED_BACK, ADJUSTMENT_IN_REVIEW}
IN_REVIEW = frozenset(STAGES)
IN_FIRST_STAGE = frozenset({FIRST_REVIEW, HANDED_BACK, ADJUSTMENT_IN_REVIEW})
FIRST_FILLED_IN = EDITABLE - ADJUSTMENTS
OFFICE = ("reviewer", "second reviewer", "head of the office")
SUPERIORS = ("preparer of the superior", "head of the superior")


@dataclass(frozen=True)
class World:
    """A declaration of one department in every situation, everybody around it, and what others declare."""

    own: dict[str, Declaration]
    people: dict[str, User]
    everything: list[Declaration]


def world(stages: tuple[StageKind, ...] = FOUR_STAGES) -> World:
    template = builders.template()
    rounds = {
        situation: builders.round_(
            stages=stages,
            template=template,
            fiscal_year=2022 + number,
            opens_at=OPENS,
            closes_at=CLOSES,
            adjustments_close_at=ADJUSTED_UNTIL,
        )
        for number, situation in enumerate(STATUSES)
        if STAGES.get(situation) in (None, *stages)
    }
    department = builders.department(superior=builders.department())
    people = people_around(department)
    others = [people[name].department for name in ("preparer of another department", "preparer under another office")]
    for where in (department, department.superior, *others):
        for situation, round in rounds.items():
            made = store(situation, round, where, people)
            if where == department:
                builders.contribute(made, people["reviewer who filled in"])
    own = {
        situation: selectors.declarations().get(round=round, department=department)
        for situation, round in rounds.items()
    }
    return World(own, people, list(selectors.declarations()))


def store(situation: str, round: Round, department: Department, people: dict[str, User]) -> Declaration:
    """Store a declaration in the situation without its history, which no predicate looks at."""
    made = Declaration.objects.create(round=round, department=department)
    if situation in SUBMITTED:
        made.submission = Submission.objects.create(
            declaration=made, number=1, document="{}", digest="", submitted_by=people["preparer"], submitted_at=OPENS
        )
    if situation in {APPROVED, *ADJUSTMENTS}:
        made.approved = made.submission
    if situation in STAGES:
        made.stage = round.stages.get(kind=STAGES[situation])
    if situation in ASSIGNED:
        made.assignee = people["reviewer"]
    made.status = STATUSES[situation]
    made.reached = REACHED[situation]
    made.save()
    return made


def answers(world: World, predicate: Callable[[User, Declaration], bool]) -> dict[str, frozenset[str]]:
    """In which situations the predicate lets each person; those it never lets are left out."""
    found = {
        name: frozenset(situation for situation, declaration in world.own.items() if predicate(person, declaration))
        for name, person in world.people.items()
    }
    return {name: situations for name, situations in found.items() if situations}


def at(predicate: Callable[[User, Declaration, datetime], bool], now: datetime) -> Callable[[User, Declaration], bool]:
    return lambda user, declaration: predicate(user, declaration, now)


def in_stage(kind: StageKind) -> Callable[[User, Declaration], bool]:
    return lambda user, declaration: any(
        permissions.reviews(user, declaration, stage) for stage in declaration.round.stages.all() if stage.kind == kind
    )


def each(names: tuple[str, ...], situations: frozenset[str] | set[str]) -> dict[str, frozenset[str]]:
    """The same situations for each of these people."""
    return dict.fromkeys(names, frozenset(situations))


DEPARTMENT = each(("preparer", "head"), EVERY_SITUATION)
READERS = each(("administrator", "auditor"), EVERY_SITUATION)
PREDICATES = {
    "belongs_to_department": (permissions.belongs_to_department, DEPARTMENT),
    "belongs_to_superior": (permissions.belongs_to_superior, each(SUPERIORS, EVERY_SITUATION)),
    "can_view": (
        permissions.can_view,
        DEPARTMENT
        | READERS
        | each(SUPERIORS, AT_THE_SUPERIOR)
        | each((*OFFICE, "reviewer who filled in", "performance reviewer"), AT_THE_BUREAU),
    ),
    "can_view_working_copy": (permissions.can_view_working_copy, DEPARTMENT | READERS),
    "submits": (permissions.submits, {"preparer": EVERY_SITUATION}),
    "can_edit": (at(permissions.can_edit, OPENS), {"preparer": EDITABLE}),
    "can_submit": (at(permissions.can_submit, OPENS), {"preparer": EDITABLE}),
    "can_withdraw": (at(permissions.can_withdraw, OPENS), {"preparer": IN_REVIEW}),
    "can_adjust": (at(permissions.can_adjust, OPENS), {"preparer": frozenset({APPROVED})}),
    "can_cancel_adjustment": (
        permissions.can_cancel_adjustment,
        {"preparer": frozenset({ADJUSTING, ADJUSTMENT_RETURNED})},
    ),
    "reviews_as_head": (in_stage(StageKind.DEPARTMENT_HEAD), {"head": EVERY_SITUATION}),
    "reviews_as_superior": (in_stage(StageKind.SUPERIOR), each(SUPERIORS, EVERY_SITUATION)),
    "reviews_in_business_office": (
        in_stage(StageKind.BUSINESS),
        each((*OFFICE, "reviewer who filled in"), EVERY_SITUATION),
    ),
    "reviews_in_performance_office": (in_stage(StageKind.PERFORMANCE), {"performance reviewer": EVERY_SITUATION}),
    "has_part_in": (permissions.has_part_in, {"reviewer who filled in": EVERY_SITUATION}),
    "reviews_now": (
        permissions.reviews_now,
        {"head": frozenset({HEAD_REVIEW}), "performance reviewer": frozenset({SECOND_REVIEW})}
        | each(SUPERIORS, {SUPERIOR_REVIEW})
        | each(OFFICE, IN_FIRST_STAGE),
    ),
    "can_decide": (
        permissions.can_decide,
        {
            "head": frozenset({HEAD_REVIEW}),
            "performance reviewer": frozenset({SECOND_REVIEW}),
            "reviewer": IN_FIRST_STAGE,
        }
        | each(SUPERIORS, {SUPERIOR_REVIEW})
        | each(OFFICE[1:], IN_FIRST_STAGE - ASSIGNED),
    ),
    "can_take": (
        permissions.can_take,
        {"reviewer": IN_FIRST_STAGE - ASSIGNED, "performance reviewer": frozenset({SECOND_REVIEW})}
        | each(OFFICE[1:], IN_FIRST_STAGE),
    ),
    "can_release": (permissions.can_release, each(("reviewer", "head of the office"), ASSIGNED)),
    "can_assign": (permissions.can_assign, {"head of the office": IN_FIRST_STAGE}),
}


@pytest.mark.parametrize("name", PREDICATES)
def test_predicate_over_everybody_and_every_situation(db, name):
    predicate, expected = PREDICATES[name]
    assert answers(world(), predicate) == expected


def test_superior_sees_nothing_where_its_stage_is_not_in_the_round(db):
    visible = answers(world(TWO_STAGES), permissions.can_view)
    assert {name: visible.get(name) for name in SUPERIORS} == dict.fromkeys(SUPERIORS)
    assert visible["reviewer"] == AT_THE_BUREAU


WRITING = [permissions.can_edit, permissions.can_submit, permissions.can_withdraw]


def writes_at(made: World, predicate: Callable[[User, Declaration, datetime], bool], now: datetime) -> frozenset[str]:
    """The situations in which the preparer, and nobody else, may do it then."""
    found = answers(made, at(predicate, now))
    assert set(found) <= {"preparer"}
    return found.get("preparer", frozenset())


@pytest.mark.parametrize("predicate", WRITING)
def test_nobody_writes_outside_the_round_but_for_adjustments(db, predicate):
    made = world()
    whenever = writes_at(made, predicate, OPENS)
    adjustments = whenever & ADJUSTMENTS
    assert adjustments
    assert adjustments != whenever
    moments = [OPENS - MOMENT, CLOSES - MOMENT, CLOSES, ADJUSTED_UNTIL - MOMENT, ADJUSTED_UNTIL]
    expected = [frozenset(), whenever, adjustments, adjustments, frozenset()]
    assert [writes_at(made, predicate, now) for now in moments] == expected


@pytest.mark.parametrize("predicate", WRITING)
def test_extension_opens_the_round_to_the_same_people(db, predicate):
    made = world()
    for declaration in made.own.values():
        builders.extension(declaration.round, declaration.department, EXTENDED)
    extended = World(
        {situation: builders.fresh(declaration) for situation, declaration in made.own.items()}, made.people, []
    )
    while_open = writes_at(made, predicate, OPENS)
    assert writes_at(extended, predicate, EXTENDED - MOMENT) == while_open
    assert writes_at(extended, predicate, EXTENDED) == while_open & ADJUSTMENTS


def test_adjustment_begins_until_adjustments_close(db):
    made = world()
    moments = [CLOSES, ADJUSTED_UNTIL - MOMENT, ADJUSTED_UNTIL]
    begun = [writes_at(made, permissions.can_adjust, now) for now in moments]
    assert begun == [{APPROVED}, {APPROVED}, frozenset()]


def test_adjustments_close_with_the_fiscal_year_where_the_round_says_nothing_else(db):
    made = builders.declaration(round=builders.round_(fiscal_year=2023, adjustments_close_at=None))
    new_year = datetime(2024, 1, 1, tzinfo=timezone.get_default_timezone())
    assert permissions.adjustments_close_at(made.round) == new_year


def test_adjustment_is_open_as_long_as_the_round_is_where_that_is_longer(db):
    made = declaration_in(ADJUSTING)
    made.round.adjustments_close_at = made.round.opens_at
    assert permissions.closes_at(made) == made.round.closes_at
    made.round.adjustments_close_at = made.round.closes_at + DAY
    assert permissions.closes_at(made) == made.round.closes_at + DAY


def test_department_that_was_closed_down_adjusts_nothing(db):
    made = declaration_in(APPROVED)
    preparer = builders.preparer_of(made)
    assert permissions.can_adjust(preparer, made, made.round.opens_at)
    made.department.is_active = False
    assert not permissions.can_adjust(preparer, made, made.round.opens_at)


@pytest.mark.parametrize(
    ("extension", "closed"),
    [(None, CLOSES), (EXTENDED, EXTENDED), (CLOSES - DAY, CLOSES)],
    ids=["none", "later", "earlier than the round"],
)
def test_round_is_open_from_its_opening_until_it_closes_for_the_department(db, extension, closed):
    made = builders.declaration(round=builders.round_(opens_at=OPENS, closes_at=CLOSES))
    if extension is not None:
        builders.extension(made.round, made.department, extension)
    made = builders.fresh(made)
    assert permissions.closing_time(made.round, made.department) == closed
    moments = [OPENS - MOMENT, OPENS, closed - MOMENT, closed]
    assert [permissions.is_open(made, now) for now in moments] == [False, True, True, False]


def test_extension_of_another_department_or_round_changes_nothing(db):
    made = builders.declaration(round=builders.round_(opens_at=OPENS, closes_at=CLOSES))
    builders.extension(made.round, builders.department(), EXTENDED)
    other = builders.declaration(department=made.department)
    builders.extension(other.round, other.department, EXTENDED)
    made = builders.fresh(made)
    assert permissions.closing_time(made.round, made.department) == CLOSES


PREPARERS = [
    "preparer",
    "preparer of the superior",
    "preparer of another department",
    "preparer under another office",
]


@pytest.mark.parametrize(
    ("now", "extended", "starters"),
    [
        (OPENS - MOMENT, False, []),
        (OPENS, False, PREPARERS),
        (CLOSES - MOMENT, False, PREPARERS),
        (CLOSES, False, []),
        (EXTENDED - MOMENT, True, ["preparer"]),
        (EXTENDED, True, []),
    ],
    ids=["not yet open", "opening", "last moment", "closed", "extended", "extension over"],
)
def test_preparers_start_the_declaration_of_their_department_while_it_is_open(db, now, extended, starters):
    made = builders.declaration(round=builders.round_(opens_at=OPENS, closes_at=CLOSES))
    people = people_around(made.department)
    if extended:
        builders.extension(made.round, made.department, EXTENDED)
    round = builders.fresh(made).round
    assert [name for name, person in people.items() if permissions.can_start(person, round, now)] == starters


def test_department_that_was_closed_down_starts_nothing(db):
    round = builders.round_(opens_at=OPENS, closes_at=CLOSES)
    preparer = builders.user(Role.PREPARER, department=builders.department(is_active=False))
    assert not permissions.can_start(preparer, round, OPENS)


@pytest.mark.parametrize(
    ("condition", "predicate"),
    [
        (permissions.visible_to, permissions.can_view),
        (permissions.waiting_for, permissions.reviews_now),
    ],
    ids=["visible_to", "waiting_for"],
)
def test_filter_answers_as_its_predicate_does(db, condition, predicate):
    made = world()
    assert len(made.everything) == 4 * len(EVERY_SITUATION)
    filtered = {
        name: sorted(selectors.declarations().filter(condition(person)).values_list("pk", flat=True))
        for name, person in made.people.items()
    }
    assert filtered == {
        name: sorted(declaration.pk for declaration in made.everything if predicate(person, declaration))
        for name, person in made.people.items()
    }
    assert any(filtered.values())


@pytest.mark.parametrize("name", EVERYBODY)
def test_declarations_of_somebody_are_those_that_he_can_view(db, name):
    made = world()
    person = made.people[name]
    visible = [declaration for declaration in made.everything if permissions.can_view(person, declaration)]
    assert list(selectors.declarations_of(person)) == visible


def test_unknown_role_may_nothing(db):
    made = world()
    guest = builders.user("guest")
    assert list(selectors.declarations_of(guest)) == []
    assert list(selectors.declarations().filter(permissions.waiting_for(guest))) == []
    assert not permissions.can_start(guest, made.own[DRAFT].round, OPENS)
    allowed = {
        name
        for name, (predicate, _) in PREDICATES.items()
        if any(predicate(guest, declaration) for declaration in made.own.values())
    }
    assert allowed == set()


def test_predicates_cost_no_query(db, django_assert_num_queries):
    made = declaration_in(FIRST_REVIEW)
    builders.extension(made.round, made.department, made.round.closes_at + DAY)
    people = people_around(made.department).values()
    made = builders.fresh(made)
    with django_assert_num_queries(0):
        for person in people:
            for predicate, _ in PREDICATES.values():
                predicate(person, made)
