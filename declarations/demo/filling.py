"""Fills in a declaration of the demo and corrects it, as preparers do in the form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from declarations import selectors, services
from declarations.changes import BudgetEdit, Changes, Deletion, Placement, apply_changes
from declarations.models import Declaration, Row
from declarations.services import RowEdit, Section
from indicators.enums import Comparison
from indicators.models import SecondaryIndicator
from perfgoals.accounts.models import User

SECTIONS = {"goals": services.GOALS, "tasks": services.TASKS, "targets": services.TARGETS}
COMPARISONS = {label: code for code, label in Comparison.choices}
# The names in the official form's file, where they are other than those of a target.
FIELDS = {"value_type": "comparison", "scoring": "scoring_standard"}


def fill(declaration: Declaration, actor: User, form: Mapping[str, Any], at: datetime) -> None:
    """Type the whole form in."""
    goals = [new_row({"text": text}) for text in form["duty_goals"]]
    services.save_rows(declaration.pk, actor, services.GOALS, goals, at)
    services.save_rows(declaration.pk, actor, services.TASKS, map(new_row, form["main_tasks"]), at)
    services.save_budget(declaration.pk, actor, declaration.budget.version, form["budget"], at)
    services.save_rows(declaration.pk, actor, services.TARGETS, targets(declaration, form), at)


def targets(declaration: Declaration, form: Mapping[str, Any]) -> list[RowEdit]:
    """The indicators of the form; those that the template sets are there already and get their values."""
    group_ids = groups_of(declaration)
    common = {(row.secondary_id, row.name): row for row in declaration.target_rows.all()}
    edits = []
    for primary in form["indicators"]:
        for group in primary["children"]:
            group_id = group_ids[primary["name"], group["name"]]
            for row in group["children"]:
                known = common.get((group_id, row["name"]))
                edits.append(changed_row(known, texts(row)) if known else new_row(texts(row), group_id))
    return edits


def correct(declaration: Declaration, actor: User, step: Mapping[str, Any], at: datetime) -> None:
    """Change, add, delete and move rows that the step calls by their names, and change figures of the budget."""
    edits: dict[Section, list[RowEdit]] = {}
    deletions: list[Deletion] = []
    placements: list[Placement] = []
    group_ids = groups_of(declaration)
    for part, section in SECTIONS.items():
        correction = step.get(part, {})
        rows = {name_of(row): row for row in selectors.rows_of(declaration, section.model)}
        edits[section] = [changed_row(rows[name], texts(row)) for name, row in correction.get("change", {}).items()]
        for row in correction.get("add", ()):
            group = group_ids[tuple(row["group"])] if "group" in row else None
            edits[section].append(new_row(texts({name: row[name] for name in row if name != "group"}), group))
        deletions += [Deletion(section, rows[name].key, rows[name].version) for name in correction.get("delete", ())]
        for name, above in correction.get("move", {}).items():
            placements.append(Placement(section, rows[name].key, rows[above].key if above else None))
    budget = None
    if "budget" in step:
        budget = BudgetEdit(selectors.budget_of(declaration).version, step["budget"])
    applied = apply_changes(declaration.pk, actor, Changes(edits, deletions, placements, budget), at)
    if applied.conflicts or applied.refused:
        raise ValueError(f"The correction does not fit: {[*applied.conflicts, *applied.refused.values()]}")


def groups_of(declaration: Declaration) -> dict[tuple[str, ...], int]:
    """The keys of the template's level-2 indicators, by the names of both levels."""
    groups = SecondaryIndicator.objects.filter(primary__template=declaration.round.template_id)
    return {(group.primary.name, group.name): group.pk for group in groups.select_related("primary")}


def name_of(row: Row) -> str:
    """What a history calls the row: its name or, of a goal, its text."""
    return getattr(row, "name", "") or getattr(row, "text", "")


def new_row(row: Mapping[str, str], group: int | None = None) -> RowEdit:
    return RowEdit(uuid4(), 0, row, group)


def changed_row(row: Row, changes: Mapping[str, str]) -> RowEdit:
    return RowEdit(row.key, row.version, changes)


def texts(row: Mapping[str, str]) -> dict[str, str]:
    """A row of a form in the names and codes of ours."""
    return {FIELDS.get(name, name): COMPARISONS[text] if name == "value_type" else text for name, text in row.items()}
