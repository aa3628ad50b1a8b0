"""Literal documents for tests: a small valid one and the reference form."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import Any

from declarations.document import Budget, Document, Goal, PrimaryGroup, SecondaryGroup, Target, Task
from indicators.enums import Comparison
from tests.reference import reference_form

FIGURES = {
    "total": "2677.7",
    "fiscal_funds": "2677.7",
    "other_funds": "0",
    "basic_expenditure": "1839.56",
    "project_expenditure": "838.14",
}
KINDS = {"投入管理指标": "input", "产出指标": "output", "效益指标": "benefit"}
COMPARISONS = {label: code for code, label in Comparison.choices}


def goal(**changes: Any) -> Goal:
    return Goal(**{"key": "goal-1", "text": "做好办文办会工作；", **changes})


def task(**changes: Any) -> Task:
    return Task(**{"key": "task-1", "name": "保障机关运转", "content": "按时支付水电费。", **changes})


def budget(**changes: str) -> Budget:
    return Budget(**{**FIGURES, **changes})


def target(**changes: Any) -> Target:
    """An own target with nothing to find fault with."""
    texts = {
        "key": "target-1",
        "common": False,
        "name": "完成调研报告",
        "comparison": "ge",
        "value": "5",
        "unit": "篇",
        "scoring_standard": "少1篇扣1分。",
        "explanation": "考察调研情况",
        "remark": "",
    }
    return Target(**{**texts, **changes})


def group(*targets: Target, **changes: Any) -> SecondaryGroup:
    texts = {"key": "group-1", "name": "重点工作任务完成", "explanation": "反映重点工作。", "allows_own": True}
    return SecondaryGroup(**{**texts, "targets": targets, **changes})


def primary(*groups: SecondaryGroup, **changes: Any) -> PrimaryGroup:
    return PrimaryGroup(**{"key": "primary-1", "name": "产出指标", "kind": "output", "groups": groups, **changes})


def benefit(*targets: Target) -> PrimaryGroup:
    """效益指标 with one group of `targets`; without any, of one faultless target."""
    targets = targets or (target(key="benefit-1", name="群众受益人数", unit="人"),)
    return primary(group(*targets, key="group-2", name="履职效益"), key="primary-2", name="效益指标", kind="benefit")


def document(**changes: Any) -> Document:
    """A small declaration in which the checks find nothing; `changes` replace whole fields of it."""
    fields = {
        "title": "部门（单位）整体绩效目标申报表",
        "fiscal_year": 2022,
        "department_code": "430400001",
        "department": "衡阳市人民政府办公室",
        "duty_goals": (goal(), goal(key="goal-2", text="办理提案；")),
        "main_tasks": (task(),),
        "budget": budget(),
        "indicators": (primary(group(target())), benefit()),
    }
    return Document(**{**fields, **changes})


def document_with(*targets: Target, **changes: Any) -> Document:
    """`document()` with `targets` as its output targets, under 产出指标 › 重点工作任务完成."""
    return document(indicators=(primary(group(*targets)), benefit()), **changes)


def reference_document() -> Document:
    """The reference form of 2022; its rows have keys such as goal-1, task-2, primary-3, group-7, target-29."""
    form = reference_form()
    group_numbers, target_numbers = count(1), count(1)
    return Document(
        title=form["title"],
        fiscal_year=form["fiscal_year"],
        department_code="430400001",
        department=form["department"],
        points_total=Decimal("50"),
        duty_goals=tuple(Goal(key=f"goal-{n}", text=text) for n, text in enumerate(form["duty_goals"], 1)),
        main_tasks=tuple(Task(key=f"task-{n}", **row) for n, row in enumerate(form["main_tasks"], 1)),
        budget=Budget(**{figure: text for figure, text in form["budget"].items() if figure != "unit"}),
        indicators=tuple(
            PrimaryGroup(
                key=f"primary-{n}",
                name=level1["name"],
                kind=KINDS[level1["name"]],
                groups=tuple(_reference_group(row, group_numbers, target_numbers) for row in level1["children"]),
            )
            for n, level1 in enumerate(form["indicators"], 1)
        ),
    )


def _reference_group(
    level2: dict[str, Any], group_numbers: Iterator[int], target_numbers: Iterator[int]
) -> SecondaryGroup:
    # In the reference, the groups with an explanation are those that departments fill themselves.
    own = level2["explanation"] != ""
    return SecondaryGroup(
        key=f"group-{next(group_numbers)}",
        name=level2["name"],
        explanation=level2["explanation"],
        allows_own=own,
        targets=tuple(
            Target(
                key=f"target-{next(target_numbers)}",
                common=not own,
                name=level3["name"],
                comparison=COMPARISONS[level3["value_type"]],
                value=level3["value"],
                unit=level3["unit"],
                scoring_standard=level3["scoring"],
                explanation=level3["explanation"],
                remark=level3["remark"],
            )
            for level3 in level2["children"]
        ),
    )
