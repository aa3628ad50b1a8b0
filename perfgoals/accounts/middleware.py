from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.deprecation import MiddlewareMixin

from perfgoals.accounts.access import ADMINISTRATORS, Request
from perfgoals.redirects import to_whole_page

PAGE = "accounts:password_change"


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Leads people who are not signed in to the sign-in page, save where that would lose what they have typed.

    A form that is sent after its session has ended is answered by a page that tells how to go on (401).
    """

    def handle_no_permission(  # type: ignore[override]  # the stubs know redirects only; Django returns what it gets
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        return render(request, "accounts/signed_out.html", status=401)


class NoStoreMiddleware(MiddlewareMixin):
    """What people see when they are signed in is not kept by the browser: after signing out, "back" shows nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class PasswordChangeRequiredMiddleware(MiddlewareMixin):
    """Lead people whose password somebody else chose to the password page, whatever page they ask for."""

    def process_view(
        self, request: Request, view: Callable[..., HttpResponseBase], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if not request.user.is_authenticated or not request.user.must_change_password:
            return None
        if getattr(view, "allowed_roles", ADMINISTRATORS) is None:  # public
            return None
        if request.resolver_match and request.resolver_match.view_name == PAGE:
            return None
        return to_whole_page(request, reverse(PAGE))
