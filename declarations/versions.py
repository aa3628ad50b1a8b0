"""The versions (版次) of a declaration: which submission is in force, which were approved before, what is adjusted."""

from dataclasses import dataclass

from declarations import selectors
from declarations.enums import Status, Step
from declarations.models import Declaration, Event, Submission
from perfgoals.accounts.models import User


@dataclass(frozen=True)
class Version:
    """A submission, and whether it was approved for good; `is_in_force` is the one that holds now."""

    submission: Submission
    was_approved: bool
    is_in_force: bool

    @property
    def standing(self) -> str:
        """How it stands, in a Chinese word; empty for what was never approved."""
        if self.is_in_force:
            return "现行"
        return "原批复" if self.was_approved else ""

    @property
    def words(self) -> str:
        """What the submission is called beside others."""
        standing = f"，{self.standing}" if self.standing else ""
        return f"第 {self.submission.number} 次送审（第 {self.submission.revision} 版{standing}）"


def versions_of(user: User, declaration: Declaration) -> list[Version]:
    """Every submission of the declaration that `user` may see, the latest first, with who submitted it. Two queries."""
    approvals = declaration.events.filter(step=Step.APPROVE, undone_by__isnull=True)
    approved = set(approvals.values_list("submission", flat=True))
    submissions = selectors.submissions_of(user, declaration).select_related("submitted_by").defer("document").reverse()
    return [
        Version(submission, submission.pk in approved, submission.pk == declaration.approved_id)
        for submission in submissions
    ]


def adjustment_of(declaration: Declaration) -> Event | None:
    """The step that began the adjustment under way, with its reason and, as submission, what is in force. One query."""
    if not declaration.is_adjusting:
        return None
    begun = declaration.events.filter(step=Step.ADJUST)
    return begun.select_related("submission").defer("submission__document").last()


def mark_of_submission(declaration: Declaration, submission: Submission) -> str:
    """What the name of the submission's file says of it; empty for what was approved and never adjusted since."""
    if submission.events.filter(step=Step.APPROVE, undone_by__isnull=True).exists():
        was_adjusted = declaration.approved is not None and declaration.approved.revision > 1
        return f"（第{submission.revision}版）" if was_adjusted else ""
    adjusting = f"第{submission.revision}版调整，" if submission.revision > 1 else ""
    return f"（{adjusting}第{submission.number}次送审）"


def mark_of_working_copy(declaration: Declaration) -> str:
    """What the name of the file of the declaration as it stands says of it."""
    if declaration.status == Status.APPROVED and declaration.submission is not None:
        return mark_of_submission(declaration, declaration.submission)
    adjusting = f"第{declaration.revision}版调整，" if declaration.is_adjusting else ""
    return f"（{adjusting}{declaration.get_status_display()}）"
