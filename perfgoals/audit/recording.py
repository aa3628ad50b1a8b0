"""Writing to the log; it knows nothing of those who call it."""

from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils import timezone

from perfgoals.audit.chain import hash_of, seal_of, secrets
from perfgoals.audit.enums import Action
from perfgoals.audit.models import LogEntry, LogHead
from perfgoals.audit.origin import current_origin


class Actor(Protocol):
    """An account, as far as the log looks at it."""

    pk: Any

    @property
    def name(self) -> str: ...
    @property
    def department(self) -> object | None: ...
    @property
    def office(self) -> object | None: ...
    def get_role_display(self) -> str: ...


def record(
    actor: Actor | None,
    action: Action,
    *,
    subject: str = "",
    declaration_id: int | None = None,
    digest: str = "",
    text: str = "",
    at: datetime | None = None,
) -> LogEntry:
    """Write what `actor` does, now or `at`, as the next entry; without an actor nobody is signed in.

    Belongs to the transaction of the caller, as its last write: from here until it ends all others who write to the log
    wait, and nobody may wait for them. `TransactionManagementError` outside of one, `IntegrityError` where what was
    written before breaks a constraint.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The log is written in the transaction of what it tells.")
    entry = LogEntry(
        at=at or timezone.now(),
        address=current_origin(),
        action=action,
        subject=subject,
        declaration_id=declaration_id,
        digest=digest,
        text=text,
    )
    if actor is not None:
        entry.actor_id = actor.pk
        entry.actor_name = actor.name
        entry.actor_role = actor.get_role_display()
        entry.actor_place = str(actor.department or actor.office or "")
    if connection.vendor == "postgresql":
        # Foreign keys are looked at when the transaction ends, and that can mean to wait for others: do it before.
        connection.check_constraints()
    secret = secrets()[0]
    head, _ = LogHead.objects.select_for_update().get_or_create(pk=LogHead.ONLY)
    entry.number, entry.previous = head.number + 1, head.hash
    entry.hash = hash_of(entry, secret)
    entry.save(force_insert=True)
    head.number, head.hash = entry.number, entry.hash
    head.seal = seal_of(head, secret)
    head.save(update_fields=["number", "hash", "seal"])
    return entry
