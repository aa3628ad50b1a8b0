from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from declarations.models.declaration import Declaration
from declarations.models.review import MAX_TEXT, Submission


class Comment(models.Model):
    """What somebody wrote on a cell, a row, a section or the whole of a submission, or as an answer to that.

    `path` is that of a finding, empty for the whole; it names a row by its key, so a comment follows its row from
    submission to submission. `place` and `quoted` are the place in words and the text of the cell at that time.
    An answer has the declaration, path and audience of what it answers. Internal ones never leave the bureau.
    """

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="comments")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="comments")
    path = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=500)
    quoted = models.TextField(blank=True)
    is_internal = models.BooleanField("仅财政局内部可见", default=False)
    text = models.TextField("意见", max_length=MAX_TEXT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=50)
    author_place = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="answers")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "审核意见"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="comment_settled_at_and_by",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="comment_answer_is_not_settled", condition=Q(parent__isnull=True) | Q(settled_at__isnull=True)
            ),
        ]


class CommentText(models.Model):
    """A text that administrators keep and reviewers pick (常用意见)."""

    title = models.CharField("名称", max_length=50, unique=True)
    text = models.TextField("意见内容", max_length=MAX_TEXT)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "常用意见"
        ordering: ClassVar = ["title"]

    def __str__(self) -> str:
        return self.title
