"""What a step looks at besides person and status: what was seen, the stage, the words, the time, the errors."""

from datetime import timedelta

import pytest

from declarations.enums import ReturnReason, Status, Step
from declarations.models import Declaration
from declarations.services import GOALS, TARGETS
from declarations.workflow import MAX_TEXT, StepRefused
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import Department
from tests.declarations import builders
from tests.declarations.builders import seen, take
from tests.declarations.services.edits import add, changed, save
from tests.declarations.situations import (
    DRAFT,
    FIRST_REVIEW,
    RETURNED,
    SECOND_REVIEW,
    declaration_in,
    people_around,
    stored,
)

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)

# Each step with the situation and the person for whom it is the thing to do.
STEPS = [
    (Step.SUBMIT, DRAFT, "preparer"),
    (Step.SUBMIT, RETURNED, "preparer"),
    (Step.WITHDRAW, FIRST_REVIEW, "preparer"),
    (Step.RETURN, FIRST_REVIEW, "reviewer"),
    (Step.APPROVE, FIRST_REVIEW, "reviewer"),
    (Step.RETURN, SECOND_REVIEW, "performance reviewer"),
    (Step.APPROVE, SECOND_REVIEW, "performance reviewer"),
]
WITHIN_THE_ROUND = STEPS[:3]
DECISIONS = STEPS[3:]


def refusal(declaration: Declaration, step: Step, who: str, **changes: object) -> str:
    """The message with which the step is refused; that nothing changed is looked at here."""
    person = people_around(declaration.department)[who]
    before = stored()
    with pytest.raises(StepRefused) as refused:
        take(declaration, step, person, **changes)
    assert stored() == before
    return str(refused.value)


@pytest.mark.parametrize("digest", ["", "0" * 64])
@pytest.mark.parametrize(("step", "situation", "who"), STEPS)
def test_step_on_other_contents_than_seen_is_refused(db, step, situation, who, digest):
    made = declaration_in(situation)
    message = f"您看到的内容之后又有变动，未{step.label}。请核对最新内容后再办理。"
    assert refusal(made, step, who, digest=digest) == message


def test_submission_of_rows_that_changed_since_is_refused(db):
    made = declaration_in(DRAFT)
    before = seen(made, Step.SUBMIT)
    add(made, GOALS, {"text": "推进政务公开；"})
    message = "您看到的内容之后又有变动，未送审。请核对最新内容后再办理。"
    assert refusal(made, Step.SUBMIT, "preparer", **before) == message


@pytest.mark.parametrize(("step", "situation", "who"), DECISIONS[:2])
def test_decision_on_an_earlier_submission_is_refused(db, step, situation, who):
    made = declaration_in(situation)
    before = seen(made, step)
    builders.withdraw(made)
    add(made, GOALS, {"text": "推进政务公开；"})
    builders.submit(made)
    message = f"您看到的内容之后又有变动，未{step.label}。请核对最新内容后再办理。"
    assert refusal(made, step, who, **before) == message


@pytest.mark.parametrize("step", [Step.RETURN, Step.APPROVE])
def test_decision_from_a_page_of_an_earlier_stage_is_refused(db, step):
    made = declaration_in(FIRST_REVIEW)
    before = seen(made, step)
    builders.approve(made)
    message = "申报表已不在您看到的审核环节，可能已由他人办理。请核对办理记录。"
    assert refusal(made, step, "reviewer", **before) == message
    assert refusal(made, step, "performance reviewer", **before) == message


@pytest.mark.parametrize(("step", "situation", "who"), DECISIONS)
def test_decision_without_a_stage_is_refused(db, step, situation, who):
    message = "申报表已不在您看到的审核环节，可能已由他人办理。请核对办理记录。"
    assert refusal(declaration_in(situation), step, who, stage=None) == message


@pytest.mark.parametrize("reason", ["", "unknown", ReturnReason.OTHER.label])
def test_return_without_a_known_reason_is_refused(db, reason):
    assert refusal(declaration_in(FIRST_REVIEW), Step.RETURN, "reviewer", reason=reason) == "请选择退回原因。"


@pytest.mark.parametrize("text", ["", "  \n\t　"])
def test_return_without_a_text_is_refused(db, text):
    assert refusal(declaration_in(FIRST_REVIEW), Step.RETURN, "reviewer", text=text) == "请填写退回意见。"


@pytest.mark.parametrize(("step", "situation", "who"), STEPS)
def test_text_is_not_longer_than_the_record_holds(db, step, situation, who):
    made = declaration_in(situation)
    assert refusal(made, step, who, text="字" * (MAX_TEXT + 1)) == "意见不能超过 2000 字。"
    event = take(made, step, people_around(made.department)[who], text="字" * MAX_TEXT)
    assert event.text == "字" * MAX_TEXT


