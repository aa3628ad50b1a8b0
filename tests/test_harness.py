"""That transactional tests can clean up: after rows which nobody may change, and while others still read."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.management.sql import sql_flush
from django.db import IntegrityError, connection, transaction

from declarations.models import Declaration, Round, Submission
from indicators.models import IndicatorTemplate
from perfgoals.accounts.models import Department, ReviewOffice, User
from tests import conftest


def submission() -> Submission:
    office = ReviewOffice.objects.create(name="教科文科", kind="business")
    department = Department.objects.create(code="101", name="市教育局", office=office)
    round_ = Round.objects.create(
        fiscal_year=2022,
        title="2022年度整体绩效目标申报",
        template=IndicatorTemplate.objects.create(name="通用模板"),
        opens_at=datetime(2022, 1, 1, tzinfo=UTC),
        closes_at=datetime(2022, 2, 1, tzinfo=UTC),
    )
    return Submission.objects.create(
        declaration=Declaration.objects.create(round=round_, department=department),
        number=1,
        document="{}",
        digest="0" * 64,
        submitted_by=User.objects.create(username="li", role="auditor"),
        submitted_at=datetime(2022, 1, 10, tzinfo=UTC),
    )


@pytest.mark.django_db(transaction=True)
def test_flush_empties_append_only_tables_and_leaves_them_append_only():
    submission()
    call_command("flush", interactive=False, database=connection.alias)
    assert not Submission.objects.exists()

    row = submission()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    assert list(Submission.objects.all()) == [row]


def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until it is so; fails the test after `seconds`."""
    give_up_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


def is_waiting_for_a_table() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE locktype = 'relation' AND NOT granted")
        return cursor.fetchone() is not None


@pytest.mark.django_db(transaction=True)
def test_flush_begins_anew_after_a_deadlock(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one lock for all tables")
    monkeypatch.setattr(conftest, "OTHERS_REST_WITHIN_SECONDS", 0)
    submission()
    (statement,) = sql_flush(no_style(), connection, reset_sequences=False, allow_cascade=False)
    tables = statement.removeprefix("TRUNCATE ").removesuffix(";").split(", ")

    def flush() -> None:
        try:
            call_command("flush", interactive=False, reset_sequences=False)
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads, transaction.atomic(), connection.cursor() as cursor:
        # The flush waits for the last table with all others in its hands, of which this transaction then wants one.
        cursor.execute(f"LOCK TABLE {tables[-1]} IN ACCESS SHARE MODE")
        flushing = threads.submit(flush)
        until(is_waiting_for_a_table)
        cursor.execute(f"LOCK TABLE {tables[0]} IN ACCESS SHARE MODE")
        transaction.set_rollback(True)

    flushing.result()
    assert not Submission.objects.exists()
