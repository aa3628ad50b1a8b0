"""Telling people what concerns them. Notices are written in the transaction of what they tell of, and so are the mails.

Who wants no mails gets notices in the application alone; who wants one mail a day gets it from `outbox`.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from declarations.enums import NoticeKind, Step
from declarations.models import Comment, Declaration, Event, Mail, Notice
from declarations.people import people_of_department, reviewers_of
from perfgoals.accounts.enums import MailChoice
from perfgoals.accounts.models import User

MAX_TEXT = Notice._meta.get_field("text").max_length
SUBJECT_LENGTH = 60

# What the department is told of.
_KINDS = {
    Step.PASS: NoticeKind.PASSED,
    Step.APPROVE: NoticeKind.APPROVED,
    Step.RETURN: NoticeKind.RETURNED,
}


def tell_of(event: Event) -> None:
    """Tell of a step whoever has to act now and, of a decision, the department. Nobody is told what he did himself."""
    declaration, key = event.declaration, f"event/{event.pk}"
    if event.undoes is not None:
        text = f"{event.actor_name}撤销了对{declaration}申报表的“{event.undoes.get_step_display()}”。"
        told = User.objects.filter(notices__event=event.undoes)
        tell(told, NoticeKind.UNDONE, key, text, event.at, event=event)
    elif declaration.stage is not None and event.submission is not None:
        handed_back = event.step == Step.HAND_BACK
        how = f"由{event.stage_name}退回，" if handed_back else ""
        text = f"{declaration}申报表（第 {event.submission.number} 次送审）{how}等待{declaration.stage}。"
        kind = NoticeKind.HANDED_BACK if handed_back else NoticeKind.WAITING
        tell(reviewers_of(declaration), kind, key, text, event.at, event=event)
    if event.step in _KINDS:
        text = f"{declaration}申报表{event.get_step_display()}（{event.stage_name}）。{event.text}"
        tell(people_of_department(declaration), _KINDS[Step(event.step)], key, text, event.at, event=event)


def tell(
    people: Iterable[User],
    kind: NoticeKind,
    key: str,
    text: str,
    at: datetime,
    *,
    event: Event | None = None,
    comment: Comment | None = None,
    declaration: Declaration | None = None,
) -> int:
    """Write a notice for each of `people`, and a mail for those who want mails at once; answers how many were told.

    `key` names what they are told: who was told of it before is not told again. Neither is whoever took the step or
    wrote the comment. To be called in a transaction.
    """
    source = event or comment
    author = event.actor_id if event else comment.author_id if comment else None
    told = set(Notice.objects.filter(key=key).values_list("user", flat=True))
    new = {user.pk: user for user in people if user.pk not in told and user.pk != author}
    notices = [
        Notice(
            user=user,
            kind=kind,
            key=key,
            declaration=source.declaration if source else declaration,
            event=event,
            comment=comment,
            text=text[:MAX_TEXT],
            at=at,
            in_daily_mail=user.mail == MailChoice.DAILY and bool(user.email),
        )
        for user in new.values()
    ]
    # By a second run of a command at the same time, the same may just have been written: it is passed over.
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    mails = [mail_of(notice) for notice in notices if notice.user.mail == MailChoice.AT_ONCE and notice.user.email]
    Mail.objects.bulk_create(mails, ignore_conflicts=True)
    return len(notices)


def mail_of(notice: Notice) -> Mail:
    """The mail, not stored yet, that tells one notice."""
    head = " ".join(notice.text.split())
    subject = head if len(head) <= SUBJECT_LENGTH else f"{head[:SUBJECT_LENGTH]}…"
    return mail(notice.user, notice.key, subject, [notice], notice.at)


def mail(user: User, key: str, subject: str, notices: Iterable[Notice], at: datetime) -> Mail:
    """A mail, not stored yet, to be sent from `at` on, with the texts of `notices` and where to read on."""
    texts = "\n\n".join(f"{notice.text}\n{_address(notice)}" for notice in notices)
    body = f"{user.name}：\n\n{texts}\n\n本邮件由系统自动发送，请勿回复。接收方式可在“个人设置”中更改。\n"
    return Mail(
        user=user, key=key, address=user.email, subject=f"[整体绩效目标申报] {subject}", body=body, next_try_at=at
    )


def notices_of(user: User) -> "QuerySet[Notice]":
    """What the person was told, the latest first."""
    return Notice.objects.filter(user=user).select_related("declaration__round", "declaration__department")


def unread_count(user: User) -> int:
    """How many notices the person has not opened yet. One query."""
    return Notice.objects.filter(user=user, read_at=None).count()


def mark_read(notices: "QuerySet[Notice]", now: datetime) -> int:
    """Mark those of `notices` as read that are not yet; answers how many."""
    return notices.filter(read_at=None).update(read_at=now)


def _address(notice: Notice) -> str:
    path = reverse("declarations:detail", args=[notice.declaration_id]) if notice.declaration_id else reverse("home")
    return f"{settings.SITE_URL}{path}"
