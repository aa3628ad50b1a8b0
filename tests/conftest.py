"""What holds for all tests."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseOperations
from pytest_django import DjangoDbBlocker


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


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """End whatever is still connected before the database is removed, which PostgreSQL refuses otherwise.

    A thread of the live server may be busy with the answer to a page that its test has closed already.
    """
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
