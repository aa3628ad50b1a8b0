"""The rules of a declaration. Each is one function on a `Document`; `run_checks` runs them all."""

from collections.abc import Iterable, Sequence

from declarations.checks import blanks, budget, goals, history, indicators, points, tasks
from declarations.checks.findings import Finding, Level
from declarations.checks.places import paths_in_printed_order
from declarations.document import Document

__all__ = ["Finding", "Level", "error_count", "run_checks"]

CHECKS = (
    blanks.blanks_filled,
    goals.goals_present,
    goals.goals_filled,
    goals.goals_numbered_without_gaps,
    tasks.tasks_present,
    tasks.tasks_filled,
    tasks.task_amounts_readable,
    tasks.task_amounts_sum_to_budget,
    budget.budget_figures_readable,
    budget.budget_funds_sum_to_total,
    budget.budget_expenditure_sums_to_total,
    indicators.outputs_present,
    indicators.benefits_present,
    indicators.targets_filled,
    indicators.quantitative_values_hold_numbers,
    indicators.names_unique,
    indicators.own_targets_have_standards,
    indicators.rates_have_units,
    indicators.signs_agree,
    points.points_sum_to_total,
)
CHECKS_WITH_HISTORY = (history.values_like_earlier_years, history.budget_like_earlier_years)


def run_checks(document: Document, earlier: Sequence[Document] = ()) -> list[Finding]:
    """All that the rules find in `document`, in the order of the printed form.

    `earlier` are the documents approved for the department in other years; without them nothing is compared.
    """
    findings = [finding for check in CHECKS for finding in check(document)]
    findings += [finding for check in CHECKS_WITH_HISTORY for finding in check(document, earlier)]
    order = {path: position for position, path in enumerate(paths_in_printed_order(document))}
    return sorted(findings, key=lambda finding: order[finding.path])


def error_count(findings: Iterable[Finding]) -> int:
    """How many of `findings` block submission."""
    return sum(finding.level is Level.ERROR for finding in findings)
