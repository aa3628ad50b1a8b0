"""The table of steps: in every situation, everybody tries every step, and only what the rules name happens."""

from typing import Any

import pytest
from django.db import transaction

from declarations.enums import Status, Step
from declarations.models import Declaration
from declarations.workflow import RULES, StepRefused
from perfgoals.accounts.enums import OfficeKind
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.builders import take
from tests.declarations.situations import (
    APPROVED,
    DRAFT,
    EVERYBODY,
    FIRST_REVIEW,
    RETURNED,
    SECOND_REVIEW,
    STATUSES,
    TWO_STAGES,
    WITHDRAWN,
    declaration_in,
    people_around,
    stored,
)

REVIEWERS = ("reviewer", "performance reviewer")
DECISIONS = (Step.RETURN, Step.APPROVE)
ACTED = "审核人员已经办理，不能撤回。如需修改，请与审核科室联系退回。"
IN_FIRST_STAGE = "申报表正在业务科室审核，不由您办理。"
IN_SECOND_STAGE = "申报表正在绩效科审核，不由您办理。"

SUBMITTED = (Step.SUBMIT, Status.IN_REVIEW)
WITHDREW = (Step.WITHDRAW, Status.DRAFT)
SENT_BACK = (Step.RETURN, Status.RETURNED)
PASSED_ON = (Step.PASS, Status.IN_REVIEW)
FINISHED = (Step.APPROVE, Status.APPROVED)


def outcome(declaration: Declaration, step: Step, person: User, before: Any) -> Any:
    """The step that was recorded and the status it led to, or the message of the refusal. Nothing of it stays."""
    try:
        with transaction.atomic():
            event = take(declaration, step, person)
            what = Step(event.step), builders.fresh(declaration).status
            transaction.set_rollback(True)
            return what
    except StepRefused as refusal:
        assert stored() == before
        return str(refusal)


def outcomes(declaration: Declaration) -> dict[tuple[str, Step], Any]:
    people = people_around(declaration.department)
    before = stored()
    return {
        (name, step): outcome(declaration, step, person, before) for name, person in people.items() for step in RULES
    }


def expected(situation: str, submitter: str, reviewers: tuple[str, ...], happens: dict[Any, Any]) -> dict[Any, Any]:
    """What is not named in `happens` is refused: to others as not theirs, to these for the status."""
    theirs = [(submitter, Step.SUBMIT), (submitter, Step.WITHDRAW)]
    theirs += [(reviewer, step) for reviewer in reviewers for step in DECISIONS]
    refused = {(name, step): f"您无权对该申报表办理“{step.label}”。" for name in EVERYBODY for step in RULES}
    for name, step in theirs:
        refused[name, step] = (
            f"申报表当前状态为“{STATUSES[situation].label}”，不能{step.label}，可能已由他人办理。请核对办理记录。"
        )
    return refused | happens


TWO_STAGE_TABLE = [
    (DRAFT, {("submitter", Step.SUBMIT): SUBMITTED}),
    (WITHDRAWN, {("submitter", Step.SUBMIT): SUBMITTED}),
    (
        FIRST_REVIEW,
        {
            ("submitter", Step.WITHDRAW): WITHDREW,
            ("reviewer", Step.RETURN): SENT_BACK,
            ("reviewer", Step.APPROVE): PASSED_ON,
            ("performance reviewer", Step.RETURN): IN_FIRST_STAGE,
            ("performance reviewer", Step.APPROVE): IN_FIRST_STAGE,
        },
    ),
    (
        SECOND_REVIEW,
        {
            ("submitter", Step.WITHDRAW): ACTED,
            ("reviewer", Step.RETURN): IN_SECOND_STAGE,
            ("reviewer", Step.APPROVE): IN_SECOND_STAGE,
            ("performance reviewer", Step.RETURN): SENT_BACK,
            ("performance reviewer", Step.APPROVE): FINISHED,
        },
    ),
    (RETURNED, {("submitter", Step.SUBMIT): SUBMITTED}),
    (APPROVED, {}),
]


@pytest.mark.parametrize(("head_submits", "submitter"), [(False, "preparer"), (True, "head")])
@pytest.mark.parametrize(("situation", "happens"), TWO_STAGE_TABLE, ids=[row[0] for row in TWO_STAGE_TABLE])
def test_steps_of_two_stages(db, situation, happens, head_submits, submitter):
    made = declaration_in(situation, round=builders.round_(stages=TWO_STAGES, head_submits=head_submits))
    happens = {(submitter if who == "submitter" else who, step): what for (who, step), what in happens.items()}
    assert outcomes(made) == expected(situation, submitter, REVIEWERS, happens)


ONE_STAGE_TABLE = [
    (DRAFT, {("preparer", Step.SUBMIT): SUBMITTED}),
    (WITHDRAWN, {("preparer", Step.SUBMIT): SUBMITTED}),
    (
        FIRST_REVIEW,
        {
            ("preparer", Step.WITHDRAW): WITHDREW,
            ("reviewer", Step.RETURN): SENT_BACK,
            ("reviewer", Step.APPROVE): FINISHED,
        },
    ),
    (RETURNED, {("preparer", Step.SUBMIT): SUBMITTED}),
    (APPROVED, {}),
]


@pytest.mark.parametrize(("situation", "happens"), ONE_STAGE_TABLE, ids=[row[0] for row in ONE_STAGE_TABLE])
def test_steps_of_one_stage(db, situation, happens):
    made = declaration_in(situation, round=builders.round_())
    assert outcomes(made) == expected(situation, "preparer", ("reviewer",), happens)


def test_steps_where_only_the_performance_office_reviews(db):
    made = declaration_in(FIRST_REVIEW, round=builders.round_(stages=(OfficeKind.PERFORMANCE,)))
    happens = {
        ("preparer", Step.WITHDRAW): WITHDREW,
        ("performance reviewer", Step.RETURN): SENT_BACK,
        ("performance reviewer", Step.APPROVE): FINISHED,
    }
    assert outcomes(made) == expected(FIRST_REVIEW, "preparer", ("performance reviewer",), happens)


def test_stages_follow_one_another(db):
    made = declaration_in(DRAFT)
    stages = []
    for way in (builders.submit, builders.approve, builders.approve):
        way(made)
        now = builders.fresh(made)
        stages.append((now.status, now.stage and now.stage.office_kind))
    assert stages == [
        (Status.IN_REVIEW, OfficeKind.BUSINESS),
        (Status.IN_REVIEW, OfficeKind.PERFORMANCE),
        (Status.APPROVED, None),
    ]


@pytest.mark.parametrize("situation", [FIRST_REVIEW, SECOND_REVIEW])
def test_declaration_begins_again_with_the_first_stage(db, situation):
    made = declaration_in(situation)
    builders.return_(made)
    builders.submit(made)
    assert builders.fresh(made).stage.office_kind == OfficeKind.BUSINESS


def test_withdrawal_is_possible_again_after_a_return_and_a_new_submission(db):
    made = declaration_in(RETURNED)
    builders.submit(made)
    builders.withdraw(made)
    assert builders.fresh(made).status == Status.DRAFT
