"""The outbox: what is sent, what is tried again, and that nothing is sent twice."""

from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as sent_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from pytest_django import DjangoDbBlocker

from declarations import notices, outbox
from declarations.enums import NoticeKind
from declarations.models import Mail, Notice
from declarations.outbox import FIRST_PAUSE, MAX_TRIES, Sent
from perfgoals.accounts.enums import MailChoice, Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.races import race

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class FailingBackend(EmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, messages: Any) -> int:
        raise SMTPServerDisconnected("hung up")


@pytest.fixture
def person(db: None) -> User:
    return builders.user(Role.PREPARER, email="a@example.gov.cn", mail=MailChoice.AT_ONCE)


@pytest.fixture
def broken_server(settings: Any) -> Any:
    settings.EMAIL_BACKEND = f"{__name__}.FailingBackend"
    return settings


def tell(person: User, *keys: str) -> None:
    for key in keys:
        notices.tell([person], NoticeKind.DUE, key, f"通知 {key}", NOW)


def test_mail_is_sent_once(person: User) -> None:
    tell(person, "due/1", "due/2")
    assert outbox.send_mails(NOW) == Sent(sent=2)
    assert outbox.send_mails(NOW + timedelta(days=1)) == Sent()
    assert [(message.to, message.subject) for message in sent_mail.outbox] == [
        (["a@example.gov.cn"], "[整体绩效目标申报] 通知 due/1"),
        (["a@example.gov.cn"], "[整体绩效目标申报] 通知 due/2"),
    ]
    assert {(mail.sent_at, mail.next_try_at, mail.tries) for mail in Mail.objects.all()} == {(NOW, None, 1)}


def test_mail_that_failed_is_tried_again_after_growing_pauses(person: User, broken_server: Any) -> None:
    tell(person, "due/1")
    at = NOW
    for pause in (FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE):
        assert outbox.send_mails(at) == Sent(failed=1)
        assert outbox.send_mails(at + pause - timedelta(seconds=1)) == Sent()
        at += pause
    mail = Mail.objects.get()
    assert (mail.tries, mail.last_error, mail.sent_at) == (3, "hung up", None)
    broken_server.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert outbox.send_mails(at) == Sent(sent=1)
    assert Mail.objects.get().last_error == ""


@pytest.mark.parametrize(("tries", "expected"), [(MAX_TRIES - 2, Sent(failed=1)), (MAX_TRIES - 1, Sent(given_up=1))])
def test_mail_is_given_up_after_the_last_try(person: User, broken_server: Any, tries: int, expected: Sent) -> None:
    tell(person, "due/1")
    Mail.objects.update(tries=tries)
    assert outbox.send_mails(NOW) == expected
    assert (Mail.objects.get().next_try_at is None) == bool(expected.given_up)


def test_one_bad_mail_does_not_hold_up_the_others(person: User) -> None:
    tell(person, "due/1", "due/2")
    Mail.objects.filter(key="due/1").update(subject="第一行\n第二行")
    assert outbox.send_mails(NOW) == Sent(sent=1, failed=1)
    assert [message.subject for message in sent_mail.outbox] == ["[整体绩效目标申报] 通知 due/2"]


def test_mail_to_somebody_disabled_is_kept(person: User) -> None:
    tell(person, "due/1")
    User.objects.update(is_active=False)
    assert outbox.send_mails(NOW) == Sent()
    User.objects.update(is_active=True)
    assert outbox.send_mails(NOW) == Sent(sent=1)


def test_repeated_mail_keeps_its_message_id(person: User) -> None:
    tell(person, "due/1")
    outbox.send_mails(NOW)
    # As after a process that died between sending and writing that down.
    Mail.objects.update(sent_at=None, next_try_at=NOW)
    outbox.send_mails(NOW)
    first, second = sent_mail.outbox
    assert first.message()["Message-ID"] == second.message()["Message-ID"]


@pytest.mark.parametrize(("before", "mails"), [(timedelta(0), 1), (timedelta(seconds=1), 0)])
def test_daily_mail_is_written_from_eight_o_clock_on(person: User, before: timedelta, mails: int) -> None:
    User.objects.update(mail=MailChoice.DAILY)
    tell(User.objects.get(), "due/1")
    assert outbox.write_daily_mails(NOW - before) == mails


def test_daily_mail_holds_what_waits_and_is_written_once_a_day(person: User) -> None:
    User.objects.update(mail=MailChoice.DAILY)
    daily = User.objects.get()
    tell(daily, "due/1", "due/2")
    assert [outbox.write_daily_mails(NOW), outbox.write_daily_mails(NOW)] == [1, 0]
    mail = Mail.objects.get()
    assert (mail.subject, mail.key) == ("[整体绩效目标申报] 2 条通知", "daily/20261123")
    assert mail.body.index("通知 due/1") < mail.body.index("通知 due/2")

    tell(daily, "due/3")
    assert outbox.write_daily_mails(NOW + timedelta(hours=5)) == 0
    assert outbox.write_daily_mails(NOW + timedelta(days=1)) == 1
    assert "due/1" not in Mail.objects.get(key="daily/20261124").body


@pytest.mark.parametrize("change", [{"mail": MailChoice.NONE}, {"email": ""}, {"is_active": False}])
def test_daily_mail_that_is_not_wanted_any_more_is_not_written(person: User, change: dict[str, Any]) -> None:
    User.objects.update(mail=MailChoice.DAILY)
    tell(User.objects.get(), "due/1")
    User.objects.update(**change)
    assert outbox.write_daily_mails(NOW) == 0
    assert (Mail.objects.count(), Notice.objects.get().in_daily_mail) == (0, False)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_each_mail_once(django_db_blocker: DjangoDbBlocker) -> None:
    person = builders.user(Role.PREPARER, email="a@example.gov.cn", mail=MailChoice.AT_ONCE)
    daily = builders.user(Role.PREPARER, email="b@example.gov.cn", mail=MailChoice.DAILY)
    keys = [f"due/{number}" for number in range(20)]
    tell(person, *keys)
    tell(daily, *keys)

    def run() -> Sent:
        outbox.write_daily_mails(NOW)
        return outbox.send_mails(NOW)

    results = race(run, run, run)
    connection.close()
    assert sum(result.sent for result in results) == len(sent_mail.outbox) == len(keys) + 1
