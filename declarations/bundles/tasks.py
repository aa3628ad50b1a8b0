"""The tasks of bundles, as the workers find them in the queue: several draw the tables, a part each; one assembles.

Nothing here minds being done twice. A table that is drawn is kept, so drawing it again is quick; a part is finished
once; a file is published only by the worker that began last, and only while the bundle is under way.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from declarations.bundles import assembling, states
from declarations.bundles.contents import FORMATS, items
from declarations.enums import BundleKind
from declarations.models import Bundle, BundlePart
from perfgoals.workers.stopping import stop_if_asked

# Parts of one bundle in the queue at a time: more of them would keep a later, small order waiting.
LANES = 8
UNEXPECTED = "生成时发生意外错误，未能生成文件。请稍后重新导出；仍不成功的，请联系系统管理员。"
WORKER_LOST = "后台任务多次意外中断，未能生成文件。请减少申报表的份数后重新导出；仍不成功的，请联系系统管理员。"
NOTHING_DRAWN = "所选申报表的文件都未能生成：{}"


@dataclass(frozen=True)
class Refused:
    """A table that could not be drawn."""

    submission: int
    format: str
    why: str


@task()
def draw_part(part_id: int) -> None:
    """Draw and keep the tables of a part of a bundle; the last part that is finished lets it be assembled."""
    try:
        _draw_part(part_id)
    except Exception:
        states.fail(Bundle.objects.filter(parts=part_id), UNEXPECTED)
        raise


# Before the parts of other bundles: it ends what was begun, and a summary has no parts to draw.
@task(priority=10)
def assemble(bundle_id: int) -> None:
    """Make the file of a bundle whose tables are drawn."""
    try:
        assembling.assemble(bundle_id)
    except Exception:
        states.fail(Bundle.objects.filter(pk=bundle_id), UNEXPECTED)
        raise


def start(bundle: Bundle, now: datetime) -> None:
    """Put the first tasks of a new bundle into the queue; in the transaction that stores it."""
    if FORMATS[BundleKind(bundle.kind)]:
        for _ in range(LANES):
            _enqueue_next(bundle, now)
    else:
        # Nothing to draw: one worker writes the file from what is sealed.
        bundle.parts.update(done_at=now)
        assemble.enqueue(bundle.pk)


def given_up(task_path: str, arguments: list[Any]) -> None:
    """Told by the worker that a task was tried too often: whoever waits for it learns why."""
    bundles = Bundle.objects.none()
    if task_path == draw_part.module_path:
        bundles = Bundle.objects.filter(pk__in=BundlePart.objects.filter(pk__in=arguments).values("bundle"))
    elif task_path == assemble.module_path:
        bundles = Bundle.objects.filter(pk__in=arguments)
    states.fail(bundles, WORKER_LOST)


def _draw_part(part_id: int) -> None:
    part = BundlePart.objects.select_related("bundle").filter(pk=part_id, done_at__isnull=True).first()
    if part is None:
        return
    states.begin(part.bundle.pk)
    refused = []
    for number, item in enumerate(items(part.submissions), start=1):
        for format in FORMATS[BundleKind(part.bundle.kind)]:
            stop_if_asked()
            if not states.under_way(part.bundle).exists():
                return
            _, why = item.table(format)
            if why:
                refused.append(asdict(Refused(item.submission.pk, format, why)))
        BundlePart.objects.filter(pk=part.pk, done_at__isnull=True).update(progress=number)
    _finish_part(part, refused)


def _finish_part(part: BundlePart, refused: list[dict[str, object]]) -> None:
    now = timezone.now()
    with transaction.atomic():
        # The row of the bundle is the lock: of two parts that end at once, one sees that it was the last.
        bundle = states.under_way(part.bundle).select_for_update().first()
        unfinished = BundlePart.objects.filter(pk=part.pk, done_at__isnull=True)
        if bundle is None or not unfinished.update(done_at=now, refused=refused):
            return
        _enqueue_next(bundle, now)
        if bundle.parts.filter(done_at__isnull=True).exists():
            return
        tables = [table for each in bundle.parts.all() for table in each.refused]
        if len(tables) == bundle.total * len(FORMATS[BundleKind(bundle.kind)]):
            states.fail(states.under_way(bundle), NOTHING_DRAWN.format(tables[0]["why"]))
        else:
            assemble.enqueue(bundle.pk)


def _enqueue_next(bundle: Bundle, now: datetime) -> None:
    part = bundle.parts.filter(enqueued_at__isnull=True).first()
    if part is not None:
        bundle.parts.filter(pk=part.pk).update(enqueued_at=now)
        draw_part.enqueue(part.pk)
