"""What django-axes asks about an attempt to sign in; settings.py names these functions."""

import unicodedata
from typing import Any

from django.http import HttpRequest


def lockout_key(username: str) -> str:
    """The name under which wrong passwords are counted: the same for every spelling that reaches the account."""
    return unicodedata.normalize("NFKC", username).strip().casefold()[:255]


def attempted_username(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """The lock-out key of the attempt; None where no username was given."""
    username = (credentials or request.POST).get("username")
    return None if username is None else lockout_key(str(username))
