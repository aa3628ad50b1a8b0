"""Takes up again what a worker left when it was killed.

A task that is under way names its worker as the last of `worker_ids`. Where that worker has not said for a while that
it is there, the task goes back to the queue; where that has happened too often, the task itself is to blame and fails.
What a task does must therefore be safe to do twice: a worker may only have been slow.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet

from perfgoals.workers.models import Worker

# Of silence, after which a worker is taken for dead. It says every few seconds that it is there.
SILENCE = timedelta(seconds=30)
MAX_ATTEMPTS = 3
WORKER_LOST = "perfgoals.workers.recovery.WorkerLost"
Result = DBTaskResult[Any, Any]
# Who is told that a task was given up: its name as `task_path` has it, and its arguments.
GivenUp = Callable[[str, list[Any]], None]


class WorkerLost(Exception):
    """A task whose worker was killed, or lost its database, each time it was tried."""


def take_up_again(now: datetime, given_up: GivenUp, *, resting: str = "") -> int:
    """Put back what dead workers have left; answers how many tasks that were, given up or not.

    `resting` is the id of a worker that is there and has nothing under way: what is noted as its task, it has lost.
    """
    alive = set(Worker.objects.filter(seen_at__gt=now - SILENCE).values_list("pk", flat=True)) - {resting}
    running = DBTaskResult.objects.running().only("worker_ids", "started_at")
    left = [
        row.pk
        for row in running
        if row.worker_ids[-1:] == [resting]
        or (row.started_at < now - SILENCE and not alive.intersection(row.worker_ids[-1:]))
    ]
    for pk in left:
        _take_up(pk, alive, given_up)
    Worker.objects.filter(seen_at__lt=now - 10 * SILENCE).delete()
    return len(left)


def hand_back(row: Result) -> bool:
    """Put the task back as if its worker had never begun it; false where it is no longer that worker's."""
    return bool(_still(row).update(status=TaskResultStatus.READY, started_at=None, worker_ids=row.worker_ids[:-1]))


def succeed(row: Result) -> bool:
    """Note that the task is done; false where it has gone to another worker since."""
    return bool(_still(row).update(status=TaskResultStatus.SUCCESSFUL, finished_at=timezone.now()))


def fail(row: Result, error: str, traceback: str) -> bool:
    """Note that the task has failed, by the path of the exception; false where it has gone to another worker since."""
    changed = _still(row).update(
        status=TaskResultStatus.FAILED, finished_at=timezone.now(), exception_class_path=error, traceback=traceback
    )
    return bool(changed)


def _take_up(pk: UUID, alive: set[str], given_up: GivenUp) -> None:
    with transaction.atomic():
        # Two workers may look at the same time: the second finds the task taken up already.
        row = DBTaskResult.objects.select_for_update().running().filter(pk=pk).first()
        if row is None or alive.intersection(row.worker_ids[-1:]):
            return
        if len(row.worker_ids) < MAX_ATTEMPTS:
            _still(row).update(status=TaskResultStatus.READY, started_at=None)
            return
        fail(row, WORKER_LOST, f"{len(row.worker_ids)} workers were lost: {', '.join(row.worker_ids)}")
        given_up(row.task_path, row.args_kwargs["args"])


def _still(row: Result) -> DBTaskResultQuerySet:
    return DBTaskResult.objects.running().filter(pk=row.pk, worker_ids=row.worker_ids)
