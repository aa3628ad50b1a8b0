"""What the printed tables of a declaration say of themselves, as the record stands now."""

from declarations.enums import Step
from declarations.exports.imprint import Imprint
from declarations.models import Declaration, Submission
from perfgoals.times import printed_time


def of_submission(declaration: Declaration, submission: Submission) -> Imprint:
    """The imprint of one submission. One query."""
    approval = submission.events.filter(step=Step.APPROVE, undone_by__isnull=True).last()
    if approval is None:
        return Imprint(watermark="送审稿", status="送审稿", digest=submission.digest)
    return Imprint(status=f"已批复　{printed_time(approval.at)}　{approval.actor_place}", digest=submission.digest)
