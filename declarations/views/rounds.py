"""The administrators' pages of rounds, and the official table of a template."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from declarations import round_selectors, round_services
from declarations.exports.table import layout
from declarations.forms.rounds import ExtensionForm, RoundForm
from declarations.models import Round
from declarations.round_services import RoundRefused
from indicators.models import IndicatorTemplate
from perfgoals.accounts.access import ADMINISTRATORS, Request, allow
from perfgoals.accounts.forms import refusals_on
from perfgoals.times import printed_time


@allow(ADMINISTRATORS)
@require_safe
def listing(request: Request) -> HttpResponse:
    """All rounds with how far they are."""
    rounds = round_selectors.rounds_with_counts(request.user, timezone.now())
    return render(request, "declarations/round_list.html", {"rounds": rounds})


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
def create(request: Request) -> HttpResponse:
    form = RoundForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form, RoundRefused):
            round_ = round_services.create_round(form.values(), by=request.user)
            messages.success(request, f"申报批次“{round_}”已创建。")
            return redirect("declarations:round_list")
    return render(request, "declarations/round_create.html", {"form": form})


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
def edit(request: Request, round_id: int) -> HttpResponse:
    round_ = get_object_or_404(Round, pk=round_id)
    form = RoundForm(request.POST or None, instance=round_)
    if form.is_valid():
        with refusals_on(form, RoundRefused):
            round_services.change_round(round_id, form.values(), by=request.user)
            messages.success(request, f"申报批次“{round_}”已保存。")
            return redirect("declarations:round_list")
    chosen = request.GET.get("department")
    known = next((known for known in round_.extensions.all() if str(known.department_id) == chosen), None)
    return _round_page(request, round_id, form, ExtensionForm(round_, instance=known))


@allow(ADMINISTRATORS)
@require_POST
def extend(request: Request, round_id: int) -> HttpResponse:
    """Let one department fill in and submit for longer."""
    round_ = get_object_or_404(Round, pk=round_id)
    form = ExtensionForm(round_, request.POST)
    if form.is_valid():
        with refusals_on(form, RoundRefused, "closes_at"):
            extension = round_services.grant_extension(round_id, granted_by=request.user, **form.cleaned_data)
            closing = printed_time(extension.closes_at)
            messages.success(request, f"{extension.department}的截止时间已延至 {closing}。")
            return redirect("declarations:round_edit", round_id)
    return _round_page(request, round_id, RoundForm(instance=round_), form)


def _round_page(request: Request, round_id: int, form: RoundForm, extension_form: ExtensionForm) -> HttpResponse:
    # Read anew: validating a form writes what was typed over the round that it was made for.
    round_ = Round.objects.get(pk=round_id)
    now = timezone.now()
    context = {
        "round": round_,
        "state": round_selectors.state_of(round_, now),
        "to_chase": round_selectors.departments_to_chase(round_, now),
        "form": form,
        "extension_form": extension_form,
        "extensions": round_.extensions.select_related("department", "granted_by").order_by("department__code"),
    }
    return render(request, "declarations/round_edit.html", context)


@allow(ADMINISTRATORS)
@require_safe
def template_preview(request: Request, template_id: int) -> HttpResponse:
    """The official table of a template with nothing filled in."""
    template = get_object_or_404(IndicatorTemplate, pk=template_id)
    document = round_selectors.template_document(template)
    table = layout(document, document.printing)
    return render(request, "declarations/template_preview.html", {"template": template, "table": table})
