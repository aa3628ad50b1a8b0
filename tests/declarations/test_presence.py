"""Who else has the form open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from declarations.models import Declaration, Presence
from declarations.presence import others_present
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.races import race

MOMENT = timezone.now()
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def made(db) -> Declaration:
    return builders.declaration(filled=False)


def colleague(made: Declaration, name: str) -> User:
    return builders.user(Role.PREPARER, department=made.department, name=name)


def test_first_one_is_alone_and_never_sees_himself(made):
    preparer = builders.preparer_of(made)

    assert others_present(made, preparer, MOMENT) == []
    assert others_present(made, preparer, MOMENT + timedelta(seconds=20)) == []


def test_others_are_named_in_the_order_of_their_names(made):
    first, last, first_too = (colleague(made, name) for name in ("职员1", "职员2", "职员1"))
    for person in (last, first_too, first):
        others_present(made, person, MOMENT)

    assert others_present(made, builders.preparer_of(made), MOMENT) == [first, first_too, last]


@pytest.mark.parametrize(
    ("later", "present"),
    [
        (timedelta(0), True),
        (timedelta(seconds=60) - MICROSECOND, True),
        (timedelta(seconds=60), False),
        (timedelta(seconds=61), False),
    ],
)
def test_who_was_not_heard_of_for_60_seconds_is_gone(made, later, present):
    li, wang = colleague(made, "李一"), colleague(made, "王二")
    others_present(made, li, MOMENT)

    assert others_present(made, wang, MOMENT + later) == ([li] if present else [])


def test_who_says_it_again_stays_and_is_noted_once(made):
    li, wang = colleague(made, "李一"), colleague(made, "王二")
    for seconds in (0, 40, 80):
        others_present(made, li, MOMENT + timedelta(seconds=seconds))

    assert others_present(made, wang, MOMENT + timedelta(seconds=139)) == [li]
    assert Presence.objects.filter(declaration=made, user=li).values_list("seen_at", flat=True).get() == (
        MOMENT + timedelta(seconds=80)
    )


def test_people_at_another_declaration_are_not_named(made):
    other = builders.declaration(round=made.round, filled=False)
    others_present(other, builders.preparer_of(other), MOMENT)

    assert others_present(made, builders.preparer_of(made), MOMENT) == []


def test_same_person_at_two_declarations_is_present_at_both(made):
    li, wang = colleague(made, "李一"), colleague(made, "王二")
    later = builders.declaration(round=builders.round_(), department=made.department, filled=False)
    others_present(made, li, MOMENT)
    others_present(later, li, MOMENT)

    assert [others_present(declaration, wang, MOMENT) for declaration in (made, later)] == [[li], [li]]


@pytest.mark.django_db(transaction=True)
def test_two_windows_of_one_person_at_the_same_moment_are_noted_once():
    round = builders.round_()
    for _ in range(10):
        made = builders.declaration(round=round, filled=False)
        person = builders.preparer_of(made)
        assert race(*[lambda made=made, person=person: others_present(made, person, MOMENT)] * 3) == [[], [], []]
        assert Presence.objects.filter(declaration=made).count() == 1
