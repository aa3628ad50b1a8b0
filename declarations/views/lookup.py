"""What the views of one declaration begin with."""

from django.shortcuts import get_object_or_404

from declarations import selectors
from declarations.models import Declaration, Submission
from perfgoals.accounts.access import Request


def declaration_or_404(request: Request, declaration_id: int) -> Declaration:
    """The declaration, where the person may see it."""
    return get_object_or_404(selectors.declarations_of(request.user), pk=declaration_id)


def own_declaration_or_404(request: Request, declaration_id: int) -> Declaration:
    """The declaration, where it is that of the person's own department."""
    own = selectors.declarations_of(request.user).filter(department=request.user.department_id)
    return get_object_or_404(own, pk=declaration_id)


def submission_or_404(declaration: Declaration, number: int) -> Submission:
    """The declaration's submission of that number."""
    return get_object_or_404(declaration.submissions.select_related("submitted_by"), number=number)
