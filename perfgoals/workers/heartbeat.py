"""Says every few seconds that a worker is there, whatever its task is doing, and looks after what others left."""

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from perfgoals.workers.models import Worker

SECONDS = 3.0

logger = logging.getLogger(__name__)


class Heartbeat:
    """Around the life of a worker: `with Heartbeat(worker_id, [tidy]):`.

    `chores` are called with the time at every beat, in the thread of the heart, and decide themselves what is due.
    """

    def __init__(self, worker_id: str, chores: list[Callable[[datetime], object]], seconds: float = SECONDS) -> None:
        self.worker_id = worker_id
        self.chores = chores
        self.seconds = seconds
        self._stopped = Event()
        # A daemon, so that it never keeps a process alive whose worker has gone.
        self._thread = Thread(target=self._beat_on, name="heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        # Before the worker claims anything: a task of a worker that nobody knows is taken for left.
        self._beat()
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        self._thread.join(timeout=60)
        try:
            Worker.objects.filter(pk=self.worker_id).delete()
        except (DatabaseError, InterfaceError):
            logger.warning("The worker could not sign off; it is forgotten after a while.")

    def _beat_on(self) -> None:
        try:
            while not self._stopped.wait(self.seconds):
                # Whatever is wrong with the database now, the heart tries again.
                try:
                    close_old_connections()
                    self._beat()
                    for chore in self.chores:
                        chore(timezone.now())
                except Exception:
                    logger.exception("A heartbeat failed; the next one follows.")
        finally:
            connection.close()

    def _beat(self) -> None:
        now = timezone.now()
        Worker.objects.update_or_create(
            pk=self.worker_id, defaults={"seen_at": now}, create_defaults={"seen_at": now, "started_at": now}
        )
