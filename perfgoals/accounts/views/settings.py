"""What everybody sets about oneself."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from perfgoals.accounts import services
from perfgoals.accounts.access import EVERYBODY, Request, allow
from perfgoals.accounts.forms import SettingsForm


@allow(EVERYBODY)
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponseBase:
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=request.user)
    if form.is_valid():
        services.change_settings(request.user, **form.cleaned_data)
        messages.success(request, "个人设置已保存。")
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form})
