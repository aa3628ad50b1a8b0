from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from declarations.enums import StageKind, Status
from declarations.models import Round
from declarations.statistics.progress import Group, Progress, Tally, by_office, by_superior, total
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.standings import DAY, NOW, SECOND, round_, scope, standing

NONE = Tally()


def tally(number: int, money: str = "0") -> Tally:
    return Tally(number, Decimal(money))


def progress(**tallies: Tally | tuple[Tally, ...]) -> Progress:
    """One in which everything else is nothing."""
    empty = dict.fromkeys(("not_begun", "draft", "returned", "approved", "adjusting", "overdue", "stage_overdue"), NONE)
    return Progress(**{**empty, "in_review": (NONE, NONE, NONE), **tallies})


def of_all(round: Round, user: User | None = None, now: datetime = NOW) -> Progress:
    made = scope(round, user, now=now)
    return total(made, by_office(made))


def test_every_department_stands_in_one_place_with_its_money(db: None) -> None:
    made = round_()
    builders.department()
    standing(Status.DRAFT, made, reached=None)
    # Withdrawn: its money is the bureau's no more.
    standing(Status.DRAFT, made, total="1")
    standing(Status.IN_REVIEW, made, total="10", in_stage=StageKind.DEPARTMENT_HEAD)
    standing(Status.IN_REVIEW, made, total="20.5", in_stage=StageKind.BUSINESS)
    standing(Status.IN_REVIEW, made, total="0.000001", in_stage=StageKind.BUSINESS)
    standing(Status.IN_REVIEW, made, total="40", in_stage=StageKind.PERFORMANCE)
    standing(Status.RETURNED, made, total="100")
    standing(Status.APPROVED, made, total="1000")

    found = of_all(made)
    assert found == progress(
        not_begun=tally(1),
        draft=tally(2),
        in_review=(tally(1, "10"), tally(2, "20.500001"), tally(1, "40")),
        returned=tally(1, "100"),
        approved=tally(1, "1000"),
    )
    assert found.reviewed == tally(4, "70.500001")
    assert found.submitted == tally(5, "1070.500001")
    assert found.missing == tally(4, "100")
    assert found.declared == tally(9, "1170.500001")


def test_what_is_adjusted_stays_approved_with_the_money_in_force(db: None) -> None:
    made = round_()
    standing(Status.DRAFT, made, approved="1")
    standing(Status.RETURNED, made, approved="2", total="5000")
    standing(Status.IN_REVIEW, made, approved="4", total="5000", in_stage=StageKind.BUSINESS, due_at=NOW + SECOND)
    standing(Status.APPROVED, made, total="8")

    assert of_all(made) == progress(approved=tally(4, "15"), adjusting=tally(3, "7"))


def test_an_adjustment_by_real_steps_is_counted_as_approved_and_adjusting_until_it_ends(db: None) -> None:
    declaration = builders.declaration(Status.APPROVED)
    made, money = declaration.round, declaration.approved.total
    before = of_all(made)
    builders.adjust(declaration)
    during = of_all(made)
    builders.cancel_adjustment(declaration)

    assert before == progress(in_review=(NONE,), approved=Tally(1, money))
    assert during == progress(in_review=(NONE,), approved=Tally(1, money), adjusting=Tally(1, money))
    assert of_all(made) == before


def test_an_undone_approval_is_in_review_again(db: None) -> None:
    declaration = builders.declaration(Status.APPROVED)
    money = declaration.approved.total
    builders.undo(declaration)

    assert of_all(declaration.round) == progress(in_review=(Tally(1, money),))


def test_inactive_departments_and_other_rounds_are_not_counted(db: None) -> None:
    made = round_()
    builders.department(is_active=False)
    standing(Status.APPROVED, made, total="1", department=builders.department(is_active=False))
    standing(Status.APPROVED, round_(fiscal_year=2026), total="1")

    assert of_all(made) == progress(not_begun=tally(1))


@pytest.mark.parametrize(
    ("now", "overdue"), [(NOW - SECOND, NONE), (NOW, tally(4, "100")), (NOW + SECOND, tally(4, "100"))]
)
def test_departments_are_overdue_from_the_closing_time(db: None, now: datetime, overdue: Tally) -> None:
    made = round_(closes_at=NOW)
    builders.department()
    standing(Status.DRAFT, made, reached=None)
    standing(Status.DRAFT, made, total="1")
    standing(Status.RETURNED, made, total="100")
    standing(Status.IN_REVIEW, made, total="1", in_stage=StageKind.BUSINESS)
    standing(Status.APPROVED, made, total="1")
    standing(Status.DRAFT, made, approved="1")

    assert of_all(made, now=now).overdue == overdue


