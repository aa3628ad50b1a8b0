"""Steps at the same moment: one is taken, the other is told. The same holds on PostgreSQL, where a row lock makes the
second one wait, and on SQLite, where whole transactions wait for one another."""

from dataclasses import replace
from functools import partial

import pytest

from declarations import round_services, selectors, services
from declarations.enums import StageKind, Status, Step
from declarations.models import Declaration
from declarations.services import GOALS
from declarations.workflow import take_step
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.builders import seen
from tests.declarations.races import race, refusals
from tests.declarations.round_values import stages, values_of
from tests.declarations.services.edits import changed, new
from tests.declarations.situations import (
    DRAFT,
    FIRST_REVIEW,
    RETURNED,
    SECOND_REVIEW,
    TWO_STAGES,
    WITHDRAWN,
    declaration_in,
)

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = range(10)

STAGES_IN_USE = "已有部门送审，不能更改审核环节。"
STAGES_REPLACED = "办理时批次设置刚被管理员更改，未办理。请刷新页面后重试。"
CHANGED = "您看到的内容之后又有变动，未{step}。请核对最新内容后再办理。"
ACTED_UPON = "申报表当前状态为“{status}”，不能{step}，可能已由他人办理。请核对办理记录。"
PASSED_ON = "申报表已不在您看到的审核环节，可能已由他人办理。请核对办理记录。"


def attempt(made: Declaration, step: Step, person: User):
    """The step on what is seen now, to be taken later."""
    return partial(take_step, made.pk, step, person, **seen(made, step))


def preparers(made: Declaration) -> list[User]:
    """Two of the declaration's department."""
    return [
        builders.preparer_of(made),
        builders.user(Role.PREPARER, department=made.department),
    ]


def reviewers(made: Declaration) -> list[User]:
    """Two of the declaration's business office."""
    office = made.department.office
    return [builders.person_of(office, Role.REVIEWER), builders.user(Role.REVIEWER, office=office)]


def edit(made: Declaration, person: User, text: str = "推进政务公开；"):
    goal = made.dutygoal_rows.first()
    edits = [changed(goal, text=text), new(text=text)]
    return services.save_rows(made.pk, person, GOALS, edits, made.round.opens_at)


def way(made: Declaration) -> list[str]:
    """The steps of the declaration, which must lead from one to the next and to its status."""
    events = list(made.events.all())
    statuses = [event.to_status for event in events]
    assert [event.from_status for event in events[1:]] == statuses[:-1]
    assert statuses[-1] == builders.fresh(made).status
    return [event.step for event in events]


@pytest.mark.parametrize(("situation", "number"), [(DRAFT, 1), (WITHDRAWN, 2), (RETURNED, 2)])
def test_two_submissions(situation, number):
    round = builders.round_(stages=TWO_STAGES)
    for _ in TIMES:
        made = declaration_in(situation, round=round)
        before = way(made)
        answers = race(*(attempt(made, Step.SUBMIT, person) for person in preparers(made)))
        assert refusals(answers) == [ACTED_UPON.format(status="待审核", step="送审")]
        assert way(made) == [*before, "submit"]
        assert [submission.number for submission in made.submissions.all()] == list(range(1, number + 1))


def test_submission_against_a_withdrawal_of_the_last_one():
    round = builders.round_()
    told = {ACTED_UPON.format(status="草稿", step="撤回"), CHANGED.format(step="撤回")}
    for _ in TIMES:
        made = declaration_in(FIRST_REVIEW, round=round)
        first, second = preparers(made)
        withdrawal = attempt(made, Step.WITHDRAW, second)
        builders.withdraw(made)
        edit(made, first)
        answers = race(attempt(made, Step.SUBMIT, first), withdrawal)
        assert len(refusals(answers)) == 1
        assert set(refusals(answers[1:])) <= told
        assert way(made) == ["start", "submit", "withdraw", "submit"]


def test_withdrawal_against_a_second_submission_of_the_same():
    round = builders.round_()
    for _ in TIMES:
        made = declaration_in(FIRST_REVIEW, round=round)
        first, second = preparers(made)
        answers = race(attempt(made, Step.WITHDRAW, first), attempt(made, Step.SUBMIT, second))
        # Whoever submits after the withdrawal has seen what he submits.
        if refusals(answers):
            assert refusals(answers) == [ACTED_UPON.format(status="待审核", step="送审")]
            assert way(made) == ["start", "submit", "withdraw"]
        else:
            assert way(made) == ["start", "submit", "withdraw", "submit"]


def test_approval_against_return():
    round = builders.round_()
    for _ in TIMES:
        made = declaration_in(FIRST_REVIEW, round=round)
        first, second = reviewers(made)
        approval, returned = race(attempt(made, Step.APPROVE, first), attempt(made, Step.RETURN, second))
        if refusals([approval]):
            assert str(approval) == ACTED_UPON.format(status="已退回", step="批复")
            assert way(made) == ["start", "submit", "return"]
        else:
            assert str(returned) == ACTED_UPON.format(status="已批复", step="退回")
            assert way(made) == ["start", "submit", "approve"]


