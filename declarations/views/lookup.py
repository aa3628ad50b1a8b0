"""What the views of one declaration begin with."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from declarations import permissions, selectors
from declarations.models import Declaration, Submission
from perfgoals.accounts.access import Request


def declaration_or_404(request: Request, declaration_id: int) -> Declaration:
    """The declaration, where the person may see it, with the last submission that he may see as `submission`."""
    declaration = get_object_or_404(selectors.declarations_of(request.user), pk=declaration_id)
    if not permissions.can_view_working_copy(request.user, declaration):
        # Not a later one, of an adjustment that was given up.
        current = declaration.submission.number if declaration.submission else 0
        declaration.submission = selectors.submissions_of(request.user, declaration).filter(number__lte=current).last()
        if declaration.submission is None:
            raise Http404
    return declaration


def own_declaration_or_404(request: Request, declaration_id: int) -> Declaration:
    """The declaration, where it is that of the person's own department."""
    own = selectors.declarations_of(request.user).filter(department=request.user.department_id)
    return get_object_or_404(own, pk=declaration_id)


def submission_or_404(request: Request, declaration: Declaration, number: int) -> Submission:
    """The declaration's submission of that number, where the person may see it."""
    submissions = selectors.submissions_of(request.user, declaration)
    return get_object_or_404(submissions.select_related("submitted_by"), number=number)
