"""Changes of several people at the same moment: nothing is overwritten that was not seen, and nothing is lost."""

from functools import partial

import pytest

from declarations import services
from declarations.changes import BudgetEdit, Changes, Deletion, Placement, apply_changes
from declarations.enums import Status, Step
from declarations.models import Budget, Declaration
from declarations.services import GOALS, TASKS
from declarations.workflow import take_step
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.races import race, refusals
from tests.declarations.services.edits import add, changed, new, now, rows

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = range(10)


@pytest.fixture
def round(transactional_db):
    return builders.round_()


def with_two_people(round) -> tuple[Declaration, User, User]:
    """A draft without rows and two preparers of its department."""
    made = builders.declaration(filled=False, round=round)
    return made, builders.preparer_of(made), builders.user(Role.PREPARER, department=made.department)


def applying(made: Declaration, person: User, **changes):
    return partial(apply_changes, made.pk, person, Changes(**changes), **now(made))


def test_two_changes_of_one_row(round):
    for _ in TIMES:
        made, *people = with_two_people(round)
        (row,) = add(made, GOALS, {"text": "原文"})
        answers = race(*(applying(made, person, edits={GOALS: [changed(row, text=person.name)]}) for person in people))
        winner, loser = sorted(answers, key=lambda applied: -len(applied.stored))
        (stored,) = rows(made, GOALS)
        assert (stored.text, stored.version) == (winner.stored[row.key].text, 2)
        assert (winner.conflicts, loser.stored) == ({}, {})
        assert (loser.conflicts[row.key].text, loser.conflicts[row.key].version) == (stored.text, 2)
        assert loser.conflicts[row.key].updated_by == stored.updated_by


def test_changes_of_different_rows_lose_nothing_and_see_each_other_in_turn(round):
    for _ in TIMES:
        made, *people = with_two_people(round)
        both = add(made, GOALS, {"text": "一"}, {"text": "二"})
        answers = race(
            *(
                applying(made, person, edits={GOALS: [changed(row, text=f"{row.text}改")]})
                for person, row in zip(people, both, strict=True)
            )
        )
        first, second = sorted(answers, key=lambda applied: applied.before)
        assert [row.text for row in rows(made, GOALS)] == ["一改", "二改"]
        # So the second one is told that what he has open is stale.
        assert first.before < first.after == second.before < second.after
        assert [applied.conflicts for applied in answers] == [{}, {}]


def test_two_sets_of_changes_in_several_sections_do_not_wait_for_each_other_for_ever(round):
    for _ in TIMES:
        made, *people = with_two_people(round)
        sections = [(GOALS, "text"), (TASKS, "name")]
        answers = race(
            *(
                applying(made, person, edits={section: [new(**{name: person.name})] for section, name in order})
                for person, order in zip(people, (sections, sections[::-1]), strict=True)
            )
        )
        assert [len(applied.stored) for applied in answers] == [2, 2]
        for section, name in sections:
            assert {getattr(row, name) for row in rows(made, section)} == {person.name for person in people}
            assert [row.position for row in rows(made, section)] == [0, 1]


def test_request_sent_twice_at_once_makes_one_row_and_is_answered_alike(round):
    for _ in TIMES:
        made, person, _ = with_two_people(round)
        edit = new(text="甲")
        again = applying(made, person, edits={GOALS: [edit]}, placements=[Placement(GOALS, edit.key, None)])
        answers = race(again, again)
        assert [(applied.stored[edit.key].version, applied.conflicts) for applied in answers] == [(1, {}), (1, {})]
        assert [(row.text, row.version) for row in rows(made, GOALS)] == [("甲", 1)]


def test_change_against_deletion(round):
    for _ in TIMES:
        made, first, second = with_two_people(round)
        (row,) = add(made, GOALS, {"text": "甲"})
        change, deletion = race(
            applying(made, first, edits={GOALS: [changed(row, text="乙")]}),
            applying(made, second, deletions=[Deletion(GOALS, row.key, row.version)]),
        )
        if change.stored:
            assert list(deletion.refused) == [row.key]
            assert [goal.text for goal in rows(made, GOALS)] == ["乙"]
        else:
            assert (change.conflicts, deletion.refused) == ({row.key: None}, {})
            assert rows(made, GOALS) == []


def test_two_changes_of_the_budget(round):
    for _ in TIMES:
        made, *people = with_two_people(round)
        answers = race(
            *(
                applying(made, person, budget=BudgetEdit(1, {"total": str(number)}))
                for number, person in enumerate(people)
            )
        )
        stored = Budget.objects.get(declaration=made)
        assert sorted(applied.budget_conflict for applied in answers) == [False, True]
        # Both are told what stands there now.
        assert [(applied.budget.total, applied.budget.version) for applied in answers] == [(stored.total, 2)] * 2


def test_row_limit_holds_for_two_at_once_and_refuses_one(round, monkeypatch):
    monkeypatch.setattr(services, "MAX_ROWS", 1)
    for _ in TIMES:
        made, *people = with_two_people(round)
        answers = race(*(applying(made, person, edits={GOALS: [new(text=person.name)]}) for person in people))
        assert sorted(len(applied.refused) for applied in answers) == [0, 1]
        assert len(rows(made, GOALS)) == 1


def test_changes_against_submission(round):
    for _ in TIMES:
        made = builders.declaration(round=round)
        colleague = builders.user(Role.PREPARER, department=made.department)
        (goal,) = rows(made, GOALS)
        submission = partial(
            take_step, made.pk, Step.SUBMIT, builders.preparer_of(made), **builders.seen(made, Step.SUBMIT)
        )
        answers = race(applying(made, colleague, edits={GOALS: [changed(goal, text="改")]}), submission)
        told = {
            "申报表当前状态为“待审核”，不能修改。": (Status.IN_REVIEW, goal.text),
            "您看到的内容之后又有变动，未送审。请核对最新内容后再办理。": (Status.DRAFT, "改"),
        }
        (refusal,) = refusals(answers)
        assert (builders.fresh(made).status, rows(made, GOALS)[0].text) == told[refusal]
