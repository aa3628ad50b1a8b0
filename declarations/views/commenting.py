"""Comments on a declaration: the page that lists them, and what the forms on it and on the review page send."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from declarations import commenting, permissions, selectors
from declarations.commenting import CommentRefused, Thread
from declarations.document import Document
from declarations.exports.table import anchor_of, columns_of
from declarations.forms.commenting import INTERNAL, SHARED, AnswerForm, CommentForm
from declarations.forms.sections import place_urls
from declarations.models import Comment, Declaration
from declarations.quoting import quotes
from declarations.views.lookup import declaration_or_404
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, EVERYBODY, REVIEWERS, Request, allow
from perfgoals.accounts.models import User
from perfgoals.background import is_in_background

CONFLICT = 409
# The pages that comments are written on, as the forms name them.
PAGES = ("comments", "review")


@dataclass(frozen=True)
class ShownThread:
    """A thread with the address of its place, empty where there is none, and the form that answers it, if any."""

    thread: Thread
    url: str
    form: AnswerForm | None


@dataclass(frozen=True)
class Attempt:
    """What was sent and not stored: a comment or the answer to the one with this key, and why."""

    comment: CommentForm | None = None
    answer: AnswerForm | None = None
    answered: int | None = None
    refusal: str = ""


def comments_context(
    user: User,
    declaration: Declaration,
    threads: Sequence[Thread],
    *,
    page: str,
    url_of: Callable[[str], str],
    attempt: Attempt | None = None,
) -> dict[str, Any]:
    """What the partials of comments show on `page` (of `PAGES`); `url_of` answers the address of a place by its path.

    One query where the person can write a comment, for the texts to pick from; else none.
    """
    attempt = attempt or Attempt()
    shown = [
        ShownThread(thread, "" if thread.is_gone else url_of(thread.path), _answer_form(thread, attempt))
        for thread in threads
    ]
    # What was typed is shown even to one who cannot comment any more.
    form = attempt.comment
    if form is None and permissions.can_comment(user, declaration):
        form = comment_form(declaration)
    return {
        "open_comments": [each for each in shown if not each.thread.is_settled],
        "settled_comments": [each for each in shown if each.thread.is_settled],
        "comment_form": form,
        "comment_refusal": attempt.refusal,
        "refused_form": attempt.comment or attempt.answer,
        "comments_page": page,
        "in_bureau": permissions.belongs_to_bureau(user),
    }


def _answer_form(thread: Thread, attempt: Attempt) -> AnswerForm | None:
    """The form that answers the thread; what was typed into it is shown even where it is too late."""
    if attempt.answer and attempt.answered == thread.comment.pk:
        return attempt.answer
    return AnswerForm(thread.comment.pk) if thread.can_answer else None


def comment_form(declaration: Declaration, data: Any = None) -> CommentForm:
    """The form for a comment on the current submission; without one there is none to find. One query."""
    if declaration.submission is None:
        raise Http404
    places = quotes(selectors.sealed_document(declaration.submission)).values()
    return CommentForm(places, data, initial={"digest": declaration.submission.digest})


@allow(EVERYBODY)
@require_safe
def comments(request: Request, declaration_id: int) -> HttpResponse:
    """All comments on a declaration that the person may see, with what he can do about them."""
    return _page(request, declaration_or_404(request, declaration_id))


@allow(DEPARTMENT_PEOPLE | REVIEWERS)
@require_POST
def add(request: Request, declaration_id: int) -> HttpResponse:
    declaration = declaration_or_404(request, declaration_id)
    form = comment_form(declaration, request.POST)
    if request.POST.get("action") == "pick":
        return _page(request, declaration, Attempt(comment=comment_form(declaration, form.with_picked_text())))
    audience = request.POST.get("audience")
    if not form.is_valid():
        return _page(request, declaration, Attempt(comment=form))
    if audience not in (INTERNAL, SHARED):
        return _page(request, declaration, Attempt(comment=form, refusal="请选择意见由谁可见。"))
    try:
        written = commenting.add_comment(
            declaration.pk,
            request.user,
            digest=form.cleaned_data["digest"],
            path=form.cleaned_data["path"],
            text=form.cleaned_data["text"],
            is_internal=audience == INTERNAL,
        )
    except CommentRefused as refusal:
        # Who is told that something else is current can then send the same again.
        again = comment_form(declaration, {**request.POST.dict(), "digest": form["digest"].initial})
        return _page(request, declaration, Attempt(comment=again, refusal=str(refusal)))
    return _back(request, written, "意见已保存，仅财政局内部可见。" if written.is_internal else "意见已提交。")


@allow(DEPARTMENT_PEOPLE | REVIEWERS)
@require_POST
def answer(request: Request, declaration_id: int, comment_id: int) -> HttpResponse:
    declaration = declaration_or_404(request, declaration_id)
    form = AnswerForm(comment_id, request.POST)
    _require_visible(request, declaration, comment_id)
    if not form.is_valid():
        return _page(request, declaration, Attempt(answer=form, answered=comment_id))
    try:
        given = commenting.answer(comment_id, request.user, form.cleaned_data["text"])
    except CommentRefused as refusal:
        return _page(request, declaration, Attempt(answer=form, answered=comment_id, refusal=str(refusal)))
    return _back(request, given, "回复已提交。")


@allow(DEPARTMENT_PEOPLE | REVIEWERS)
@require_POST
def settle(request: Request, declaration_id: int, comment_id: int) -> HttpResponse:
    return _mark(request, declaration_id, comment_id, commenting.settle, "已标为处理完毕。")


@allow(DEPARTMENT_PEOPLE | REVIEWERS)
@require_POST
def reopen(request: Request, declaration_id: int, comment_id: int) -> HttpResponse:
    return _mark(request, declaration_id, comment_id, commenting.reopen, "已重新打开。")


def _mark(
    request: Request, declaration_id: int, comment_id: int, mark: Callable[..., Comment], done: str
) -> HttpResponse:
    declaration = declaration_or_404(request, declaration_id)
    _require_visible(request, declaration, comment_id)
    try:
        marked = mark(comment_id, request.user)
    except CommentRefused as refusal:
        return _page(request, declaration, Attempt(refusal=str(refusal)))
    return _back(request, marked, done)


def _require_visible(request: Request, declaration: Declaration, comment_id: int) -> None:
    visible = declaration.comments.filter(permissions.visible_comments(request.user), parent=None)
    if not visible.filter(pk=comment_id).exists():
        raise Http404


def _page(request: Request, declaration: Declaration, attempt: Attempt | None = None) -> HttpResponse:
    """The page of comments, with what was sent and not stored; 409 where the state of things refused it."""
    document = commenting.document_before(request.user, declaration)
    threads = commenting.threads(request.user, declaration, document)
    context = comments_context(
        request.user,
        declaration,
        threads,
        page="comments",
        url_of=_urls(request, declaration, document, threads),
        attempt=attempt,
    )
    context |= {
        "declaration": declaration,
        "can_edit": permissions.can_edit(request.user, declaration, timezone.now()),
    }
    status = CONFLICT if attempt and attempt.refusal else 200
    return render(request, "declarations/comments.html", context, status=status)


def _urls(
    request: Request, declaration: Declaration, document: Document, threads: Sequence[Thread]
) -> Callable[[str], str]:
    """Where places stand: for the department in the form, for others in the official table."""
    if permissions.belongs_to_department(request.user, declaration):
        urls = place_urls(declaration, document, (thread.path for thread in threads))
        return lambda path: urls.get(path, "")
    detail = reverse("declarations:detail", args=[declaration.pk])
    printed = {column.field for column in columns_of(document.printing)}
    return lambda path: f"{detail}#{anchor_of(_cell_of(path, printed))}" if path else ""


def _cell_of(path: str, printed: Collection[str]) -> str:
    """The path of the cell of the official table in which the place is printed, or else of one in its row."""
    section, *rest = path.split("/")
    match section, rest:
        case "goals", _:
            return "goals"
        case "budget", []:
            return "budget/total"
        case "tasks" | "targets", [key]:
            return f"{section}/{key}/name"
        case "targets", [key, field] if field not in printed:
            return f"targets/{key}/{'value' if field == 'unit' else 'name'}"
        case _:
            return path


def _back(request: Request, comment: Comment, done: str) -> HttpResponse:
    """To the page that the form stood on, at the thread."""
    if not is_in_background(request):
        messages.success(request, done)
    named = request.POST.get("page", "")
    page = named if named in PAGES else PAGES[0]
    url = reverse(f"declarations:{page}", args=[comment.declaration_id])
    return redirect(f"{url}#{commenting.anchor_of(comment)}")
