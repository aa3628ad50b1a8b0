"""Assembling a bundle whose tables are drawn, and publishing its file: whole, by one worker, or not at all."""

import logging
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from declarations.bundles import files, states
from declarations.bundles.job import Abandoned, Job
from declarations.enums import BundleKind

DISK_FULL = "服务器的磁盘空间不足，未能生成文件。请联系系统管理员清理磁盘后重新导出。"

logger = logging.getLogger(__name__)


def make_file(job: Job) -> Path:
    """Write what was ordered."""
    # Imported here: the pages that order start without WeasyPrint and Pango.
    match job.bundle.kind:
        case BundleKind.ARCHIVE:
            from declarations.bundles.archive import make_archive as make
        case BundleKind.BOOK:
            from declarations.bundles.book import make_book as make
        case _:
            from declarations.bundles.summary import make_summary as make
    return make(job)


def assemble(bundle_id: int, make: Callable[[Job], Path] = make_file) -> None:
    """Let `make` write the file of the bundle, whose tables are drawn, and publish it."""
    bundle = states.begin_assembling(bundle_id)
    if bundle is None:
        return
    try:
        with files.workshop(bundle.pk, bundle.attempt) as folder:
            job = Job(bundle, folder)
            finished = files.bring_out(make(job), bundle.pk, bundle.attempt)
    except Abandoned:
        return
    except Exception as error:
        if not files.is_full(error):
            raise
        logger.exception("There is no room for bundle %s.", bundle.pk)
        states.fail(states.assembled_by(bundle), DISK_FULL)
        return
    if not states.publish(bundle, finished, job.left_out, timezone.now()):
        files.remove(finished)
