import re
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from declarations import permissions, selectors
from declarations.document import Document
from declarations.enums import Status
from declarations.exports.pdf import render_pdf
from declarations.exports.workbook import TextTooLongError, render_workbook
from declarations.models import Declaration
from declarations.views.lookup import declaration_or_404, submission_or_404
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, EVERYBODY, READERS_OF_EVERYTHING, Request, allow

# What Windows, macOS or Linux does not take in a file name.
_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True)
class FileFormat:
    content_type: str
    render: Callable[[Document], bytes]


FORMATS = {
    "pdf": FileFormat("application/pdf", render_pdf),
    "xlsx": FileFormat("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", render_workbook),
    "json": FileFormat("application/json", lambda document: document.sealed().encode()),
}


@allow(DEPARTMENT_PEOPLE | READERS_OF_EVERYTHING)
@require_GET
@cache_control(private=True, no_store=True)
def working_copy(request: Request, declaration_id: int, file_format: str) -> HttpResponse:
    """The declaration's rows as they stand now, as a file."""
    declaration = declaration_or_404(request, declaration_id)
    if not permissions.can_view_working_copy(request.user, declaration):
        raise Http404
    mark = "" if declaration.status == Status.APPROVED else f"（{declaration.get_status_display()}）"
    return _file(request, declaration, file_format, selectors.document_of(declaration), mark)


@allow(EVERYBODY)
@require_GET
@cache_control(private=True, no_store=True)
def submission(request: Request, declaration_id: int, number: int, file_format: str) -> HttpResponse:
    """One submission as it was sealed, as a file."""
    declaration = declaration_or_404(request, declaration_id)
    sealed = submission_or_404(declaration, number)
    is_approved = declaration.status == Status.APPROVED and sealed.pk == declaration.submission_id
    mark = "" if is_approved else f"（第{number}次送审）"
    return _file(request, declaration, file_format, selectors.sealed_document(sealed), mark)


def _file(request: Request, declaration: Declaration, file_format: str, document: Document, mark: str) -> HttpResponse:
    if file_format not in FORMATS:
        raise Http404
    wanted = FORMATS[file_format]
    try:
        contents = wanted.render(document)
    except TextTooLongError as refusal:
        messages.error(request, str(refusal))
        return redirect("declarations:detail", declaration.pk)
    name = f"{document.department}{document.fiscal_year}年度整体绩效目标申报表{mark}.{file_format}"
    disposition = content_disposition_header(True, _NOT_IN_FILE_NAMES.sub("_", name))
    return HttpResponse(contents, wanted.content_type, headers={"Content-Disposition": disposition})
