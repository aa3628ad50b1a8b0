"""Who may do what: each predicate over everybody, every situation of a declaration and every time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from declarations import permissions, selectors
from declarations.models import Declaration, Round, Submission
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import Department, User
from tests.declarations import builders
from tests.declarations.situations import (
    EDITABLE,
    EVERY_SITUATION,
    EVERYBODY,
    FIRST_REVIEW,
    SECOND_REVIEW,
    STATUSES,
    SUBMITTED,
    TWO_STAGES,
    declaration_in,
    people_around,
)

OPENS = datetime(2022, 3, 1, tzinfo=timezone.get_default_timezone())
CLOSES = OPENS + timedelta(days=30)
EXTENDED = CLOSES + timedelta(days=5)
STAGES = {FIRST_REVIEW: 0, SECOND_REVIEW: 1}
MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class World:
    """A declaration of one department in every situation, everybody around it, and what others declare."""

    own: dict[str, Declaration]
    people: dict[str, User]
    everything: list[Declaration]


def world(**round_fields: bool) -> World:
    template = builders.template()
    rounds = {
        situation: builders.round_(
            stages=TWO_STAGES,
            template=template,
            fiscal_year=2022 + number,
            opens_at=OPENS,
            closes_at=CLOSES,
            **round_fields,
        )
        for number, situation in enumerate(STATUSES)
    }
    department = builders.department()
    people = people_around(department)
    others = [people[name].department for name in ("preparer of another department", "preparer under another office")]
    for where in (department, *others):
        for situation, round in rounds.items():
            store(situation, round, where, people["preparer"])
    own = {
        situation: selectors.declarations().get(round=round, department=department)
        for situation, round in rounds.items()
    }
    return World(own, people, list(selectors.declarations()))


def store(situation: str, round: Round, department: Department, submitter: User) -> None:
    """Store a declaration in the situation without its history, which no predicate looks at."""
    made = Declaration.objects.create(round=round, department=department)
    if situation in SUBMITTED:
        made.submission = Submission.objects.create(
            declaration=made, number=1, document="{}", digest="", submitted_by=submitter, submitted_at=OPENS
        )
    if situation in STAGES:
        made.stage = round.stages.get(position=STAGES[situation])
    made.status = STATUSES[situation]
    made.save()


def answers(world: World, predicate: Callable[[User, Declaration], bool]) -> dict[str, frozenset[str]]:
    """In which situations the predicate lets each person; those it never lets are left out."""
    found = {
        name: frozenset(situation for situation, declaration in world.own.items() if predicate(person, declaration))
        for name, person in world.people.items()
    }
    return {name: situations for name, situations in found.items() if situations}


def at(predicate: Callable[[User, Declaration, datetime], bool], now: datetime) -> Callable[[User, Declaration], bool]:
    return lambda user, declaration: predicate(user, declaration, now)


def in_stage(position: int) -> Callable[[User, Declaration], bool]:
    return lambda user, declaration: permissions.reviews(
        user, declaration, declaration.round.stages.get(position=position)
    )


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (
            permissions.belongs_to_department,
            {"preparer": EVERY_SITUATION, "head": EVERY_SITUATION},
        ),
        (
            permissions.can_view,
            {
                "preparer": EVERY_SITUATION,
                "head": EVERY_SITUATION,
                "reviewer": SUBMITTED,
                "performance reviewer": SUBMITTED,
                "administrator": EVERY_SITUATION,
                "auditor": EVERY_SITUATION,
            },
        ),
        (
            permissions.can_view_working_copy,
            {
                "preparer": EVERY_SITUATION,
                "head": EVERY_SITUATION,
                "administrator": EVERY_SITUATION,
                "auditor": EVERY_SITUATION,
            },
        ),
        (permissions.submits, {"preparer": EVERY_SITUATION}),
        (at(permissions.can_edit, OPENS), {"preparer": EDITABLE}),
        (at(permissions.can_submit, OPENS), {"preparer": EDITABLE}),
        (at(permissions.can_withdraw, OPENS), {"preparer": frozenset({FIRST_REVIEW, SECOND_REVIEW})}),
        (in_stage(0), {"reviewer": EVERY_SITUATION}),
        (in_stage(1), {"performance reviewer": EVERY_SITUATION}),
        (
            permissions.can_decide,
            {"reviewer": frozenset({FIRST_REVIEW}), "performance reviewer": frozenset({SECOND_REVIEW})},
        ),
    ],
    ids=[
        "belongs_to_department",
        "can_view",
        "can_view_working_copy",
        "submits",
        "can_edit",
        "can_submit",
        "can_withdraw",
        "reviews_in_first_stage",
        "reviews_in_second_stage",
        "can_decide",
    ],
)
def test_predicate_over_everybody_and_every_situation(db, predicate, expected):
    assert answers(world(), predicate) == expected


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (permissions.submits, {"head": EVERY_SITUATION}),
        (at(permissions.can_edit, OPENS), {"preparer": EDITABLE}),
        (at(permissions.can_submit, OPENS), {"head": EDITABLE}),
        (at(permissions.can_withdraw, OPENS), {"head": frozenset({FIRST_REVIEW, SECOND_REVIEW})}),
    ],
    ids=["submits", "can_edit", "can_submit", "can_withdraw"],
)
def test_predicate_where_the_head_submits(db, predicate, expected):
    assert answers(world(head_submits=True), predicate) == expected


@pytest.mark.parametrize("predicate", [permissions.can_edit, permissions.can_submit, permissions.can_withdraw])
def test_nobody_writes_outside_the_round(db, predicate):
    made = world()
    assert [answers(made, at(predicate, now)) for now in (OPENS - MOMENT, CLOSES)] == [{}, {}]


@pytest.mark.parametrize("predicate", [permissions.can_edit, permissions.can_submit, permissions.can_withdraw])
def test_extension_opens_the_round_to_the_same_people(db, predicate):
    made = world()
    for declaration in made.own.values():
        builders.extension(declaration.round, declaration.department, EXTENDED)
    extended = World(
        {situation: builders.fresh(declaration) for situation, declaration in made.own.items()}, made.people, []
    )
    while_open = answers(made, at(predicate, OPENS))
    assert while_open
    assert answers(extended, at(predicate, EXTENDED - MOMENT)) == while_open
    assert answers(extended, at(predicate, EXTENDED)) == {}


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


@pytest.mark.parametrize(
    ("now", "extended", "starters"),
    [
        (OPENS - MOMENT, False, []),
        (OPENS, False, ["preparer", "preparer of another department", "preparer under another office"]),
        (CLOSES - MOMENT, False, ["preparer", "preparer of another department", "preparer under another office"]),
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
        (permissions.waiting_for, permissions.can_decide),
    ],
    ids=["visible_to", "waiting_for"],
)
def test_filter_answers_as_its_predicate_does(db, condition, predicate):
    made = world()
    assert len(made.everything) == 3 * len(EVERY_SITUATION)
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
    made = declaration_in(FIRST_REVIEW)
    guest = User(username="guest", role="guest")
    assert list(selectors.declarations_of(guest)) == []
    assert list(selectors.declarations().filter(permissions.waiting_for(guest))) == []
    now = made.round.opens_at
    assert not any(
        [
            permissions.can_view(guest, made),
            permissions.can_view_working_copy(guest, made),
            permissions.can_edit(guest, made, now),
            permissions.can_start(guest, made.round, now),
            permissions.can_submit(guest, made, now),
            permissions.can_withdraw(guest, made, now),
            permissions.can_decide(guest, made),
        ]
    )


def test_predicates_cost_no_query(db, django_assert_num_queries):
    made = declaration_in(FIRST_REVIEW)
    builders.extension(made.round, made.department, made.round.closes_at + DAY)
    people = people_around(made.department).values()
    made = builders.fresh(made)
    now = made.round.closes_at
    with django_assert_num_queries(0):
        for person in people:
            permissions.can_view(person, made)
            permissions.can_view_working_copy(person, made)
            permissions.can_edit(person, made, now)
            permissions.can_submit(person, made, now)
            permissions.can_withdraw(person, made, now)
            permissions.can_decide(person, made)
