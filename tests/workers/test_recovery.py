"""What becomes of tasks whose worker is gone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from declarations.bundles import tasks
from perfgoals.workers import recovery
from perfgoals.workers.models import Worker
from perfgoals.workers.recovery import MAX_ATTEMPTS, SILENCE

NOW = timezone.now()
LONG_AGO = NOW - SILENCE - timedelta(seconds=1)


@pytest.fixture
def given_up() -> list[tuple[str, list[Any]]]:
    return []


def running(*worker_ids: str, started_at: datetime = LONG_AGO) -> DBTaskResult:
    """A task that the last of the workers has under way."""
    pk = tasks.draw_part.enqueue(7).id
    DBTaskResult.objects.filter(pk=pk).update(status="RUNNING", worker_ids=list(worker_ids), started_at=started_at)
    return DBTaskResult.objects.get(pk=pk)


def at_work(worker_id: str, seen_at: datetime = NOW) -> None:
    Worker.objects.create(worker_id=worker_id, started_at=LONG_AGO, seen_at=seen_at)


def take_up(given_up: list[Any], **options: str) -> int:
    return recovery.take_up_again(NOW, lambda *told: given_up.append(told), **options)


def state(row: DBTaskResult) -> tuple[str, list[str]]:
    row.refresh_from_db()
    return row.status, row.worker_ids


@pytest.mark.parametrize("seen_at", [None, LONG_AGO])
def test_task_of_a_worker_that_is_gone_or_silent_goes_back(
    db: None, given_up: list[Any], seen_at: datetime | None
) -> None:
    row = running("gone")
    if seen_at:
        at_work("gone", seen_at)
    at_work("other")
    assert take_up(given_up) == 1
    assert state(row) == ("READY", ["gone"])
    assert row.started_at is None
    assert given_up == []
    assert row in DBTaskResult.objects.ready()


def test_task_of_a_worker_that_is_there_is_left_alone(db: None, given_up: list[Any]) -> None:
    row = running("gone", "there")
    at_work("there")
    assert take_up(given_up) == 0
    assert state(row) == ("RUNNING", ["gone", "there"])


def test_task_that_was_just_begun_is_left_alone(db: None, given_up: list[Any]) -> None:
    row = running("unknown", started_at=NOW)
    assert take_up(given_up) == 0
    assert state(row) == ("RUNNING", ["unknown"])


def test_task_that_was_tried_too_often_fails_and_whoever_waits_is_told(db: None, given_up: list[Any]) -> None:
    workers = [f"worker {number}" for number in range(MAX_ATTEMPTS)]
    row = running(*workers)
    assert take_up(given_up) == 1
    assert state(row) == ("FAILED", workers)
    assert row.exception_class_path == recovery.WORKER_LOST
    assert given_up == [("declarations.bundles.tasks.draw_part", [7])]
    assert take_up(given_up) == 0


def test_task_that_a_resting_worker_has_lost_goes_back_at_once(db: None, given_up: list[Any]) -> None:
    row, other = running("resting", started_at=NOW), running("busy", started_at=NOW)
    at_work("resting")
    at_work("busy")
    assert take_up(given_up, resting="resting") == 1
    assert state(row) == ("READY", ["resting"])
    assert state(other) == ("RUNNING", ["busy"])


def test_worker_of_whom_nothing_is_heard_for_long_is_forgotten(db: None, given_up: list[Any]) -> None:
    at_work("there")
    at_work("silent", LONG_AGO)
    at_work("gone", NOW - 11 * SILENCE)
    take_up(given_up)
    assert set(Worker.objects.values_list("pk", flat=True)) == {"there", "silent"}


def test_slow_worker_notes_nothing_of_a_task_that_another_has_by_now(db: None, given_up: list[Any]) -> None:
    seen_by_slow = running("slow")
    take_up(given_up)
    DBTaskResult.objects.get(pk=seen_by_slow.pk).claim("quick")
    assert not recovery.succeed(seen_by_slow)
    assert not recovery.fail(seen_by_slow, "builtins.ValueError", "")
    assert not recovery.hand_back(seen_by_slow)
    row = DBTaskResult.objects.get(pk=seen_by_slow.pk)
    assert state(row) == ("RUNNING", ["slow", "quick"])
    assert recovery.succeed(row)
    assert state(row) == ("SUCCESSFUL", ["slow", "quick"])


def test_task_that_is_handed_back_counts_as_never_begun(db: None) -> None:
    row = running("first", "second")
    assert recovery.hand_back(row)
    assert state(row) == ("READY", ["first"])
