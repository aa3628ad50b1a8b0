"""What becomes of an order: the only code that changes its status.

A change names the state that it starts from, so of two that come at once the second changes nothing.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.text import get_valid_filename

from declarations.bundles import files
from declarations.bundles.left_out import LeftOut, to_store
from declarations.enums import OPEN_BUNDLES, BundleStatus
from declarations.exports import name_that_fits
from declarations.models import Bundle

# How long the file, or the reason why there is none, can be seen.
KEPT = timedelta(days=1)


def under_way(bundle: Bundle) -> "QuerySet[Bundle]":
    """The bundle, if it is neither finished nor given up."""
    return Bundle.objects.filter(pk=bundle.pk, status__in=OPEN_BUNDLES)


def assembled_by(bundle: Bundle) -> "QuerySet[Bundle]":
    """The bundle, if it is under way and nobody has begun to assemble it after the attempt that it has here."""
    return Bundle.objects.filter(pk=bundle.pk, status=BundleStatus.RUNNING, attempt=bundle.attempt)


def begin(bundle_id: int) -> None:
    """Note that the first worker is at it."""
    waiting = Bundle.objects.filter(pk=bundle_id, status=BundleStatus.WAITING)
    waiting.update(status=BundleStatus.RUNNING, started_at=timezone.now())


def begin_assembling(bundle_id: int) -> Bundle | None:
    """The bundle with a new attempt to assemble it; None where it is not under way."""
    begin(bundle_id)
    running = Bundle.objects.filter(pk=bundle_id, status=BundleStatus.RUNNING)
    if not running.update(attempt=F("attempt") + 1, assembled=0):
        return None
    return Bundle.objects.prefetch_related("parts").select_related("requested_by").get(pk=bundle_id)


def publish(bundle: Bundle, finished: Path, left_out: list[LeftOut], now: datetime) -> bool:
    """Let the file be downloaded. False where the bundle was cancelled, or begun by another worker since."""
    ending = f"_{bundle.get_kind_display()}_{timezone.localtime(now):%Y%m%d_%H%M}{finished.suffix}"
    changed = assembled_by(bundle).update(
        status=BundleStatus.DONE,
        file=finished.name,
        file_name=name_that_fits("", get_valid_filename(bundle.title), ending),
        size=finished.stat().st_size,
        left_out=to_store(left_out),
        finished_at=now,
        expires_at=now + KEPT,
    )
    return bool(changed)


def fail(bundles: "QuerySet[Bundle]", error: str) -> bool:
    """Give up those that are under way, for a reason in Chinese that people read."""
    now = timezone.now()
    changed = bundles.filter(status__in=OPEN_BUNDLES).update(
        status=BundleStatus.FAILED, error=error, finished_at=now, expires_at=now + KEPT
    )
    return bool(changed)


def cancel(bundle: Bundle) -> bool:
    """Stop a bundle that is under way: its tasks find that and end. False where it is finished already."""
    now = timezone.now()
    changed = under_way(bundle).update(status=BundleStatus.CANCELLED, finished_at=now, expires_at=now + KEPT)
    return bool(changed)


def delete(bundle: Bundle) -> None:
    """Remove a bundle with its file, whatever it is doing."""
    path = files.path_of(bundle) if bundle.file else None
    # First the row: without it nobody is served the file, and what is left of it is cleared up later.
    bundle.delete()
    if path:
        files.remove(path)
