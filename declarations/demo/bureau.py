"""Creates the finance bureau of the demo: offices, departments, people, rounds and the texts to comment with."""

from datetime import date, datetime, time
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from declarations import comment_texts, round_services
from declarations.demo.data import moment
from declarations.enums import StageKind
from declarations.models import CommentText, Round
from declarations.round_services import RoundValues, StageValues
from indicators.models import IndicatorTemplate
from perfgoals.accounts.enums import MailChoice
from perfgoals.accounts.models import Department, ReviewOffice, User

OPENS_AT = "08:30"
CLOSES_AT = "18:00"
# The round that is going on has been open for this long, and is for as long again.
DAYS_OPEN = 30
# For the fiscal year of the round may be over; long enough to try an adjustment.
DAYS_ADJUSTABLE = 365


def create(bureau: dict[str, Any], template: IndicatorTemplate, now: datetime) -> None:
    """Create everything that `data.bureau()` describes; the rounds use `template`."""
    offices = {row["name"]: ReviewOffice.objects.create(**row) for row in bureau["offices"]}
    departments: dict[str | None, Department | None] = {None: None}
    for row in bureau["departments"]:
        placed = {**row, "office": offices[row["office"]], "superior": departments[row["superior"]]}
        departments[row["code"]] = Department.objects.create(**placed)
    # Hashed once: a hash for each account would take most of the demo's time.
    password = make_password(bureau["password"])
    User.objects.bulk_create(
        User(
            username=row["username"],
            name=row["name"],
            role=row["role"],
            department=departments[row.get("department")],
            office=offices.get(row.get("office", "")),
            is_office_head=row.get("is_office_head", False),
            email=f"{row['username']}@{bureau['mail_domain']}",
            mail=MailChoice.NONE,
            password=password,
        )
        for row in bureau["people"]
    )
    for row in bureau["rounds"]:
        create_round(row, template, now)
    for row in bureau["comment_texts"]:
        comment_texts.store_text(CommentText(**row))


def create_round(row: dict[str, Any], template: IndicatorTemplate, now: datetime) -> None:
    is_going_on = row["opens"] is None
    opening_day = moment(now, -DAYS_OPEN, OPENS_AT) if is_going_on else local_midnight(row["opens"])
    values = RoundValues(
        fiscal_year=row["fiscal_year"],
        title=row["title"],
        template=template,
        opens_at=moment(opening_day, 0, OPENS_AT),
        closes_at=moment(opening_day, row["days"], CLOSES_AT),
        adjustments_close_at=moment(now, DAYS_ADJUSTABLE, CLOSES_AT) if is_going_on else None,
        stages=tuple(StageValues(StageKind(kind), days) for kind, days in row["stages"].items()),
    )
    round_services.create_round(values)


def keep_open(bureau: dict[str, Any], now: datetime) -> list[Round]:
    """Let the rounds without fixed dates close later where they have closed already; answers these."""
    years = [row["fiscal_year"] for row in bureau["rounds"] if row["opens"] is None]
    closed = list(Round.objects.filter(fiscal_year__in=years, closes_at__lte=now))
    for round_ in closed:
        round_.closes_at = moment(now, DAYS_OPEN, CLOSES_AT)
        round_.adjustments_close_at = moment(now, DAYS_ADJUSTABLE, CLOSES_AT)
        round_.save(update_fields=["closes_at", "adjustments_close_at"])
    return closed


def local_midnight(day: str) -> datetime:
    return timezone.make_aware(datetime.combine(date.fromisoformat(day), time()))
