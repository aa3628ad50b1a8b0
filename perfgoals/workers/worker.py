"""The library's worker, made so that a task is never lost and never finished by two."""

import logging
import signal
import sys
import time
from traceback import format_exception
from types import FrameType
from typing import Any

from django.db import InterfaceError, OperationalError, connection, reset_queries
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as LibraryWorker
from django_tasks_db.models import DBTaskResult

from perfgoals.workers import recovery, stopping
from perfgoals.workers.recovery import GivenUp
from perfgoals.workers.stopping import WorkerStopping

SECONDS_WITHOUT_DATABASE = 3

logger = logging.getLogger(__name__)


class Worker(LibraryWorker):
    """Hands back a task that it stops in the middle of, and notes no outcome of a task that is another's by now."""

    def __init__(self, *, given_up: GivenUp, works_in_a_thread: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.given_up = given_up
        # As it does where code is reloaded: then the main thread would wait for ever.
        self.works_in_a_thread = works_in_a_thread
        self.works = False

    def run(self) -> None:
        """Work until asked to stop, also past a database that is away for a while."""
        self.works = True
        while self.running:
            try:
                recovery.take_up_again(timezone.now(), self.given_up, resting=self.worker_id)
                super().run()
                return
            except (OperationalError, InterfaceError):
                if self.batch or not self.running:
                    raise
                logger.exception("The database does not answer; the worker tries again.")
                connection.close()
                time.sleep(SECONDS_WITHOUT_DATABASE)

    def run_task(self, row: DBTaskResult[Any, Any]) -> None:
        self.running_task = True
        try:
            # The tasks here take arguments only and answer nothing: what they do stands in tables of their own.
            row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
            kept = recovery.succeed(row)
        except (WorkerStopping, KeyboardInterrupt, SystemExit) as stop:
            recovery.hand_back(row)
            if not isinstance(stop, WorkerStopping):
                raise
        except Exception as error:
            logger.exception("Task %s failed", row.task_path)
            kind = type(error)
            kept = recovery.fail(row, f"{kind.__module__}.{kind.__qualname__}", "".join(format_exception(error)))
        else:
            if not kept:
                logger.warning("Task %s was taken up by another worker, which finishes it.", row.pk)
        finally:
            self.running_task = False
            self._run_tasks += 1
            # With DEBUG on, Django notes every query for ever.
            reset_queries()

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Stop as soon as the work under way can: at once where it has not begun, or in a task when asked again."""
        asked_before, self.running = not self.running, False
        if not self.works or self.works_in_a_thread or (asked_before and self.running_task):
            sys.exit(0)
        # No exit from the look for a task, whose transaction nobody would end: the look and the wait for the next one
        # are short, and a task claimed meanwhile is handed back.
        stopping.ask()

    def configure_signals(self) -> None:
        stopping.withdraw()
        for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP):
            # A shell that starts it in the background has Ctrl+C ignored, and ends it by itself; nohup does so with
            # the end of the terminal.
            if signal.getsignal(wanted) != signal.SIG_IGN:
                signal.signal(wanted, self.shutdown)
