"""Rules of the budget (预算情况)."""

from collections.abc import Iterator

from declarations.checks.amounts import TOLERANCE, amount_fault
from declarations.checks.findings import Finding
from declarations.checks.places import budget_place
from declarations.document import BUDGET_LABELS, Document
from declarations.numbers import format_number, storable_amount


def budget_figures_readable(document: Document) -> Iterator[Finding]:
    """Each figure is a number that can be stored."""
    for figure in BUDGET_LABELS:
        if fault := amount_fault(getattr(document.budget, figure)):
            yield budget_place(figure).error(f"budget_{fault.code}", fault.message)


def budget_funds_sum_to_total(document: Document) -> Iterator[Finding]:
    """部门预算总额 = 财政性资金 + 其他资金."""
    yield from _sum_to_total(document, "budget_funds_unlike_total", "fiscal_funds", "other_funds")


def budget_expenditure_sums_to_total(document: Document) -> Iterator[Finding]:
    """部门预算总额 = 基本支出 + 项目支出."""
    yield from _sum_to_total(document, "budget_expenditure_unlike_total", "basic_expenditure", "project_expenditure")


def _sum_to_total(document: Document, code: str, first: str, second: str) -> Iterator[Finding]:
    total, *parts = (storable_amount(getattr(document.budget, figure)) for figure in ("total", first, second))
    # A figure that can't be read has its own finding.
    if total is None or parts[0] is None or parts[1] is None:
        return
    found = parts[0] + parts[1]
    if abs(total - found) > TOLERANCE:
        yield budget_place("total").error(
            code,
            f"部门预算总额 {format_number(total)} 万元 ≠ "
            f"{BUDGET_LABELS[first]} {format_number(parts[0])} + {BUDGET_LABELS[second]} {format_number(parts[1])}"
            f" = {format_number(found)} 万元，相差 {format_number(abs(total - found))} 万元，"
            "请核对并修改有误的金额，使两者相等。",
        )
