"""Sending what lies in the outbox: mails of single notices as they are, and one mail a day for those who want that."""

import logging
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from declarations.models import Mail, Notice
from declarations.notices import mail
from perfgoals.accounts.enums import MailChoice
from perfgoals.accounts.models import User

logger = logging.getLogger(__name__)

DAILY_FROM = time(8)
# After each try that fails, the next one waits twice as long: 5 minutes to three days in all.
FIRST_PAUSE = timedelta(minutes=5)
MAX_TRIES = 10


@dataclass
class Sent:
    """What one run of the outbox came to."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


def write_daily_mails(now: datetime) -> int:
    """One mail for each person who has notices waiting for the mail of the day; answers how many.

    Written from eight o'clock on, and once a day.
    """
    if timezone.localtime(now).time() < DAILY_FROM:
        return 0
    key = f"daily/{timezone.localdate(now):%Y%m%d}"
    waiting = User.objects.filter(notices__in_daily_mail=True).exclude(
        pk__in=Mail.objects.filter(key=key).values("user")
    )
    return sum(_write_daily_mail(pk, key, now) for pk in waiting.values_list("pk", flat=True).distinct())


def _write_daily_mail(user_id: int, key: str, now: datetime) -> bool:
    with transaction.atomic():
        # Locked: of two runs at once the second finds nothing left. Not against those who only point at the person.
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        notices = list(Notice.objects.filter(user=user, in_daily_mail=True).order_by("pk"))
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(in_daily_mail=False)
        wanted = user.is_active and bool(user.email) and user.mail != MailChoice.NONE
        if not notices or not wanted or Mail.objects.filter(user=user, key=key).exists():
            return False
        mail(user, key, f"{len(notices)} 条通知", notices, now).save()
        return True


def send_mails(now: datetime) -> Sent:
    """Send every mail whose time has come. What fails is tried again later, ten times at most.

    A mail is claimed before it is sent, so that two runs at once never send the same. If the process dies between
    sending and writing that down, it is sent again, with the same Message-ID.
    """
    result = Sent()
    connection = get_connection()
    while (claimed := _claim(now)) is not None:
        try:
            _send(claimed, connection)
        except (SMTPException, OSError, ValueError) as error:
            logger.warning("Mail %s was not sent: %s", claimed.pk, error)
            given_up = claimed.tries >= MAX_TRIES
            Mail.objects.filter(pk=claimed.pk).update(
                last_error=str(error), **({"next_try_at": None} if given_up else {})
            )
            result.given_up += given_up
            result.failed += not given_up
        else:
            Mail.objects.filter(pk=claimed.pk).update(sent_at=now, next_try_at=None, last_error="")
            result.sent += 1
    connection.close()
    return result


def _claim(now: datetime) -> Mail | None:
    """The next mail whose time has come, put off in the same moment; None where there is none."""
    due = Mail.objects.filter(sent_at=None, next_try_at__lte=now, user__is_active=True).order_by("next_try_at", "pk")
    while (found := due.first()) is not None:
        later = now + FIRST_PAUSE * 2**found.tries
        unclaimed = Mail.objects.filter(pk=found.pk, tries=found.tries, sent_at=None)
        if unclaimed.update(tries=F("tries") + 1, next_try_at=later):
            found.tries += 1
            return found
    return None


def _send(claimed: Mail, connection: BaseEmailBackend) -> None:
    domain = claimed.address.rpartition("@")[2]
    EmailMessage(
        subject=claimed.subject,
        body=claimed.body,
        to=[claimed.address],
        headers={"Message-ID": f"<notice-{claimed.pk}-{claimed.created_at:%Y%m%d%H%M%S}@{domain}>"},
        connection=connection,
    ).send()
