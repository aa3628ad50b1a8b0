"""Each way to tamper with the log is found, by the numbers of the entries."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from perfgoals.accounts.enums import Role
from perfgoals.audit import verification
from perfgoals.audit.chain import HASHED, hash_of, seal_of
from perfgoals.audit.models import LogEntry, LogHead
from perfgoals.audit.verification import Fault, FaultKind, verify
from tests.audit import logs
from tests.declarations import builders

ENTRIES = 6
CHANGED, MOVED, DELETED = FaultKind.CHANGED, FaultKind.MOVED, FaultKind.DELETED
BEYOND, CUT, UNLINKED = FaultKind.BEYOND, FaultKind.CUT, FaultKind.UNLINKED
HEAD_CHANGED, HEAD_DELETED, UNLIKE_NOTED = FaultKind.HEAD_CHANGED, FaultKind.HEAD_DELETED, FaultKind.UNLIKE_NOTED


@pytest.fixture
def log(db: None) -> list[LogEntry]:
    """Six entries that nothing protects any more."""
    person = builders.user(Role.AUDITOR)
    made = [logs.entry(person, subject=f"事项{number}", declaration_id=number) for number in range(1, ENTRIES + 1)]
    logs.disarm()
    return made


def faults(noted: tuple[int, str] | None = None) -> list[tuple[FaultKind, int, int]]:
    return [(fault.kind, fault.first, fault.last) for fault in verify(noted).faults]


def test_every_column_is_hashed() -> None:
    assert sorted(field.attname for field in LogEntry._meta.concrete_fields) == sorted([*HASHED, "hash"])


def test_log_that_nobody_touched_has_no_faults(log: list[LogEntry]) -> None:
    report = verify()
    assert (report.entries, str(report.head), report.faults) == (ENTRIES, f"{ENTRIES}:{log[-1].hash}", [])


def test_log_without_entries_has_no_faults(db: None) -> None:
    report = verify()
    assert (report.entries, report.head, report.faults) == (0, None, [])


def test_log_without_entries_after_a_rollback_has_no_faults(db: None) -> None:
    LogHead.objects.create(pk=LogHead.ONLY, seal=seal_of(LogHead(), settings.SECRET_KEY))
    assert faults() == []


@pytest.mark.parametrize("number", [1, 3, ENTRIES])
@pytest.mark.parametrize("column", [*(name for name in HASHED if name != "number"), "hash"])
def test_changed_entry_is_found(log: list[LogEntry], column: str, number: int) -> None:
    before = getattr(log[number - 1], column)
    changed: dict[str, Any] = {
        "at": log[0].at + timedelta(microseconds=1),
        "actor_id": None,
        "declaration_id": 99,
        "previous": "0" * 64,
        "hash": "0" * 64,
    }
    value = changed.get(column, "改" if isinstance(before, str) else None)
    assert value != before
    logs.change(number, **{column: value})
    assert faults() == [(CHANGED, number, number)]


def test_changed_number_is_found(log: list[LogEntry]) -> None:
    logs.renumber((3, 99))
    assert faults() == [(DELETED, 3, 3), (BEYOND, 99, 99)]


def test_entry_with_a_hash_made_without_the_key_is_found(log: list[LogEntry]) -> None:
    forged = log[2]
    forged.text = "改"
    forged.hash = hash_of(forged, "a guess")
    logs.change(3, text=forged.text, hash=forged.hash)
    logs.change(4, previous=forged.hash)
    assert faults() == [(CHANGED, 3, 4)]


def test_texts_that_change_places_are_found(log: list[LogEntry]) -> None:
    logs.change(2, subject="事项5", declaration_id=5)
    logs.change(5, subject="事项2", declaration_id=2)
    assert faults() == [(CHANGED, 2, 2), (CHANGED, 5, 5)]


@pytest.mark.parametrize(("numbers", "first", "last"), [((1,), 1, 1), ((3,), 3, 3), ((2, 3, 4), 2, 4)])
def test_deleted_entries_are_found(log: list[LogEntry], numbers: tuple[int, ...], first: int, last: int) -> None:
    logs.delete(*numbers)
    assert faults() == [(DELETED, first, last)]


def test_deleted_entry_is_found_where_the_others_moved_up(log: list[LogEntry]) -> None:
    logs.delete(3)
    logs.renumber((4, 3), (5, 4), (6, 5))
    assert faults() == [(MOVED, 3, 5), (CUT, 6, 6)]


def test_inserted_entry_is_found(log: list[LogEntry]) -> None:
    logs.renumber((6, 7), (5, 6), (4, 5))
    LogEntry.objects.create(**logs.values(log[2]) | {"number": 4, "text": "插入"})
    assert faults() == [(CHANGED, 4, 4), (MOVED, 5, 6), (BEYOND, 7, 7)]


def test_entry_inserted_twice_is_found(log: list[LogEntry]) -> None:
    logs.renumber((6, 7), (5, 6), (4, 5))
    LogEntry.objects.create(**logs.values(log[2]) | {"number": 4})
    assert faults() == [(MOVED, 4, 6), (BEYOND, 7, 7)]


@pytest.mark.parametrize("number", [0, ENTRIES + 1, 99])
def test_entry_inserted_outside_is_found(log: list[LogEntry], number: int) -> None:
    LogEntry.objects.create(**logs.values(log[-1]) | {"number": number})
    assert faults() == [(BEYOND, number, number)]


@pytest.mark.parametrize(("one", "other"), [(2, 3), (1, 6), (2, 5)])
def test_swapped_entries_are_found(log: list[LogEntry], one: int, other: int) -> None:
    logs.renumber((one, 99), (other, one), (99, other))
    found = [(MOVED, 2, 3)] if other - one == 1 else [(MOVED, one, one), (MOVED, other, other)]
    assert faults() == found


@pytest.mark.parametrize("left", [0, 1, ENTRIES - 1])
def test_cut_tail_is_found(log: list[LogEntry], left: int) -> None:
    logs.delete(*range(left + 1, ENTRIES + 1))
    assert faults() == [(CUT, left + 1, ENTRIES)]


def test_cut_tail_is_found_where_the_head_was_set_back_without_the_key(log: list[LogEntry]) -> None:
    logs.delete(5, 6)
    logs.set_head(number=4, hash=log[3].hash)
    assert faults() == [(HEAD_CHANGED, 4, 4)]
    logs.set_head(seal=seal_of(LogHead(number=4, hash=log[3].hash), "a guess"))
    assert faults() == [(HEAD_CHANGED, 4, 4)]


def test_cut_tail_is_found_where_the_head_was_deleted(log: list[LogEntry]) -> None:
    logs.delete(5, 6)
    LogHead.objects.all().delete()
    assert faults() == [(HEAD_DELETED, 4, 4)]


@pytest.mark.parametrize(("column", "value"), [("hash", "0" * 64), ("seal", "0" * 64), ("number", ENTRIES - 1)])
def test_changed_head_is_found(log: list[LogEntry], column: str, value: Any) -> None:
    logs.set_head(**{column: value})
    found = {
        "hash": [(HEAD_CHANGED, 6, 6), (UNLINKED, 6, 6)],
        "seal": [(HEAD_CHANGED, 6, 6)],
        "number": [(HEAD_CHANGED, 5, 5), (UNLINKED, 5, 5), (BEYOND, 6, 6)],
    }
    assert faults() == found[column]


def test_head_of_an_earlier_time_is_found(log: list[LogEntry]) -> None:
    earlier = LogHead(number=4, hash=log[3].hash)
    logs.set_head(number=4, hash=earlier.hash, seal=seal_of(earlier, settings.SECRET_KEY))
    assert faults() == [(BEYOND, 5, 6)]


def test_old_backup_that_was_put_back_is_found_by_what_was_noted(log: list[LogEntry]) -> None:
    noted = (ENTRIES, log[-1].hash)
    assert faults(noted) == []
    logs.delete(5, 6)
    earlier = LogHead(number=4, hash=log[3].hash)
    logs.set_head(number=4, hash=earlier.hash, seal=seal_of(earlier, settings.SECRET_KEY))
    assert faults() == []
    assert faults(noted) == [(UNLIKE_NOTED, 6, 6)]
    assert faults((4, log[3].hash)) == []
    logs.entries(2)
    assert faults() == []
    assert faults(noted) == [(UNLIKE_NOTED, 6, 6)]


def test_mixture_of_a_backup_and_what_was_written_since_is_found(log: list[LogEntry]) -> None:
    logs.delete(4, 5, 6)
    earlier = LogHead(number=3, hash=log[2].hash)
    logs.set_head(number=3, hash=earlier.hash, seal=seal_of(earlier, settings.SECRET_KEY))
    logs.entries(3)
    logs.delete(4)
    LogEntry.objects.create(**logs.values(log[3]))
    assert faults() == [(UNLINKED, 5, 5)]
    logs.delete(6)
    LogEntry.objects.create(**logs.values(log[5]))
    assert faults() == [(UNLINKED, 5, 6)]


def test_log_written_with_an_earlier_key_verifies_as_long_as_the_key_is_listed(log: list[LogEntry]) -> None:
    earlier = settings.SECRET_KEY
    with override_settings(SECRET_KEY="a new key", SECRET_KEY_FALLBACKS=[earlier]):
        assert faults() == []
        logs.entry()
        assert faults() == []
    with override_settings(SECRET_KEY="a new key", SECRET_KEY_FALLBACKS=[]):
        assert faults() == [(CHANGED, 1, ENTRIES)]


def test_faults_of_a_whole_log_are_told_as_one(log: list[LogEntry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "KEPT", 2)
    with override_settings(SECRET_KEY="a new key"):
        assert faults() == [(CHANGED, 1, ENTRIES), (HEAD_CHANGED, ENTRIES, ENTRIES)]


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault(CHANGED, 3, 3), "第 3 条：内容被更改"),
        (Fault(DELETED, 3, 5), "第 3 至 5 条：被删除"),
    ],
)
def test_fault_in_words(fault: Fault, text: str) -> None:
    assert str(fault) == text
