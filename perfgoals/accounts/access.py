"""Who may call a view. Every view carries its roles or is named as public; a test walks the URLconf for it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from perfgoals.accounts.enums import DEPARTMENT_ROLES, REVIEW_ROLES, ROLES_READING_EVERYTHING, Role
from perfgoals.accounts.models import User

P = ParamSpec("P")

EVERYBODY = frozenset(Role)
DEPARTMENT_PEOPLE = DEPARTMENT_ROLES
REVIEWERS = REVIEW_ROLES
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
READERS_OF_EVERYTHING = ROLES_READING_EVERYTHING


class Request(HttpRequest):
    """A request as a view behind sign-in gets it."""

    user: User
    htmx: HtmxDetails


View = Callable[Concatenate[Request, P], HttpResponseBase]


def allow(roles: frozenset[Role]) -> Callable[[View[P]], View[P]]:
    """Let only people with one of `roles` call the view; to others the page does not exist (404).

    Inactive people never get here: Django's session backend signs them out.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.user.role not in roles:
                raise Http404
            return view(request, *args, **kwargs)

        checked.allowed_roles = roles  # type: ignore[attr-defined]  # read by the walk over the URLconf
        return checked

    return decorate


def public(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let anybody call the view, without signing in."""
    view = login_not_required(view)
    view.allowed_roles = None  # type: ignore[attr-defined]
    return view
