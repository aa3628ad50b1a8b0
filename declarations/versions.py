"""The versions (版次) of a declaration: which submission is in force, which were approved before, what is adjusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from declarations import selectors
from declarations.enums import BUREAU_STAGES, Step
from declarations.models import Declaration, Event, Submission
from perfgoals.accounts.models import User

IN_FORCE = "已批复"
REPLACED = "原批复"
SUBMITTED = "送审稿"
DRAFT = "草稿"
# How a submission came back to the department.
CAME_BACK = {Step.RETURN: "已退回", Step.WITHDRAW: "已撤回"}


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
        return REPLACED if self.was_approved else ""

    @property
    def file_words(self) -> str:
        """What the submission's files say that they are."""
        return _file_words(self.was_approved, self.is_in_force)

    @property
    def words(self) -> str:
        """What the submission is called beside others."""
        standing = f"，{self.standing}" if self.standing else ""
        return f"第 {self.submission.number} 次送审（第 {self.submission.revision} 版{standing}）"


@dataclass(frozen=True)
class Approval:
    """That a submission was approved for good: when and by which office, as it was called then."""

    at: datetime
    office: str
    revision: int

    @property
    def date_words(self) -> str:
        """The day, such as 2022年3月1日."""
        day = timezone.localdate(self.at)
        return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class Standing:
    """How one submission stands in the record.

    `approval` is None where it is not approved; then `came_back` says how it came back to the department or, where it
    has not, `stage` names the stage that it waits in. `revision_in_force` is that of the latest approval.
    """

    approval: Approval | None
    is_in_force: bool
    revision_in_force: int | None
    came_back: str
    stage: str

    @property
    def file_words(self) -> str:
        """What the submission's files say that they are."""
        return _file_words(self.approval is not None, self.is_in_force)

    @property
    def approved_words(self) -> str:
        """What an approved submission is called; its version once there are two."""
        if self.approval is None:
            return ""
        word = self.file_words
        return f"{word}（第 {self.approval.revision} 版）" if self.was_adjusted else word

    @property
    def was_adjusted(self) -> bool:
        """Whether an adjustment of the declaration is in force."""
        return self.revision_in_force is not None and self.revision_in_force > 1

    @property
    def waiting_words(self) -> str:
        """Where a submission that is not approved stands."""
        return self.came_back or f"待{self.stage or '审核'}"


def standing_of(declaration: Declaration, submission: Submission) -> Standing:
    """How the submission stands now, whatever was read before. One query."""
    events = list(
        Event.objects.filter(Q(submission=submission) | Q(step=Step.APPROVE), declaration=declaration.pk)
        .select_related("stage", "declaration__stage", "undone_by")
        .annotate(approved_revision=F("submission__revision"))
    )
    approvals = [event for event in events if event.step == Step.APPROVE and not hasattr(event, "undone_by")]
    own = [event for event in approvals if event.submission_id == submission.pk]
    latest = approvals[-1] if approvals else None
    steps = [event for event in events if event.submission_id == submission.pk]
    last = steps[-1] if steps else None
    stage = last.declaration.stage if last else None
    return Standing(
        approval=approval_of(own[-1], submission.revision) if own else None,
        is_in_force=latest is not None and latest.submission_id == submission.pk,
        revision_in_force=latest.approved_revision if latest else None,
        came_back=CAME_BACK.get(Step(last.step), "") if last else "",
        stage=str(stage) if stage else "",
    )


def approval_of(event: Event, revision: int) -> Approval:
    """What an event of approval says of the submission that it approved."""
    office = event.actor_place
    if event.stage and event.stage.kind in BUREAU_STAGES and settings.BUREAU_NAME not in office:
        office = f"{settings.BUREAU_NAME}{office}"
    return Approval(event.at, office, revision)


def versions_of(user: User, declaration: Declaration) -> list[Version]:
    """Every submission of the declaration that `user` may see, the latest first, with who submitted it. Two queries."""
    approvals = declaration.events.filter(step=Step.APPROVE, undone_by__isnull=True)
    approved = set(approvals.values_list("submission", flat=True))
    submissions = selectors.submissions_of(user, declaration).select_related("submitted_by").defer("document").reverse()
    return [
        Version(submission, submission.pk in approved, submission.pk == declaration.approved_id)
        for submission in submissions
    ]


def file_words(versions: Sequence[Version], shown: Submission | None) -> str:
    """What the files of a declaration say that they are, where they show this submission or else what is filled in."""
    if shown is None:
        return DRAFT
    return next(version.file_words for version in versions if version.submission.pk == shown.pk)


def adjustment_of(declaration: Declaration) -> Event | None:
    """The step that began the adjustment under way, with its reason and, as submission, what is in force. One query."""
    if not declaration.is_adjusting:
        return None
    begun = declaration.events.filter(step=Step.ADJUST)
    return begun.select_related("submission").defer("submission__document").last()


def mark_of_submission(submission: Submission, standing: Standing) -> str:
    """What the name of the submission's file says of it; empty for what was approved and never adjusted since."""
    if standing.approval is not None:
        return f"（第{submission.revision}版）" if standing.was_adjusted else ""
    adjusting = f"第{submission.revision}版调整，" if submission.revision > 1 else ""
    return f"（{adjusting}第{submission.number}次送审）"


def mark_of_working_copy(declaration: Declaration) -> str:
    """What the name of the file of the declaration as it stands says of it, while it is the department's."""
    adjusting = f"第{declaration.revision}版调整，" if declaration.is_adjusting else ""
    return f"（{adjusting}{declaration.get_status_display()}）"


def _file_words(was_approved: bool, is_in_force: bool) -> str:
    if not was_approved:
        return SUBMITTED
    return IN_FORCE if is_in_force else REPLACED
