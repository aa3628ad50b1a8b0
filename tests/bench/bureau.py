"""A whole bureau with 25 years of declarations, written straight to the database: by the services it would take hours."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any

from django.apps import apps
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
FINDINGS = ("target_value_without_number", "target_rate_without_unit", "budget_unlike_earlier_year")
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
