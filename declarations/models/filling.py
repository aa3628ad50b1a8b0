"""What is kept only while a declaration is filled in."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from declarations.models.declaration import Declaration


class Presence(models.Model):
    """Who has the form of a declaration open, and when his browser said so last."""

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["declaration", "user"], name="presence_once_a_user")]


class DeletedRow(models.Model):
    """The last deletion of the row with this key, while the row is gone: by whom and when.

    Somebody who typed into the row meanwhile is told. This is no history: autosave makes none, so neither the texts nor
    earlier deletions are kept, and nothing is left once the row is there again.
    """

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="deleted_rows")
    key = models.UUIDField()
    deleted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["declaration", "key"], name="deletion_once_a_row")]


class Upload(models.Model):
    """A workbook that was uploaded and read, until it is applied or thrown away.

    `contents` is what was read, as JSON; `seen_digest` the SHA-256 of the document it was compared with when it came,
    so that people are told that it has changed since.
    """

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="uploads")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    file_name = models.CharField(max_length=255)
    contents = models.TextField()
    seen_digest = models.CharField(max_length=64)
