"""What people order of many declarations at once (批量导出)."""

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from declarations.bundles import files, ordering, selectors, states
from declarations.bundles.ordering import OrderRefused
from declarations.enums import BundleKind, BundleStatus
from declarations.forms.bundles import BundleForm, selection_of
from declarations.models import Bundle
from perfgoals.accounts.access import EVERYBODY, Request, allow
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record
from perfgoals.paging import paged

LIST = "declarations:bundle_list"


@allow(EVERYBODY)
@require_safe
def listing(request: Request) -> HttpResponse:
    """What the person has ordered, and how far it is; of a script that asks again and again, only the list."""
    now = timezone.now()
    bundles = selectors.with_progress(selectors.bundles_of(request.user, now))
    context = paged(request, bundles)
    rows = [selectors.row_of(bundle) for bundle in context["page"]]
    context |= {
        "rows": rows,
        "under_way": any(row.bundle.is_open for row in rows),
        "at_work": selectors.is_anybody_at_work(now),
    }
    return render(request, f"declarations/bundles/{'_list' if request.htmx else 'page'}.html", context)


@allow(EVERYBODY)
@require_http_methods(["GET", "POST"])
def order(request: Request) -> HttpResponse:
    """Choose what is wanted of the declarations that the address selects, and order it."""
    selection = selection_of(request.user, request.GET)
    form = BundleForm(request.POST or None)
    refused, chosen = selection.refused, None
    try:
        if not refused:
            chosen = ordering.chosen_from(request.user, selection.declarations, selection.whole)
    except OrderRefused as refusal:
        refused = str(refusal)
    if chosen is not None and form.is_valid():
        kind = BundleKind(form.cleaned_data["kind"])
        try:
            ordering.order(request.user, kind, selection.title, selection.declarations, timezone.now(), selection.whole)
        except OrderRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, f"已开始生成{kind.label}。生成期间可以离开本页，完成后在此下载。")
            return redirect(LIST)
    context = {"selection": selection, "form": form, "chosen": chosen, "refused": refused}
    return render(request, "declarations/bundles/order.html", context)


@allow(EVERYBODY)
@require_safe
@cache_control(private=True, no_store=True)
def download(request: Request, bundle_id: int) -> HttpResponseBase:
    """The file, for whoever ordered it."""
    bundle = _bundle_or_404(request, bundle_id)
    if bundle.status != BundleStatus.DONE:
        raise Http404
    try:
        file = files.path_of(bundle).open("rb")
    except OSError:
        messages.error(request, "文件已不在服务器上，请重新导出。")
        return redirect(LIST)
    with transaction.atomic():
        record(
            request.user,
            Action.EXPORT,
            subject=f"批量导出：{bundle.title}",
            text=f"{bundle.get_kind_display()}，{bundle.total} 份，{bundle.file_name}",
        )
    # It is compressed already: the middleware that would do it again leaves alone what names a coding.
    headers = {"Content-Encoding": "identity"}
    return FileResponse(file, as_attachment=True, filename=bundle.file_name, headers=headers)


@allow(EVERYBODY)
@require_POST
def cancel(request: Request, bundle_id: int) -> HttpResponse:
    """Stop what is under way."""
    bundle = _bundle_or_404(request, bundle_id)
    if states.cancel(bundle):
        messages.success(request, f"已取消：{bundle.title}（{bundle.get_kind_display()}）。")
    else:
        messages.info(request, f"{bundle.title}（{bundle.get_kind_display()}）已经结束，未取消。")
    return redirect(LIST)


@allow(EVERYBODY)
@require_POST
def delete(request: Request, bundle_id: int) -> HttpResponse:
    """Remove what is finished, with its file."""
    bundle = _bundle_or_404(request, bundle_id)
    if bundle.is_open:
        messages.error(request, "正在生成的不能删除，请先取消。")
    else:
        states.delete(bundle)
        messages.success(request, f"已删除：{bundle.title}（{bundle.get_kind_display()}）。")
    return redirect(LIST)


def _bundle_or_404(request: Request, bundle_id: int) -> Bundle:
    bundle = selectors.bundles_of(request.user, timezone.now()).filter(pk=bundle_id).first()
    if bundle is None:
        raise Http404
    return bundle
