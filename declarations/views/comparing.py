"""Two versions of one declaration side by side, with what changed marked."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from declarations import permissions, selectors, versions
from declarations.comparison import compare
from declarations.views.lookup import declaration_or_404, submission_or_404
from perfgoals.accounts.access import EVERYBODY, Request, allow


@allow(EVERYBODY)
@require_safe
def adjustment(request: Request, declaration_id: int) -> HttpResponse:
    """What is in force beside the adjustment under way: to the department as it stands, to others as submitted."""
    declaration = declaration_or_404(request, declaration_id)
    approved, begun = declaration.approved, versions.adjustment_of(declaration)
    if approved is None or begun is None:
        raise Http404
    sees_working_copy = permissions.can_view_working_copy(request.user, declaration)
    last = declaration.submission
    submitted = last if last is not None and last.revision == declaration.revision else None
    context = {
        "declaration": declaration,
        "adjustment": begun,
        "sees_working_copy": sees_working_copy,
        "approved": approved,
        "submitted": submitted,
    }
    if sees_working_copy:
        context["comparison"] = compare(selectors.sealed_document(approved), selectors.current_document(declaration))
    elif submitted is not None:
        context["comparison"] = compare(selectors.sealed_document(approved), selectors.sealed_document(submitted))
    return render(request, "declarations/adjustment.html", context)


@allow(EVERYBODY)
@require_safe
def submissions(request: Request, declaration_id: int, number: int, other: int) -> HttpResponse:
    """Submission `number` beside submission `other` of the same declaration."""
    declaration = declaration_or_404(request, declaration_id)
    before, after = submission_or_404(request, declaration, number), submission_or_404(request, declaration, other)
    every = versions.versions_of(request.user, declaration)
    words = {version.submission.number: version.words for version in every}
    context = {
        "declaration": declaration,
        "versions": every,
        "before_submission": before,
        "after_submission": after,
        "before": words[number],
        "after": words[other],
        "comparison": compare(selectors.sealed_document(before), selectors.sealed_document(after)),
    }
    return render(request, "declarations/submission_comparison.html", context)
