"""The review form of a round: what reviewers look at and score, and the grades that come of it."""

import json
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from declarations.enums import Scoring
from declarations.models import Assessment, Criterion, Grade, Round
from declarations.numbers import format_number
from perfgoals.accounts.models import User
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record

MINISTRY_FORM = Path(__file__).parent / "data" / "ministry-review-form.json"
MAX_CRITERIA = 50
MAX_GRADES = 10
# What one point can be given, and what a sum or a threshold can be: as much as their columns hold.
MAX_POINTS = Decimal("999.99")
MAX_SCORE = Decimal("9999.99")
IN_USE = "已有审核人员按本审核表填写，不能再更改。需要调整的，请在以后年度的批次中设置。"


class ReviewFormRefused(Exception):
    """A review form that cannot be so, or not any more; the message, in Chinese, says why."""


@dataclass(frozen=True)
class CriterionValues:
    """A point of the form; `points` is the most that it can be given."""

    aspect: str
    name: str
    question: str
    points: Decimal


@dataclass(frozen=True)
class GradeValues:
    """A grade, given from `threshold` points on."""

    label: str
    threshold: Decimal
    may_pass: bool


@dataclass(frozen=True)
class FormValues:
    """A whole review form: the criteria in order, the grades in any."""

    scoring: Scoring
    criteria: tuple[CriterionValues, ...]
    grades: tuple[GradeValues, ...]

    @property
    def total(self) -> Decimal:
        """What can be scored at most."""
        return sum((criterion.points for criterion in self.criteria), Decimal(0))


def ministry_form() -> FormValues:
    """The ministry's form (财预〔2015〕88号): eight points that sum to 100, and four grades."""
    form = json.loads(MINISTRY_FORM.read_text(encoding="utf-8"))
    return FormValues(
        scoring=Scoring(form["scoring"]),
        criteria=tuple(CriterionValues(**{**row, "points": Decimal(row["points"])}) for row in form["criteria"]),
        grades=tuple(GradeValues(**{**row, "threshold": Decimal(row["threshold"])}) for row in form["grades"]),
    )


def form_of(round_: Round) -> FormValues:
    """The form of the round, the highest grade first. Two queries."""
    return FormValues(
        scoring=Scoring(round_.scoring),
        criteria=tuple(CriterionValues(c.aspect, c.name, c.question, c.points) for c in round_.criteria.all()),
        grades=tuple(GradeValues(g.label, g.threshold, g.may_pass) for g in round_.grades.all()),
    )


def form_for_new_round() -> FormValues:
    """What a new round begins with: the form of the latest year that has one, else the ministry's."""
    latest = Round.objects.filter(criteria__isnull=False).order_by("fiscal_year").last()
    return form_of(latest) if latest else ministry_form()


def is_in_use(round_: Round) -> bool:
    """Whether a reviewer has filled in the form of the round, so that it stays as it is."""
    return Assessment.objects.filter(stage__round=round_).exists()


def change_review_form(round_id: int, values: FormValues, *, by: User) -> None:
    """Give the round another form. Raises ReviewFormRefused and changes nothing, or Round.DoesNotExist."""
    try:
        with transaction.atomic():
            round_ = Round.objects.select_for_update().get(pk=round_id)
            if is_in_use(round_):
                raise ReviewFormRefused(IN_USE)
            if reason_against := why_not(values):
                raise ReviewFormRefused(reason_against)
            write_form(round_, values)
            record(by, Action.CHANGE_REVIEW_FORM, subject=str(round_))
    except (ProtectedError, IntegrityError) as conflict:
        # Between the look at what is in use and the change, a reviewer has filled in the form.
        raise ReviewFormRefused(IN_USE) from conflict


def write_form(round_: Round, values: FormValues) -> None:
    """Put `values` in place of the round's form, in the transaction of the caller, who has looked at them."""
    round_.criteria.all().delete()
    round_.grades.all().delete()
    Criterion.objects.bulk_create(
        Criterion(
            round=round_,
            position=position,
            aspect=criterion.aspect,
            name=criterion.name,
            question=criterion.question,
            points=criterion.points,
        )
        for position, criterion in enumerate(values.criteria)
    )
    Grade.objects.bulk_create(
        Grade(round=round_, label=grade.label, threshold=grade.threshold, may_pass=grade.may_pass)
        for grade in values.grades
    )
    round_.scoring = values.scoring
    round_.save(update_fields=["scoring"])


def why_not(values: FormValues) -> str:
    """Why a round cannot have this form, in a Chinese sentence; empty where it can.

    What is not filled in by anybody may be unfinished: without scoring the grades, and without a form the points.
    """
    if len(values.criteria) > MAX_CRITERIA:
        return f"审核要点不能超过 {MAX_CRITERIA} 个。"
    if len(values.grades) > MAX_GRADES:
        return f"等级不能超过 {MAX_GRADES} 个。"
    if values.total > MAX_SCORE:
        return f"各审核要点的分值之和不能超过 {format_number(MAX_SCORE)} 分。"
    if len({grade.label for grade in values.grades}) < len(values.grades):
        return "等级名称不能重复。"
    if len({grade.threshold for grade in values.grades}) < len(values.grades):
        return "各等级的最低分不能相同。"
    if values.scoring != Scoring.NONE and not values.criteria:
        return "请至少设置一个审核要点。"
    return _why_grades_do_not_fit(values) if values.scoring == Scoring.SCORED else ""


def _why_grades_do_not_fit(values: FormValues) -> str:
    from_the_top = sorted(values.grades, key=lambda grade: grade.threshold, reverse=True)
    if not any(grade.may_pass for grade in from_the_top):
        return "请至少设置一个可以通过的等级。"
    top = from_the_top[0]
    if top.threshold > values.total:
        most, needed = format_number(values.total), format_number(top.threshold)
        return f"各审核要点的分值之和为 {most} 分，低于等级“{top.label}”的最低分 {needed} 分，无法评为该等级。"
    for higher, lower in pairwise(from_the_top):
        if lower.may_pass and not higher.may_pass:
            return f"等级“{lower.label}”可以通过，比它高的“{higher.label}”也应可以通过。"
    return ""
