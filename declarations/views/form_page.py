"""The sections of the form that consist of rows, and what every page of the form shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from declarations import permissions, selectors, services, versions
from declarations.checks import error_count, run_checks
from declarations.forms.notes import notes_by_box
from declarations.forms.rows import GoalForm, RowForm, TargetForm, TaskForm
from declarations.forms.sections import section_links
from declarations.models import Declaration
from perfgoals.accounts.access import Request


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


def indicators_page(primary_id: int) -> RowsPage:
    """The page of a level-1 indicator."""
    return RowsPage(str(primary_id), TargetForm, "declarations/filling/_indicators.html", primary_id)


def form_context(
    request: Request, declaration: Declaration, current: str, now: datetime, just_added: str = ""
) -> dict[str, Any]:
    """What every page of the form shows: the sections, the findings, and why nothing can be changed.

    The row with the key `just_added` is not told yet that it is empty.
    """
    document = selectors.current_document(declaration)
    others = selectors.earlier_documents(declaration)
    findings = run_checks(document, others)
    sections = section_links(declaration, document, findings)
    errors = error_count(findings)
    earlier = [other for other in others if other.fiscal_year < document.fiscal_year]
    return {
        "declaration": declaration,
        "closing_time": permissions.closes_at(declaration),
        "document": document,
        "earlier": earlier,
        "earlier_year": earlier[0].fiscal_year if earlier else None,
        "sections": sections,
        "current": current,
        "section": next((section for section in sections if section.key == current), None),
        "notes": notes_by_box(document, findings, just_added),
        "errors": errors,
        "warnings": len(findings) - errors,
        "read_only": services.why_not_editable(request.user, declaration, now),
        "last_return": selectors.last_return(declaration),
        "adjustment": versions.adjustment_of(declaration),
        "now": now,
    }
