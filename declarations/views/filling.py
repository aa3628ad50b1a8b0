"""The form: its sections are shown, saved and worked here."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from declarations import permissions, selectors, services
from declarations.checks import Finding, error_count, run_checks
from declarations.document import BUDGET_LABELS
from declarations.enums import EDITABLE_STATUSES
from declarations.exports.table import layout
from declarations.forms.rows import BudgetForm, GoalForm, RowForm, TargetForm, TaskForm, fingerprint, posted_rows
from declarations.forms.sections import section_links, section_pages
from declarations.forms.shown import Attempt, shown_cell, shown_groups, shown_rows
from declarations.models import Declaration
from declarations.views.lookup import declaration_or_404
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, Request, allow
from perfgoals.redirects import to_whole_page


@dataclass(frozen=True)
class RowsPage:
    """A section that consists of rows: which form reads it, which template shows it."""

    key: str
    form_class: type[RowForm]
    template: str
    primary_id: int | None = None

    @property
    def section(self) -> services.Section:
        return self.form_class.section


GOALS = RowsPage("goals", GoalForm, "declarations/filling/_goals.html")
TASKS = RowsPage("tasks", TaskForm, "declarations/filling/_tasks.html")


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
    page = RowsPage(str(primary_id), TargetForm, "declarations/filling/_indicators.html", primary_id)
    return _rows_page(request, declaration_id, page)


@allow(DEPARTMENT_PEOPLE)
@require_http_methods(["GET", "POST"])
def budget(request: Request, declaration_id: int) -> HttpResponse:
    declaration = declaration_or_404(request, declaration_id)
    now = timezone.now()
    form, theirs, refusal = None, None, ""
    changed: dict[str, str] = {}
    if request.method == "POST":
        form = BudgetForm(request.POST)
        if form.has_error("version") or form.has_error("seen"):
            raise BadRequest("budget without a proper version")
        if form.is_valid():
            changed = form.figures()
            try:
                theirs = services.save_budget(declaration.pk, request.user, form.cleaned_data["version"], changed, now)
            except services.NotEditable as reason:
                refusal = str(reason)
            if not theirs and not refusal:
                if request.POST.get("action") == "next" or not request.htmx:
                    return _go_on(request, declaration, "budget")
                form = None
    context = _context(request, declaration, "budget", now)
    stored = selectors.budget_of(declaration)
    figures = {name: getattr(stored, name) for name in BUDGET_LABELS}
    shown = {**figures, "version": stored.version, "seen": fingerprint(figures.values())}
    if form is None:
        form = BudgetForm(initial=shown)
    elif theirs:
        # Beside what was changed here stands what somebody else has written since.
        form = BudgetForm(shown | changed)
    context |= {
        "template": "declarations/filling/_budget.html",
        "form": form,
        "theirs": theirs,
        "refusal": refusal,
        "unsaved": bool(refusal or theirs or form.errors),
        "figures": {
            name: shown_cell(
                form[name],
                text=figures[name],
                findings=context["findings_at"][f"budget/{name}"],
                theirs=figures[name] if theirs and changed.get(name, figures[name]) != figures[name] else None,
            )
            for name in BUDGET_LABELS
        },
    }
    return render(request, _template(request), context)


@allow(DEPARTMENT_PEOPLE)
@require_safe
def check(request: Request, declaration_id: int) -> HttpResponse:
    """All findings and the official table on one page, with the button that submits what is seen."""
    declaration = declaration_or_404(request, declaration_id)
    now = timezone.now()
    context = _context(request, declaration, "check", now)
    context |= {
        "table": layout(context["document"]),
        "digest": context["document"].digest(),
        "can_submit": permissions.can_submit(request.user, declaration, now),
        "waits_for_submission": declaration.status in EDITABLE_STATUSES and permissions.is_open(declaration, now),
        "first_stage": declaration.round.stages.first(),
    }
    return render(request, "declarations/filling/check.html", context)


def _rows_page(request: Request, declaration_id: int, page: RowsPage) -> HttpResponse:
    declaration = declaration_or_404(request, declaration_id)
    groups = selectors.groups_of(declaration, page.primary_id) if page.primary_id is not None else []
    if page.primary_id is not None and not groups:
        raise Http404
    now = timezone.now()
    attempt = Attempt()
    if request.method == "POST":
        attempt = _attempt(request, declaration, page, now)
        if not attempt.has_something_to_tell and (request.POST.get("action") == "next" or not request.htmx):
            return _go_on(request, declaration, page.key, attempt.focus)
    context = _context(request, declaration, page.key, now)
    stored = selectors.rows_of(declaration, page.section.model, page.primary_id)
    rows = shown_rows(stored, page.form_class, attempt, context["findings_at"])
    context |= {
        "template": page.template,
        "rows": rows,
        "groups": shown_groups(groups, rows, context["findings_at"]),
        "primary_findings": context["findings_at"][f"primaries/{page.key}"],
        "findings_on_all": [
            linked.finding for linked in context["section"].findings if linked.finding.path == "indicators"
        ],
        "columns": [page.form_class.base_fields[name].label for name in page.section.fields],
        "refusal": attempt.refusal,
        "unsaved": bool(attempt.unsaved_rows),
        "undo": _undo_fields(attempt, page),
    }
    return render(request, _template(request), context)


def _attempt(request: Request, declaration: Declaration, page: RowsPage, now: datetime) -> Attempt:
    """Save what was sent, then do what the pressed button asks for."""
    posted = posted_rows(request.POST, page.form_class)
    attempt = Attempt(posted={row.key: row for row in posted})
    action, _, argument = request.POST.get("action", "save").partition(":")
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
    return attempt


def _undo_fields(attempt: Attempt, page: RowsPage) -> dict[str, Any]:
    """What the form has to send to bring the deleted row back, by field name."""
    row = attempt.deleted
    if row is None:
        return {}
    fields = {"version": 0, "position": row.position, "group": getattr(row, "secondary_id", "")}
    fields |= {name: getattr(row, name) for name in page.section.fields}
    return {"undo": row.key} | {f"{row.key}-{name}": value for name, value in fields.items()}


def _context(request: Request, declaration: Declaration, current: str, now: datetime) -> dict[str, Any]:
    """What every page of the form shows: the sections, the findings, and why nothing can be changed."""
    document = selectors.current_document(declaration)
    findings = run_checks(document, selectors.earlier_documents(declaration))
    findings_at: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        findings_at[finding.path].append(finding)
    sections = section_links(declaration, document, findings)
    errors = error_count(findings)
    return {
        "declaration": declaration,
        "closing_time": permissions.closing_time(declaration.round, declaration.department),
        "document": document,
        "sections": sections,
        "current": current,
        "section": next((section for section in sections if section.key == current), None),
        "findings_at": findings_at,
        "errors": errors,
        "warnings": len(findings) - errors,
        "read_only": services.why_not_editable(request.user, declaration, now),
        "last_return": selectors.last_return(declaration),
        "now": now,
    }


def _go_on(request: Request, declaration: Declaration, current: str, focus: UUID | None = None) -> HttpResponse:
    """After everything was saved: to the next section where that was asked for, else back to this one."""
    pages = section_pages(declaration, selectors.primaries_of(declaration))
    keys = [page.key for page in pages]
    messages.success(request, "已保存。")
    if request.POST.get("action") != "next":
        url = pages[keys.index(current)].url
        return HttpResponseRedirect(f"{url}#row-{focus}" if focus else url)
    return to_whole_page(request, pages[keys.index(current) + 1].url)


def _template(request: Request) -> str:
    return f"declarations/filling/{'_section' if request.htmx else 'page'}.html"


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
