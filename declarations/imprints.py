"""What the printed tables of a declaration say of themselves, as the record stands now."""

from dataclasses import replace

from django.conf import settings
from django.urls import reverse

from declarations import selectors, versions
from declarations.enums import Status
from declarations.exports.imprint import Imprint
from declarations.models import Declaration, Submission
from declarations.versions import DRAFT, SUBMITTED, Standing

# Of the digest, in the address that the QR code holds: a short code is read from paper more easily.
ADDRESS_DIGITS = 32
GAP = "\N{IDEOGRAPHIC SPACE}"


def of_submission(declaration: Declaration, submission: Submission) -> Imprint:
    """The imprint of one submission, which also says whether it is approved and in force. One query."""
    return of_standing(submission, versions.standing_of(declaration, submission))


def of_standing(submission: Submission, standing: Standing) -> Imprint:
    """The imprint of a submission that stands so in the record."""
    if standing.approval is None:
        return Imprint(watermark=SUBMITTED, status=_submitted(submission, standing), digest=submission.digest)
    return Imprint(
        status=GAP.join(
            [standing.approved_words, standing.approval.date_words, standing.approval.office],
        ),
        digest=submission.digest,
        address=verification_address(submission.digest),
    )


def since_approval(submission: Submission, standing: Standing) -> list[Imprint]:
    """What the files of an approved submission say now and, where it has been replaced, what they said before."""
    in_force = replace(standing, is_in_force=True, revision_in_force=submission.revision)
    return [of_standing(submission, each) for each in dict.fromkeys([standing, in_force])]


def of_working_copy(declaration: Declaration) -> Imprint:
    """The imprint of the declaration as it stands, while it is the bureau's: of its submission. At most one query."""
    submission = selectors.submission_shown(declaration)
    if submission is not None:
        return of_submission(declaration, submission)
    return Imprint(watermark=DRAFT, status=GAP.join([DRAFT, *_worked_on(declaration)]))


def verification_address(digest: str) -> str:
    """Where anybody can check a table with this digest."""
    return settings.SITE_URL + reverse("declarations:verify", args=[digest[:ADDRESS_DIGITS]])


def _submitted(submission: Submission, standing: Standing) -> str:
    adjusting = [f"第 {submission.revision} 版调整"] if submission.revision > 1 else []
    return GAP.join([SUBMITTED, *adjusting, f"第 {submission.number} 次送审", standing.waiting_words])


def _worked_on(declaration: Declaration) -> list[str]:
    words = [f"第 {declaration.revision} 版调整"] if declaration.is_adjusting else []
    submission = declaration.submission
    if submission is None:
        return ["尚未送审"]
    if submission.revision == declaration.revision:
        came_back = "已退回" if declaration.status == Status.RETURNED else "已撤回"
        words.append(f"第 {submission.number} 次送审{came_back}")
    return words
