from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from declarations import commenting, permissions, selectors, versions
from declarations.enums import DECISIONS
from declarations.exports.table import layout
from declarations.models import Declaration, Event
from declarations.views.lookup import declaration_or_404, submission_or_404
from declarations.views.reviewing import can_read, review_context, state_context
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, EVERYBODY, READERS_OF_EVERYTHING, Request, allow
from perfgoals.accounts.models import User


@allow(EVERYBODY)
@require_safe
def detail(request: Request, declaration_id: int) -> HttpResponse:
    """All about one declaration: its state, what can be done with it, the official table and the record."""
    declaration = declaration_or_404(request, declaration_id)
    sees_working_copy = permissions.can_view_working_copy(request.user, declaration)
    if sees_working_copy or declaration.submission is None:
        document = selectors.current_document(declaration)
    else:
        document = selectors.sealed_document(declaration.submission)
    now = timezone.now()
    closes_at = permissions.closes_at(declaration)
    comments = commenting.counts(request.user, declaration)
    prefetch_related_objects([declaration], Prefetch("events", selectors.events()))
    events = list(declaration.events.all())
    submissions = versions.versions_of(request.user, declaration)
    shown = selectors.submission_shown(declaration) if sees_working_copy else declaration.submission
    context = {
        "declaration": declaration,
        "closes_at": closes_at,
        "is_closed": now >= closes_at,
        "events": events,
        "shows_scores": permissions.can_view_scores(request.user, declaration),
        "shows_internal": permissions.belongs_to_bureau(request.user),
        "sees_working_copy": sees_working_copy,
        "open_count": comments.open,
        "settled_count": comments.settled,
        "table": layout(document, document.printing),
        "last_return": selectors.last_return(declaration),
        "adjustment": versions.adjustment_of(declaration),
        "versions": submissions,
        "file_words": versions.file_words(submissions, shown),
        "is_approved": declaration.submission_id is not None and declaration.submission_id == declaration.approved_id,
        **state_context(request.user, declaration, events, now),
        **_actions(request.user, declaration, events, now),
    }
    return render(request, "declarations/detail.html", context)


@allow(DEPARTMENT_PEOPLE | READERS_OF_EVERYTHING)
@require_safe
def preview(request: Request, declaration_id: int) -> HttpResponse:
    """The official table as the department has it before it, as it will be printed."""
    declaration = declaration_or_404(request, declaration_id)
    if not permissions.can_view_working_copy(request.user, declaration):
        raise Http404
    document = selectors.current_document(declaration)
    table = layout(document, document.printing)
    return render(request, "declarations/preview.html", {"declaration": declaration, "table": table})


@allow(EVERYBODY)
@require_safe
def submission(request: Request, declaration_id: int, number: int) -> HttpResponse:
    """One submission as it was sealed, with what was decided on it."""
    declaration = declaration_or_404(request, declaration_id)
    sealed = submission_or_404(request, declaration, number)
    standing = versions.standing_of(declaration, sealed)
    document = selectors.sealed_document(sealed)
    context = {
        "declaration": declaration,
        "submission": sealed,
        "file_words": standing.file_words,
        "was_approved": standing.approval is not None,
        "events": selectors.events().filter(submission=sealed),
        "shows_scores": permissions.can_view_scores(request.user, declaration),
        "shows_internal": permissions.belongs_to_bureau(request.user),
        "table": layout(document, document.printing),
    }
    return render(request, "declarations/submission.html", context)


@allow(EVERYBODY)
@require_safe
def review(request: Request, declaration_id: int) -> HttpResponse:
    """The page to decide on, for the bureau to read at any time; others who have nothing to decide are led away."""
    declaration = declaration_or_404(request, declaration_id)
    if not can_read(request.user, declaration):
        if declaration.submission is not None:
            messages.info(request, "该申报表现在不由您审核，仅供查看。")
        return redirect("declarations:detail", declaration.pk)
    only_changed = request.GET.get("only") == "changed"
    context = review_context(request, declaration, only_changed=only_changed)
    return render(request, "declarations/review.html", context)


def _actions(user: User, declaration: Declaration, events: Sequence[Event], now: datetime) -> dict[str, bool]:
    decided = any(
        event.submission_id == declaration.submission_id and event.step in DECISIONS and not hasattr(event, "undone_by")
        for event in events
    )
    return {
        "can_edit": permissions.can_edit(user, declaration, now),
        "can_submit": permissions.can_submit(user, declaration, now),
        "can_withdraw": permissions.can_withdraw(user, declaration, now) and not decided,
        "can_adjust": permissions.can_adjust(user, declaration, now),
        "can_cancel_adjustment": permissions.can_cancel_adjustment(user, declaration),
        "can_review": can_read(user, declaration),
        "can_decide": permissions.can_decide(user, declaration),
    }
