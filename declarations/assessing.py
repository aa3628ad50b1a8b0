"""The review form: what a reviewer fills in on a submission, and what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from declarations import permissions, selectors
from declarations.enums import BUREAU_STAGES, Scoring
from declarations.models import Assessment, Criterion, Declaration, ReviewStage, Score, Submission
from declarations.models.review import MAX_TEXT
from declarations.numbers import format_number
from perfgoals.accounts.models import User
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record

FORM_CHANGED = "审核表已被管理员修改，未保存。请刷新页面后重新填写。"


class AssessmentRefused(Exception):
    """A review form that cannot be stored; the message, in Chinese, says why."""


@dataclass(frozen=True)
class Mark:
    """What one point of the form is given; `points` None where it is not scored."""

    points: Decimal | None
    text: str = ""


NO_MARK = Mark(None)


@dataclass(frozen=True)
class Result:
    """What the form comes to. `why_not_passable` is a Chinese sentence; empty where the declaration may pass."""

    score: Decimal | None = None
    grade: str = ""
    why_not_passable: str = ""


def fills_in_form(declaration: Declaration, stage: ReviewStage) -> bool:
    """Whether the round has a review form for this stage: only the bureau fills it in."""
    return stage.kind in BUREAU_STAGES and declaration.round.scoring != Scoring.NONE


def assessment_of(submission: Submission, stage: ReviewStage, reviewer: User) -> Assessment | None:
    """What the reviewer has stored on the submission in the stage, with its scores."""
    stored = Assessment.objects.filter(submission=submission, stage=stage, reviewer=reviewer)
    return stored.prefetch_related("scores").first()


def result_of(declaration: Declaration, stage: ReviewStage, reviewer: User) -> Result:
    """What the reviewer's stored form of the current submission comes to. Three queries where the round scores."""
    if not is_scored(declaration, stage):
        return Result()
    assert declaration.submission is not None  # noqa: S101  # a stage without a submission is refused by a constraint
    return _result(declaration, assessment_of(declaration.submission, stage, reviewer))


def results_of(declarations: Sequence[Declaration], reviewer: User) -> dict[int, Result]:
    """`result_of` each of the declarations in the stage it is in, by key. Four queries, whatever their number."""
    prefetch_related_objects(declarations, "round__criteria", "round__grades")
    assessments = Assessment.objects.filter(
        submission__in=[declaration.submission_id for declaration in declarations], reviewer=reviewer
    )
    stored: dict[tuple[int | None, int | None], Assessment] = {
        (each.submission_id, each.stage_id): each for each in assessments.prefetch_related("scores")
    }
    return {
        declaration.pk: _result(declaration, stored.get((declaration.submission_id, declaration.stage_id)))
        if declaration.stage is not None and is_scored(declaration, declaration.stage)
        else Result()
        for declaration in declarations
    }


def is_scored(declaration: Declaration, stage: ReviewStage) -> bool:
    """Whether the review form is filled in with points in this stage."""
    return fills_in_form(declaration, stage) and declaration.round.scoring == Scoring.SCORED


def _result(declaration: Declaration, stored: Assessment | None) -> Result:
    given = {score.criterion_id: score.points for score in stored.scores.all()} if stored else {}
    points = [given.get(criterion.pk) for criterion in declaration.round.criteria.all()]
    if missing := points.count(None):
        return Result(why_not_passable=f"请先填写审核表：尚有 {missing} 个审核要点未评分。")
    score = sum((number for number in points if number is not None), Decimal(0))
    grade = next((grade for grade in declaration.round.grades.all() if score >= grade.threshold), None)
    if grade is None:
        return Result(score, "", f"审核得分 {format_number(score)} 分，未达到任何等级，不能通过。")
    refusal = "" if grade.may_pass else f"审核得分 {format_number(score)} 分，等级为“{grade}”，不能通过。"
    return Result(score, grade.label, refusal)


def save_assessment(
    declaration_id: int,
    actor: User,
    marks: Mapping[int, Mark],
    *,
    digest: str,
    stage: int | None,
    now: datetime | None = None,
) -> Assessment | None:
    """Store the marks by criterion; criteria that are not named keep theirs. Answers what is stored then.

    The form comes with every decision: one that says nothing new is not stored, and the log tells nothing of it.

    `digest` and `stage` are those of the submission and the stage that the reviewer has before him. Raises
    AssessmentRefused and stores nothing.
    """
    try:
        return _save(declaration_id, actor, marks, digest, stage, now or timezone.now())
    except IntegrityError as conflict:
        # The form is not locked with the declaration: an administrator has just replaced it.
        raise AssessmentRefused(FORM_CHANGED) from conflict


def _save(
    declaration_id: int, actor: User, marks: Mapping[int, Mark], digest: str, stage: int | None, now: datetime
) -> Assessment | None:
    with transaction.atomic():
        declaration = selectors.locked_declaration(declaration_id)
        submission = declaration.submission
        if submission is None or declaration.stage is None or not permissions.can_decide(actor, declaration):
            raise AssessmentRefused("该申报表现在不由您办理，审核表未保存。")
        if submission.digest != digest or declaration.stage_id != stage:
            raise AssessmentRefused("您看到的内容之后又有变动，审核表未保存。请核对最新内容后再填写。")
        if not fills_in_form(declaration, declaration.stage):
            raise AssessmentRefused("本批次不填写审核表。")
        criteria = {criterion.pk: criterion for criterion in declaration.round.criteria.all()}
        for key, mark in marks.items():
            _refuse_wrong_mark(criteria.get(key), mark, declaration)
        before = assessment_of(submission, declaration.stage, actor)
        given = {score.criterion_id: Mark(score.points, score.text) for score in before.scores.all()} if before else {}
        if all(mark == given.get(key, NO_MARK) for key, mark in marks.items()):
            return before
        stored, _ = Assessment.objects.get_or_create(submission=submission, stage=declaration.stage, reviewer=actor)
        for key, mark in marks.items():
            Score.objects.update_or_create(
                assessment=stored, criterion_id=key, defaults={"points": mark.points, "text": mark.text}
            )
        Assessment.objects.filter(pk=stored.pk).update(updated_at=now)
        subject = f"{declaration}申报表"
        record(actor, Action.ASSESS, subject=subject, declaration_id=declaration.pk, digest=submission.digest)
        return stored


def _refuse_wrong_mark(criterion: Criterion | None, mark: Mark, declaration: Declaration) -> None:
    if criterion is None:
        raise AssessmentRefused(FORM_CHANGED)
    if mark.points is not None and declaration.round.scoring != Scoring.SCORED:
        raise AssessmentRefused("本批次的审核表只写意见，不评分。")
    if mark.points is not None and not 0 <= mark.points <= criterion.points:
        raise AssessmentRefused(f"“{criterion}”的得分应在 0 至 {format_number(criterion.points)} 分之间。")
    if len(mark.text) > MAX_TEXT:
        raise AssessmentRefused(f"“{criterion}”的意见不能超过 {MAX_TEXT} 字。")
