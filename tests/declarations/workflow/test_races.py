"""Hundreds of races of two who act at the same moment on one declaration, which goes on from race to race."""

from functools import partial

import pytest
from django.db import connection

from declarations import services
from declarations.enums import Status, Step
from declarations.models import Declaration, Event, Notice
from declarations.services import GOALS
from declarations.workflow import take_step
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.builders import seen, take
from tests.declarations.races import races, refusals
from tests.declarations.services.edits import changed, rows
from tests.declarations.situations import FIRST_REVIEW, declaration_in

pytestmark = pytest.mark.django_db(transaction=True)


def times() -> int:
    """On SQLite transactions follow one another as a whole, so that fewer races show as much."""
    return 200 if connection.vendor == "postgresql" else 40


def world() -> tuple[Declaration, User, User, User]:
    """A declaration in its only stage, its preparer and two reviewers of its office."""
    made = declaration_in(FIRST_REVIEW, round=builders.round_())
    builders.person_of(made.department, Role.DEPARTMENT_HEAD)
    office = made.department.office
    first, second = builders.person_of(office, Role.REVIEWER), builders.user(Role.REVIEWER, office=office)
    return made, builders.preparer_of(made), first, second


def begin_again(made: Declaration) -> None:
    """Undo the decision that won, so that it is in review again and nobody's."""
    if builders.fresh(made).status != Status.IN_REVIEW:
        builders.undo(made)
    builders.assign(made, None)


def test_nothing_is_approved_that_was_not_seen():
    made, preparer, first, second = world()
    unseen, won = 0, {"approval": 0, "change": 0}

    def take_back(number: int) -> None:
        """Get the pen by a withdrawal or by a colleague's return."""
        step, person = ((Step.WITHDRAW, preparer), (Step.RETURN, second))[number % 2]
        take(made, step, person)

    def change(number: int) -> None:
        take_back(number)
        goal = rows(made, GOALS)[0]
        services.save_rows(made.pk, preparer, GOALS, [changed(goal, text=f"第{number}稿；")], made.round.opens_at)
        take(made, Step.SUBMIT, preparer)

    with races(2) as race:
        for number in range(times()):
            before = seen(made, Step.APPROVE)
            approval, changes = race(
                partial(take_step, made.pk, Step.APPROVE, first, **before), partial(change, number)
            )
            now = builders.fresh(made)
            if now.status == Status.APPROVED:
                unseen += now.approved.digest != before["digest"]
                won["approval"] += 1
                assert refusals([approval, changes]) == [str(changes)]
            else:
                won["change"] += 1
                assert refusals([approval, changes]) == [str(approval)]
                assert (now.status, now.approved) == (Status.IN_REVIEW, None)
                assert now.submission.digest != before["digest"]
            begin_again(made)
    assert unseen == 0
    assert sum(won.values()) == times()


def test_two_decisions_have_one_outcome_one_event_and_one_notice_for_each():
    made, preparer, first, second = world()
    told = {preparer.pk, builders.person_of(made.department, Role.DEPARTMENT_HEAD).pk}
    statuses = {Step.APPROVE: Status.APPROVED, Step.RETURN: Status.RETURNED}
    contenders = [
        partial(take_step, made.pk, step, person, **seen(made, step))
        for step, person in ((Step.APPROVE, first), (Step.RETURN, second))
    ]
    with races(2) as race:
        for _ in range(times()):
            events, notices = made.events.count(), Notice.objects.count()
            answers = race(*contenders)
            (event,) = [answer for answer in answers if isinstance(answer, Event)]
            assert len(refusals(answers)) == 1
            assert made.events.count() == events + 1
            assert made.events.last() == event
            assert builders.fresh(made).status == statuses[Step(event.step)]
            assert sorted(event.notices.values_list("user", flat=True)) == sorted(told)
            assert Notice.objects.count() == notices + len(told)
            begin_again(made)
