from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from declarations import overviews, queue
from declarations.forms.queue import QueueFilter
from declarations.views.queue import COLUMNS, Column, tabs_of
from indicators.models import IndicatorTemplate
from perfgoals.accounts.access import EVERYBODY, Request, allow
from perfgoals.accounts.enums import REVIEW_ROLES, Role
from perfgoals.accounts.models import Department, User
from perfgoals.accounts.selectors import locked_usernames

QUEUE_SHOWN = 10


@allow(EVERYBODY)
@require_safe
def home(request: Request) -> HttpResponse:
    """What waits for the person."""
    user = request.user
    if user.department is not None:
        return render(request, "declarations/home_department.html", _for_department(user, user.department))
    if user.role in REVIEW_ROLES:
        return render(request, "declarations/home_reviewer.html", _for_reviewer(user))
    context: dict[str, Any] = {"rounds": overviews.counts_by_round(user)}
    if user.role == Role.ADMINISTRATOR:
        context["template_drafts"] = IndicatorTemplate.objects.filter(published_at=None)
        context["locked"] = len(locked_usernames(User.objects.values_list("username", flat=True)))
    return render(request, "declarations/home_overview.html", context)


def _for_department(user: User, department: Department) -> dict[str, Any]:
    entries = overviews.rounds_of_department(user, department, timezone.now())
    tabs = tabs_of(QueueFilter(QueryDict(), user=user))
    return {
        "current": [entry for entry in entries if entry.is_returned or not entry.is_closed],
        "past": [entry for entry in entries if entry.declaration and entry.is_closed and not entry.is_returned],
        "tabs": tabs,
        "reviews": any(tab.number for tab in tabs),
    }


def _for_reviewer(user: User) -> dict[str, Any]:
    filters = QueueFilter(QueryDict(), user=user)
    return {
        "tabs": tabs_of(filters),
        "tab": filters.chosen_tab,
        "columns": [Column(label) for label in COLUMNS],
        "rows": queue.shown(queue.rows(filters)[:QUEUE_SHOWN], user, timezone.now()),
        "rounds": overviews.counts_by_round(user),
    }
