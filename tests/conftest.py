"""What holds for all tests."""

from collections.abc import Callable

import pytest
from django.db.backends.sqlite3.base import DatabaseOperations


def beside_triggers(sql_flush: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Wrap SQLite's `sql_flush` so that triggers step aside while tables are emptied.

    It empties them with DELETE, which the triggers of append-only tables refuse; PostgreSQL's TRUNCATE fires none.
    """

    def flush(self: DatabaseOperations, style: object, tables: list[str], **options: bool) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        return [
            *(f"DROP TRIGGER {self.quote_name(name)}" for name, _ in triggers),
            *sql_flush(self, style, tables, **options),
            *(sql for _, sql in triggers),
        ]

    return flush


@pytest.fixture(scope="session", autouse=True)
def flush_beside_triggers() -> None:
    """Let transactional tests clean up after rows that may never be deleted."""
    DatabaseOperations.sql_flush = beside_triggers(DatabaseOperations.sql_flush)
