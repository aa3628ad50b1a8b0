"""Signing in and out, and the own password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from perfgoals.accounts import selectors, services
from perfgoals.accounts.access import EVERYBODY, Request, allow
from perfgoals.accounts.forms import NewPasswordForm, SignInForm
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record


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
        self.was_locked = bool(selectors.locked_usernames([request.POST.get("username", "")]))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            record(form.get_user(), Action.SIGN_IN)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        # Whoever goes on trying during a lock-out, which costs nothing, must not fill the log.
        if form.has_error(NON_FIELD_ERRORS) and not self.was_locked:
            is_locked = getattr(self.request, "axes_locked_out", False)
            services.record_failed_sign_in(form.cleaned_data["username"], is_locked=is_locked)
        return super().form_invalid(form)

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        target = super().get_redirect_url()
        # Neither is a place to go on to: one would lead in a circle, the other takes POST only.
        if target.partition("?")[0] in (reverse("accounts:login"), reverse("accounts:logout")):
            return ""
        return target


class SignOutView(LogoutView):
    """Signing out; the browser forgets what the site has kept in it, also where our script could not see to that."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        person = request.user
        with transaction.atomic():
            response = super().post(request, *args, **kwargs)
            if person.is_authenticated:
                record(person, Action.SIGN_OUT)
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
