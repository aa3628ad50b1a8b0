"""From where the site is asked for something: kept for as long as a request is answered."""

from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

COMMAND_LINE = "命令行"
UNKNOWN_ADDRESS = "::"

_origin: ContextVar[str] = ContextVar("origin", default=COMMAND_LINE)


def current_origin() -> str:
    """The address that the request being answered comes from, or 命令行 where there is none."""
    return _origin.get()


def client_address(request: HttpRequest) -> str:
    """The address of the connection or, behind TRUSTED_PROXIES proxies, what the outermost of them saw.

    Each proxy adds at the right of X-Forwarded-For who connected to it; what stands further left, anybody can claim.
    Without an address that can be read it is a fixed one: django-axes counts attempts by address, and would not an
    empty one.
    """
    claimed = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [*(claimed.split(",") if claimed else []), str(request.META.get("REMOTE_ADDR", ""))]
    # The column of PostgreSQL does not take the zone of a link-local address.
    address, _, _ = hops[-1 - min(settings.TRUSTED_PROXIES, len(hops) - 1)].strip().partition("%")
    try:
        return str(ip_address(address))
    except ValueError:
        return UNKNOWN_ADDRESS


class OriginMiddleware:
    """Lets the log know where the request comes from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = _origin.set(client_address(request))
        try:
            return self.get_response(request)
        finally:
            _origin.reset(before)
