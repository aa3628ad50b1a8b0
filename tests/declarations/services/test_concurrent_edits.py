"""Edits at the same moment: nothing is overwritten that was not seen, and whoever was slower is told."""

from functools import partial

import pytest

from declarations import services
from declarations.models import Budget, Declaration, Event
from declarations.services import GOALS, TASKS, Section
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.races import race, refusals
from tests.declarations.services.edits import add, changed, now, rows

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = range(10)


def with_two_people(**fields) -> tuple[Declaration, User, User]:
    """A draft without rows and two preparers of its department."""
    made = builders.declaration(filled=False, **fields)
    colleague = builders.user(Role.PREPARER, department=made.department)
    return made, builders.preparer_of(made), colleague


def saving(made: Declaration, person: User, section: Section, *edits):
    return partial(services.save_rows, made.pk, person, section, edits, **now(made))


def test_two_saves_of_one_row():
    round = builders.round_()
    for _ in TIMES:
        made, *people = with_two_people(round=round)
        (row,) = add(made, GOALS, {"text": "原文"})
        outcomes = race(*(saving(made, person, GOALS, changed(row, text=person.name)) for person in people))
        (stored,) = rows(made, GOALS)
        assert sorted(len(outcome.saved) for outcome in outcomes) == [0, 1]
        winner, loser = sorted(outcomes, key=lambda outcome: -len(outcome.saved))
        assert winner.conflicts == {}
        assert (stored.text, stored.version) == (winner.saved[0].text, 2)
        (conflict,) = loser.conflicts.values()
        assert (conflict.text, conflict.version, conflict.updated_by) == (stored.text, 2, stored.updated_by)


def test_two_saves_of_one_section():
    round = builders.round_()
    for _ in TIMES:
        made, *people = with_two_people(round=round)
        before = add(made, TASKS, *({"name": str(number)} for number in range(20)))
        outcomes = race(
            *(saving(made, person, TASKS, *(changed(row, name=person.name) for row in before)) for person in people)
        )
        winner, loser = sorted(outcomes, key=lambda outcome: -len(outcome.saved))
        assert (len(winner.saved), len(winner.conflicts)) == (20, 0)
        assert (len(loser.saved), len(loser.conflicts)) == (0, 20)
        assert {row.name for row in rows(made, TASKS)} == {winner.saved[0].name}


def test_two_saves_of_different_rows_lose_nothing():
    round = builders.round_()
    for _ in TIMES:
        made, *people = with_two_people(round=round)
        both = add(made, GOALS, {"text": "一"}, {"text": "二"})
        edits = [changed(row, text=f"{row.text}改") for row in both]
        outcomes = race(*(saving(made, person, GOALS, edit) for person, edit in zip(people, edits, strict=True)))
        assert [(len(outcome.saved), outcome.conflicts) for outcome in outcomes] == [(1, {}), (1, {})]
        assert [row.text for row in rows(made, GOALS)] == ["一改", "二改"]


def test_two_new_rows_stand_one_after_the_other():
    round = builders.round_()
    for _ in TIMES:
        made, *people = with_two_people(round=round)
        race(*(partial(services.add_row, made.pk, person, GOALS, **now(made)) for person in people))
        assert [row.position for row in rows(made, GOALS)] == [0, 1]


def test_row_limit_holds_for_two_at_once(monkeypatch):
    monkeypatch.setattr(services, "MAX_ROWS", 1)
    round = builders.round_()
    for _ in TIMES:
        made, *people = with_two_people(round=round)
        answers = race(*(partial(services.add_row, made.pk, person, GOALS, **now(made)) for person in people))
        assert refusals(answers) == ["本部分最多 1 行，不能再增加。"]
        assert len(rows(made, GOALS)) == 1


def test_two_moves_keep_the_order_whole():
    round = builders.round_()
    for _ in TIMES:
        made, *people = with_two_people(round=round)
        first, _, third = add(made, GOALS, *({"text": text} for text in "甲乙丙"))
        moves = [(first, 1), (third, -1)]
        race(
            *(
                partial(services.move_row, made.pk, person, GOALS, row.key, offset, **now(made))
                for person, (row, offset) in zip(people, moves, strict=True)
            )
        )
        after = rows(made, GOALS)
        # Whoever is the second moves the row from where the first has put it.
        assert "".join(row.text for row in after) in {"乙丙甲", "丙甲乙"}
        assert [row.position for row in after] == [0, 1, 2]


def test_two_deletions_of_one_row():
    round = builders.round_()
    for _ in TIMES:
        made, *people = with_two_people(round=round)
        (row,) = add(made, GOALS, {"text": "甲"})
        answers = race(
            *(partial(services.delete_row, made.pk, person, GOALS, row.key, 1, **now(made)) for person in people)
        )
        assert sorted(answers, key=lambda answer: answer is None) == [row, None]
        assert rows(made, GOALS) == []


def test_save_against_deletion():
    round = builders.round_()
    for _ in TIMES:
        made, first, second = with_two_people(round=round)
        (row,) = add(made, GOALS, {"text": "甲"})
        outcome, deletion = race(
            saving(made, first, GOALS, changed(row, text="乙")),
            partial(services.delete_row, made.pk, second, GOALS, row.key, row.version, **now(made)),
        )
        if outcome.saved:
            assert refusals([deletion]) == ["该行刚被他人修改，未删除。请核对后再删除。"]
            assert [goal.text for goal in rows(made, GOALS)] == ["乙"]
        else:
            assert (outcome.conflicts, deletion) == ({row.key: None}, row)
            assert rows(made, GOALS) == []


def test_two_saves_of_the_budget():
    round = builders.round_()
    for _ in TIMES:
        made, *people = with_two_people(round=round)
        answers = race(
            *(
                partial(services.save_budget, made.pk, person, 1, {"total": str(number)}, **now(made))
                for number, person in enumerate(people)
            )
        )
        stored = Budget.objects.get(declaration=made)
        (theirs,) = [answer for answer in answers if answer is not None]
        assert (stored.total, stored.version) == (str(answers.index(None)), 2)
        assert (theirs.total, theirs.version, theirs.updated_by) == (stored.total, 2, stored.updated_by)


def test_two_beginnings_make_one_declaration():
    for _ in TIMES:
        round = builders.round_()
        department = builders.department()
        people = [builders.user(Role.PREPARER, department=department) for _ in range(2)]
        answers = race(*(partial(services.start_declaration, round, person, round.opens_at) for person in people))
        made = Declaration.objects.get(round=round)
        assert answers == [made, made]
        assert Event.objects.filter(declaration=made).count() == 1
        assert Budget.objects.filter(declaration=made).count() == 1
        assert made.target_rows.count() == 1
