"""The review form of a round, kept by administrators, and what reviewers fill in."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from declarations.models.review import MAX_TEXT, Submission
from declarations.models.round import ReviewStage, Round


class Criterion(models.Model):
    """One point of the review form; `points` is the most that it can be given."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    aspect = models.CharField("审核内容", max_length=50)
    name = models.CharField("审核要点", max_length=50)
    question = models.TextField("具体内容", max_length=1000)
    points = models.DecimalField("分值", max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = "审核要点"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "position"], name="criterion_position_unique"),
            models.CheckConstraint(name="criterion_points_positive", condition=Q(points__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class Grade(models.Model):
    """A grade and the score from which it is given; only some let a declaration pass."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="grades")
    label = models.CharField("等级", max_length=20)
    threshold = models.DecimalField("不低于（分）", max_digits=6, decimal_places=2)
    may_pass = models.BooleanField("可以通过", default=True)

    class Meta:
        verbose_name = "等级"
        ordering: ClassVar = ["-threshold"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "label"], name="grade_label_unique"),
            models.UniqueConstraint(fields=["round", "threshold"], name="grade_threshold_unique"),
            models.CheckConstraint(name="grade_threshold_not_negative", condition=Q(threshold__gte=0)),
        ]

    def __str__(self) -> str:
        return self.label


class Assessment(models.Model):
    """The review form as a reviewer fills it in for one submission in one stage; it can change until the decision."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="assessments")
    stage = models.ForeignKey(ReviewStage, models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "审核表"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "stage", "reviewer"], name="assessment_once_a_reviewer")
        ]


class Score(models.Model):
    """What one point of the form was given, in points and in words."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    points = models.DecimalField("得分", max_digits=5, decimal_places=2, null=True)
    text = models.TextField("意见", blank=True, max_length=MAX_TEXT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="score_once_a_criterion"),
            models.CheckConstraint(name="score_not_negative", condition=Q(points=None) | Q(points__gte=0)),
        ]
