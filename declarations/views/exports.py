from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from declarations import imprints, permissions, selectors, versions
from declarations.document import Document
from declarations.exports import Format, file_name
from declarations.exports.drawing import DrawingRefused, draw
from declarations.exports.kept import kept_table, new_table
from declarations.models import Declaration, Submission
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
    sealed = selectors.submission_shown(declaration)
    if sealed is not None:
        return _sealed(request, declaration, sealed, file_format)
    wanted, document = _format(file_format), selectors.document_of(declaration)
    imprint, mark = imprints.of_working_copy(declaration), versions.mark_of_working_copy(declaration)
    # Not kept: it changes with every text that somebody types.
    return _download(request, declaration, document, wanted, lambda: (draw(document.sealed(), wanted, imprint), mark))


@allow(EVERYBODY)
@require_safe
@cache_control(private=True, no_store=True)
def submission(request: Request, declaration_id: int, number: int, file_format: str) -> HttpResponse:
    """One submission as it was sealed, as a file."""
    declaration = declaration_or_404(request, declaration_id)
    return _sealed(request, declaration, submission_or_404(request, declaration, number), file_format)


def _sealed(request: Request, declaration: Declaration, sealed: Submission, file_format: str) -> HttpResponse:
    wanted = _format(file_format)

    def make() -> tuple[bytes, str]:
        """The file and its mark, true when it leaves: where it had to be drawn, somebody may have decided meanwhile."""
        standing = versions.standing_of(declaration, sealed)
        while True:
            imprint, drawn_as = imprints.of_standing(sealed, standing), standing
            contents = kept_table(sealed.document, wanted, imprint)
            if contents is None:
                contents = new_table(sealed.document, wanted, imprint)
                standing = versions.standing_of(declaration, sealed)
            if standing == drawn_as:
                return contents, versions.mark_of_submission(sealed, standing)

    return _download(request, declaration, selectors.sealed_document(sealed), wanted, make)


def _format(file_format: str) -> Format:
    try:
        return Format(file_format)
    except ValueError:
        raise Http404 from None


def _download(
    request: Request,
    declaration: Declaration,
    document: Document,
    wanted: Format,
    make: Callable[[], tuple[bytes, str]],
) -> HttpResponse:
    """Send what `make` makes, with its mark in the name, or lead back with the reason why it makes nothing."""
    try:
        contents, mark = make()
    except DrawingRefused as refusal:
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
    headers = {"Content-Disposition": content_disposition_header(True, file_name(document, wanted, mark))}
    if wanted.is_compressed:
        # The middleware that would compress it again leaves alone what names a coding.
        headers["Content-Encoding"] = "identity"
    return HttpResponse(contents, wanted.content_type, headers=headers)
