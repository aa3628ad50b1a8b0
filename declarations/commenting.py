"""Comments on a declaration: written on what was submitted, answered, settled; they follow their row by its key."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from declarations import notices, permissions, selectors
from declarations.document import Document
from declarations.enums import NoticeKind
from declarations.models import Comment, Declaration, Notice
from declarations.models.review import MAX_TEXT
from declarations.people import people_of_department
from declarations.quoting import quotes
from perfgoals.accounts.enums import REVIEW_ROLES
from perfgoals.accounts.models import User
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record

# Who writes one comment after the other is told of once, until it is read.
QUIET = timedelta(minutes=30)


class CommentRefused(Exception):
    """A comment that cannot be stored; its message, in Chinese, says why."""


@dataclass(frozen=True)
class Thread:
    """A comment with its answers, as one person has it before him.

    `place` are the words of the place where it stands now and `now` the text there; where its row is gone, these are
    the words of that time and None.
    """

    comment: Comment
    answers: Sequence[Comment]
    place: str
    now: str | None
    can_answer: bool
    can_settle: bool

    @property
    def path(self) -> str:
        return self.comment.path

    @property
    def is_settled(self) -> bool:
        return self.comment.settled_at is not None

    @property
    def is_row(self) -> bool:
        """Whether it is on a whole row, whose texts are quoted line by line."""
        section, *rest = self.path.split("/")
        return section in ("tasks", "targets") and len(rest) == 1

    @property
    def is_gone(self) -> bool:
        return self.now is None

    @property
    def is_changed(self) -> bool:
        """Whether the text is another one than that which the comment was written on."""
        return self.now is not None and self.now != self.comment.quoted

    @property
    def is_elsewhere(self) -> bool:
        """Whether the place has other words than when the comment was written."""
        return self.place != self.comment.place

    @property
    def anchor(self) -> str:
        """The thread's id in a page."""
        return anchor_of(self.comment)


@dataclass(frozen=True)
class Counts:
    """How many threads somebody sees."""

    open: int
    settled: int


def threads(user: User, declaration: Declaration, document: Document | None = None) -> list[Thread]:
    """All threads that `user` may see, those that are open first, each part in printed order.

    `document` is what `user` has before him; if not given, what he may see of the declaration. One query with it.
    """
    places = quotes(document or document_before(user, declaration))
    order = {path: number for number, path in enumerate(places)}
    answers: dict[int, list[Comment]] = defaultdict(list)
    roots = []
    stored = Comment.objects.filter(permissions.visible_comments(user), declaration=declaration)
    for comment in stored.select_related("author", "settled_by", "submission"):
        if comment.parent_id is None:
            roots.append(comment)
        else:
            answers[comment.parent_id].append(comment)
    found = []
    for comment in roots:
        quote = places.get(comment.path)
        found.append(
            Thread(
                comment=comment,
                answers=answers[comment.pk],
                place=quote.place.words if quote else comment.place,
                now=quote.text if quote else None,
                can_answer=comment.settled_at is None
                and permissions.can_answer(user, declaration, is_internal=comment.is_internal),
                can_settle=permissions.can_settle(user, declaration, comment.author),
            )
        )
    return sorted(found, key=lambda thread: (thread.is_settled, order.get(thread.path, len(order))))


def by_path(found: Iterable[Thread]) -> dict[str, list[Thread]]:
    """The threads by the path that they stand at."""
    paths: dict[str, list[Thread]] = defaultdict(list)
    for thread in found:
        paths[thread.path].append(thread)
    return paths


def counts(user: User, declaration: Declaration) -> Counts:
    """How many threads on the declaration `user` may see. One query."""
    seen = Comment.objects.filter(permissions.visible_comments(user), declaration=declaration, parent=None)
    is_open = Q(settled_at=None)
    return Counts(**seen.aggregate(open=Count("pk", filter=is_open), settled=Count("pk", filter=~is_open)))


def document_before(user: User, declaration: Declaration) -> Document:
    """What `user` sees of the declaration: the rows, if they are open to him, else what was submitted last."""
    if declaration.submission is None or permissions.can_view_working_copy(user, declaration):
        return selectors.current_document(declaration)
    return selectors.sealed_document(declaration.submission)


def anchor_of(comment: Comment) -> str:
    """The id in a page of the thread that the comment belongs to."""
    return f"thread-{comment.parent_id or comment.pk}"


def add_comment(
    declaration_id: int,
    author: User,
    *,
    digest: str,
    path: str,
    text: str,
    is_internal: bool,
    now: datetime | None = None,
) -> Comment:
    """Write a comment on the current submission, whose digest the author has before him.

    `path` is that of a place in it. Sent twice in a row, it is stored once: the first answer was lost on its way.
    Raises CommentRefused.
    """
    with transaction.atomic():
        declaration = selectors.locked_declaration(declaration_id)
        if not permissions.comments_on(author, declaration):
            raise CommentRefused("该申报表不由您审核，不能提出意见。")
        submission = declaration.submission
        if submission is None or not permissions.can_comment(author, declaration):
            raise CommentRefused(f"申报表当前状态为“{declaration.get_status_display()}”，现在不能提出意见。")
        if is_internal and not permissions.belongs_to_bureau(author):
            raise CommentRefused("只有财政局人员可以填写内部意见。")
        if submission.digest != digest:
            raise CommentRefused(
                f"申报表已重新送审（第 {submission.number} 次），您看到的是之前的内容。请核对最新内容后再提交。"
            )
        quote = quotes(selectors.sealed_document(submission)).get(path)
        if quote is None:
            raise CommentRefused("请选择意见所在位置。")
        comment, is_new = _write(
            Comment(
                declaration=declaration,
                submission=submission,
                path=path,
                place=quote.place.words,
                quoted=quote.text,
                is_internal=is_internal,
            ),
            author,
            text,
            now,
        )
        if is_new:
            told = _of_bureau(comment, ()) if is_internal else people_of_department(declaration)
            _tell(told, comment, f"提出{'内部' if is_internal else '审核'}意见（{comment.place}）")
            _record(author, Action.COMMENT, comment)
        return comment


