"""Reminding people of what is due in three days and of what is overdue, once each."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from declarations import notices, permissions, selectors
from declarations.enums import EDITABLE_STATUSES, NoticeKind, Status
from declarations.models import Declaration, Round
from declarations.people import reviewers_of
from perfgoals.accounts.enums import DEPARTMENT_ROLES
from perfgoals.accounts.models import Department, User
from perfgoals.times import printed_time

DUE_WITHIN = timedelta(days=3)
# What has been overdue for longer is not news: a system that is just set up does not remind of years ago.
OVERDUE_FOR = timedelta(days=14)


def remind(now: datetime) -> int:
    """Write the reminders that are due; answers how many. Nobody is reminded of the same date twice."""
    window = (now - OVERDUE_FOR, now + DUE_WITHIN)
    adjusting = Declaration.objects.filter(approved__isnull=False, status__in=EDITABLE_STATUSES)
    rounds = Round.objects.filter(
        Q(closes_at__range=window) | Q(extensions__closes_at__range=window) | Q(pk__in=adjusting.values("round")),
        opens_at__lte=now,
    )
    told = sum(_remind_departments(round_, now) for round_ in rounds.distinct().prefetch_related("extensions"))
    return told + _remind_reviewers(now)


def _remind_departments(round_: Round, now: datetime) -> int:
    """Remind the people of each department that has not submitted, or has something to correct."""
    declared = {
        declaration.department_id: declaration
        for declaration in selectors.declarations().filter(round=round_).defer("submission__document")
    }
    told = 0
    people: dict[int, list[User]] = {}
    for user in User.objects.filter(is_active=True, role__in=DEPARTMENT_ROLES, department__is_active=True):
        people.setdefault(user.department_id or 0, []).append(user)
    for department in Department.objects.filter(pk__in=people):
        declaration = declared.get(department.pk)
        if declaration is not None and declaration.status not in EDITABLE_STATUSES:
            continue
        closes_at = permissions.closes_at(declaration) if declaration else permissions.closing_time(round_, department)
        what = f"{declaration}申报表" if declaration else f"{department} {round_.fiscal_year} 年度申报表"
        todo = "调整尚未送审" if declaration and declaration.is_adjusting else "尚未送审"
        kind = _kind(closes_at, now)
        if kind is None:
            continue
        ends = "已于" if kind == NoticeKind.OVERDUE else "将于"
        text = f"{what}{todo}，填报{ends} {printed_time(closes_at)} 截止。"
        key = f"{kind}/round/{round_.pk}/{department.pk}/{closes_at:%Y%m%d%H%M}"
        told += _tell(people[department.pk], kind, key, text, now, declaration)
    return told


def _remind_reviewers(now: datetime) -> int:
    """Remind whoever is to decide on a declaration whose target day comes or has passed."""
    waiting = selectors.declarations().filter(
        Q(due_at__gt=now - OVERDUE_FOR, due_at__lte=now + DUE_WITHIN), status=Status.IN_REVIEW
    )
    told = 0
    for declaration in waiting.defer("submission__document"):
        if declaration.due_at is None or (kind := _kind(declaration.due_at, now)) is None:
            continue
        day = timezone.localtime(declaration.due_at - timedelta(seconds=1))
        ends = "已超过办理期限" if kind == NoticeKind.OVERDUE else "办理期限为"
        text = f"{declaration}申报表等待{declaration.stage}，{ends} {day:%Y年%m月%d日}。"
        key = f"{kind}/declaration/{declaration.pk}/{declaration.stage_id}/{declaration.due_at:%Y%m%d}"
        told += _tell(reviewers_of(declaration), kind, key, text, now, declaration)
    return told


def _kind(deadline: datetime, now: datetime) -> NoticeKind | None:
    if deadline - DUE_WITHIN <= now < deadline:
        return NoticeKind.DUE
    return NoticeKind.OVERDUE if deadline <= now < deadline + OVERDUE_FOR else None


def _tell(
    people: Iterable[User], kind: NoticeKind, key: str, text: str, now: datetime, declaration: Declaration | None
) -> int:
    with transaction.atomic():
        return notices.tell(people, kind, key, text, now, declaration=declaration)
