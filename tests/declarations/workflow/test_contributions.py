"""Whoever has filled in or submitted a declaration, by whatever way and in whatever role, never decides on it."""

import pytest

from declarations import services
from declarations.changes import Changes, apply_changes
from declarations.enums import StageKind, Status, Step
from declarations.models import Contribution, Declaration
from declarations.services import GOALS
from declarations.workflow import StepRefused
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.builders import take
from tests.declarations.services.edits import changed, new, rows
from tests.declarations.situations import FIRST_REVIEW, FOUR_STAGES, SECOND_REVIEW, TWO_STAGES, declaration_in, pass_to

TOOK_PART = "您填报或送审过该申报表，不能由您审核。"


def contributors(made: Declaration) -> set[User]:
    return {part.user for part in Contribution.objects.filter(declaration=made)}


def writes(made: Declaration, person: User):
    """Each service that changes a row, on rows that are there."""
    (goal, last), at = rows(made, GOALS), made.round.opens_at
    where = (made.pk, person)
    return {
        "save": lambda: services.save_rows(*where, GOALS, [changed(goal, text="改")], at),
        "add": lambda: services.add_row(*where, GOALS, now=at),
        "move": lambda: services.move_row(*where, GOALS, goal.key, 1, at),
        "place": lambda: services.place_row(*where, GOALS, last.key, None, at),
        "delete": lambda: services.delete_row(*where, GOALS, goal.key, goal.version, at),
        "budget": lambda: services.save_budget(*where, made.budget.version, {"total": "1"}, at),
        "autosave": lambda: apply_changes(*where, Changes({GOALS: [new(text="新")]}), at),
    }


WRITES = ["save", "add", "move", "place", "delete", "budget", "autosave"]


@pytest.mark.parametrize("name", WRITES)
def test_whoever_writes_a_row_contributes(db, name):
    made = builders.declaration()
    services.add_row(made.pk, builders.preparer_of(made), GOALS, now=made.round.opens_at)
    second = builders.user(Role.PREPARER, department=made.department)
    assert contributors(made) == {builders.preparer_of(made)}
    writes(made, second)[name]()
    assert contributors(made) == {builders.preparer_of(made), second}


def test_whoever_only_sends_what_is_stored_already_does_not(db):
    made = builders.declaration()
    second = builders.user(Role.PREPARER, department=made.department)
    goal = rows(made, GOALS)[0]
    services.save_rows(made.pk, second, GOALS, [changed(goal, text=goal.text)], made.round.opens_at)
    assert contributors(made) == {builders.preparer_of(made)}


def test_whoever_starts_or_submits_contributes(db):
    made = builders.declaration()
    second = builders.user(Role.PREPARER, department=made.department)
    take(made, Step.SUBMIT, second)
    assert contributors(made) == {builders.preparer_of(made), second}


def test_whoever_begins_or_gives_up_an_adjustment_without_writing_does_not(db):
    made = declaration_in("approved")
    second = builders.user(Role.PREPARER, department=made.department)
    take(made, Step.ADJUST, second)
    take(made, Step.CANCEL_ADJUSTMENT, second)
    assert contributors(made) == {builders.preparer_of(made)}


def test_who_wrote_rows_that_were_given_up_has_still_contributed(db):
    made = declaration_in("adjusting")
    second = builders.user(Role.PREPARER, department=made.department)
    services.add_row(made.pk, second, GOALS, now=made.round.opens_at)
    builders.cancel_adjustment(made)
    assert second in contributors(made)


@pytest.mark.parametrize("step", [Step.APPROVE, Step.RETURN, Step.HAND_BACK])
@pytest.mark.parametrize("kind", FOUR_STAGES)
def test_who_filled_in_before_his_role_changed_decides_in_no_stage(db, kind, step):
    made = builders.declaration(
        Status.IN_REVIEW,
        round=builders.round_(stages=FOUR_STAGES),
        department=builders.department(superior=builders.department()),
    )
    pass_to(made, kind)
    person = builders.preparer_of(made)
    person.role, person.department, person.office = {
        StageKind.DEPARTMENT_HEAD: (Role.DEPARTMENT_HEAD, made.department, None),
        StageKind.SUPERIOR: (Role.PREPARER, made.department.superior, None),
        StageKind.BUSINESS: (Role.REVIEWER, None, made.department.office),
        StageKind.PERFORMANCE: (Role.PERFORMANCE_REVIEWER, None, builders.performance_office()),
    }[kind]
    person.save()
    with pytest.raises(StepRefused) as refused:
        take(made, step, person)
    assert str(refused.value) == TOOK_PART


def test_who_filled_in_another_declaration_decides(db):
    made = declaration_in(FIRST_REVIEW)
    reviewer = builders.person_of(made.department.office, Role.REVIEWER)
    builders.contribute(builders.declaration(department=made.department), reviewer)
    assert take(made, Step.APPROVE, reviewer).step == Step.PASS


def test_number_of_contributions_does_not_grow_with_saves(db):
    made = builders.declaration(round=builders.round_(stages=TWO_STAGES))
    for number in range(3):
        builders.change(made, f"第{number}次；")
    builders.submit(made)
    assert Contribution.objects.filter(declaration=made).count() == 1


def test_reviewer_who_contributed_is_told_so_before_he_is_told_who_deals_with_it(db):
    made = declaration_in(SECOND_REVIEW)
    office = builders.performance_office()
    other = builders.user(Role.PERFORMANCE_REVIEWER, office=office)
    builders.assign(made, other)
    person = builders.person_of(office, Role.PERFORMANCE_REVIEWER)
    builders.contribute(made, person)
    with pytest.raises(StepRefused) as refused:
        take(made, Step.APPROVE, person)
    assert str(refused.value) == TOOK_PART
