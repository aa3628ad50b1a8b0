"""The tasks of bundles, as the workers find them in the queue."""

import logging
from pathlib import Path
from typing import Any

from django_tasks import task

from declarations.bundles import making
from declarations.bundles.making import Job
from declarations.enums import BundleKind
from declarations.models import Bundle, BundlePart

logger = logging.getLogger(__name__)


@task()
def draw_part(part_id: int) -> None:
    """Draw and keep the tables of a part of a bundle."""
    try:
        making.draw_part(part_id)
    except Exception:
        making.fail(Bundle.objects.filter(parts=part_id), making.UNEXPECTED)
        raise


# Before the parts of other bundles: it ends what was begun, and a summary has no parts to draw.
@task(priority=10)
def assemble(bundle_id: int) -> None:
    """Make the file of a bundle whose tables are drawn."""
    try:
        making.assemble(bundle_id, _make)
    except Exception:
        making.fail(Bundle.objects.filter(pk=bundle_id), making.UNEXPECTED)
        raise


def given_up(task_path: str, arguments: list[Any]) -> None:
    """Told by the worker that a task was tried too often: whoever waits for it learns why."""
    bundles = Bundle.objects.none()
    if task_path == draw_part.module_path:
        bundles = Bundle.objects.filter(pk__in=BundlePart.objects.filter(pk__in=arguments).values("bundle"))
    elif task_path == assemble.module_path:
        bundles = Bundle.objects.filter(pk__in=arguments)
    making.fail(bundles, making.WORKER_LOST)


def _make(job: Job) -> Path:
    # Imported here: the pages that order start without WeasyPrint and Pango.
    match job.bundle.kind:
        case BundleKind.ARCHIVE:
            from declarations.bundles.archive import make_archive as make
        case BundleKind.BOOK:
            from declarations.bundles.book import make_book as make
        case _:
            from declarations.bundles.summary import make_summary as make
    return make(job)
