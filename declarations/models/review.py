"""What stays of a declaration's way through review. Database triggers keep both tables append-only."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from declarations.document import check_code
from declarations.enums import ReturnReason, Status, Step
from declarations.models.declaration import Declaration
from declarations.models.round import ReviewStage

# In characters, of what somebody writes with a step.
MAX_TEXT = 2000


class Submission(models.Model):
    """A declaration as it was submitted: its Document sealed as JSON with its digest."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField("送审次数")
    document = models.TextField()
    digest = models.CharField("摘要", max_length=64)
    revision = models.PositiveSmallIntegerField("版次", default=1)
    total = models.DecimalField("部门预算总额（万元）", max_digits=15, decimal_places=6, null=True)
    # How many hints the checks gave; unknown for what was submitted before they were counted.
    warnings = models.PositiveIntegerField("系统提示", null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField("送审时间")

    class Meta:
        verbose_name = "送审稿"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["declaration", "number"], name="submission_number_unique")
        ]
        indexes: ClassVar = [models.Index(fields=["digest"], name="submission_digest")]

    @property
    def check_code(self) -> str:
        """What people type to check a printed table."""
        return check_code(self.digest)


class SubmissionFinding(models.Model):
    """How often a check gave its hint on a submission."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="findings")
    code = models.CharField(max_length=50)
    number = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "code"], name="submission_finding_once_a_code")
        ]


class Event(models.Model):
    """One step that somebody took. The actor's name and office stand as they were at that time.

    `stage` is the stage that it was taken in, `stage_since` when the declaration had come there. `score` and `grade`
    are those of the review form at a decision.
    """

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="events")
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, related_name="events")
    step = models.CharField(max_length=20, choices=Step)
    from_status = models.CharField(max_length=20, choices=Status)
    to_status = models.CharField(max_length=20, choices=Status)
    stage = models.ForeignKey(ReviewStage, models.PROTECT, null=True, related_name="events")
    stage_name = models.CharField("环节", max_length=50, blank=True)
    stage_since = models.DateTimeField(null=True)
    score = models.DecimalField("得分", max_digits=6, decimal_places=2, null=True)
    grade = models.CharField("等级", max_length=20, blank=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    reason = models.CharField("退回原因", max_length=30, choices=ReturnReason, blank=True)
    text = models.TextField("意见", blank=True, max_length=MAX_TEXT)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=50)
    actor_place = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "办理记录"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="event_return_has_a_reason",
                condition=~Q(step__in=[Step.RETURN, Step.HAND_BACK]) | (~Q(reason="") & ~Q(text="")),
            ),
            models.CheckConstraint(
                name="event_undoes_a_decision", condition=Q(step=Step.UNDO, undoes__isnull=False) | ~Q(step=Step.UNDO)
            ),
        ]