def test_approval_against_return_in_the_first_of_two_stages():
    round = builders.round_(stages=TWO_STAGES)
    for _ in TIMES:
        made = declaration_in(FIRST_REVIEW, round=round)
        first, second = reviewers(made)
        answers = race(attempt(made, Step.APPROVE, first), attempt(made, Step.RETURN, second))
        if way(made) == ["start", "submit", "pass"]:
            assert refusals(answers) == [PASSED_ON]
        else:
            assert way(made) == ["start", "submit", "return"]
            assert refusals(answers) == [ACTED_UPON.format(status="已退回", step="批复")]


def test_two_approvals_in_the_first_of_two_stages_pass_one_stage():
    round = builders.round_(stages=TWO_STAGES)
    for _ in TIMES:
        made = declaration_in(FIRST_REVIEW, round=round)
        answers = race(*(attempt(made, Step.APPROVE, person) for person in reviewers(made)))
        assert refusals(answers) == [PASSED_ON]
        assert way(made) == ["start", "submit", "pass"]


def test_two_approvals_in_the_last_stage():
    round = builders.round_(stages=TWO_STAGES)
    office = builders.office("performance")
    people = [builders.user(Role.PERFORMANCE_REVIEWER, office=office) for _ in range(2)]
    for _ in TIMES:
        made = declaration_in(SECOND_REVIEW, round=round)
        answers = race(*(attempt(made, Step.APPROVE, person) for person in people))
        assert refusals(answers) == [ACTED_UPON.format(status="已批复", step="批复")]
        assert way(made) == ["start", "submit", "pass", "approve"]


@pytest.mark.parametrize("step", [Step.APPROVE, Step.RETURN])
def test_withdrawal_against_a_decision(step):
    round = builders.round_()
    decided = {Step.APPROVE: "已批复", Step.RETURN: "已退回"}[step]
    for _ in TIMES:
        made = declaration_in(FIRST_REVIEW, round=round)
        answers = race(
            attempt(made, Step.WITHDRAW, preparers(made)[0]),
            attempt(made, step, reviewers(made)[0]),
        )
        if way(made) == ["start", "submit", "withdraw"]:
            assert refusals(answers) == [ACTED_UPON.format(status="草稿", step=step.label)]
        else:
            assert way(made) == ["start", "submit", step]
            assert refusals(answers) == [ACTED_UPON.format(status=decided, step="撤回")]


def test_submission_against_a_save_seals_what_was_seen():
    round = builders.round_()
    for _ in TIMES:
        made = declaration_in(DRAFT, round=round)
        before = selectors.document_of(made)
        first, second = preparers(made)
        answers = race(attempt(made, Step.SUBMIT, first), partial(edit, made, second))
        if way(made) == ["start", "submit"]:
            assert refusals(answers) == ["申报表当前状态为“待审核”，不能修改。"]
            assert selectors.sealed_document(made.submissions.get()) == before
            assert selectors.document_of(builders.fresh(made)) == before
        else:
            assert way(made) == ["start"]
            assert refusals(answers) == [CHANGED.format(step="送审")]
            assert not made.submissions.exists()


def test_nothing_is_approved_that_was_not_seen():
    round = builders.round_()
    for _ in TIMES:
        made = declaration_in(FIRST_REVIEW, round=round)
        before = made.submission
        preparer, reviewer = preparers(made)[0], reviewers(made)[0]

        def change(made=made, preparer=preparer):
            take_step(made.pk, Step.WITHDRAW, preparer, **seen(made, Step.WITHDRAW))
            edit(made, preparer)
            take_step(made.pk, Step.SUBMIT, preparer, **seen(made, Step.SUBMIT))

        answers = race(attempt(made, Step.APPROVE, reviewer), change)
        assert len(refusals(answers)) == 1
        now = builders.fresh(made)
        if now.status == Status.APPROVED:
            assert (now.submission, way(made)) == (before, ["start", "submit", "approve"])
        else:
            assert (now.submission.number, way(made)) == (2, ["start", "submit", "withdraw", "submit"])


@pytest.mark.parametrize("time", TIMES)
def test_submission_and_change_of_the_stages(time):
    made = declaration_in(DRAFT)
    submit = attempt(made, Step.SUBMIT, preparers(made)[0])
    values = replace(values_of(made.round), stages=stages(StageKind.PERFORMANCE))

    answers = race(submit, partial(round_services.change_round, made.round_id, values))

    now = builders.fresh(made)
    assert set(refusals(answers)) <= {STAGES_IN_USE, STAGES_REPLACED}
    assert len(refusals(answers)) <= 1
    assert (now.status == Status.IN_REVIEW) == (STAGES_REPLACED not in refusals(answers))
    if now.stage is not None:
        assert now.stage == now.round.stages.first()
