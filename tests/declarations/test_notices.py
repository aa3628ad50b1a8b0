"""Who is told what by each step, and how."""

from datetime import timedelta

import pytest
from django.utils import timezone

from declarations import notices
from declarations.enums import NoticeKind, StageKind, Status, Step
from declarations.models import Declaration, Mail, Notice
from perfgoals.accounts.enums import MailChoice, Role
from perfgoals.accounts.models import User
from tests.declarations import builders

EVERY_STAGE = tuple(StageKind)


@pytest.fixture
def declaration(db: None) -> Declaration:
    """In its first stage, that of the head, with somebody in every place and bystanders of other places."""
    superior = builders.department()
    made = builders.declaration(
        round=builders.round_(stages=EVERY_STAGE), department=builders.department(superior=superior)
    )
    for role in (Role.DEPARTMENT_HEAD, Role.PREPARER):
        builders.user(role, department=made.department)
        builders.user(role, department=superior)
        builders.user(role, department=builders.department(office=made.department.office))
        builders.user(role, department=made.department, is_active=False)
    for _ in range(2):
        builders.user(Role.REVIEWER, office=made.department.office)
    builders.user(Role.REVIEWER)
    builders.user(Role.PERFORMANCE_REVIEWER)
    builders.user(Role.AUDITOR)
    builders.submit(made)
    return builders.fresh(made)


def told(kind: NoticeKind) -> set[User]:
    """Who was told that by the last event."""
    last = Notice.objects.order_by("pk").last()
    assert last is not None
    return {notice.user for notice in Notice.objects.filter(kind=kind, event=last.event).select_related("user")}


def active(*roles: Role, **place: object) -> set[User]:
    return set(User.objects.filter(role__in=roles, is_active=True, **place))


def department_people(made: Declaration) -> set[User]:
    return active(Role.PREPARER, Role.DEPARTMENT_HEAD, department=made.department)


def test_submission_is_told_to_those_of_the_first_stage(declaration: Declaration) -> None:
    assert told(NoticeKind.WAITING) == active(Role.DEPARTMENT_HEAD, department=declaration.department)
    assert Notice.objects.exclude(kind=NoticeKind.WAITING).count() == 0


def test_passing_is_told_to_the_next_stage_and_to_the_department(declaration: Declaration) -> None:
    deciders = {
        StageKind.SUPERIOR: active(Role.PREPARER, Role.DEPARTMENT_HEAD, department=declaration.department.superior),
        StageKind.BUSINESS: active(Role.REVIEWER, office=declaration.department.office),
        StageKind.PERFORMANCE: active(Role.PERFORMANCE_REVIEWER),
    }
    for expected in deciders.values():
        builders.approve(declaration)
        actor = declaration.events.last().actor
        assert told(NoticeKind.WAITING) == expected
        assert told(NoticeKind.PASSED) == department_people(declaration) - {actor}


def test_approval_is_told_to_the_department_alone(db: None) -> None:
    made = builders.declaration(Status.APPROVED)
    assert told(NoticeKind.APPROVED) == department_people(made)
    assert told(NoticeKind.WAITING) == set()


def test_return_is_told_to_the_department_with_what_was_written(db: None) -> None:
    made = builders.declaration(Status.RETURNED)
    notice = Notice.objects.get(kind=NoticeKind.RETURNED)
    assert (notice.user, notice.declaration) == (builders.preparer_of(made), made)
    assert notice.text == f"{made}申报表退回（业务科室审核）。{builders.RETURN_TEXT}"


def test_handing_back_is_told_to_the_earlier_stage_alone(db: None) -> None:
    round_ = builders.round_(stages=(StageKind.BUSINESS, StageKind.PERFORMANCE))
    made = builders.declaration(Status.IN_REVIEW, round=round_)
    builders.approve(made)
    first = made.events.last().actor
    builders.hand_back(made)
    notice = Notice.objects.get(kind=NoticeKind.HANDED_BACK)
    assert (notice.user, notice.text) == (
        first,
        f"{made}申报表（第 1 次送审）由绩效科审核退回，等待业务科室审核。",
    )


