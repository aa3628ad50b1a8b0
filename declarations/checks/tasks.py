"""Rules of the main tasks (年度主要任务)."""

from collections.abc import Iterator
from decimal import Decimal

from declarations.checks.amounts import TOLERANCE, amount_fault
from declarations.checks.findings import Finding
from declarations.checks.places import TASK_LABELS, TASKS, task_rows
from declarations.document import Document
from declarations.numbers import format_number, storable_amount


def tasks_present(document: Document) -> Iterator[Finding]:
    """There is a task."""
    if not document.main_tasks:
        yield TASKS.error("tasks_missing", "尚未填报年度主要任务，请至少填写一项。")


def tasks_filled(document: Document) -> Iterator[Finding]:
    """Each task has a name and a content."""
    for place, task in task_rows(document):
        for field in ("name", "content"):
            if not getattr(task, field).strip():
                label = TASK_LABELS[field]
                yield place.at(field, label).error(
                    f"task_{field}_missing", f"该项任务未填写{label}，请补充填写，或删除该项任务。"
                )


def task_amounts_readable(document: Document) -> Iterator[Finding]:
    """Where the template asks for amounts, each task has one that can be stored."""
    if not document.with_task_amounts:
        return
    for place, task in task_rows(document):
        if fault := amount_fault(task.amount):
            yield place.at("amount", TASK_LABELS["amount"]).error(f"task_amount_{fault.code}", fault.message)


def task_amounts_sum_to_budget(document: Document) -> Iterator[Finding]:
    """The tasks' amounts sum to the total budget; a hint, for real forms often leave something out."""
    total = storable_amount(document.budget.total)
    amounts = [storable_amount(task.amount) for task in document.main_tasks]
    if not document.with_task_amounts or not amounts or total is None or None in amounts:
        return
    found = sum((amount for amount in amounts if amount is not None), Decimal(0))
    if abs(found - total) > TOLERANCE:
        yield TASKS.warning(
            "task_amounts_unlike_budget",
            f"各项任务金额合计 {format_number(found)} 万元，与部门预算总额 {format_number(total)} 万元"
            f"相差 {format_number(abs(found - total))} 万元，请核对任务金额。",
        )
