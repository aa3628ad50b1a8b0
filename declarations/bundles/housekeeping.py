"""What workers do besides their tasks: taking up what others left, and clearing up."""

from datetime import datetime, timedelta

from django_tasks_db.models import DBTaskResult

from declarations.bundles import files, states, tasks
from declarations.enums import OPEN_BUNDLES
from declarations.exports import kept
from declarations.models import Bundle
from perfgoals.workers import recovery

RECOVERY_EVERY = timedelta(seconds=10)
CLEARING_EVERY = timedelta(minutes=10)
# Of tasks that are finished, for whoever looks for why something failed.
RESULTS_KEPT = timedelta(days=7)
# Longer than anything that people order takes.
LONGEST = timedelta(days=1)
TOO_LONG = "超过一天未能完成，已停止。请减少申报表的份数后重新导出；仍不成功的，请联系系统管理员。"


class Housekeeping:
    """Called often with the time, it does what is due."""

    def __init__(self) -> None:
        self._recovered_at: datetime | None = None
        self._cleared_at: datetime | None = None

    def __call__(self, now: datetime) -> None:
        if self._recovered_at is None or now - self._recovered_at >= RECOVERY_EVERY:
            self._recovered_at = now
            recovery.take_up_again(now, tasks.given_up)
        if self._cleared_at is None or now - self._cleared_at >= CLEARING_EVERY:
            self._cleared_at = now
            clear_up(now)


def clear_up(now: datetime) -> None:
    """Remove bundles that have expired, files that belong to none, outdated tables and old results of tasks."""
    states.fail(Bundle.objects.filter(status__in=OPEN_BUNDLES, created_at__lte=now - LONGEST), TOO_LONG)
    Bundle.objects.filter(expires_at__lte=now).delete()
    files.remove_abandoned()
    kept.remove_outdated()
    DBTaskResult.objects.finished().filter(finished_at__lte=now - RESULTS_KEPT).delete()
