"""What django-axes asks about an attempt to sign in; settings.py names these functions."""

import unicodedata
from ipaddress import ip_address
from typing import Any

from django.http import HttpRequest

UNKNOWN_ADDRESS = "::"


def client_address(request: HttpRequest) -> str:
    """The address of the connection, never one that a header claims. It is only recorded, it decides nothing.

    A socket without an address counts as one fixed address: the table of attempts is unique by address, and would not
    be with an empty one.
    """
    # The column of PostgreSQL does not take the zone of a link-local address.
    address, _, _ = str(request.META.get("REMOTE_ADDR", "")).partition("%")
    try:
        return str(ip_address(address))
    except ValueError:
        return UNKNOWN_ADDRESS


def lockout_key(username: str) -> str:
    """The name under which wrong passwords are counted: the same for every spelling that reaches the account."""
    return unicodedata.normalize("NFKC", username).strip().casefold()[:255]


def attempted_username(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """The lock-out key of the attempt; None where no username was given."""
    username = (credentials or request.POST).get("username")
    return None if username is None else lockout_key(str(username))
