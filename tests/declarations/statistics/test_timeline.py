from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from declarations.enums import StageKind, Status
from declarations.statistics.progress import Tally
from declarations.statistics.timeline import Day, by_day
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.standings import SECOND, round_, scope, standing, submission


def midnight(day: int) -> datetime:
    return timezone.make_aware(datetime(2026, 11, day))  # noqa: DTZ001  # made aware right here


def day(number: int, submitted: tuple[int, str], until_then: tuple[int, str]) -> Day:
    return Day(date(2026, 11, number), *(Tally(n, Decimal(money)) for n, money in (submitted, until_then)))


def test_first_submissions_add_up_day_by_day_in_the_time_of_the_site(db: None) -> None:
    made = round_()
    standing(Status.IN_REVIEW, made, total="1", in_stage=StageKind.BUSINESS, submitted_at=midnight(3))
    standing(Status.APPROVED, made, total="2", submitted_at=midnight(3) - SECOND)
    returned = standing(Status.RETURNED, made, total="4", submitted_at=midnight(4) - SECOND)
    submission(returned, "100", midnight(9))
    # Withdrawn: it was submitted all the same.
    standing(Status.DRAFT, made, total="8", submitted_at=midnight(7))

    assert by_day(scope(made)) == [
        day(2, (1, "2"), (1, "2")),
        day(3, (2, "5"), (3, "7")),
        day(7, (1, "8"), (4, "15")),
    ]


def test_only_the_round_and_the_departments_of_the_scope_are_counted(db: None) -> None:
    made, office = round_(), builders.office()
    own = builders.department(office=office)
    standing(Status.APPROVED, made, total="1", department=own, submitted_at=midnight(3))
    unseen = builders.department(office=office)
    standing(
        Status.RETURNED,
        made,
        total="2",
        department=unseen,
        submitted_at=midnight(3),
        reached=StageKind.DEPARTMENT_HEAD,
    )
    standing(Status.APPROVED, made, total="4", submitted_at=midnight(3))
    standing(Status.APPROVED, round_(fiscal_year=2026), total="8", department=own, submitted_at=midnight(3))
    inactive = builders.department(office=office, is_active=False)
    standing(Status.APPROVED, made, total="16", department=inactive, submitted_at=midnight(3))

    assert by_day(scope(made, builders.user(Role.REVIEWER, office=office))) == [day(3, (2, "1"), (2, "1"))]
    assert by_day(scope(made)) == [day(3, (3, "7"), (3, "7"))]


def test_no_days_without_submissions(db: None) -> None:
    made = round_()
    standing(Status.DRAFT, made, reached=None)
    assert by_day(scope(made)) == []
