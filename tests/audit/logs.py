"""Logs for tests, and what somebody does to them who has the database but not the key."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from perfgoals.accounts.models import User
from perfgoals.audit.enums import Action
from perfgoals.audit.models import LogEntry, LogHead
from perfgoals.audit.recording import record


def entry(actor: User | None = None, action: Action = Action.SIGN_IN, **fields: Any) -> LogEntry:
    """A new entry, in a transaction of its own."""
    with transaction.atomic():
        return record(actor, action, **fields)


def entries(count: int) -> list[LogEntry]:
    """New entries with different subjects."""
    return [entry(subject=f"事项{number}") for number in range(1, count + 1)]


def disarm() -> None:
    """Take the triggers away that refuse changes, until the transaction of the test is rolled back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table with checks pending cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in (LogEntry._meta.db_table, LogHead._meta.db_table):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")


def change(number: int, /, **fields: Any) -> None:
    """Write into the entry of that number."""
    assert LogEntry.objects.filter(number=number).update(**fields) == 1


def renumber(*numbers: tuple[int, int]) -> None:
    """Give entries other numbers, from and to, one after the other."""
    for old, new in numbers:
        change(old, number=new)


def delete(*numbers: int) -> None:
    """Delete the entries of those numbers."""
    assert LogEntry.objects.filter(number__in=numbers).delete()[0] == len(numbers)


def set_head(**fields: Any) -> None:
    """Write into the head."""
    assert LogHead.objects.update(**fields) == 1


def values(row: Model) -> dict[str, Any]:
    """What is stored of the row, by column."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
