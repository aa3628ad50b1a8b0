"""Orders of bundles, and the work on them done in the process of the test."""

from pathlib import Path
from typing import Any
from unittest import mock

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from declarations.bundles import files, ordering
from declarations.bundles.tasks import given_up
from declarations.enums import BundleKind, BundleStatus, Status
from declarations.models import Bundle, Declaration
from declarations.tasks import keep_tables
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from perfgoals.workers.worker import Worker
from tests.declarations import builders

TITLE = "2022年度申报表"


def declared(number: int, status: Status = Status.APPROVED, **fields: Any) -> list[Declaration]:
    """Declarations of as many departments of one round, by code, which are named 第0局 and so on."""
    round = fields.pop("round", None) or builders.round_()
    return [
        builders.declaration(
            status,
            round=round,
            department=builders.department(name=f"第{n}局", code=f"4304{n:05}", **fields),
        )
        for n in range(number)
    ]


def order(kind: BundleKind, *declarations: Declaration, user: User | None = None, title: str = TITLE) -> Bundle:
    """An order of the user, or of an administrator; of all declarations where none are named."""
    chosen = Declaration.objects.all()
    if declarations:
        chosen = chosen.filter(pk__in=[declaration.pk for declaration in declarations])
    # The steps that brought the declarations here have left tasks of their own.
    DBTaskResult.objects.filter(task_path=keep_tables.module_path).delete()
    return ordering.order(user or builders.user(Role.ADMINISTRATOR), kind, title, chosen, timezone.now())


def worker(**options: Any) -> Worker:
    """A worker that ends when the queue is empty."""
    defaults = {
        "queue_names": ["default"],
        "excluded_queue_names": [],
        "interval": 0,
        "batch": True,
        "backend_name": "default",
        "startup_delay": False,
        "max_tasks": None,
        "worker_id": "in the test",
        "given_up": given_up,
    }
    return Worker(**{**defaults, **options})


def run(worker: Worker) -> None:
    """Let the worker work in the process of the test."""
    # The connection is in the transaction of the test, which closing it would end.
    with mock.patch("django_tasks_db.management.commands.db_worker.close_old_connections"):
        worker.run()


def work(max_tasks: int | None = None) -> None:
    """Do what lies in the queue, or so many tasks of it. A task that fails unexpectedly fails the test."""
    run(worker(max_tasks=max_tasks))
    assert list(DBTaskResult.objects.failed().values_list("traceback", flat=True)) == []


def made(bundle: Bundle) -> Path:
    """The file of the bundle, which has been worked on."""
    bundle.refresh_from_db()
    assert (bundle.status, bundle.error) == (BundleStatus.DONE, "")
    return files.path_of(bundle)


def lying_around() -> list[str]:
    """The names of all that lies in the folder of bundles."""
    return sorted(path.name for path in files.folder().glob("*"))
