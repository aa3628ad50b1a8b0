"""A decision can be undone by whoever took it, until the next one acts; then all is as it was before it."""

from datetime import timedelta

import pytest

from declarations import services
from declarations.enums import StageKind, Status, Step
from declarations.models import Declaration
from declarations.services import GOALS
from declarations.workflow import StepRefused
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.builders import take
from tests.declarations.services.edits import changed, rows
from tests.declarations.situations import (
    ADJUSTMENT_IN_REVIEW,
    FIRST_REVIEW,
    FOUR_STAGES,
    SECOND_REVIEW,
    SUPERIOR_REVIEW,
    TWO_STAGES,
    declaration_in,
    pass_to,
    stored,
)

DECISIONS = {Step.APPROVE: builders.approve, Step.RETURN: builders.return_, Step.HAND_BACK: builders.hand_back}
OVERTAKEN = "该办理之后又有新的办理，不能撤销。请核对办理记录。"


def state(made: Declaration) -> dict[str, object]:
    """All that steps change of a declaration, save for the person who deals with it."""
    fields = ("status", "stage", "stage_since", "due_at", "submission", "approved", "revision")
    return type(made).objects.values(*fields).get(pk=made.pk)


def refusal(made: Declaration, person, **changes: object) -> str:
    before = stored()
    with pytest.raises(StepRefused) as refused:
        take(made, Step.UNDO, person, **changes)
    assert stored() == before
    return str(refused.value)


@pytest.mark.parametrize("step", DECISIONS)
@pytest.mark.parametrize("situation", [SUPERIOR_REVIEW, FIRST_REVIEW, SECOND_REVIEW, ADJUSTMENT_IN_REVIEW])
def test_undoing_puts_the_declaration_back(db, situation, step):
    round = builders.round_(stages=FOUR_STAGES, target_days=dict.fromkeys(FOUR_STAGES, 3))
    made = declaration_in(situation, round=round)
    before = state(made)
    DECISIONS[step](made)
    decision = made.events.last()
    # A day later: since when the stage has had it, and until when, is as it was.
    event = take(made, Step.UNDO, decision.actor, at=round.opens_at + timedelta(days=1))
    assert state(made) == before
    assert (event.step, event.undoes, decision.undone_by) == (Step.UNDO, decision, event)


def test_who_undoes_deals_with_the_declaration_again_where_an_office_shares_its_work(db):
    made = declaration_in(FIRST_REVIEW)
    builders.approve(made)
    builders.undo(made)
    reviewer = builders.person_of(made.department.office, Role.REVIEWER)
    assert builders.fresh(made).assignee == reviewer


def test_who_undoes_in_the_superiors_stage_leaves_it_to_all_of_the_superior(db):
    made = declaration_in(SUPERIOR_REVIEW)
    builders.approve(made)
    builders.undo(made)
    assert builders.fresh(made).assignee is None


def test_decision_is_taken_again_after_it_was_undone(db):
    made = declaration_in(SECOND_REVIEW)
    for _ in range(2):
        builders.approve(made)
        builders.undo(made)
    builders.approve(made)
    now = builders.fresh(made)
    assert (now.status, now.approved) == (Status.APPROVED, now.submission)


def test_undoing_is_not_undone(db):
    made = declaration_in(SECOND_REVIEW)
    builders.undo(made)
    undoing = made.events.last()
    assert refusal(made, undoing.actor) == OVERTAKEN


@pytest.mark.parametrize("next_step", [builders.approve, builders.return_, builders.hand_back])
def test_decision_on_which_the_next_stage_has_acted_stays(db, next_step):
    made = declaration_in(SECOND_REVIEW)
    reviewer, passed = made.events.last().actor, made.events.last()
    next_step(made)
    assert refusal(made, reviewer) in (OVERTAKEN, "只能撤销本人的办理。")
    assert refusal(made, reviewer, event=passed.pk) == OVERTAKEN


def test_decision_stays_though_what_the_next_stage_did_was_undone(db):
    made = declaration_in(SECOND_REVIEW)
    passed = made.events.last()
    builders.return_(made)
    builders.undo(made)
    assert refusal(made, passed.actor, event=passed.pk) == OVERTAKEN


def test_return_stays_once_the_department_has_changed_a_character(db):
    made = declaration_in(FIRST_REVIEW)
    builders.return_(made)
    reviewer = made.events.last().actor
    goal = rows(made, GOALS)[0]
    services.save_rows(made.pk, builders.preparer_of(made), GOALS, [changed(goal, text=goal.text + "。")])
    assert refusal(made, reviewer) == "部门已开始修改，不能撤销退回。"


def test_return_can_be_undone_when_the_department_has_put_the_character_back(db):
    made = declaration_in(FIRST_REVIEW)
    builders.return_(made)
    for text in (rows(made, GOALS)[0].text + "。", rows(made, GOALS)[0].text):
        goal = rows(made, GOALS)[0]
        services.save_rows(made.pk, builders.preparer_of(made), GOALS, [changed(goal, text=text)])
    builders.undo(made)
    assert builders.fresh(made).status == Status.IN_REVIEW


def test_return_stays_once_it_was_submitted_again(db):
    made = declaration_in(FIRST_REVIEW)
    builders.return_(made)
    returned = made.events.last()
    builders.submit(made)
    assert refusal(made, returned.actor, event=returned.pk) == OVERTAKEN


def test_approval_stays_once_an_adjustment_has_begun(db):
    made = declaration_in(SECOND_REVIEW)
    builders.approve(made)
    approved = made.events.last()
    builders.adjust(made)
    message = "申报表当前状态为“草稿”，不能撤销办理，可能已由他人办理。请核对办理记录。"
    assert refusal(made, approved.actor, event=approved.pk) == message
    builders.cancel_adjustment(made)
    assert refusal(made, approved.actor, event=approved.pk) == OVERTAKEN


def test_undoing_the_approval_of_an_adjustment_leaves_the_older_one_in_force(db):
    made = declaration_in(ADJUSTMENT_IN_REVIEW)
    first = made.approved
    pass_to(made, StageKind.PERFORMANCE)
    builders.approve(made)
    assert builders.fresh(made).approved.number == 2
    builders.undo(made)
    now = builders.fresh(made)
    assert (now.approved, now.revision, now.is_adjusting) == (first, 2, True)


def test_undoing_the_first_approval_leaves_nothing_in_force(db):
    made = declaration_in(SECOND_REVIEW)
    builders.approve(made)
    builders.undo(made)
    now = builders.fresh(made)
    assert (now.approved, now.is_adjusting) == (None, False)


def test_who_has_left_the_office_undoes_nothing(db):
    made = declaration_in(SECOND_REVIEW)
    reviewer = made.events.last().actor
    reviewer.office = builders.office()
    reviewer.save()
    assert refusal(made, reviewer) == "您无权对该申报表办理“撤销办理”。"


def test_who_reviews_in_another_stage_now_undoes_nothing(db):
    made = declaration_in(SECOND_REVIEW)
    reviewer = made.events.last().actor
    reviewer.role, reviewer.office = Role.PERFORMANCE_REVIEWER, builders.performance_office()
    reviewer.save()
    assert refusal(made, reviewer) == "该环节已不由您办理，不能撤销。"


def test_withdrawal_is_possible_again_after_a_decision_was_undone(db):
    made = declaration_in(FIRST_REVIEW, round=builders.round_(stages=TWO_STAGES))
    builders.approve(made)
    builders.undo(made)
    builders.withdraw(made)
    assert builders.fresh(made).status == Status.DRAFT
