"""Making a bundle: several workers draw its tables, a part each; one assembles the file and publishes it.

Nothing here minds being done twice. A table that is drawn is kept, so drawing it again is quick; a part is finished
once; a file is published only by the worker that began last, and only while the bundle is under way.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.text import get_valid_filename

from declarations.bundles import files
from declarations.bundles.contents import Item, items
from declarations.enums import OPEN_BUNDLES, BundleKind, BundleStatus
from declarations.exports import Format
from declarations.exports.drawing import DrawingRefused
from declarations.exports.kept import table_of
from declarations.models import Bundle, BundlePart
from perfgoals.workers.stopping import stop_if_asked

# How long the file, or the reason why there is none, can be seen.
KEPT = timedelta(days=1)
# Parts of one bundle in the queue at a time: more of them would keep a later, small order waiting.
LANES = 8
FORMATS = {
    BundleKind.ARCHIVE: (Format.PDF, Format.WORKBOOK),
    BundleKind.BOOK: (Format.PDF,),
    BundleKind.SUMMARY: (),
}
DISK_FULL = "服务器的磁盘空间不足，未能生成文件。请联系系统管理员清理磁盘后重新导出。"
UNEXPECTED = "生成时发生意外错误，未能生成文件。请稍后重新导出；仍不成功的，请联系系统管理员。"
WORKER_LOST = "后台任务多次意外中断，未能生成文件。请减少申报表的份数后重新导出；仍不成功的，请联系系统管理员。"
NOTHING_DRAWN = "所选申报表的文件都未能生成：{}"
TABLE_FAILED = "生成时发生意外错误"

logger = logging.getLogger(__name__)


class Abandoned(Exception):
    """The bundle was cancelled, or another worker has begun to assemble it."""


@dataclass
class Job:
    """One attempt to assemble a bundle. `folder` is a place for files, which is emptied afterwards."""

    bundle: Bundle
    folder: Path
    left_out: list[dict[str, str | int]] = field(default_factory=list)
    _step: int = 0

    def __post_init__(self) -> None:
        self.left_out.extend(self.bundle.left_out)

    def items(self) -> Iterator[Item]:
        """Every submission of the bundle in order; each counts as done when the next one is asked for.

        Raises Abandoned and WorkerStopping.
        """
        for part in self.bundle.parts.all():
            for item in items(part.submissions):
                stop_if_asked()
                yield item
                self._step += 1
                if not _mine(self.bundle).update(assembled=self._step):
                    raise Abandoned

    def table(self, item: Item, format: Format) -> bytes | None:
        """The file of the submission; none where it cannot be drawn, which is then noted among what is left out."""
        why = self._refused.get((item.submission.pk, format))
        if why is None:
            contents, why = _draw(item, format)
            if contents is not None:
                return contents
        self.note(item, f"{format.name}：{why}")
        return None

    def note(self, item: Item, why: str) -> None:
        """Note why something of the submission is left out."""
        document = item.document
        self.left_out.append(
            {
                "code": document.department_code,
                "department": document.department,
                "year": document.fiscal_year,
                "why": why,
            }
        )

    @cached_property
    def _refused(self) -> dict[tuple[int, str], str]:
        return {
            (refused["submission"], refused["format"]): refused["why"]
            for part in self.bundle.parts.all()
            for refused in part.refused
        }


@dataclass(frozen=True)
class Refused:
    """A table that could not be drawn."""

    submission: int
    format: str
    why: str


def start(bundle: Bundle, now: datetime) -> None:
    """Put the first tasks of a new bundle into the queue; in the transaction that stores it."""
    if FORMATS[BundleKind(bundle.kind)]:
        for _ in range(LANES):
            _enqueue_next(bundle, now)
    else:
        # Nothing to draw: one worker writes the file from what is sealed.
        bundle.parts.update(done_at=now)
        _enqueue_assembling(bundle)


def draw_part(part_id: int) -> None:
    """Draw and keep the tables of a part; the last part that is finished lets the bundle be assembled."""
    part = BundlePart.objects.select_related("bundle").filter(pk=part_id, done_at__isnull=True).first()
    if part is None:
        return
    bundle = part.bundle
    _begin(bundle.pk)
    refused = []
    for number, item in enumerate(items(part.submissions), start=1):
        for format in FORMATS[BundleKind(bundle.kind)]:
            stop_if_asked()
            if not _open(bundle).exists():
                return
            _, why = _draw(item, format)
            if why:
                refused.append(asdict(Refused(item.submission.pk, format, why)))
        BundlePart.objects.filter(pk=part.pk, done_at__isnull=True).update(progress=number)
    _finish_part(part, refused)


def assemble(bundle_id: int, make: Callable[[Job], Path]) -> None:
    """Let `make` write the file of the bundle, whose tables are drawn, and publish it."""
    _begin(bundle_id)
    if not _running(bundle_id).update(attempt=F("attempt") + 1, assembled=0):
        return
    bundle = Bundle.objects.prefetch_related("parts").select_related("requested_by").get(pk=bundle_id)
    try:
        with files.workshop(bundle.pk, bundle.attempt) as folder:
            finished = files.bring_out(make(Job(bundle, folder)), bundle.pk, bundle.attempt)
    except Abandoned:
        return
    except Exception as error:
        if not files.is_full(error):
            raise
        logger.exception("There is no room for bundle %s.", bundle.pk)
        fail(_mine(bundle), DISK_FULL)
        return
    if not _publish(bundle, finished, timezone.now()):
        files.remove(finished)


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
    changed = _open(bundle).update(status=BundleStatus.CANCELLED, finished_at=now, expires_at=now + KEPT)
    return bool(changed)


def delete(bundle: Bundle) -> None:
    """Remove a bundle with its file, whatever it is doing."""
    path = files.path_of(bundle) if bundle.file else None
    # First the row: without it nobody is served the file, and what is left of it is cleared up later.
    bundle.delete()
    if path:
        files.remove(path)


def _begin(bundle_id: int) -> None:
    waiting = Bundle.objects.filter(pk=bundle_id, status=BundleStatus.WAITING)
    waiting.update(status=BundleStatus.RUNNING, started_at=timezone.now())


def _draw(item: Item, format: Format) -> tuple[bytes | None, str]:
    """The table, or why there is none. One table that cannot be drawn does not stop the others."""
    try:
        return table_of(item.submission.document, format, item.imprint), ""
    except DrawingRefused as refusal:
        return None, str(refusal)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("Submission %s cannot be drawn as %s.", item.submission.pk, format)
        return None, TABLE_FAILED


def _finish_part(part: BundlePart, refused: list[dict[str, object]]) -> None:
    now = timezone.now()
    with transaction.atomic():
        # The row of the bundle is the lock: of two parts that end at once, one sees that it was the last.
        bundle = _open(part.bundle).select_for_update().first()
        unfinished = BundlePart.objects.filter(pk=part.pk, done_at__isnull=True)
        if bundle is None or not unfinished.update(done_at=now, refused=refused):
            return
        _enqueue_next(bundle, now)
        if bundle.parts.filter(done_at__isnull=True).exists():
            return
        tables = [table for each in bundle.parts.all() for table in each.refused]
        if len(tables) == bundle.total * len(FORMATS[BundleKind(bundle.kind)]):
            fail(_open(bundle), NOTHING_DRAWN.format(tables[0]["why"]))
        else:
            _enqueue_assembling(bundle)


def _enqueue_next(bundle: Bundle, now: datetime) -> None:
    from declarations.bundles import tasks  # which calls what stands here

    part = bundle.parts.filter(enqueued_at__isnull=True).first()
    if part is not None:
        bundle.parts.filter(pk=part.pk).update(enqueued_at=now)
        tasks.draw_part.enqueue(part.pk)


def _enqueue_assembling(bundle: Bundle) -> None:
    from declarations.bundles import tasks

    tasks.assemble.enqueue(bundle.pk)


def _publish(bundle: Bundle, finished: Path, now: datetime) -> bool:
    name = f"{get_valid_filename(bundle.title)}_{bundle.get_kind_display()}_{timezone.localtime(now):%Y%m%d_%H%M}"
    changed = _mine(bundle).update(
        status=BundleStatus.DONE,
        file=finished.name,
        file_name=f"{name}{finished.suffix}",
        size=finished.stat().st_size,
        finished_at=now,
        expires_at=now + KEPT,
    )
    return bool(changed)


def _open(bundle: Bundle) -> "QuerySet[Bundle]":
    return Bundle.objects.filter(pk=bundle.pk, status__in=OPEN_BUNDLES)


def _running(bundle_id: int) -> "QuerySet[Bundle]":
    return Bundle.objects.filter(pk=bundle_id, status=BundleStatus.RUNNING)


def _mine(bundle: Bundle) -> "QuerySet[Bundle]":
    """The bundle, if it is under way and nobody has begun to assemble it after this attempt."""
    return _running(bundle.pk).filter(attempt=bundle.attempt)
