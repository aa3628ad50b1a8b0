"""Who of an office deals with a declaration."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from declarations import assigning
from declarations.forms.steps import Key
from declarations.models import Declaration
from declarations.views.lookup import declaration_or_404
from perfgoals.accounts.access import REVIEWERS, Request, allow


@allow(REVIEWERS)
@require_POST
def take(request: Request, declaration_id: int) -> HttpResponse:
    """Become the one who deals with the declaration."""
    taken_from = Key().clean(request.POST.get("taken_from"))

    def change(declaration: Declaration) -> None:
        assigning.take(declaration.pk, request.user, timezone.now(), taken_from=taken_from)

    return _changed(request, declaration_id, change, "该申报表由您经办。")


@allow(REVIEWERS)
@require_POST
def release(request: Request, declaration_id: int) -> HttpResponse:
    """Leave the declaration to whoever of the office takes it."""

    def change(declaration: Declaration) -> None:
        assigning.release(declaration.pk, request.user, timezone.now())

    return _changed(request, declaration_id, change, "该申报表已改为待认领。")


@allow(REVIEWERS)
@require_POST
def assign(request: Request, declaration_id: int) -> HttpResponse:
    """Say, as the head of the office, who deals with the declaration."""
    # 0 is nobody's key.
    assignee = Key().clean(request.POST.get("assignee")) or 0

    def change(declaration: Declaration) -> None:
        assigning.assign(declaration.pk, request.user, assignee, timezone.now())

    return _changed(request, declaration_id, change, "经办人已变更。")


def _changed(request: Request, declaration_id: int, change: Callable[[Declaration], None], done: str) -> HttpResponse:
    """Make the change and show the review page as it stands then, with what was done or why it was not."""
    declaration = declaration_or_404(request, declaration_id)
    try:
        change(declaration)
    except assigning.AssignmentRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("declarations:review", declaration.pk)
