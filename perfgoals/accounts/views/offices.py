from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from perfgoals.accounts import services
from perfgoals.accounts.access import ADMINISTRATORS, Request, allow
from perfgoals.accounts.forms import OfficeFilter, OfficeForm, refusals_on
from perfgoals.accounts.models import ReviewOffice
from perfgoals.paging import paged


@allow(ADMINISTRATORS)
@require_safe
def office_list(request: Request) -> HttpResponseBase:
    filters = OfficeFilter(request.GET)
    offices = (
        filters.apply(ReviewOffice.objects.all())
        .annotate(departments_count=Count("departments", distinct=True), people_count=Count("people", distinct=True))
        .order_by("kind", "name")
    )
    return render(request, "accounts/office_list.html", {"filters": filters, **paged(request, offices)})


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
def office_create(request: Request) -> HttpResponseBase:
    return _edit(request, ReviewOffice())


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
def office_edit(request: Request, pk: int) -> HttpResponseBase:
    return _edit(request, get_object_or_404(ReviewOffice, pk=pk))


def _edit(request: Request, office: ReviewOffice) -> HttpResponseBase:
    is_new = office.pk is None
    form = OfficeForm(request.POST if request.method == "POST" else None, instance=office)
    if form.is_valid():
        with refusals_on(form):
            services.store_office(office, by=request.user)
            messages.success(request, f"科室“{office}”已保存。")
            return redirect("accounts:office_list")
    return render(request, "accounts/office_form.html", {"form": form, "is_new": is_new})
