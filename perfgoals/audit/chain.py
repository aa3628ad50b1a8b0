"""How entries are chained: each hash covers all that the entry says and the hash of the entry before.

The hashes need a key that comes from SECRET_KEY: whoever has the database alone cannot make a log that verifies.
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from perfgoals.audit.models import LogEntry, LogHead

HASHED = (
    "number",
    "at",
    "actor_id",
    "actor_name",
    "actor_role",
    "actor_place",
    "address",
    "action",
    "subject",
    "declaration_id",
    "digest",
    "text",
    "previous",
)
SEALED = ("number", "hash")


def secrets() -> list[str]:
    """The key that the log is written with, then the earlier ones, with which older entries were."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def hash_of(entry: LogEntry, secret: str) -> str:
    """The hash that the entry has to have, 64 hexadecimal digits."""
    return _keyed_hash("perfgoals.audit.LogEntry", {name: getattr(entry, name) for name in HASHED}, secret)


def seal_of(head: LogHead, secret: str) -> str:
    """The seal that the head has to have, 64 hexadecimal digits."""
    return _keyed_hash("perfgoals.audit.LogHead", {name: getattr(head, name) for name in SEALED}, secret)


def _keyed_hash(salt: str, values: dict[str, Any], secret: str) -> str:
    canonical = json.dumps(values, sort_keys=True, separators=(",", ":"), default=_utc)
    return salted_hmac(salt, canonical, secret=secret, algorithm="sha256").hexdigest()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
