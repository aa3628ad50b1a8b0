import os
from typing import Any

from django.core.management.base import CommandError
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV, run_with_reloader
from django_tasks_db.management.commands.db_worker import Command as LibraryCommand

from declarations.bundles.housekeeping import Housekeeping
from declarations.bundles.tasks import given_up
from declarations.exports.pdf.fonts import faces
from perfgoals.workers.heartbeat import Heartbeat
from perfgoals.workers.priority import give_way
from perfgoals.workers.worker import Worker


class Command(LibraryCommand):
    help = (
        "Does the work behind the pages: keeps tables, makes what people have ordered, clears up. To be run as often "
        "as there are cores, on every machine that shares the folder of files; ends on SIGTERM. 执行后台任务：生成和"
        "保存表格、批量导出、清理过期文件。"
    )

    def handle(
        self,
        *,
        verbosity: int,
        queue_name: str,
        exclude_queues: str,
        reload: bool,
        batch: bool,
        **options: Any,
    ) -> None:
        # The library tells of every task at 1; here that is 2.
        self.configure_logging(verbosity - 1)
        queue_names = queue_name.split(",")
        excluded = exclude_queues.split(",") if exclude_queues else []
        if excluded and "*" not in queue_names:
            raise CommandError("--exclude-queues can only be used with --queue-name=*")
        wanted = ("interval", "backend_name", "startup_delay", "max_tasks", "worker_id")
        worker = Worker(
            queue_names=queue_names,
            excluded_queue_names=excluded,
            batch=batch,
            given_up=given_up,
            works_in_a_thread=reload and not batch,
            **{name: options[name] for name in wanted},
        )

        def work() -> None:
            give_way()
            with Heartbeat(worker.worker_id, [Housekeeping()]):
                # Made where they are not there yet, which takes longer than a drawing may.
                faces()
                worker.run()

        if reload and not batch:
            if os.environ.get(DJANGO_AUTORELOAD_ENV) == "true":
                worker.configure_signals()
            run_with_reloader(work)
        else:
            worker.configure_signals()
            work()
