"""Declarations put straight into a standing, with the money and the times that a test of statistics wants.

Only their rows of the review: nothing is filled in. The way there by real steps is in `builders`.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from declarations.enums import ReturnReason, StageKind, Status, Step
from declarations.models import Declaration, Event, ReviewStage, Round, Submission, SubmissionFinding
from declarations.statistics.scope import Scope, scope_of
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import Department, ReviewOffice, User
from tests.declarations import builders

NOW = timezone.make_aware(datetime(2026, 11, 20, 12))  # noqa: DTZ001  # made aware right here
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
STAGES = (StageKind.DEPARTMENT_HEAD, StageKind.BUSINESS, StageKind.PERFORMANCE)


def round_(**fields: Any) -> Round:
    """A round of three stages that opened twenty days before NOW and closes ten days after."""
    return builders.round_(
        **{"stages": STAGES, "opens_at": NOW - 20 * DAY, "closes_at": NOW + 10 * DAY, "fiscal_year": 2027, **fields}
    )


def stage(round: Round, kind: StageKind) -> ReviewStage:
    return ReviewStage.objects.get(round=round, kind=kind)


def scope(round: Round, user: User | None = None, office: ReviewOffice | None = None, now: datetime = NOW) -> Scope:
    """What `user`, an auditor where none is given, sees of the round."""
    return scope_of(user or builders.user(Role.AUDITOR), round, office, now)


def standing(
    status: Status,
    round: Round,
    *,
    department: Department | None = None,
    total: str | None = None,
    in_stage: StageKind | None = None,
    due_at: datetime | None = None,
    reached: StageKind | None = StageKind.BUSINESS,
    submitted_at: datetime = NOW,
    approved: str | None = None,
    findings: dict[str, int] | None = None,
) -> Declaration:
    """A declaration in `status`.

    `total` is the money of what was submitted last, None where nothing was; `approved` that of what was approved before
    and is being adjusted; `findings` how often each code was found in what was submitted last.
    """
    made = Declaration.objects.create(
        round=round,
        department=department or builders.department(),
        reached=reached.rank if reached else 0,
    )
    if approved is not None:
        made.approved = submission(made, approved, submitted_at - DAY)
        made.submission = made.approved
    if total is not None:
        made.submission = submission(made, total, submitted_at)
        SubmissionFinding.objects.bulk_create(
            SubmissionFinding(submission=made.submission, code=code, number=number)
            for code, number in (findings or {}).items()
        )
    made.status = status
    if status == Status.APPROVED:
        made.approved = made.submission
    if in_stage:
        made.stage, made.stage_since, made.due_at = stage(round, in_stage), submitted_at, due_at
    made.save()
    return made


def submission(made: Declaration, total: str, at: datetime) -> Submission:
    """The next submission of the declaration."""
    return Submission.objects.create(
        declaration=made,
        number=made.submissions.count() + 1,
        document="{}",
        digest="",
        total=Decimal(total),
        submitted_by=builders.preparer_of(made),
        submitted_at=at,
    )


def event(made: Declaration, step: Step, kind: StageKind, *, hours: float = 0, **fields: Any) -> Event:
    """A decision in the stage, taken so many hours after the declaration had come there."""
    decided_in = stage(made.round, kind)
    actor = builders.user(Role.AUDITOR)
    return Event.objects.create(
        **{
            "declaration": made,
            "step": step,
            "from_status": Status.IN_REVIEW,
            "to_status": Status.IN_REVIEW,
            "stage": decided_in,
            "stage_since": NOW - DAY,
            "at": NOW - DAY + timedelta(hours=hours),
            "actor": actor,
            "actor_name": actor.name,
            **fields,
        }
    )


def under_way(**fields: Any) -> Round:
    """A round of three stages that is under way now: pages show it as it stands when they are asked for."""
    return builders.round_(**{"stages": STAGES, "opens_at": timezone.now() - 20 * DAY, **fields})


def busy_round() -> tuple[Round, ReviewOffice]:
    """A round under way with something in each table, and the first of its two offices.

    Some names begin as formulas do.
    """
    made, office = under_way(fiscal_year=2027, target_days={StageKind.BUSINESS: 5}), builders.office(name="=甲科")
    now = timezone.now()
    superior = builders.department(name="=1+1局", code="1", office=office)
    below = builders.department(name="下属中心", code="2", office=office, superior=superior)
    approved = standing(
        Status.APPROVED,
        made,
        department=superior,
        total="2677.700001",
        submitted_at=now - 9 * DAY,
        findings={"rate_without_unit": 2},
    )
    event(approved, Step.APPROVE, StageKind.PERFORMANCE, hours=36)
    returned = standing(Status.RETURNED, made, department=below, total="100", submitted_at=now - 8 * DAY)
    event(returned, Step.RETURN, StageKind.BUSINESS, hours=12, reason=ReturnReason.BUDGET, text="请核对。")
    builders.extension(made, below, now + 20 * DAY)
    other = builders.office(name="乙科")
    standing(
        Status.IN_REVIEW,
        made,
        department=builders.department(name="外局", code="3", office=other),
        total="0.5",
        in_stage=StageKind.BUSINESS,
        submitted_at=now - 7 * DAY,
        due_at=now - DAY,
    )
    builders.department(name="未报局", code="4", office=other)
    return made, office
