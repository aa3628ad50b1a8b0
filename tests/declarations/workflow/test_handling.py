"""Who deals with a declaration in a stage of the bureau, and until when."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from declarations.enums import StageKind, Step
from declarations.models import Declaration, ReviewStage
from declarations.workflow import StepRefused, due_at
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.builders import take
from tests.declarations.situations import (
    ADJUSTMENT_IN_REVIEW,
    DRAFT,
    FIRST_REVIEW,
    FOUR_STAGES,
    HANDED_BACK,
    SECOND_REVIEW,
    SUPERIOR_REVIEW,
    declaration_in,
    stored,
)

STEPS = [Step.APPROVE, Step.RETURN, Step.HAND_BACK]


def office_of_two(made: Declaration) -> tuple[User, User]:
    office = made.department.office
    return builders.person_of(office, Role.REVIEWER), builders.user(Role.REVIEWER, office=office, name="孙审核")


@pytest.mark.parametrize("step", STEPS)
def test_colleague_of_who_has_taken_it_does_not_decide(db, step):
    made = declaration_in(FIRST_REVIEW, round=builders.round_(stages=FOUR_STAGES))
    first, second = office_of_two(made)
    builders.assign(made, second)
    before = stored()
    with pytest.raises(StepRefused, match="该申报表由孙审核经办。如须由您办理，请先改由本人经办。"):
        take(made, step, first)
    assert stored() == before
    assert take(made, step, second).actor == second


@pytest.mark.parametrize("step", STEPS)
def test_anybody_of_the_office_decides_on_what_nobody_has_taken(db, step):
    made = declaration_in(FIRST_REVIEW, round=builders.round_(stages=FOUR_STAGES))
    _, second = office_of_two(made)
    assert take(made, step, second).actor == second


def test_what_was_taken_in_one_stage_is_nobodys_in_the_next(db):
    made = declaration_in(FIRST_REVIEW)
    builders.assign(made, office_of_two(made)[1])
    builders.approve(made)
    assert builders.fresh(made).assignee is None


@pytest.mark.parametrize("situation", [FIRST_REVIEW, SECOND_REVIEW])
def test_same_reviewer_gets_a_declaration_again_that_comes_back(db, situation):
    made = declaration_in(FIRST_REVIEW)
    _, second = office_of_two(made)
    builders.assign(made, second)
    if situation == SECOND_REVIEW:
        builders.approve(made)
        builders.hand_back(made)
    else:
        builders.return_(made)
        assert builders.fresh(made).assignee is None
        builders.submit(made)
    assert builders.fresh(made).assignee == second


def test_reviewer_of_the_later_stage_gets_it_again_too(db):
    made = declaration_in(HANDED_BACK)
    performance = made.events.last().actor
    builders.user(Role.PERFORMANCE_REVIEWER, office=performance.office)
    builders.approve(made)
    assert builders.fresh(made).assignee == performance


def test_reviewer_who_approved_gets_the_adjustment(db):
    made = declaration_in(ADJUSTMENT_IN_REVIEW)
    assert made.assignee == builders.person_of(made.department.office, Role.REVIEWER)


def changed_account(person: User, **changes: object) -> None:
    User.objects.filter(pk=person.pk).update(**changes)


def test_declaration_does_not_come_back_to_somebody_who_no_longer_decides(db):
    made = declaration_in(SECOND_REVIEW)
    reviewer = office_of_two(made)[0]
    for change in ({"is_active": False}, {"is_active": True, "office": builders.office()}):
        changed_account(reviewer, **change)
        builders.hand_back(made)
        assert builders.fresh(made).assignee is None
        builders.undo(made)


def test_declaration_does_not_come_back_to_somebody_who_filled_it_in_meanwhile(db):
    made = declaration_in(SECOND_REVIEW)
    builders.contribute(made, office_of_two(made)[0])
    builders.hand_back(made)
    assert builders.fresh(made).assignee is None


def test_nobody_in_particular_deals_with_it_in_the_stages_before_the_bureau(db):
    made = declaration_in(SUPERIOR_REVIEW)
    builders.approve(made)
    builders.hand_back(made)
    now = builders.fresh(made)
    assert (now.stage.kind, now.assignee) == (StageKind.SUPERIOR, None)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("days", "since", "due"),
    [
        (None, local(2026, 3, 1, 9), None),
        (0, local(2026, 3, 1, 9), local(2026, 3, 2)),
        (1, local(2026, 3, 1, 0), local(2026, 3, 3)),
        (1, local(2026, 3, 1, 23, 59, 59), local(2026, 3, 3)),
        (1, local(2026, 3, 2, 0), local(2026, 3, 4)),
        (5, local(2026, 12, 29, 12), local(2027, 1, 4)),
    ],
)
def test_stage_is_due_at_the_end_of_the_day_after_its_target_days(days, since, due):
    assert due_at(ReviewStage(target_days=days), since) == due


def test_each_stage_is_due_as_long_after_its_beginning_as_the_round_says(db):
    days = {StageKind.BUSINESS: 2, StageKind.PERFORMANCE: 4}
    made = declaration_in(DRAFT, round=builders.round_(stages=FOUR_STAGES, target_days=days))
    opened = made.round.opens_at
    midnight = timezone.localtime(opened).replace(hour=0, minute=0, second=0, microsecond=0)
    steps = [
        builders.submit,
        builders.approve,
        builders.approve,
        builders.approve,
        builders.hand_back,
        builders.return_,
    ]
    found = []
    for step in steps:
        step(made)
        now = builders.fresh(made)
        found.append((now.stage and now.stage.kind, now.stage_since, now.due_at and (now.due_at - midnight).days))
    assert found == [
        (StageKind.DEPARTMENT_HEAD, opened, None),
        (StageKind.SUPERIOR, opened, None),
        (StageKind.BUSINESS, opened, 3),
        (StageKind.PERFORMANCE, opened, 5),
        (StageKind.BUSINESS, opened, 3),
        (None, None, None),
    ]


def test_stage_that_is_entered_again_is_due_anew(db):
    made = declaration_in(SECOND_REVIEW, round=builders.round_(stages=FOUR_STAGES, target_days={StageKind.BUSINESS: 2}))
    later = made.round.opens_at + timedelta(days=7)
    take(made, Step.HAND_BACK, builders.reviewer_of(made), at=later)
    now = builders.fresh(made)
    assert (now.stage_since, now.due_at) == (later, due_at(now.stage, later))
