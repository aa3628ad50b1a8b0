"""The form as a workbook: taken away, and brought back filled in."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from declarations import selectors, services, uploads
from declarations.checks import error_count, run_checks
from declarations.exports import Format, file_name
from declarations.exports.form_workbook import render_form_workbook
from declarations.forms.uploading import ConfirmForm, UploadForm
from declarations.imports import Unreadable, read_workbook
from declarations.models import Declaration, Upload
from declarations.offline_form import offline_form_of
from declarations.views.lookup import own_declaration_or_404
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, Request, allow


@allow(DEPARTMENT_PEOPLE)
@require_safe
@cache_control(private=True, no_store=True)
def workbook(request: Request, declaration_id: int) -> HttpResponse:
    """The form as a workbook to be filled in offline."""
    form = offline_form_of(own_declaration_or_404(request, declaration_id))
    disposition = content_disposition_header(True, file_name(form.document, Format.WORKBOOK, "（填报表格）"))
    return HttpResponse(
        render_form_workbook(form), Format.WORKBOOK.content_type, headers={"Content-Disposition": disposition}
    )


@allow(DEPARTMENT_PEOPLE)
@require_http_methods(["GET", "POST"])
def upload(request: Request, declaration_id: int) -> HttpResponse:
    """Where a workbook is uploaded; what it would change is shown next."""
    declaration = own_declaration_or_404(request, declaration_id)
    read_only = services.why_not_editable(request.user, declaration, timezone.now())
    form = UploadForm()
    if request.method == "POST" and not read_only:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            sent = form.cleaned_data["workbook"]
            try:
                kept = uploads.keep_upload(
                    declaration.pk, request.user, read_workbook(sent.read(), sent.name), sent.name
                )
            except Unreadable as reason:
                form.add_error("workbook", str(reason))
            except services.NotEditable as reason:
                read_only = str(reason)
            else:
                return redirect("declarations:upload_preview", declaration.pk, kept.pk)
    context = {"declaration": declaration, "form": form, "read_only": read_only}
    return render(request, "declarations/uploading/upload.html", context)


@allow(DEPARTMENT_PEOPLE)
@require_http_methods(["GET", "POST"])
def preview(request: Request, declaration_id: int, upload_id: int) -> HttpResponse:
    """What an upload would change, to be confirmed or thrown away."""
    declaration = own_declaration_or_404(request, declaration_id)
    kept = Upload.objects.filter(pk=upload_id, declaration=declaration).first()
    if kept is None:
        # Somebody may have pressed the button twice.
        messages.info(request, "该次上传的内容已导入、已放弃或已过期。如需导入，请重新上传。")
        return redirect("declarations:upload", declaration.pk)
    if kept.uploaded_by_id != request.user.pk:
        raise Http404
    if request.method == "POST":
        match request.POST.get("action"):
            case "apply":
                return _apply(request, declaration, kept)
            case "discard":
                kept.delete()
                messages.info(request, "已放弃导入，申报表没有改动。")
                return redirect("declarations:goals", declaration.pk)
            case _:
                raise BadRequest("neither applied nor discarded")
    delete_missing = "delete_missing" in request.GET
    shown = uploads.preview_of(kept, declaration, delete_missing=delete_missing)
    findings = run_checks(shown.proposal.document, selectors.earlier_documents(declaration))
    errors = error_count(findings)
    context = {
        "declaration": declaration,
        "upload": kept,
        "preview": shown,
        "comparison": shown.proposal.comparison,
        "delete_missing": delete_missing,
        "asks_about_missing": shown.proposal.missing or delete_missing,
        "changed_since": shown.digest != kept.seen_digest,
        "findings": findings,
        "error_count": errors,
        "warning_count": len(findings) - errors,
        "read_only": services.why_not_editable(request.user, declaration, timezone.now()),
    }
    return render(request, "declarations/uploading/preview.html", context)


def _apply(request: Request, declaration: Declaration, kept: Upload) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        raise BadRequest("confirmed without saying what was seen")
    seen = form.cleaned_data
    try:
        comparison = uploads.apply_upload(kept, request.user, seen["digest"], delete_missing=seen["delete_missing"])
    except (uploads.UploadRefused, services.NotEditable) as refusal:
        messages.error(request, str(refusal))
        again = redirect("declarations:upload_preview", declaration.pk, kept.pk)
        if seen["delete_missing"]:
            again["Location"] += "?delete_missing=on"
        return again
    counts = comparison.counts
    done = f"新增 {counts['new']} 行，修改 {counts['changed']} 行，删除 {counts['gone']} 行"
    messages.success(
        request, f"已导入：{done}，移动 {counts['moved']} 行。" if counts["moved"] else f"已导入：{done}。"
    )
    return redirect("declarations:goals", declaration.pk)
