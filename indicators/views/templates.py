"""Templates as a whole: list, create, head, publish, copy, delete."""

from copy import copy

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indicators import services
from indicators.forms import TemplateForm
from indicators.models import IndicatorTemplate
from indicators.readiness import problems_of
from indicators.services import NameIsTaken, NotReadyToPublish
from indicators.views.refusals import draft_or_refusal, template_or_gone, with_refusals
from perfgoals.accounts.access import ADMINISTRATORS, Request, allow
from perfgoals.accounts.forms import refusals_on
from perfgoals.paging import paged


@allow(ADMINISTRATORS)
@require_safe
def template_list(request: Request) -> HttpResponse:
    search = request.GET.get("q", "").replace("\0", "").strip()
    templates = IndicatorTemplate.objects.select_related("published_by")
    if search:
        templates = templates.filter(name__icontains=search)
    return render(request, "indicators/template_list.html", {"search": search, **paged(request, templates)})


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
def template_create(request: Request) -> HttpResponse:
    form = TemplateForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form, NameIsTaken, "name"):
            template = services.create_template(form.cleaned_data)
            messages.success(request, "模板草稿已创建，请添加各级指标。")
            return redirect("indicators:template_edit", template.pk)
    return render(request, "indicators/template_form.html", {"form": form})


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
@with_refusals
def template_head(request: Request, template_id: int) -> HttpResponse:
    template = draft_or_refusal(template_id)
    form = TemplateForm(request.POST or None, instance=copy(template))
    if form.is_valid():
        with refusals_on(form, NameIsTaken, "name"):
            services.change_template(template, form.cleaned_data)
            messages.success(request, "基本信息已保存。")
            return redirect("indicators:template_edit", template_id)
    return render(request, "indicators/template_form.html", {"form": form, "template": template})


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
@with_refusals
def template_publish(request: Request, template_id: int) -> HttpResponse:
    template = draft_or_refusal(template_id)
    if request.method == "POST":
        try:
            services.publish(template, request.user, timezone.now())
        except NotReadyToPublish as refusal:
            problems = refusal.problems
        else:
            messages.success(request, f"{template}已发布。")
            return redirect("indicators:template_edit", template_id)
    else:
        problems = problems_of(template)
    return render(request, "indicators/template_publish.html", {"template": template, "problems": problems})


@allow(ADMINISTRATORS)
@require_POST
@with_refusals
def template_copy(request: Request, template_id: int) -> HttpResponse:
    draft = services.copy_to_new_version(template_or_gone(template_id))
    messages.success(request, f"已复制为{draft}（草稿）。")
    return redirect("indicators:template_edit", draft.pk)


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
@with_refusals
def template_delete(request: Request, template_id: int) -> HttpResponse:
    template = draft_or_refusal(template_id)
    if request.method == "POST":
        services.delete_template(template)
        messages.success(request, f"{template}的草稿已删除。")
        return redirect("indicators:template_list")
    return render(request, "indicators/template_delete.html", {"template": template})
