"""Signing in and out, and the own password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from perfgoals.accounts import services
from perfgoals.accounts.access import EVERYBODY, Request, allow
from perfgoals.accounts.forms import NewPasswordForm, SignInForm


class SignInView(LoginView):
    """Sign-in with a safe way on to `next`; people who are signed in already go on at once."""

    authentication_form = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        # django-axes stores these two; PostgreSQL takes no NUL, and not every server in front refuses it.
        for header in ("HTTP_USER_AGENT", "HTTP_ACCEPT"):
            if header in request.META:
                request.META[header] = request.META[header].replace("\0", "")
        return super().post(request, *args, **kwargs)

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        target = super().get_redirect_url()
        # Neither is a place to go on to: one would lead in a circle, the other takes POST only.
        if target.partition("?")[0] in (reverse("accounts:login"), reverse("accounts:logout")):
            return ""
        return target


class SignOutView(LogoutView):
    """Signing out; the browser forgets what the site has kept in it, also where our script could not see to that."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


@allow(EVERYBODY)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@never_cache
def password_change(request: Request) -> HttpResponseBase:
    form = NewPasswordForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.change_password(request.user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, "密码已修改。您在其他设备或浏览器上的登录已退出。")
        return redirect("home")
    return render(request, "accounts/password_change.html", {"form": form})