def answer(comment_id: int, author: User, text: str, *, now: datetime | None = None) -> Comment:
    """Answer the comment. Raises CommentRefused, and Comment.DoesNotExist where `author` may not see it."""
    with transaction.atomic():
        comment, declaration = _locked(comment_id, author)
        if not permissions.can_answer(author, declaration, is_internal=comment.is_internal):
            raise CommentRefused("您不能回复该意见。")
        if comment.settled_at is not None:
            raise CommentRefused("该意见已标为处理完毕，不能再回复。")
        given, is_new = _write(
            Comment(
                declaration=declaration,
                submission=declaration.submission,
                path=comment.path,
                place=comment.place,
                is_internal=comment.is_internal,
                parent=comment,
            ),
            author,
            text,
            now,
        )
        if is_new:
            wrote = [comment.author, *(each.author for each in comment.answers.select_related("author"))]
            _tell(_told_of_answer(given, wrote), given, f"回复审核意见（{comment.place}）")
            _record(author, Action.REPLY, given)
        return given


def settle(comment_id: int, actor: User, *, now: datetime | None = None) -> Comment:
    """Mark the comment as settled; one that is already stays as it is. Raises what `answer` raises."""
    return _mark(comment_id, actor, now or timezone.now())


def reopen(comment_id: int, actor: User) -> Comment:
    """Take the mark off again. Raises what `answer` raises."""
    return _mark(comment_id, actor, None)


def _mark(comment_id: int, actor: User, settled_at: datetime | None) -> Comment:
    with transaction.atomic():
        comment, declaration = _locked(comment_id, actor)
        if not permissions.can_settle(actor, declaration, comment.author):
            raise CommentRefused("您不能处理该意见。")
        if (comment.settled_at is None) != (settled_at is None):
            comment.settled_at, comment.settled_by = settled_at, actor if settled_at else None
            comment.save(update_fields=["settled_at", "settled_by"])
            _record(actor, Action.SETTLE if settled_at else Action.REOPEN, comment)
        return comment


def _locked(comment_id: int, user: User) -> tuple[Comment, Declaration]:
    """A comment that begins a thread, and its declaration, which nobody else changes before the transaction ends."""
    visible = Comment.objects.filter(permissions.visible_comments(user), parent=None).select_related("author")
    declaration = selectors.locked_declaration(visible.get(pk=comment_id).declaration_id)
    if not permissions.can_view(user, declaration):
        raise Comment.DoesNotExist
    # Read again after the lock: somebody may just have settled it.
    return visible.get(pk=comment_id), declaration


def _write(comment: Comment, author: User, text: str, now: datetime | None) -> tuple[Comment, bool]:
    """Store the comment; answers what is stored, and whether it was not before."""
    text = text.strip()
    if not text:
        raise CommentRefused("请填写意见内容。")
    if len(text) > MAX_TEXT:
        raise CommentRefused(f"意见不能超过 {MAX_TEXT} 字，现有 {len(text)} 字，请精简后再提交。")
    last = Comment.objects.filter(declaration=comment.declaration, author=author).last()
    if last and _said(last) == (comment.submission_id, comment.parent_id, comment.path, comment.is_internal, text):
        return last, False
    comment.text = text
    comment.author = author
    comment.author_name = author.name
    comment.author_place = str(author.department or author.office or "")
    comment.at = now or timezone.now()
    comment.save()
    return comment, True


def _said(comment: Comment) -> tuple[int, int | None, str, bool, str]:
    return comment.submission_id, comment.parent_id, comment.path, comment.is_internal, comment.text


def _told_of_answer(given: Comment, wrote: Sequence[User]) -> Iterable[User]:
    """Those who wrote in the thread; of what the bureau or a superior says, the whole department too."""
    declaration = given.declaration
    if given.is_internal:
        return _of_bureau(given, wrote)
    still_there = (user for user in wrote if user.is_active and permissions.can_view(user, declaration))
    if permissions.belongs_to_department(given.author, declaration):
        return still_there
    return chain(still_there, people_of_department(declaration))


def _of_bureau(comment: Comment, wrote: Iterable[User]) -> Iterator[User]:
    """Whoever deals with the declaration at the bureau and those of it who wrote in the thread."""
    declaration = comment.declaration
    for user in [*wrote, *([declaration.assignee] if declaration.assignee else [])]:
        if user.is_active and user.role in REVIEW_ROLES and permissions.can_view(user, declaration):
            yield user


def _record(actor: User, action: Action, comment: Comment) -> None:
    declaration, digest = comment.declaration, comment.submission.digest
    subject = f"{declaration}申报表"
    record(actor, action, subject=subject, declaration_id=declaration.pk, digest=digest, text=comment.place)


def _tell(people: Iterable[User], comment: Comment, what: str) -> None:
    """Tell `people` of the comment, save those who have not read yet that the author has just written another one."""
    waiting = set(
        Notice.objects.filter(
            kind=NoticeKind.COMMENTED,
            declaration=comment.declaration,
            comment__author=comment.author,
            comment__at__gt=comment.at - QUIET,
            read_at=None,
        ).values_list("user", flat=True)
    )
    text = f"{comment.author_name}对{comment.declaration}申报表{what}：{comment.text}"
    told = [user for user in people if user.pk not in waiting]
    notices.tell(told, NoticeKind.COMMENTED, f"comment/{comment.pk}", text, comment.at, comment=comment)
