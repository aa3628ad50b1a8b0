"""Who is reminded of what, from when on, and that nobody is reminded twice."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from declarations.enums import NoticeKind, StageKind, Status
from declarations.models import Declaration, Notice, Round
from declarations.reminders import DUE_WITHIN, OVERDUE_FOR, remind
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import Department, User
from perfgoals.times import printed_time
from tests.declarations import builders

SECOND = timedelta(seconds=1)


@pytest.fixture
def round_(db: None) -> Round:
    return builders.round_()


@pytest.fixture
def department(round_: Round) -> Department:
    """With a preparer; it has not begun. There is another one, disabled, whose people are not reminded."""
    builders.user(Role.PREPARER, department=builders.department(is_active=False))
    made = builders.department()
    builders.person_of(made, Role.PREPARER)
    return made


def reminders() -> list[tuple[str, str, str]]:
    found = Notice.objects.filter(kind__in=[NoticeKind.DUE, NoticeKind.OVERDUE]).order_by("pk")
    return [(notice.user.username, notice.kind, notice.text) for notice in found.select_related("user")]


@pytest.mark.parametrize(
    ("after_closing", "kind"),
    [
        (-DUE_WITHIN - SECOND, None),
        (-DUE_WITHIN, NoticeKind.DUE),
        (-SECOND, NoticeKind.DUE),
        (timedelta(0), NoticeKind.OVERDUE),
        (OVERDUE_FOR - SECOND, NoticeKind.OVERDUE),
        (OVERDUE_FOR, None),
    ],
)
def test_department_that_has_not_begun_is_reminded_around_the_closing_time(
    round_: Round, department: Department, after_closing: timedelta, kind: NoticeKind | None
) -> None:
    remind(round_.closes_at + after_closing)
    ends = "已于" if kind == NoticeKind.OVERDUE else "将于"
    text = f"{department} {round_.fiscal_year} 年度申报表尚未送审，填报{ends} {printed_time(round_.closes_at)} 截止。"
    username = builders.person_of(department, Role.PREPARER).username
    assert reminders() == ([(username, kind, text)] if kind else [])


@pytest.mark.parametrize(
    ("status", "reminded"),
    [(Status.DRAFT, True), (Status.RETURNED, True), (Status.IN_REVIEW, False), (Status.APPROVED, False)],
)
def test_department_is_reminded_while_it_holds_the_pen(round_: Round, status: Status, reminded: bool) -> None:
    made = builders.declaration(status, round=round_)
    remind(round_.closes_at - SECOND)
    assert [username for username, _, _ in reminders()] == [builders.preparer_of(made).username] * reminded


def test_extension_moves_the_reminder(round_: Round, department: Department) -> None:
    later = round_.closes_at + timedelta(days=10)
    builders.extension(round_, department, later)
    assert remind(round_.closes_at) == 0
    assert remind(later - DUE_WITHIN) == 1


def test_round_that_is_not_open_yet_reminds_nobody(round_: Round, department: Department) -> None:
    assert remind(round_.opens_at - SECOND) == 0


def test_adjustment_is_reminded_of_the_time_for_adjustments(round_: Round) -> None:
    made = builders.declaration(Status.APPROVED, round=round_)
    Round.objects.update(adjustments_close_at=round_.closes_at + timedelta(days=100))
    builders.adjust(made)
    assert remind(round_.closes_at) == 0
    assert remind(round_.closes_at + timedelta(days=98)) == 1
    assert "调整尚未送审" in reminders()[0][2]


@pytest.mark.parametrize(
    ("after_due", "kind"),
    [
        (-DUE_WITHIN - SECOND, None),
        (-DUE_WITHIN, NoticeKind.DUE),
        (timedelta(0), NoticeKind.OVERDUE),
        (OVERDUE_FOR, None),
    ],
)
def test_reviewers_are_reminded_around_the_target_day(db: None, after_due: timedelta, kind: NoticeKind | None) -> None:
    made = in_stage_with_target()
    reviewer = builders.user(Role.REVIEWER, office=made.department.office)
    builders.user(Role.REVIEWER)
    remind(made.due_at + after_due)
    day = f"{timezone.localtime(made.due_at - SECOND):%Y年%m月%d日}"
    ends = "已超过办理期限" if kind == NoticeKind.OVERDUE else "办理期限为"
    text = f"{made}申报表等待业务科室审核，{ends} {day}。"
    assert reminders() == ([(reviewer.username, kind, text)] if kind else [])


def test_who_deals_with_it_is_reminded_alone(db: None) -> None:
    made = in_stage_with_target()
    first, _ = (builders.user(Role.REVIEWER, office=made.department.office) for _ in range(2))
    Declaration.objects.update(assignee=first)
    remind(made.due_at)
    assert [username for username, _, _ in reminders()] == [first.username]


@pytest.mark.parametrize("moves", [False, True], ids=["left", "moved"])
def test_colleagues_are_reminded_of_what_somebody_leaves_behind(db: None, moves: bool) -> None:
    made = in_stage_with_target()
    gone, colleague = (builders.user(Role.REVIEWER, office=made.department.office) for _ in range(2))
    Declaration.objects.update(assignee=gone)
    change = {"office": builders.office()} if moves else {"is_active": False}
    User.objects.filter(pk=gone.pk).update(**change)
    remind(made.due_at)
    assert [username for username, _, _ in reminders()] == [colleague.username]


def test_second_run_reminds_nobody_again(round_: Round, department: Department) -> None:
    in_stage_with_target()
    assert remind(round_.closes_at) > 0
    assert remind(round_.closes_at) == 0
    assert remind(round_.closes_at + timedelta(days=1)) == 0


def test_command_tells_what_it_did_and_can_run_twice(
    round_: Round, department: Department, capsys: pytest.CaptureFixture[str]
) -> None:
    Round.objects.update(closes_at=timezone.now() + timedelta(days=1))
    call_command("send_notices")
    assert "提醒 1 条" in capsys.readouterr().out
    call_command("send_notices")
    assert "提醒 0 条" in capsys.readouterr().out


def in_stage_with_target() -> Declaration:
    """In the business office's stage, which is to take two days."""
    made = builders.round_(stages=(StageKind.BUSINESS,), closes_at=timezone.now() + timedelta(days=90))
    made.stages.update(target_days=2)
    return builders.declaration(Status.IN_REVIEW, round=made)
