"""The form: its sections are shown, saved and worked here, without a script too."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from declarations import commenting, permissions, selectors, services
from declarations.deletions import deletions_of
from declarations.document import BUDGET_LABELS
from declarations.enums import EDITABLE_STATUSES
from declarations.exports.table import layout
from declarations.forms.notes import Comments, comments_by_box
from declarations.forms.rows import BudgetForm, fingerprint, posted_rows
from declarations.forms.sections import section_of_all_indicators, section_pages
from declarations.forms.shown import (
    Attempt,
    Trouble,
    blank_row,
    changed_elsewhere,
    errors_of,
    shown_cell,
    shown_groups,
    shown_rows,
)
from declarations.last_year import last_year_budget, last_year_values
from declarations.models import Budget, Declaration
from declarations.taking_over import unconfirmed_counts
from declarations.views.form_page import GOALS, TASKS, RowsPage, form_context, indicators_page
from declarations.views.lookup import own_declaration_or_404
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, Request, allow

# Stands for the key of a row that is yet to be added.
NO_KEY = UUID(int=0)


@allow(DEPARTMENT_PEOPLE)
@require_http_methods(["GET", "POST"])
def goals(request: Request, declaration_id: int) -> HttpResponse:
    return _rows_page(request, declaration_id, GOALS)


@allow(DEPARTMENT_PEOPLE)
@require_http_methods(["GET", "POST"])
def tasks(request: Request, declaration_id: int) -> HttpResponse:
    return _rows_page(request, declaration_id, TASKS)


@allow(DEPARTMENT_PEOPLE)
@require_http_methods(["GET", "POST"])
def indicators(request: Request, declaration_id: int, primary_id: int) -> HttpResponse:
    return _rows_page(request, declaration_id, indicators_page(primary_id))


@allow(DEPARTMENT_PEOPLE)
@require_http_methods(["GET", "POST"])
def budget(request: Request, declaration_id: int) -> HttpResponse:
    declaration = own_declaration_or_404(request, declaration_id)
    now = timezone.now()
    form, trouble, refusal = None, None, ""
    if request.method == "POST" and request.POST.get("action") != "theirs:budget":
        form = BudgetForm(request.POST)
        if form.has_error("version") or form.has_error("seen"):
            raise BadRequest("budget without a proper version")
        if not form.is_valid():
            trouble = Trouble("budget", errors=errors_of(form, BUDGET_LABELS))
        else:
            changed = form.figures()
            try:
                theirs = services.save_budget(declaration.pk, request.user, form.cleaned_data["version"], changed, now)
            except services.NotEditable as reason:
                theirs, refusal = None, str(reason)
            if theirs:
                trouble = changed_elsewhere("budget", theirs, changed, BudgetForm, request.user)
                # What was changed here, beside what somebody else has written since.
                form = BudgetForm(_budget_shown(theirs) | changed)
            elif not refusal:
                return _go_on(request, declaration, "budget")
    context = form_context(request, declaration, "budget", now)
    shown = _budget_shown(selectors.budget_of(declaration))
    form = form or BudgetForm(initial=shown)
    notes = {} if trouble else context["notes"]
    last_year = last_year_budget(context["earlier"])
    comments = _add_comments(request, context)
    context |= {
        "template": "declarations/filling/_budget.html",
        "section_comments": comments.get("budget", ()),
        "form": form,
        "trouble": trouble,
        "refusal": refusal,
        "unsaved": bool(refusal or trouble),
        "figures": {
            name: {
                "cell": shown_cell(name, form[name], notes.get(f"budget/{name}", ()), ""),
                "notes": notes.get(f"budget/{name}", ()),
                "comments": comments.get(f"budget/{name}", ()),
                "last_year": last_year.get(name, ""),
            }
            for name in BUDGET_LABELS
        },
    }
    return render(request, "declarations/filling/page.html", context)


def _budget_shown(stored: Budget) -> dict[str, Any]:
    figures = {name: getattr(stored, name) for name in BUDGET_LABELS}
    return {**figures, "version": stored.version, "seen": fingerprint(figures.values())}


@allow(DEPARTMENT_PEOPLE)
@require_safe
def check(request: Request, declaration_id: int) -> HttpResponse:
    """All findings and the official table on one page, with the button that submits what is seen."""
    declaration = own_declaration_or_404(request, declaration_id)
    now = timezone.now()
    context = form_context(request, declaration, "check", now)
    unconfirmed = unconfirmed_counts(declaration)
    context |= {
        "open_count": commenting.counts(request.user, declaration).open,
        "table": layout(context["document"], context["document"].printing),
        "digest": context["document"].digest(),
        "can_submit": permissions.can_submit(request.user, declaration, now),
        "waits_for_submission": declaration.status in EDITABLE_STATUSES and permissions.is_open(declaration, now),
        "first_stage": permissions.stages_of(declaration)[0] if permissions.stages_of(declaration) else None,
        "unconfirmed_sections": [
            (section, unconfirmed[section.key]) for section in context["sections"] if section.key in unconfirmed
        ],
    }
    return render(request, "declarations/filling/check.html", context)


def _rows_page(request: Request, declaration_id: int, page: RowsPage) -> HttpResponse:
    declaration = own_declaration_or_404(request, declaration_id)
    groups = selectors.groups_of(declaration, page.primary_id) if page.primary_id is not None else []
    if page.primary_id is not None and not groups:
        raise Http404
    now = timezone.now()
    attempt = Attempt(request.user, added=request.GET.get("added", ""))
    if request.method == "POST":
        attempt = _attempt(request, declaration, page, now)
        if not attempt.has_something_to_tell:
            return _go_on(request, declaration, page.key, attempt)
    context = form_context(request, declaration, page.key, now, attempt.added)
    stored = list(selectors.rows_of(declaration, page.section.model, page.primary_id))
    origins = {str(row.key): str(row.origin) for row in stored if row.origin}
    last_year = last_year_values(context["document"], origins, context["earlier"]) if groups else {}
    comments = _add_comments(request, context)
    rows = shown_rows(stored, page.form_class, attempt, context["notes"], last_year, comments)
    section_box = page.key if page.primary_id is None else f"primaries/{page.key}"
    context |= {
        "template": page.template,
        "rows": rows,
        "groups": shown_groups(groups, rows, context["notes"], comments),
        "section_notes": context["notes"].get(section_box, ()),
        "section_comments": comments.get(section_box, ()),
        "comments_on_all": comments.get("indicators", ()),
        "shows_notes_on_all": page.key == section_of_all_indicators(context["document"]),
        "columns": [page.form_class.base_fields[name].label for name in page.section.fields],
        "blank_row": blank_row(page.form_class, NO_KEY, groups[0].pk if groups else None),
        "unconfirmed": sum(row.unconfirmed for row in stored),
        "refusal": attempt.refusal,
        "unsaved": bool(attempt.unsaved_rows),
        "undo": _undo_fields(attempt, page),
    }
    return render(request, "declarations/filling/page.html", context)


def _add_comments(request: Request, context: dict[str, Any]) -> Comments:
    """The comments that are not settled, by the box of the form in which they stand; the context gets their number."""
    threads = commenting.threads(request.user, context["declaration"], context["document"])
    context["open_count"] = sum(not thread.is_settled for thread in threads)
    return comments_by_box(threads)


def _attempt(request: Request, declaration: Declaration, page: RowsPage, now: datetime) -> Attempt:
    """Save what was sent, then do what the pressed button asks for."""
    posted = posted_rows(request.POST, page.form_class)
    action, _, argument = request.POST.get("action", "save").partition(":")
    if action == "theirs":
        given_up = _key(argument)
        posted = [row for row in posted if row.key != given_up]
    attempt = Attempt(request.user, posted={row.key: row for row in posted})
    where = (declaration.pk, request.user, page.section)
    if action == "undo":
        posted += posted_rows(request.POST, page.form_class, named_by="undo")
        attempt.focus = posted[-1].key if posted else None
    try:
        edits = [row.edit() for row in posted if row.form.is_valid()]
        outcome = services.save_rows(*where, edits, now=now)
        attempt.saved, attempt.conflicts = True, outcome.conflicts
        if action == "add":
            attempt.focus = services.add_row(*where, _integer(argument) if argument else None, now=now).key
            attempt.added = str(attempt.focus)
        elif action == "confirm":
            keys = [_key(argument)] if argument else [row.key for row in posted]
            services.confirm_rows(*where, keys, now=now)
        elif action in ("up", "down"):
            attempt.focus = _key(argument)
            services.move_row(*where, attempt.focus, -1 if action == "up" else 1, now=now)
        elif action == "delete":
            key = _key(argument)
            versions = {row.key: row.version for row in posted} | {row.key: row.version for row in outcome.saved}
            attempt.deleted = services.delete_row(*where, key, versions.get(key, 0), now=now)
            attempt.posted.pop(key, None)
            attempt.conflicts.pop(key, None)
    except services.NotEditable as reason:
        attempt.refusal = str(reason)
    gone = [key for key, stored in attempt.conflicts.items() if stored is None]
    attempt.deletions = deletions_of(declaration, gone)
    return attempt


def _undo_fields(attempt: Attempt, page: RowsPage) -> dict[str, Any]:
    """What the form has to send to bring the deleted row back, by field name."""
    row = attempt.deleted
    if row is None:
        return {}
    fields = {"version": 0, "position": row.position, "group": getattr(row, "secondary_id", "")}
    if row.unconfirmed:
        fields["origin"] = row.origin
    fields |= {name: getattr(row, name) for name in page.section.fields}
    return {"undo": row.key} | {f"{row.key}-{name}": value for name, value in fields.items()}


def _go_on(request: Request, declaration: Declaration, current: str, attempt: Attempt | None = None) -> HttpResponse:
    """After everything was saved: to the next section where that was asked for, else back to this one."""
    pages = section_pages(declaration, selectors.primaries_of(declaration))
    keys = [page.key for page in pages]
    messages.success(request, "已保存。")
    if request.POST.get("action") != "next":
        url = pages[keys.index(current)].url
        if attempt and attempt.added:
            url += f"?added={attempt.added}"
        return HttpResponseRedirect(f"{url}#row-{attempt.focus}" if attempt and attempt.focus else url)
    return HttpResponseRedirect(pages[keys.index(current) + 1].url)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadRequest("not the key of a row") from None


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadRequest("not a number") from None
