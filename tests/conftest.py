"""What holds for all tests."""

import time
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseOperations as PostgresOperations
from django.db.backends.sqlite3.base import DatabaseOperations as SQLiteOperations
from psycopg.errors import DeadlockDetected
from pytest_django import DjangoDbBlocker

OTHERS_REST_WITHIN_SECONDS = 20
MAX_DEADLOCKS = 10
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--with-database-only",
        action="store_true",
        help="leave out the tests that touch no database: on another one they would do the same again",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what touches no database, where that is asked for; pytest-django stops a test that does unasked."""
    if not config.getoption("--with-database-only"):
        return
    left_out = [item for item in items if not touches_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if touches_database(item)]


def touches_database(item: pytest.Item) -> bool:
    fixtures: set[str] = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(DATABASE_FIXTURES & fixtures)


def beside_triggers(sql_flush: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Wrap SQLite's `sql_flush` so that triggers step aside while tables are emptied.

    It empties them with DELETE, which the triggers of append-only tables refuse; PostgreSQL's TRUNCATE fires none.
    """

    def flush(self: SQLiteOperations, style: object, tables: list[str], **options: bool) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        return [
            *(f"DROP TRIGGER {self.quote_name(name)}" for name, _ in triggers),
            *sql_flush(self, style, tables, **options),
            *(sql for _, sql in triggers),
        ]

    return flush


def when_others_rest(sql_flush: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Wrap PostgreSQL's `sql_flush` so that it waits for the transactions of others to end.

    A page that its test has closed may have asked the server for something last, and TRUNCATE and that answer would
    wait for one another: a deadlock. It can begin at any moment, so that this makes one rare, not impossible.
    """

    def flush(self: PostgresOperations, *args: object, **options: bool) -> list[str]:
        until = time.monotonic() + OTHERS_REST_WITHIN_SECONDS
        with self.connection.cursor() as cursor:
            while time.monotonic() < until:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
                )
                if cursor.fetchone() == (0,):
                    break
                time.sleep(0.05)
        return sql_flush(self, *args, **options)

    return flush


def again_after_deadlock(execute_sql_flush: Callable[..., None]) -> Callable[..., None]:
    """Wrap PostgreSQL's `execute_sql_flush` so that it begins anew where the server has given its locks to another.

    The other is then done: each deadlock is one request of a closed page less.
    """

    def execute(self: PostgresOperations, sql_list: list[str]) -> None:
        for deadlocks in range(MAX_DEADLOCKS + 1):
            try:
                return execute_sql_flush(self, sql_list)
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected) or deadlocks == MAX_DEADLOCKS:
                    raise
        return None

    return execute


@pytest.fixture(scope="session", autouse=True)
def flush_safely() -> None:
    """Let transactional tests clean up after rows that may never be deleted, and after pages that are just closed."""
    SQLiteOperations.sql_flush = beside_triggers(SQLiteOperations.sql_flush)
    PostgresOperations.sql_flush = when_others_rest(PostgresOperations.sql_flush)
    PostgresOperations.execute_sql_flush = again_after_deadlock(PostgresOperations.execute_sql_flush)


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
