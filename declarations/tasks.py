"""Work behind the pages: rows in the database that `manage.py run_worker` does."""

import logging

from django.db.models import Q
from django_tasks import task

from declarations import imprints
from declarations.enums import Step
from declarations.exports import Format
from declarations.exports.drawing import DrawingRefused
from declarations.exports.kept import is_kept, table_of
from declarations.models import Event, Submission

KEPT_FORMATS = (Format.PDF, Format.WORKBOOK)

logger = logging.getLogger(__name__)


# Nobody waits for it: what people have asked for goes first.
@task(priority=-10)
def keep_tables(submission_id: int) -> None:
    """Draw the tables of a submission as it stands now, where none are kept: whoever downloads one need not wait."""
    submission = Submission.objects.select_related("declaration").get(pk=submission_id)
    imprint = imprints.of_submission(submission.declaration, submission)
    for format in KEPT_FORMATS:
        if is_kept(submission.document, format, imprint):
            continue
        try:
            table_of(submission.document, format, imprint)
        except DrawingRefused as refusal:
            # Who asks for the file is told the same; the other format may well come out.
            logger.warning("No %s of submission %s: %s", format, submission_id, refusal)


def renew_tables(event: Event) -> None:
    """Have the tables drawn that say something else since the step: those of its submission and, where it changes what
    is in force, of what was approved before.
    """
    if event.submission_id is None or event.step in (Step.ADJUST, Step.CANCEL_ADJUSTMENT):
        return
    changed = Q(pk=event.submission_id)
    if event.step in (Step.APPROVE, Step.UNDO):
        changed |= Q(events__step=Step.APPROVE, events__undone_by__isnull=True)
    submissions = Submission.objects.filter(changed, declaration=event.declaration_id).order_by("number")
    for submission_id in submissions.values_list("pk", flat=True).distinct():
        keep_tables.enqueue(submission_id)
