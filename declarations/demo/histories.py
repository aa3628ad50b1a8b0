"""Plays what happened to the demo's declarations, by the same services and steps as people at their screens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from declarations import permissions, selectors, services
from declarations.demo import data
from declarations.enums import Step
from declarations.models import Declaration, Round, Row
from declarations.services import RowEdit, Section
from declarations.workflow import take_step
from indicators.enums import Comparison
from indicators.models import SecondaryIndicator
from perfgoals.accounts.enums import REVIEW_ROLES, Role
from perfgoals.accounts.models import User

COMPARISONS = {label: code for code, label in Comparison.choices}
# The names in the official form's file, where they are other than those of a target.
FIELDS = {"value_type": "comparison", "scoring": "scoring_standard"}


def play(history: Mapping[str, Any]) -> Declaration:
    """Take the steps of `history` in order, each at its time; the declaration's own times become theirs."""
    round_ = Round.objects.get(fiscal_year=history["year"])
    preparers = User.objects.select_related("department__office").filter(role=Role.PREPARER).order_by("pk")
    preparer = preparers.filter(department__code=history["department"])[0]
    first, *others = history["steps"]
    started_at = at = time_of(round_, first)
    declaration = services.start_declaration(round_, preparer, started_at)
    if history["form"]:
        fill(declaration, preparer, data.form(history["form"], history["year"]), started_at)
    for step in others:
        at = time_of(round_, step)
        if step["step"] == "correct":
            correct(declaration, preparer, step, at)
        else:
            take(declaration, preparer, step, at)
    Declaration.objects.filter(pk=declaration.pk).update(created_at=started_at, updated_at=at)
    return selectors.declarations().get(pk=declaration.pk)


def time_of(round_: Round, step: Mapping[str, Any]) -> datetime:
    return data.moment(round_.opens_at, step["day"], step["time"])


def fill(declaration: Declaration, actor: User, form: Mapping[str, Any], at: datetime) -> None:
    """Type the whole form in."""
    goals = [RowEdit(uuid4(), 0, {"text": text}) for text in form["duty_goals"]]
    services.save_rows(declaration.pk, actor, services.GOALS, goals, at)
    tasks = [RowEdit(uuid4(), 0, task) for task in form["main_tasks"]]
    services.save_rows(declaration.pk, actor, services.TASKS, tasks, at)
    services.save_budget(declaration.pk, actor, declaration.budget.version, form["budget"], at)
    services.save_rows(declaration.pk, actor, services.TARGETS, targets(declaration, form), at)


def targets(declaration: Declaration, form: Mapping[str, Any]) -> list[RowEdit]:
    """The indicators of the form; those that the template sets are there already and get their values."""
    groups = SecondaryIndicator.objects.filter(primary__template=declaration.round.template_id)
    group_ids = {(group.primary.name, group.name): group.pk for group in groups.select_related("primary")}
    common = {(row.secondary_id, row.name): row for row in declaration.target_rows.all()}
    edits = []
    for primary in form["indicators"]:
        for group in primary["children"]:
            group_id = group_ids[primary["name"], group["name"]]
            for row in group["children"]:
                known = common.get((group_id, row["name"]))
                key, version = (known.key, known.version) if known else (uuid4(), 0)
                edits.append(RowEdit(key, version, texts(row), group=group_id))
    return edits


def texts(row: Mapping[str, str]) -> dict[str, str]:
    """An indicator of a form in the names and codes of a target."""
    return {FIELDS.get(name, name): COMPARISONS[text] if name == "value_type" else text for name, text in row.items()}


def correct(declaration: Declaration, actor: User, step: Mapping[str, Any], at: datetime) -> None:
    """Write over texts of rows that the step calls by their names, and over figures of the budget."""
    tasks = {task.name: task for task in declaration.maintask_rows.all()}
    correct_rows(declaration, actor, services.TASKS, tasks, step.get("tasks", {}), at)
    by_name = {target.name: target for target in declaration.target_rows.all()}
    corrections = {name: texts(row) for name, row in step.get("targets", {}).items()}
    correct_rows(declaration, actor, services.TARGETS, by_name, corrections, at)
    if "budget" in step:
        declaration.budget.refresh_from_db()
        services.save_budget(declaration.pk, actor, declaration.budget.version, step["budget"], at)


def correct_rows(
    declaration: Declaration,
    actor: User,
    section: Section,
    rows: Mapping[str, Row],
    corrections: Mapping[str, Mapping[str, str]],
    at: datetime,
) -> None:
    edits = [RowEdit(rows[name].key, rows[name].version, correction) for name, correction in corrections.items()]
    services.save_rows(declaration.pk, actor, section, edits, at)


def take(declaration: Declaration, preparer: User, step: Mapping[str, Any], at: datetime) -> None:
    """Take a step between statuses, as the one whose turn it is."""
    now = selectors.declarations().get(pk=declaration.pk)
    actor = preparer if step["step"] in (Step.SUBMIT, Step.WITHDRAW) else reviewer(now)
    take_step(
        now.pk,
        Step(step["step"]),
        actor,
        digest=selectors.current_document(now).digest(),
        stage=now.stage_id,
        reason=step.get("reason", ""),
        text=step.get("text", ""),
        at=at,
    )


def reviewer(declaration: Declaration) -> User:
    """The one for whose decision the declaration waits; the demo's heads of office leave it to their people."""
    people = User.objects.filter(role__in=REVIEW_ROLES, is_office_head=False).select_related("office")
    (decides,) = [person for person in people if permissions.can_decide(person, declaration)]
    return decides