@pytest.mark.parametrize(
    ("extended_by", "overdue"), [(-DAY, 2), (SECOND, 1), (timedelta(0), 2)], ids=["ends before", "later", "ends now"]
)
def test_an_extension_of_this_round_keeps_a_department_from_being_overdue(
    db: None, extended_by: timedelta, overdue: int
) -> None:
    made, department = round_(closes_at=NOW - DAY), builders.department()
    builders.extension(made, department, NOW + extended_by)
    builders.extension(round_(fiscal_year=2026), builders.department(), NOW + DAY)

    assert of_all(made).overdue == tally(overdue)


def test_an_extension_that_ends_before_the_round_does_not_shorten_it(db: None) -> None:
    made, department = round_(), builders.department()
    builders.extension(made, department, NOW - DAY)

    assert of_all(made).overdue == NONE


def test_a_stage_is_overdue_from_its_date_also_with_an_adjustment(db: None) -> None:
    made = round_()
    for due_at, money in ((None, "1"), (NOW + SECOND, "2"), (NOW, "4"), (NOW - DAY, "8")):
        standing(Status.IN_REVIEW, made, total=money, in_stage=StageKind.BUSINESS, due_at=due_at)
    standing(Status.IN_REVIEW, made, approved="16", total="32", in_stage=StageKind.BUSINESS, due_at=NOW)

    assert of_all(made).stage_overdue == tally(3, "28")


def test_a_reviewer_sees_all_of_his_office_but_no_money_that_has_not_come_to_the_bureau(db: None) -> None:
    made, office = round_(), builders.office()

    def own() -> dict[str, object]:
        return {"department": builders.department(office=office)}

    standing(Status.IN_REVIEW, made, total="1", in_stage=StageKind.DEPARTMENT_HEAD, reached=StageKind.SUPERIOR, **own())
    standing(Status.RETURNED, made, total="2", reached=StageKind.DEPARTMENT_HEAD, **own())
    standing(Status.IN_REVIEW, made, total="4", in_stage=StageKind.DEPARTMENT_HEAD, **own())
    standing(Status.IN_REVIEW, made, total="8", in_stage=StageKind.BUSINESS, **own())
    standing(Status.IN_REVIEW, made, total="16", in_stage=StageKind.BUSINESS)

    of_office = progress(in_review=(tally(2, "4"), tally(1, "8"), NONE), returned=tally(1))
    assert of_all(made, builders.user(Role.REVIEWER, office=office)) == of_office
    performance = of_all(made, builders.user(Role.PERFORMANCE_REVIEWER))
    assert performance == progress(in_review=(tally(2, "4"), tally(2, "24"), NONE), returned=tally(1))
    assert of_all(made) == progress(in_review=(tally(2, "5"), tally(2, "24"), NONE), returned=tally(1, "2"))


def test_by_office_lists_each_office_with_departments(db: None) -> None:
    made = round_()
    first, second = builders.office(name="甲科"), builders.office(name="乙科")
    builders.office(name="丙科")
    standing(Status.APPROVED, made, total="1", department=builders.department(office=second))
    standing(Status.RETURNED, made, total="2", department=builders.department(office=first))
    builders.department(office=first)

    assert by_office(scope(made)) == [
        Group(second.pk, "乙科", progress(approved=tally(1, "1"))),
        Group(first.pk, "甲科", progress(returned=tally(1, "2"), not_begun=tally(1))),
    ]
    assert by_office(scope(made, office=first)) == [
        Group(first.pk, "甲科", progress(returned=tally(1, "2"), not_begun=tally(1)))
    ]


def test_by_superior_takes_each_superior_together_with_its_units_the_most_missing_first(db: None) -> None:
    made = round_()
    alone = builders.department(code="1", name="独立局")
    done = builders.department(code="2", name="办结局")
    superior = builders.department(code="3", name="主管局")
    under = builders.department(code="4", name="下属中心", superior=superior)
    below = builders.department(code="5", name="下属中心之下", superior=under)
    standing(Status.APPROVED, made, total="1", department=done)
    standing(Status.APPROVED, made, total="2", department=superior)
    standing(Status.RETURNED, made, total="4", department=under)

    assert by_superior(scope(made)) == [
        Group(alone.pk, "独立局", progress(not_begun=tally(1))),
        Group(superior.pk, "主管局", progress(approved=tally(1, "2"), returned=tally(1, "4"))),
        Group(under.pk, "下属中心", progress(not_begun=tally(1))),
        Group(done.pk, "办结局", progress(approved=tally(1, "1"))),
    ]
    assert below.superior == under


def test_nothing_is_counted_without_departments(db: None) -> None:
    assert of_all(round_()) == progress()