@pytest.mark.parametrize("reason", ReturnReason)
def test_every_reason_is_taken(db, reason):
    made = declaration_in(FIRST_REVIEW)
    event = take(made, Step.RETURN, builders.person_of(made.department.office, Role.REVIEWER), reason=reason)
    assert event.reason == reason


@pytest.mark.parametrize(("step", "situation", "who"), WITHIN_THE_ROUND)
def test_department_acts_only_while_the_round_is_open(db, step, situation, who):
    made = declaration_in(situation)
    round = made.round
    round.opens_at = round.opens_at.replace(year=2022, month=3, day=1, hour=1, minute=0)
    round.closes_at = round.opens_at + 10 * DAY
    round.save()
    assert refusal(made, step, who, at=round.opens_at - SECOND) == (
        f"本批次将于 2022年03月01日 09:00 开始填报，不能{step.label}。如有疑问，请与财政局联系。"
    )
    closed = f"本批次已于 2022年03月11日 09:00 截止，不能{step.label}。如有疑问，请与财政局联系。"
    assert refusal(made, step, who, at=round.closes_at) == closed
    person = people_around(made.department)[who]
    assert take(made, step, person, at=round.closes_at - SECOND).at == round.closes_at - SECOND


@pytest.mark.parametrize(("step", "situation", "who"), WITHIN_THE_ROUND)
def test_people_of_a_disabled_department_do_not_act(db, step, situation, who):
    made = declaration_in(situation)
    Department.objects.filter(pk=made.department_id).update(is_active=False)
    expected = f"本部门（单位）已停用，不能{step.label}。如有疑问，请与财政局联系。"
    assert refusal(made, step, who, at=made.round.opens_at) == expected


@pytest.mark.parametrize(("step", "situation", "who"), WITHIN_THE_ROUND)
def test_extension_lets_the_department_act_longer(db, step, situation, who):
    made = declaration_in(situation)
    closed = made.round.closes_at
    builders.extension(made.round, made.department, closed + DAY)
    assert "截止" in refusal(made, step, who, at=closed + DAY)
    assert take(made, step, people_around(made.department)[who], at=closed).step == step


@pytest.mark.parametrize(("step", "situation", "who"), DECISIONS)
def test_reviewers_decide_after_the_round_has_closed(db, step, situation, who):
    made = declaration_in(situation)
    at = made.round.closes_at + 100 * DAY
    assert take(made, step, people_around(made.department)[who], at=at).at == at


def test_submission_with_errors_is_refused(db):
    made = builders.declaration(filled=False)
    # Neither goals nor tasks, five figures, neither outputs nor benefits.
    assert refusal(made, Step.SUBMIT, "preparer") == "尚有 9 处错误，改正后才能送审。"


def test_submission_with_warnings_passes(db):
    made = builders.declaration()
    own = made.target_rows.filter(tertiary=None).first()
    save(made, TARGETS, changed(own, scoring_standard=""))
    builders.submit(made)
    assert builders.fresh(made).status == Status.IN_REVIEW


def test_submission_in_a_round_without_stages_is_refused(db):
    made = builders.declaration(round=builders.round_(stages=()))
    message = "本批次尚未设置审核环节，请联系管理员。"
    assert refusal(made, Step.SUBMIT, "preparer") == message


def test_stage_of_another_round_is_refused(db):
    made = declaration_in(FIRST_REVIEW)
    other = declaration_in(FIRST_REVIEW)
    message = "申报表已不在您看到的审核环节，可能已由他人办理。请核对办理记录。"
    assert refusal(made, Step.APPROVE, "reviewer", stage=other.stage_id) == message


@pytest.mark.parametrize(
    ("step", "situation", "who", "status"),
    [
        (Step.SUBMIT, DRAFT, "preparer", "待审核"),
        (Step.WITHDRAW, FIRST_REVIEW, "preparer", "草稿"),
        (Step.RETURN, FIRST_REVIEW, "reviewer", "已退回"),
        (Step.APPROVE, SECOND_REVIEW, "performance reviewer", "已批复"),
    ],
)
def test_second_click_is_told_what_became_of_the_first(db, step, situation, who, status):
    made = declaration_in(situation)
    clicked = seen(made, step)
    take(made, step, people_around(made.department)[who], **clicked)
    message = f"申报表当前状态为“{status}”，不能{step.label}，可能已由他人办理。请核对办理记录。"
    assert refusal(made, step, who, **clicked) == message


def test_second_click_on_approval_in_the_first_stage_does_not_pass_the_second(db):
    made = declaration_in(FIRST_REVIEW)
    clicked = seen(made, Step.APPROVE)
    take(made, Step.APPROVE, builders.person_of(made.department.office, Role.REVIEWER), **clicked)
    message = "申报表已不在您看到的审核环节，可能已由他人办理。请核对办理记录。"
    assert refusal(made, Step.APPROVE, "reviewer", **clicked) == message
