"""Adjusting what was approved: asking for it and giving it up."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from declarations import permissions, selectors, versions
from declarations.comparison import compare
from declarations.enums import Step
from declarations.forms.adjusting import AdjustmentForm
from declarations.models import Declaration
from declarations.views.lookup import declaration_or_404
from declarations.workflow import StepRefused, take_step
from perfgoals.accounts.access import Request, allow
from perfgoals.accounts.enums import Role

CONFLICT = 409
PREPARERS = frozenset({Role.PREPARER})


@allow(PREPARERS)
@require_http_methods(["GET", "POST"])
def adjust(request: Request, declaration_id: int) -> HttpResponse:
    """The reason for an adjustment; once it is given, the declaration is filled in as at first."""
    declaration = _own_declaration_or_404(request, declaration_id)
    form = AdjustmentForm(request.POST) if request.method == "POST" else AdjustmentForm()
    status = 200
    if form.is_valid():
        try:
            take_step(declaration.pk, Step.ADJUST, request.user, **form.cleaned_data)
        except StepRefused as refusal:
            form.add_error(None, str(refusal))
            status = CONFLICT
        else:
            messages.success(request, "已开始调整。请修改需要调整的内容，核对后送审；现行批复在调整批复前继续有效。")
            return redirect("declarations:goals", declaration.pk)
    elif request.method != "POST" and not permissions.can_adjust(request.user, declaration, timezone.now()):
        messages.info(request, "该申报表现在不能申请调整。")
        return redirect("declarations:detail", declaration.pk)
    return render(request, "declarations/adjust.html", {"declaration": declaration, "form": form}, status=status)


@allow(PREPARERS)
@require_http_methods(["GET", "POST"])
def cancel(request: Request, declaration_id: int) -> HttpResponse:
    """Give up the adjustment under way, after a look at what is lost with it."""
    declaration = _own_declaration_or_404(request, declaration_id)
    if request.method == "POST":
        try:
            digest = request.POST.get("digest", "")
            take_step(declaration.pk, Step.CANCEL_ADJUSTMENT, request.user, digest=digest)
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("declarations:cancel_adjustment", declaration.pk)
        messages.success(request, "调整已终止，申报表恢复为现行批复的内容。")
        return redirect("declarations:detail", declaration.pk)
    if not permissions.can_cancel_adjustment(request.user, declaration) or declaration.approved is None:
        messages.info(request, "该申报表现在没有可以终止的调整。")
        return redirect("declarations:detail", declaration.pk)
    document = selectors.document_of(declaration)
    context = {
        "declaration": declaration,
        "adjustment": versions.adjustment_of(declaration),
        "digest": document.digest(),
        "comparison": compare(selectors.sealed_document(declaration.approved), document),
    }
    return render(request, "declarations/cancel_adjustment.html", context)


def _own_declaration_or_404(request: Request, declaration_id: int) -> Declaration:
    """The declaration, where adjusting it is the person's business in any status."""
    declaration = declaration_or_404(request, declaration_id)
    if not permissions.submits(request.user, declaration):
        raise Http404
    return declaration
