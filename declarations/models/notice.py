"""What people are told, in the application and by mail."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from declarations.enums import NoticeKind
from declarations.models.comment import Comment
from declarations.models.declaration import Declaration
from declarations.models.review import Event


class Mail(models.Model):
    """A mail in the outbox. It is tried again at `next_try_at` until it is sent or given up."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # What it tells, as in a notice: "event/12", "daily/20261201".
    key = models.CharField(max_length=100)
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = "待发邮件"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="mail_once_a_user")]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=models.Q(sent_at=None), name="mail_to_send")
        ]


class Notice(models.Model):
    """Something that one person is told about a declaration or a round.

    `key` says what it is about, so that nobody is told the same twice: "event/12", "comment/5", "due/round/3/20261201".
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=NoticeKind)
    key = models.CharField(max_length=100)
    declaration = models.ForeignKey(Declaration, models.CASCADE, null=True, related_name="notices")
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="notices")
    comment = models.ForeignKey(Comment, models.PROTECT, null=True, related_name="notices")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    # Waits for the mail of the day.
    in_daily_mail = models.BooleanField(default=False)

    class Meta:
        verbose_name = "通知"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="notice_once_a_user")]
        indexes: ClassVar = [
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["user"], condition=models.Q(in_daily_mail=True), name="notice_for_daily_mail"),
        ]