def test_undoing_is_told_to_those_who_were_told_of_the_decision(db: None) -> None:
    made = builders.declaration(Status.RETURNED)
    actor = made.events.last().actor
    builders.undo(made)
    notice = Notice.objects.get(kind=NoticeKind.UNDONE)
    assert (notice.user, notice.text) == (
        builders.preparer_of(made),
        f"{actor}撤销了对{made}申报表的“退回”。",
    )


def test_step_that_fails_tells_nobody(declaration: Declaration) -> None:
    before = Notice.objects.count()
    with pytest.raises(Exception, match="您看到的内容之后又有变动"):
        builders.take(declaration, Step.WITHDRAW, builders.preparer_of(declaration), digest="0" * 64)
    assert Notice.objects.count() == before


def test_nobody_is_told_the_same_twice(db: None) -> None:
    person, other = builders.user(Role.PREPARER), builders.user(Role.PREPARER)
    now = timezone.now()
    assert notices.tell([person], NoticeKind.DUE, "due/1", "一", now) == 1
    assert notices.tell([person, other, other], NoticeKind.DUE, "due/1", "二", now) == 1
    assert [(n.user, n.text) for n in Notice.objects.order_by("pk")] == [(person, "一"), (other, "二")]


@pytest.mark.parametrize(
    ("choice", "email", "mails", "in_daily_mail"),
    [
        (MailChoice.AT_ONCE, "a@example.gov.cn", 1, False),
        (MailChoice.AT_ONCE, "", 0, False),
        (MailChoice.DAILY, "a@example.gov.cn", 0, True),
        (MailChoice.DAILY, "", 0, False),
        (MailChoice.NONE, "a@example.gov.cn", 0, False),
    ],
)
def test_mail_is_written_as_the_person_chose(
    db: None, choice: MailChoice, email: str, mails: int, in_daily_mail: bool
) -> None:
    person = builders.user(Role.PREPARER, email=email, mail=choice)
    notices.tell([person], NoticeKind.DUE, "due/1", "将于明日截止。", timezone.now())
    assert (Mail.objects.count(), Notice.objects.get().in_daily_mail) == (mails, in_daily_mail)


def test_mail_names_the_person_and_leads_to_the_declaration(db: None) -> None:
    made = builders.declaration(filled=False)
    person = builders.user(Role.PREPARER, name="王一", email="a@example.gov.cn")
    now = timezone.now()
    notices.tell([person], NoticeKind.DUE, "due/1", "第一行\n第二行", now, declaration=made)
    mail = Mail.objects.get()
    assert (mail.address, mail.subject, mail.next_try_at) == (
        "a@example.gov.cn",
        "[整体绩效目标申报] 第一行 第二行",
        now,
    )
    assert mail.body == (
        f"王一：\n\n第一行\n第二行\nhttp://127.0.0.1:8000/declarations/{made.pk}/\n\n"
        "本邮件由系统自动发送，请勿回复。接收方式可在“个人设置”中更改。\n"
    )


@pytest.mark.parametrize(("length", "stored"), [(500, 500), (501, 500)])
def test_long_text_is_cut_for_the_notice(db: None, length: int, stored: int) -> None:
    notices.tell([builders.user(Role.PREPARER)], NoticeKind.DUE, "due/1", "长" * length, timezone.now())
    assert len(Notice.objects.get().text) == stored


def test_reading_marks_only_what_is_unread(db: None) -> None:
    person = builders.user(Role.PREPARER)
    now = timezone.now()
    notices.tell([person], NoticeKind.DUE, "due/1", "一", now)
    notices.tell([person], NoticeKind.DUE, "due/2", "二", now)
    assert notices.unread_count(person) == 2
    assert notices.mark_read(notices.notices_of(person).filter(key="due/1"), now) == 1
    assert notices.mark_read(notices.notices_of(person), now + timedelta(hours=1)) == 1
    assert notices.unread_count(person) == 0
    assert list(Notice.objects.order_by("pk").values_list("read_at", flat=True)) == [now, now + timedelta(hours=1)]
