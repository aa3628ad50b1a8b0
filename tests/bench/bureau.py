"""A whole bureau with 25 years of declarations, written straight to the database: by steps it would take hours."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from declarations.enums import ReturnReason, StageKind, Status, Step
from declarations.models import (
    Budget,
    Comment,
    Declaration,
    Event,
    ReviewStage,
    Round,
    Submission,
    SubmissionFinding,
)
from declarations.workflow import due_at
from perfgoals.accounts.enums import DepartmentKind, OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User
from tests.declarations import builders
from tests.declarations.documents import document

OFFICES = 40
DEPARTMENTS = 2000
YEARS = 25
SUBORDINATES = 9
REVIEWERS = 3
BATCH = 5000
FINDINGS = ("scoring_standard_missing", "rate_without_unit", "budget_unlike_earlier_years")
DOCUMENT = document().sealed()
SUBMIT, PASS, APPROVE, RETURN = Step.SUBMIT, Step.PASS, Step.APPROVE, Step.RETURN
# The ways that declarations have gone in the round under way, and how many in a hundred; earlier ones are all approved.
WAYS: dict[tuple[Step, ...], int] = {
    (): 10,
    (SUBMIT,): 25,
    (SUBMIT, RETURN): 12,
    (SUBMIT, RETURN, SUBMIT): 8,
    (SUBMIT, PASS): 20,
    (SUBMIT, PASS, APPROVE): 15,
    (SUBMIT, RETURN, SUBMIT, PASS, APPROVE): 10,
}
WAYS_TO_APPROVAL = {way: share for way, share in WAYS.items() if way[-1:] == (APPROVE,)}


@dataclass
class Bureau:
    """The offices, departments, rounds (the earliest first) and people that were made."""

    offices: list[ReviewOffice]
    departments: list[Department]
    rounds: list[Round]
    reviewers: dict[int, list[User]]
    performance_reviewers: list[User]
    preparers: dict[int, User]


@dataclass
class Rows:
    """What is to be stored, by model; keys are given here, so that rows can name each other before they are stored."""

    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    by_model: dict[type[Any], list[Any]] = field(default_factory=dict)

    def add(self, model: type[Any], **fields: Any) -> Any:
        row = model(pk=next(self.numbers), **fields)
        self.by_model.setdefault(model, []).append(row)
        return row

    def store(self) -> None:
        for model, rows in self.by_model.items():
            model.objects.bulk_create(rows, batch_size=BATCH)
        self.by_model.clear()


def make_bureau(years: int = YEARS, departments: int = DEPARTMENTS, offices: int = OFFICES) -> Bureau:
    """Make `years` rounds, the last of them open, in which each of `departments` declares. The same every time."""
    chance = random.Random(2022)  # noqa: S311  # no secret hangs on it
    bureau = _places_and_people(departments, offices)
    template = builders.template()
    now = timezone.now()
    last_year = timezone.localdate(now).year
    rows = Rows()
    for year in range(last_year - years + 1, last_year + 1):
        opens_at = now - timedelta(days=20 + 365 * (last_year - year))
        round = Round.objects.create(
            fiscal_year=year,
            title=f"{year}年度整体绩效目标申报",
            template=template,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(days=30),
        )
        kinds = (StageKind.BUSINESS, StageKind.PERFORMANCE)
        stages = [
            ReviewStage.objects.create(round=round, position=position, kind=kind, target_days=5)
            for position, kind in enumerate(kinds)
        ]
        bureau.rounds.append(round)
        ways = WAYS if year == last_year else WAYS_TO_APPROVAL
        with transaction.atomic():
            for department in bureau.departments:
                way = chance.choices(list(ways), list(ways.values()))[0]
                _declare(rows, bureau, round, stages, department, way, chance)
            rows.store()
    models = [Declaration, Budget, Submission, SubmissionFinding, Event, Comment]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            # What the server would do by itself a minute later.
            cursor.execute("ANALYZE")
    return bureau


def _places_and_people(departments: int, offices: int) -> Bureau:
    business = [ReviewOffice(name=f"业务{number:02}科", kind=OfficeKind.BUSINESS) for number in range(offices)]
    performance = ReviewOffice(name="绩效管理科", kind=OfficeKind.PERFORMANCE)
    ReviewOffice.objects.bulk_create([*business, performance])
    made: list[Department] = []
    for number in range(departments):
        superior = made[number - number % (SUBORDINATES + 1)] if number % (SUBORDINATES + 1) else None
        made.append(
            Department(
                pk=number + 1,
                code=f"{430400000 + number}",
                name=f"第{number}局" if superior is None else f"{superior.name}第{number}所",
                kind=DepartmentKind.values[number % len(DepartmentKind)],
                superior=superior,
                office=superior.office if superior else business[number // (SUBORDINATES + 1) % offices],
            )
        )
    Department.objects.bulk_create(made)
    preparers = [
        User(
            username=f"preparer{department.pk}", name=f"填报{department.pk}", role=Role.PREPARER, department=department
        )
        for department in made
    ]
    reviewers = [
        User(
            username=f"reviewer{office.pk}-{number}",
            name=f"审核{office.pk}{number}",
            role=Role.REVIEWER if office.kind == OfficeKind.BUSINESS else Role.PERFORMANCE_REVIEWER,
            office=office,
            is_office_head=number == 0,
        )
        for office in (*business, performance)
        for number in range(REVIEWERS)
    ]
    User.objects.bulk_create([*preparers, *reviewers])
    return Bureau(
        offices=business,
        departments=made,
        rounds=[],
        reviewers={office.pk: [user for user in reviewers if user.office_id == office.pk] for office in business},
        performance_reviewers=[user for user in reviewers if user.office_id == performance.pk],
        preparers={user.department_id: user for user in preparers if user.department_id},
    )


def _declare(
    rows: Rows,
    bureau: Bureau,
    round: Round,
    stages: list[ReviewStage],
    department: Department,
    way: tuple[Step, ...],
    chance: random.Random,
) -> None:
    """Add the declaration of the department as it stands after the steps of `way`, with its events."""
    preparer = bureau.preparers[department.pk]
    made = rows.add(Declaration, round=round, department=department)
    rows.add(Budget, declaration=made, total_amount=(total := Decimal(chance.randrange(1, 10**8)) / 100))
    at = round.opens_at + timedelta(minutes=chance.randrange(7 * 24 * 60))
    _happen(rows, made, Step.START, preparer, at)
    for step in way:
        at += timedelta(minutes=chance.randrange(30, 3 * 24 * 60))
        if step == SUBMIT:
            number = made.submission.number + 1 if made.submission else 1
            found = {code: chance.randrange(1, 4) for code in FINDINGS if chance.random() < 0.3}
            sealed = rows.add(
                Submission,
                declaration=made,
                number=number,
                document=DOCUMENT,
                digest=sha256(f"{made.pk}/{number}".encode()).hexdigest(),
                total=total,
                warnings=sum(found.values()),
                submitted_by=preparer,
                submitted_at=at,
            )
            for code, times in found.items():
                rows.add(SubmissionFinding, submission=sealed, code=code, number=times)
            made.submission = sealed
            _happen(rows, made, step, preparer, at, status=Status.IN_REVIEW, stage=stages[0])
            continue
        people = bureau.performance_reviewers if made.stage == stages[-1] else bureau.reviewers[department.office_id]
        reviewer = chance.choice(people)
        match step:
            case Step.PASS:
                _happen(rows, made, step, reviewer, at, status=Status.IN_REVIEW, stage=stages[-1])
            case Step.APPROVE:
                made.approved = made.submission
                _happen(rows, made, step, reviewer, at, status=Status.APPROVED)
            case Step.RETURN:
                reason = chance.choice(ReturnReason.values)
                _comment(rows, made, reviewer, at)
                _happen(rows, made, step, reviewer, at, status=Status.RETURNED, reason=reason, text="请按意见修改。")
    if made.stage is not None and chance.random() < 0.5:
        made.assignee = chance.choice(
            bureau.performance_reviewers if made.stage == stages[-1] else bureau.reviewers[department.office_id]
        )


def _happen(
    rows: Rows,
    made: Declaration,
    step: Step,
    actor: User,
    at: datetime,
    *,
    status: Status = Status.DRAFT,
    stage: ReviewStage | None = None,
    **recorded: str,
) -> None:
    """Add the event and bring the declaration to its status and stage."""
    rows.add(
        Event,
        declaration=made,
        submission=made.submission,
        step=step,
        from_status=made.status,
        to_status=status,
        stage=made.stage,
        stage_name=str(made.stage or ""),
        stage_since=made.stage_since,
        actor=actor,
        actor_name=actor.name,
        actor_place=str(actor.department or actor.office),
        at=at,
        **recorded,
    )
    made.status, made.stage = status, stage
    made.stage_since = at if stage else None
    made.due_at = due_at(stage, at) if stage else None
    if stage is not None:
        made.reached = max(made.reached, StageKind(stage.kind).rank)


def _comment(rows: Rows, made: Declaration, reviewer: User, at: datetime) -> None:
    rows.add(
        Comment,
        declaration=made,
        submission=made.submission,
        place="全表",
        text="请细化指标值。",
        author=reviewer,
        author_name=reviewer.name,
        author_place=str(reviewer.office),
        at=at,
    )
