"""What an entry says, and that nobody can write, change or remove one in another way."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from perfgoals.accounts.enums import OfficeKind, Role
from perfgoals.audit.enums import Action
from perfgoals.audit.models import LogEntry, LogHead
from perfgoals.audit.recording import record
from perfgoals.audit.verification import verify
from tests.audit import logs
from tests.declarations import builders
from tests.declarations.races import race

NOW = datetime(2023, 3, 2, 1, 0, 0, 123456, tzinfo=UTC)
WRITERS, WRITES = 8, 25


def test_entry_holds_what_was_said_and_who_it_was_then(db: None) -> None:
    department = builders.department(name="市教育局")
    preparer = builders.user(Role.PREPARER, name="张伟", department=department)
    with time_machine.travel(NOW, tick=False):
        logs.entry()
        written = logs.entry(
            preparer,
            Action.SUBMIT,
            subject="市教育局 2023 年度申报表",
            declaration_id=7,
            digest="ab12",
            text="第 1 次送审",
        )
    department.name = "市教育体育局"
    department.save()
    stored = logs.values(LogEntry.objects.get(number=2))
    assert stored == logs.values(written)
    assert stored == {
        "number": 2,
        "at": NOW,
        "actor_id": preparer.pk,
        "actor_name": "张伟",
        "actor_role": "部门填报人",
        "actor_place": "市教育局",
        "address": "命令行",
        "action": "submit",
        "subject": "市教育局 2023 年度申报表",
        "declaration_id": 7,
        "digest": "ab12",
        "text": "第 1 次送审",
        "previous": LogEntry.objects.get(number=1).hash,
        "hash": written.hash,
    }
    assert len(written.hash) == 64


def test_entry_holds_the_time_that_is_given(db: None) -> None:
    assert logs.entry(at=NOW).at == NOW


def test_entry_names_the_office_of_a_reviewer_and_no_place_of_an_auditor(db: None) -> None:
    office = builders.office(OfficeKind.PERFORMANCE, name="绩效管理科")
    reviewer = builders.user(Role.PERFORMANCE_REVIEWER, office=office)
    people = [reviewer, builders.user(Role.AUDITOR), None]
    written = [logs.entry(person) for person in people]
    assert [(entry.actor_role, entry.actor_place) for entry in written] == [
        ("绩效科审核人", "绩效管理科"),
        ("审计人员", ""),
        ("", ""),
    ]


def test_head_names_the_last_entry(db: None) -> None:
    *_, last = logs.entries(3)
    head = LogHead.objects.get()
    assert (head.number, head.hash) == (3, last.hash)


@pytest.mark.django_db(transaction=True)
def test_record_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError, match="in the transaction of what it tells"):
        record(None, Action.SIGN_IN)
    assert not LogEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_transaction_that_is_rolled_back_leaves_no_gap() -> None:
    logs.entry(subject="前")
    with transaction.atomic():
        record(None, Action.SIGN_IN, subject="没有发生")
        transaction.set_rollback(True)
    logs.entry(subject="后")
    assert list(LogEntry.objects.values_list("number", "subject")) == [(1, "前"), (2, "后")]
    assert verify().faults == []


@pytest.mark.django_db(transaction=True)
def test_many_who_write_at_once_leave_a_log_without_gaps() -> None:
    people = [builders.user(Role.AUDITOR) for _ in range(WRITERS)]

    def write(person) -> None:
        for _ in range(WRITES):
            logs.entry(person)

    race(*(partial(write, person) for person in people))
    assert list(LogEntry.objects.values_list("number", flat=True)) == list(range(1, WRITERS * WRITES + 1))
    assert [LogEntry.objects.filter(actor=person).count() for person in people] == [WRITES] * WRITERS
    assert verify().faults == []


@pytest.mark.django_db(transaction=True)
def test_log_that_is_being_written_to_verifies() -> None:
    logs.entry()

    def write() -> None:
        for _ in range(WRITES):
            logs.entry()

    _, *reports = race(write, *(lambda: [verify() for _ in range(WRITES)] for _ in range(2)))
    assert [report.faults for several in reports for report in several] == [[]] * (2 * WRITES)


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


REFUSED: dict[str, Callable[[], object]] = {
    "save": lambda: LogEntry(**logs.values(LogEntry.objects.get(number=1)) | {"text": "改"}).save(),
    "update": lambda: LogEntry.objects.filter(number=1).update(text="改"),
    "update by SQL": lambda: execute("UPDATE audit_logentry SET text = '改'"),
    "delete": lambda: LogEntry.objects.get(number=2).delete(),
    "delete by SQL": lambda: execute("DELETE FROM audit_logentry"),
    "delete the head": lambda: LogHead.objects.all().delete(),
    "delete the head by SQL": lambda: execute("DELETE FROM audit_loghead"),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_database_refuses_to_change_the_log(db: None, change: Callable[[], object]) -> None:
    logs.entries(2)
    before = [logs.values(entry) for entry in LogEntry.objects.all()]
    with pytest.raises(IntegrityError, match="the log is append-only"), transaction.atomic():
        change()
    assert [logs.values(entry) for entry in LogEntry.objects.all()] == before
    assert verify().faults == []


def test_database_refuses_to_put_an_entry_in_the_place_of_another(db: None) -> None:
    logs.entries(2)
    columns = ", ".join(field.column for field in LogEntry._meta.concrete_fields)
    insert = "INSERT" if connection.vendor == "postgresql" else "INSERT OR REPLACE"
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(f"{insert} INTO audit_logentry ({columns}) SELECT {columns} FROM audit_logentry WHERE number = 1")  # noqa: S608
    assert verify().faults == []
