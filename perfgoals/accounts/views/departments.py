from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from perfgoals.accounts import selectors, services
from perfgoals.accounts.access import ADMINISTRATORS, Request, allow
from perfgoals.accounts.forms import DepartmentFilter, DepartmentForm, refusals_on
from perfgoals.accounts.models import Department
from perfgoals.paging import paged


@allow(ADMINISTRATORS)
@require_safe
def department_list(request: Request) -> HttpResponseBase:
    filters = DepartmentFilter(request.GET)
    departments = filters.apply(Department.objects.select_related("superior", "office"))
    context = {"filters": filters, **paged(request, selectors.in_tree_order(departments))}
    return render(request, "accounts/department_list.html", context)


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
def department_create(request: Request) -> HttpResponseBase:
    return _edit(request, Department())


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
def department_edit(request: Request, pk: int) -> HttpResponseBase:
    return _edit(request, get_object_or_404(Department, pk=pk))


def _edit(request: Request, department: Department) -> HttpResponseBase:
    is_new = department.pk is None
    form = DepartmentForm(request.POST if request.method == "POST" else None, instance=department)
    if form.is_valid():
        with refusals_on(form):
            services.store_department(department, by=request.user)
            messages.success(request, f"部门（单位）“{department}”已保存。")
            return redirect("accounts:department_list")
    return render(request, "accounts/department_form.html", {"form": form, "is_new": is_new})
