"""What was approved changes only through an adjustment: a new revision, which replaces it on final approval."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from declarations import selectors, services
from declarations.document import BUDGET_LABELS
from declarations.enums import StageKind, Status, Step
from declarations.models import Budget, Declaration
from declarations.services import GOALS, TARGETS, TASKS, NotEditable
from declarations.workflow import StepRefused
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.builders import take
from tests.declarations.services.edits import add, changed, new, own_group, own_groups, rows
from tests.declarations.situations import (
    ADJUSTING,
    ADJUSTMENT_IN_REVIEW,
    ADJUSTMENT_RETURNED,
    APPROVED,
    declaration_in,
    pass_to,
    stored,
)

SECOND = timedelta(seconds=1)
UNCHANGED = "调整后的内容与现行批复完全相同，不需送审。不再调整的，请终止调整。"


def refusal(made: Declaration, step: Step, **changes: object) -> str:
    before = stored()
    with pytest.raises(StepRefused) as refused:
        take(made, step, builders.preparer_of(made), **changes)
    assert stored() == before
    return str(refused.value)


def standing(made: Declaration) -> tuple[object, ...]:
    """The status, the numbers of the latest submission and of the one in force, and the revision."""
    now = builders.fresh(made)
    return now.status, now.submission.number, now.approved.number, now.revision


def test_way_of_an_adjustment(db):
    made = declaration_in(APPROVED)
    found = [standing(made)]
    builders.adjust(made)
    found.append(standing(made))
    builders.change(made)
    for step in (builders.submit, builders.return_, builders.submit, builders.approve, builders.approve):
        step(made)
        found.append(standing(made))
    assert found == [
        (Status.APPROVED, 1, 1, 1),
        (Status.DRAFT, 1, 1, 2),
        (Status.IN_REVIEW, 2, 1, 2),
        (Status.RETURNED, 2, 1, 2),
        (Status.IN_REVIEW, 3, 1, 2),
        (Status.IN_REVIEW, 3, 1, 2),
        (Status.APPROVED, 3, 3, 2),
    ]
    assert [submission.revision for submission in made.submissions.all()] == [1, 2, 2]


@pytest.mark.parametrize("text", ["", " \n\t　"])
def test_adjustment_without_a_reason_is_refused(db, text):
    assert refusal(declaration_in(APPROVED), Step.ADJUST, text=text) == "请填写调整原因。"


def test_adjustment_keeps_its_reason(db):
    made = declaration_in(APPROVED)
    builders.adjust(made, " 追加预算。\n")
    assert made.events.last().text == "追加预算。"


def test_adjustment_of_other_contents_than_seen_is_refused(db):
    message = "您看到的内容之后又有变动，未申请调整。请核对最新内容后再办理。"
    assert refusal(declaration_in(APPROVED), Step.ADJUST, digest="0" * 64) == message


def test_adjustment_begins_until_adjustments_close(db):
    made = declaration_in(APPROVED)
    closes = made.round.adjustments_close_at
    sentence = refusal(made, Step.ADJUST, at=closes)
    assert sentence.startswith("本批次的调整已于")
    assert sentence.endswith("截止，不能申请调整。如有疑问，请与财政局联系。")
    assert take(made, Step.ADJUST, builders.preparer_of(made), at=closes - SECOND).step == Step.ADJUST


def test_disabled_department_is_told_so(db):
    made = declaration_in(APPROVED)
    type(made.department).objects.update(is_active=False)
    assert refusal(made, Step.ADJUST) == "本部门（单位）已停用，不能申请调整。如有疑问，请与财政局联系。"


def test_adjustment_is_filled_in_and_submitted_after_the_round_until_adjustments_close(db):
    made = declaration_in(ADJUSTING)
    closed, closes = made.round.closes_at, made.round.adjustments_close_at
    preparer = builders.preparer_of(made)
    services.save_rows(made.pk, preparer, GOALS, [new(text="推进政务公开；")], closed)
    with pytest.raises(NotEditable, match=r"本批次的调整已于.*截止，只能查看。"):
        services.save_rows(made.pk, preparer, GOALS, [new(text="再")], closes)
    assert "截止，不能送审" in refusal(made, Step.SUBMIT, at=closes)
    assert take(made, Step.SUBMIT, preparer, at=closes - SECOND).step == Step.SUBMIT


@pytest.mark.parametrize("situation", [ADJUSTING, ADJUSTMENT_RETURNED])
def test_adjustment_that_changes_nothing_is_not_submitted(db, situation):
    made = declaration_in(situation)
    for goal in rows(made, GOALS)[1:]:
        services.delete_row(made.pk, builders.preparer_of(made), GOALS, goal.key, goal.version, made.round.opens_at)
    assert refusal(made, Step.SUBMIT) == UNCHANGED
    goal = rows(made, GOALS)[0]
    services.save_rows(made.pk, builders.preparer_of(made), GOALS, [changed(goal, text=goal.text + "！")])
    builders.submit(made)
    assert builders.fresh(made).status == Status.IN_REVIEW


def test_what_was_returned_may_be_submitted_unchanged_before_it_was_ever_approved(db):
    made = builders.declaration(Status.RETURNED)
    builders.submit(made)
    assert [sealed.digest for sealed in made.submissions.all()] == [made.submission.digest] * 2


@pytest.mark.parametrize("situation", [ADJUSTING, ADJUSTMENT_IN_REVIEW, ADJUSTMENT_RETURNED])
def test_next_year_compares_with_what_is_in_force(db, situation):
    made = declaration_in(situation)
    in_force = selectors.sealed_document(made.approved)
    later = builders.next_year(made)
    assert selectors.earlier_documents(later) == (in_force,)
    if situation == ADJUSTMENT_IN_REVIEW:
        adjusted = selectors.sealed_document(made.submission)
        assert adjusted != in_force
        pass_to(made, StageKind.PERFORMANCE)
        builders.approve(made)
        assert selectors.earlier_documents(later) == (adjusted,)


@pytest.mark.parametrize("situation", [ADJUSTING, ADJUSTMENT_RETURNED])
def test_adjustment_given_up_leaves_what_was_approved(db, situation):
    made = declaration_in(situation)
    in_force = made.approved
    builders.cancel_adjustment(made)
    now = builders.fresh(made)
    assert (now.status, now.submission, now.approved, now.revision) == (Status.APPROVED, in_force, in_force, 1)
    assert not now.is_adjusting
    assert selectors.document_of(now) == selectors.sealed_document(in_force)


def test_adjustment_can_be_given_up_after_adjustments_have_closed(db):
    made = declaration_in(ADJUSTING)
    at = made.round.adjustments_close_at + SECOND
    assert take(made, Step.CANCEL_ADJUSTMENT, builders.preparer_of(made), at=at).step == Step.CANCEL_ADJUSTMENT


def test_giving_up_other_rows_than_seen_is_refused(db):
    made = declaration_in(ADJUSTING)
    digest = selectors.document_of(made).digest()
    builders.change(made)
    message = "您看到的内容之后又有变动，未终止调整。请核对最新内容后再办理。"
    assert refusal(made, Step.CANCEL_ADJUSTMENT, digest=digest) == message


def test_second_adjustment_after_one_that_was_given_up_has_a_revision_and_numbers_of_its_own(db):
    made = declaration_in(ADJUSTMENT_RETURNED)
    builders.cancel_adjustment(made)
    builders.adjust(made)
    builders.change(made, "另一项目标；")
    builders.submit(made)
    now = builders.fresh(made)
    assert (now.submission.number, now.submission.revision, now.revision) == (3, 3, 3)


def test_adjustment_that_was_never_submitted_and_given_up_leaves_no_gap_in_the_revisions(db):
    made = declaration_in(ADJUSTING)
    builders.cancel_adjustment(made)
    builders.adjust(made)
    assert builders.fresh(made).revision == 2


def test_first_submission_of_an_adjustment_is_compared_with_what_is_in_force(db):
    made = declaration_in(ADJUSTMENT_RETURNED)
    given_up, in_force = made.submission, made.approved
    builders.cancel_adjustment(made)
    builders.adjust(made)
    reviewer = builders.user("administrator")
    for text, previous in (("甲；", in_force), ("乙；", None)):
        builders.change(made, text)
        builders.submit(made)
        now = builders.fresh(made)
        found = selectors.previous_submission(reviewer, now, now.submission)
        assert found == (previous or made.submissions.get(number=3))
        assert found != given_up
        builders.return_(made)


def everything(made: Declaration) -> dict[str, list[tuple[object, ...]]]:
    """The rows and the budget as people see them, with their order and without versions."""
    figures = [name for figure in BUDGET_LABELS for name in (figure, f"{figure}_amount")]
    targets = ("key", "secondary", "tertiary", "number", *TARGETS.fields)
    return {
        "goals": list(made.dutygoal_rows.values_list("key", *GOALS.fields)),
        "tasks": list(made.maintask_rows.values_list("key", *TASKS.fields)),
        "targets": list(made.target_rows.order_by("secondary", "position").values_list(*targets)),
        "budget": list(Budget.objects.filter(declaration=made).values_list(*figures)),
    }


@pytest.fixture
def rich(db: None) -> Declaration:
    """A draft with three rows in each order, own indicators in both groups, and a common indicator with a remark."""
    made = builders.declaration()
    add(made, GOALS, {"text": "第二；"}, {"text": "第三；"})
    add(
        made,
        TASKS,
        {"name": "任务二", "content": "二", "amount": "0"},
        {"name": "任务三", "content": "三", "amount": "0"},
    )
    texts = {"comparison": "ge", "value": "3", "unit": "次", "scoring_standard": "扣分。", "explanation": "说明"}
    for group in own_groups(made):
        add(made, TARGETS, {"name": "指标甲", **texts}, {"name": "指标乙", **texts}, group=group)
    common = made.target_rows.exclude(tertiary=None).get()
    services.save_rows(made.pk, builders.preparer_of(made), TARGETS, [changed(common, remark="5分")])
    builders.submit(made)
    builders.approve(made)
    return builders.fresh(made)


def turn_over(made: Declaration) -> None:
    """Change, delete, add and move rows of every section, and the budget."""
    preparer, at = builders.preparer_of(made), made.round.opens_at
    for section in (GOALS, TASKS):
        first, second, third = rows(made, section)
        field = section.fields[0]
        services.save_rows(made.pk, preparer, section, [changed(first, **{field: "改"}), new(**{field: "新"})], at)
        services.delete_row(made.pk, preparer, section, second.key, second.version, at)
        services.place_row(made.pk, preparer, section, third.key, None, at)
    common = made.target_rows.exclude(tertiary=None).get()
    services.save_rows(made.pk, preparer, TARGETS, [changed(common, remark="改")], at)
    for group in own_groups(made):
        first, second, third = made.target_rows.filter(secondary=group).order_by("position")
        edits = [changed(first, name="改", value="7"), new(name="新", group=group)]
        services.save_rows(made.pk, preparer, TARGETS, edits, at)
        services.delete_row(made.pk, preparer, TARGETS, second.key, second.version, at)
        services.place_row(made.pk, preparer, TARGETS, third.key, None, at)
    services.save_budget(made.pk, preparer, selectors.budget_of(made).version, {"total": "1"}, at)


def test_giving_up_restores_every_row_in_its_order(rich):
    before, document = everything(rich), selectors.document_of(rich)
    builders.adjust(rich)
    turn_over(rich)
    changed_rows = everything(rich)
    assert all(changed_rows[name] != before[name] for name in before)
    builders.cancel_adjustment(rich)
    assert everything(rich) == before
    assert selectors.document_of(builders.fresh(rich)) == document
    # The rows are whole again: another adjustment goes the same way.
    builders.adjust(rich)
    turn_over(rich)
    builders.cancel_adjustment(rich)
    assert everything(rich) == before


def test_page_from_before_finds_a_conflict_and_writes_nothing_over_what_was_restored(rich):
    builders.adjust(rich)
    preparer = builders.preparer_of(rich)
    stale, budget = rows(rich, GOALS)[0], selectors.budget_of(rich)
    before = everything(rich)
    colleague = builders.user(Role.PREPARER, department=rich.department)
    take(rich, Step.CANCEL_ADJUSTMENT, colleague)
    builders.adjust(rich)
    outcome = services.save_rows(rich.pk, preparer, GOALS, [changed(stale, text="旧")])
    assert (outcome.saved, list(outcome.conflicts)) == ([], [stale.key])
    assert services.save_budget(rich.pk, preparer, budget.version, {"total": "9"}) == selectors.budget_of(rich)
    assert everything(rich) == before
    # It was the colleague who put them back, and just now.
    restored = [outcome.conflicts[stale.key], selectors.budget_of(rich)]
    assert [row.updated_by for row in restored] == [colleague, colleague]
    assert [row.updated_at > budget.updated_at for row in restored] == [True, True]


def test_giving_up_costs_as_many_queries_for_many_rows_as_for_few(db):
    numbers = []
    for more in (1, 20):
        made = declaration_in(ADJUSTING)
        add(made, GOALS, *({"text": f"{number}；"} for number in range(more)))
        add(made, TARGETS, *({"name": f"{number}"} for number in range(more)), group=own_group(made))
        with CaptureQueriesContext(connection) as captured:
            builders.cancel_adjustment(made)
        numbers.append(len(captured))
    assert numbers[0] == numbers[1]
