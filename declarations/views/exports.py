from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from declarations import permissions, selectors, versions
from declarations.document import Document
from declarations.exports import Format, file_name, render
from declarations.exports.workbook import TextTooLongError
from declarations.models import Declaration
from declarations.views.lookup import declaration_or_404, submission_or_404
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, EVERYBODY, READERS_OF_EVERYTHING, Request, allow
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record


@allow(DEPARTMENT_PEOPLE | READERS_OF_EVERYTHING)
@require_safe
@cache_control(private=True, no_store=True)
def working_copy(request: Request, declaration_id: int, file_format: str) -> HttpResponse:
    """The declaration as it stands now, as a file."""
    declaration = declaration_or_404(request, declaration_id)
    if not permissions.can_view_working_copy(request.user, declaration):
        raise Http404
    mark = versions.mark_of_working_copy(declaration)
    return _file(request, declaration, file_format, selectors.current_document(declaration), mark)


@allow(EVERYBODY)
@require_safe
@cache_control(private=True, no_store=True)
def submission(request: Request, declaration_id: int, number: int, file_format: str) -> HttpResponse:
    """One submission as it was sealed, as a file."""
    declaration = declaration_or_404(request, declaration_id)
    sealed = submission_or_404(request, declaration, number)
    mark = versions.mark_of_submission(declaration, sealed)
    return _file(request, declaration, file_format, selectors.sealed_document(sealed), mark)


def _file(request: Request, declaration: Declaration, file_format: str, document: Document, mark: str) -> HttpResponse:
    try:
        wanted = Format(file_format)
    except ValueError:
        raise Http404 from None
    try:
        contents = render(document, wanted)
    except TextTooLongError as refusal:
        messages.error(request, str(refusal))
        return redirect("declarations:detail", declaration.pk)
    with transaction.atomic():
        record(
            request.user,
            Action.EXPORT,
            subject=f"{declaration}申报表",
            declaration_id=declaration.pk,
            digest=document.digest(),
            text=f"{wanted.name} {mark}".strip(),
        )
    disposition = content_disposition_header(True, file_name(document, wanted, mark))
    return HttpResponse(contents, wanted.content_type, headers={"Content-Disposition": disposition})
