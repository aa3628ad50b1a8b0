from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from perfgoals.accounts import selectors, services
from perfgoals.accounts.access import ADMINISTRATORS, Request, allow
from perfgoals.accounts.forms import AccountFilter, AccountForm, refusals_on
from perfgoals.accounts.models import User
from perfgoals.paging import paged


@allow(ADMINISTRATORS)
@require_safe
def user_list(request: Request) -> HttpResponseBase:
    filters = AccountFilter(request.GET)
    accounts = filters.apply(User.objects.select_related("department", "office"))
    context = {"filters": filters, **paged(request, accounts)}
    context["locked"] = selectors.locked_usernames(account.username for account in context["page"])
    return render(request, "accounts/user_list.html", context)


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
@never_cache
def user_create(request: Request) -> HttpResponseBase:
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            account, password = services.create_account(by=request.user, **form.cleaned_data)
            return render(request, "accounts/initial_password.html", {"account": account, "password": password})
    return render(request, "accounts/user_create.html", {"form": form})


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
def user_edit(request: Request, pk: int) -> HttpResponseBase:
    account = get_object_or_404(User, pk=pk)
    form = AccountForm(request.POST if request.method == "POST" else None, instance=account)
    if form.is_valid():
        changes = {field: value for field, value in form.cleaned_data.items() if field != "username"}
        with refusals_on(form):
            services.change_account(account, by=request.user, **changes)
            messages.success(request, f"账号“{account.username}”已保存。")
            return redirect("accounts:user_list")
    is_locked = bool(selectors.locked_usernames([account.username]))
    return render(request, "accounts/user_edit.html", {"form": form, "account": account, "is_locked": is_locked})


@allow(ADMINISTRATORS)
@require_POST
@never_cache
def user_reset_password(request: Request, pk: int) -> HttpResponseBase:
    account = get_object_or_404(User, pk=pk)
    if account == request.user:
        messages.error(request, "请通过“修改密码”更改自己的密码。")
        return redirect("accounts:user_edit", pk)
    # Shown in this very answer, and never kept in a session or a message.
    password = services.reset_password(account, by=request.user)
    return render(request, "accounts/initial_password.html", {"account": account, "password": password})


@allow(ADMINISTRATORS)
@require_POST
def user_unlock(request: Request, pk: int) -> HttpResponseBase:
    account = get_object_or_404(User, pk=pk)
    services.unlock(account, by=request.user)
    messages.success(request, f"账号“{account.username}”已解除锁定。")
    return redirect("accounts:user_edit", pk)
