"""The review form at a decision: what is missing, the thresholds of the grades, and which of them may pass."""

from decimal import Decimal

import pytest

from declarations import assessing
from declarations.assessing import AssessmentRefused, Mark
from declarations.enums import Scoring, StageKind, Step
from declarations.models import Assessment, Declaration, Grade, Score
from declarations.workflow import StepRefused
from perfgoals.accounts.enums import Role
from perfgoals.audit.enums import Action
from perfgoals.audit.models import LogEntry
from tests.declarations import builders
from tests.declarations.builders import take
from tests.declarations.situations import (
    FIRST_REVIEW,
    FOUR_STAGES,
    HEAD_REVIEW,
    SUPERIOR_REVIEW,
    declaration_in,
    stored,
)


def in_first_review(scoring: Scoring = Scoring.SCORED) -> Declaration:
    return declaration_in(FIRST_REVIEW, round=builders.round_(stages=FOUR_STAGES, scoring=scoring))


def refusal(made: Declaration, step: Step = Step.APPROVE) -> str:
    before = stored()
    with pytest.raises(StepRefused) as refused:
        take(made, step, builders.reviewer_of(made))
    assert stored() == before
    return str(refused.value)


@pytest.mark.parametrize(
    ("points", "missing"), [((), 2), ((40,), 1), ((40, None), 1), ((None, None), 2)], ids=["no form", "1", "2", "none"]
)
def test_declaration_does_not_pass_before_every_point_is_scored(db, points, missing):
    made = in_first_review()
    if points:
        builders.assess(made, *points)
    assert refusal(made) == f"请先填写审核表：尚有 {missing} 个审核要点未评分。"


@pytest.mark.parametrize(
    ("points", "score", "grade"),
    [
        (("40", "60"), "100", "优"),
        (("40", "50"), "90", "优"),
        (("40", "49.99"), "89.99", "良"),
        (("20", "60"), "80", "良"),
        (("19.99", "60"), "79.99", "中"),
        (("0", "60"), "60", "中"),
    ],
)
def test_score_and_grade_stay_with_the_decision(db, points, score, grade):
    made = in_first_review()
    builders.assess(made, *points)
    event = take(made, Step.APPROVE, builders.reviewer_of(made))
    assert (event.score, event.grade) == (Decimal(score), grade)


@pytest.mark.parametrize(("points", "score"), [(("0", "59.99"), "59.99"), (("0", "0"), "0")])
def test_grade_that_may_not_pass_is_refused_and_can_be_returned(db, points, score):
    made = in_first_review()
    builders.assess(made, *points)
    assert refusal(made) == f"审核得分 {score} 分，等级为“差”，不能通过。"
    event = take(made, Step.RETURN, builders.reviewer_of(made))
    assert (event.score, event.grade) == (Decimal(score), "差")


def test_score_below_every_grade_does_not_pass(db):
    made = in_first_review()
    Grade.objects.filter(label="差").delete()
    builders.assess(made, 0, "59.99")
    assert refusal(made) == "审核得分 59.99 分，未达到任何等级，不能通过。"


def test_declaration_is_returned_without_a_form(db):
    event = take(made := in_first_review(), Step.RETURN, builders.reviewer_of(made))
    assert (event.score, event.grade) == (None, "")


def test_handing_back_has_no_score(db):
    made = in_first_review()
    builders.assess(made, 40, 60)
    event = take(made, Step.HAND_BACK, builders.reviewer_of(made))
    assert (event.score, event.grade) == (None, "")


@pytest.mark.parametrize("scoring", [Scoring.NONE, Scoring.COMMENTED])
def test_round_that_does_not_score_passes_without_a_form(db, scoring):
    made = in_first_review(scoring)
    event = take(made, Step.APPROVE, builders.reviewer_of(made))
    assert (event.score, event.grade) == (None, "")


@pytest.mark.parametrize("situation", [HEAD_REVIEW, SUPERIOR_REVIEW])
def test_nobody_before_the_bureau_fills_in_the_form(db, situation):
    made = declaration_in(situation, round=builders.round_(stages=FOUR_STAGES, scoring=Scoring.SCORED))
    with pytest.raises(AssessmentRefused, match="本批次不填写审核表。"):
        builders.assess(made, 40, 60)
    assert take(made, Step.APPROVE, builders.reviewer_of(made)).score is None


