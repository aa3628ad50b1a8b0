"""When a worker ends that is told to stop."""

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet

from declarations.bundles import contents
from declarations.enums import BundleKind
from perfgoals.workers import stopping
from perfgoals.workers.worker import Worker
from tests.declarations.bundles.orders import declared, order, run, worker

# The times that a worker is told: by its service, and by a terminal that is closed.
ONCE = (signal.SIGTERM,)
TWICE = (signal.SIGHUP, signal.SIGTERM)


@pytest.fixture(autouse=True)
def standing_still() -> Iterator[None]:
    yield
    stopping.withdraw()


def told_when_it_looks_for_a_task(monkeypatch: pytest.MonkeyPatch, working: Worker, signals: tuple[int, ...]) -> None:
    get_locked = DBTaskResultQuerySet.get_locked

    def told(tasks: DBTaskResultQuerySet) -> DBTaskResult[Any, Any] | None:
        for signum in signals:
            working.shutdown(signum, None)
        return get_locked(tasks)

    monkeypatch.setattr(DBTaskResultQuerySet, "get_locked", told)


def drawing(monkeypatch: pytest.MonkeyPatch, table_of: Callable[..., object]) -> None:
    """Have a task in the queue that draws so."""
    monkeypatch.setattr(contents, "table_of", table_of)
    declared(1)
    order(BundleKind.ARCHIVE)


def queue() -> list[tuple[str, list[str]]]:
    return list(DBTaskResult.objects.values_list("status", "worker_ids"))


def test_worker_that_claims_a_task_while_it_is_told_to_stop_hands_it_back(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []
    drawing(monkeypatch, lambda *arguments: drawn.append(arguments))
    working = worker(batch=False)
    told_when_it_looks_for_a_task(monkeypatch, working, ONCE)
    run(working)
    assert (drawn, queue()) == ([], [("READY", [])])


@pytest.mark.parametrize("signals", [ONCE, TWICE])
def test_worker_without_a_task_ends_its_look_first(
    db: None, monkeypatch: pytest.MonkeyPatch, signals: tuple[int, ...]
) -> None:
    idle = worker(batch=False)
    told_when_it_looks_for_a_task(monkeypatch, idle, signals)
    run(idle)
    assert (idle.running, queue()) == (False, [])


def test_worker_that_is_told_twice_ends_its_task_at_once_and_hands_it_back(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = worker()

    def told_twice(*arguments: object) -> None:
        for signum in TWICE:
            busy.shutdown(signum, None)
        pytest.fail("it goes on")

    drawing(monkeypatch, told_twice)
    with pytest.raises(SystemExit):
        run(busy)
    assert queue() == [("READY", [])]


@pytest.mark.parametrize(("begun", "in_a_thread"), [(False, False), (True, True)])
def test_worker_that_does_not_work_yet_or_works_in_a_thread_ends_at_once(begun: bool, in_a_thread: bool) -> None:
    waiting = worker(works_in_a_thread=in_a_thread)
    waiting.works = begun
    with pytest.raises(SystemExit) as ended:
        waiting.shutdown(signal.SIGTERM, None)
    assert (ended.value.code, waiting.running) == (0, False)
