"""What the form's script asks for: changes are stored while somebody types, and it is told what they mean."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse, RawPostDataException
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from declarations import services
from declarations.changes import Applied, apply_changes
from declarations.deletions import deletions_of
from declarations.document import BUDGET_LABELS
from declarations.forms.autosave import FORMS, Autosave, Sorted
from declarations.forms.rows import BudgetForm
from declarations.forms.sections import box_of
from declarations.forms.shown import Trouble, changed_elsewhere, deleted_elsewhere
from declarations.models import Budget, Declaration, DeletedRow, Row
from declarations.presence import others_present
from declarations.views.form_page import form_context
from declarations.views.lookup import own_declaration_or_404
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, Request, allow
from perfgoals.accounts.models import User
from perfgoals.times import printed_clock

OTHER_USER = 409


@allow(DEPARTMENT_PEOPLE)
@require_POST
def autosave(request: Request, declaration_id: int) -> HttpResponse:
    """Store what was changed and answer what came of each row, who else is here and, if anything changed, the findings.

    Without changes it only tells that the form is open and asks whether something is new.
    """
    declaration = own_declaration_or_404(request, declaration_id)
    try:
        asked = Autosave.model_validate_json(request.body)
        parted = Sorted(asked)
    except (ValueError, RawPostDataException):
        raise BadRequest("not a request of the form's script") from None
    if asked.user != request.user.pk:
        message = f"当前登录的是{request.user.name}，与打开本页时不是同一人。"
        return JsonResponse({"message": message}, status=OTHER_USER)
    now = timezone.now()
    before = after = declaration.updated_at
    rows: dict[str, dict[str, Any]] = {}
    refusal = ""
    if asked.asks_for_changes:
        try:
            applied = apply_changes(declaration.pk, request.user, parted.changes, now)
        except services.NotEditable as reason:
            refusal = str(reason)
        else:
            before, after = applied.before, applied.after
            gone = [key for key, stored in applied.conflicts.items() if stored is None]
            rows = _rows(asked, parted, applied, deletions_of(declaration, gone), request.user)
        # Its status and times may be new.
        declaration = own_declaration_or_404(request, declaration_id)
    answer = {
        "seen": after.isoformat(),
        "stale": before.isoformat() != asked.seen,
        "time": printed_clock(now),
        "rows": rows,
        "refusal": refusal,
        "readOnly": services.why_not_editable(request.user, declaration, now),
        "others": render_to_string(
            "declarations/filling/_others.html", {"others": others_present(declaration, request.user, now)}
        ),
    }
    if before != after:
        answer |= _findings(request, declaration, asked.page)
    return JsonResponse(answer)


def _findings(request: Request, declaration: Declaration, page: str) -> dict[str, Any]:
    """The parts of the page that say what the checks found."""
    context = form_context(request, declaration, page, timezone.now())
    section = context["section"]
    boxes = {box_of(linked.finding.path) for linked in section.findings} if section else set()
    return {
        "sections": render_to_string("declarations/filling/_sections.html", context),
        "findings": render_to_string("declarations/filling/_section_findings.html", context),
        "notes": {
            box: render_to_string("declarations/filling/_notes.html", {"notes": notes})
            for box, notes in context["notes"].items()
            if box in boxes
        },
    }


def _rows(
    asked: Autosave, parted: Sorted, applied: Applied, deletions: Mapping[UUID, DeletedRow], user: User
) -> dict[str, dict[str, Any]]:
    """What came of each row, by key: the version that holds the texts now, or why some of them are not stored."""
    answers: dict[str, dict[str, Any]] = {}
    for row in asked.rows:
        key = str(row.key)
        if row.key in applied.conflicts:
            stored = applied.conflicts[row.key]
            form_class = FORMS[row.section]
            if stored:
                trouble = changed_elsewhere(key, stored, row.texts, form_class, user)
            else:
                trouble = deleted_elsewhere(key, deletions.get(row.key), user)
            answers[key] = _conflict(stored, trouble, form_class.section.fields)
        elif row.key in applied.refused:
            answers[key] = {"state": "refused", "message": applied.refused[row.key]}
        else:
            answers[key] = _stored(key, applied.stored.get(row.key), row.texts, parted)
    for deletion in asked.deleted:
        refused = applied.refused.get(deletion.key)
        answers[str(deletion.key)] = {"state": "refused", "message": refused} if refused else {"state": "deleted"}
    if asked.budget:
        if applied.budget and applied.budget_conflict:
            trouble = changed_elsewhere("budget", applied.budget, asked.budget.texts, BudgetForm, user)
            answers["budget"] = _conflict(applied.budget, trouble, BUDGET_LABELS)
        else:
            answers["budget"] = _stored("budget", applied.budget, asked.budget.texts, parted)
    return answers


def _stored(key: str, stored: Row | Budget | None, sent: Mapping[str, str], parted: Sorted) -> dict[str, Any]:
    errors = parted.errors.get(key, [])
    rejected = [cell.name for cell in errors]
    answer: dict[str, Any] = {"state": "stored", "rejected": rejected, "trouble": ""}
    if stored:
        answer["version"] = stored.version
        answer["unconfirmed"] = isinstance(stored, Row) and stored.unconfirmed
        # A text may be stored otherwise than it was sent: a line break in a cell of one line is taken out.
        answer["texts"] = {
            name: getattr(stored, name)
            for name, text in sent.items()
            if name not in rejected and getattr(stored, name) != text
        }
    if errors:
        answer["trouble"] = _trouble(Trouble(key, errors=errors))
    return answer


def _conflict(stored: Row | Budget | None, trouble: Trouble, names: Iterable[str]) -> dict[str, Any]:
    return {
        "state": "conflict",
        "version": stored.version if stored else 0,
        "texts": {name: getattr(stored, name) for name in names} if stored else None,
        "trouble": _trouble(trouble),
    }


def _trouble(trouble: Trouble) -> str:
    return render_to_string("declarations/filling/_trouble.html", {"trouble": trouble})