def test_each_reviewer_stage_and_submission_has_a_form_of_its_own(db):
    made = in_first_review()
    builders.assess(made, 40, 60)
    colleague = builders.user(Role.REVIEWER, office=made.department.office)
    with pytest.raises(StepRefused, match="尚有 2 个审核要点未评分"):
        take(made, Step.APPROVE, colleague)
    builders.approve(made)
    assert builders.fresh(made).stage.kind == StageKind.PERFORMANCE
    assert refusal(made) == "请先填写审核表：尚有 2 个审核要点未评分。"
    builders.return_(made)
    builders.submit(made)
    for _ in range(2):
        builders.approve(made)
    assert refusal(made) == "请先填写审核表：尚有 2 个审核要点未评分。"


def form_refusal(made: Declaration, marks: dict[int, Mark], person=None, **changes: object) -> str:
    """Why the marks are not stored; that nothing is, is looked at here."""
    now, before = builders.fresh(made), stored()
    seen = {"digest": now.submission.digest, "stage": now.stage_id} | changes
    with pytest.raises(AssessmentRefused) as refused:
        assessing.save_assessment(made.pk, person or builders.reviewer_of(made), marks, **seen)
    assert stored() == before
    return str(refused.value)


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ("40", ""),
        ("0", ""),
        ("40.01", "“要点1”的得分应在 0 至 40 分之间。"),
        ("-0.01", "“要点1”的得分应在 0 至 40 分之间。"),
    ],
)
def test_points_are_those_of_the_criterion_at_most(db, points, sentence):
    made = in_first_review()
    first = made.round.criteria.first()
    if sentence:
        assert form_refusal(made, {first.pk: Mark(Decimal(points))}) == sentence
    else:
        builders.assess(made, points)
        assert Score.objects.get().points == Decimal(points)


def test_form_is_refused_to_whoever_does_not_decide(db):
    made = in_first_review()
    first = made.round.criteria.first()
    stranger = builders.user(Role.REVIEWER)
    filled_in = builders.user(Role.REVIEWER, office=made.department.office)
    builders.contribute(made, filled_in)
    for person in (stranger, filled_in, builders.preparer_of(made), builders.user(Role.ADMINISTRATOR)):
        sentence = "该申报表现在不由您办理，审核表未保存。"
        assert form_refusal(made, {first.pk: Mark(Decimal(1))}, person) == sentence


def test_form_on_other_contents_or_in_another_stage_than_seen_is_refused(db):
    made = in_first_review()
    marks = {made.round.criteria.first().pk: Mark(Decimal(1))}
    sentence = "您看到的内容之后又有变动，审核表未保存。请核对最新内容后再填写。"
    assert form_refusal(made, marks, digest="0" * 64) == sentence
    assert form_refusal(made, marks, stage=None) == sentence


def test_criterion_of_another_round_is_refused(db):
    other = builders.round_(scoring=Scoring.SCORED)
    marks = {other.criteria.first().pk: Mark(Decimal(1))}
    assert form_refusal(in_first_review(), marks) == "审核表已被管理员修改，未保存。请刷新页面后重新填写。"


def test_form_that_is_only_commented_takes_words_and_no_points(db):
    made = in_first_review(Scoring.COMMENTED)
    first = made.round.criteria.first()
    assert form_refusal(made, {first.pk: Mark(Decimal(1))}) == "本批次的审核表只写意见，不评分。"
    now = builders.fresh(made)
    seen = {"digest": now.submission.digest, "stage": now.stage_id}
    assessing.save_assessment(made.pk, builders.reviewer_of(made), {first.pk: Mark(None, "完整")}, **seen)
    assert Score.objects.values_list("criterion", "points", "text").get() == (first.pk, None, "完整")


def test_criteria_that_are_not_named_keep_their_marks(db):
    made = in_first_review()
    builders.assess(made, 40, 60)
    builders.assess(made, 30)
    assert list(Score.objects.order_by("criterion__position").values_list("points", flat=True)) == [30, 60]


def test_form_that_says_nothing_new_is_not_stored_and_not_logged(db):
    made = in_first_review()
    logged = LogEntry.objects.filter(action=Action.ASSESS)
    builders.assess(made, None, None)
    assert (Assessment.objects.count(), logged.count()) == (0, 0)
    builders.assess(made, 40, None)
    builders.assess(made, 40, None)
    assert (Assessment.objects.count(), logged.count()) == (1, 1)
    builders.assess(made, None, None)
    assert (list(Score.objects.values_list("points", flat=True)), logged.count()) == ([None, None], 2)


def test_text_of_a_mark_is_not_longer_than_a_text_may_be(db):
    made = in_first_review()
    first = made.round.criteria.first()
    sentence = "“要点1”的意见不能超过 2000 字。"
    assert form_refusal(made, {first.pk: Mark(None, "字" * 2001)}) == sentence
