"""The texts that administrators keep and reviewers pick from (常用意见)."""

from django.db import transaction

from declarations.models import CommentText
from perfgoals.accounts.models import User
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record


def active_texts() -> list[CommentText]:
    """Those that can be picked, by title."""
    return list(CommentText.objects.filter(is_active=True))


def store_text(text: CommentText, *, by: User | None = None) -> None:
    """Store a text that `by`, or a command where that is None, has made or changed.

    Raises ValidationError where a column does not hold it.
    """
    text.full_clean()
    with transaction.atomic():
        text.save()
        record(by, Action.CHANGE_COMMENT_TEXTS, subject=text.title, text=text.text)
