"""A declaration in which everything is wrong that can be wrong."""

from typing import Any
from uuid import UUID

from declarations import services
from declarations.enums import Status
from declarations.models import Declaration
from indicators.models import IndicatorTemplate
from tests.declarations import builders
from tests.declarations.services.edits import new, now, own_group, save, where

KEY = "0b7f1c9e-0000-4000-8000-{:012}"
# Every kind of finding that rows can have; what is missing altogether is in the empty declaration.
FAULTS: dict[services.Section, list[dict[str, str]]] = {
    services.GOALS: [{"text": " "}, {"text": "目标3：___"}],
    services.TASKS: [{"name": "", "content": "", "amount": "很多"}, {"name": "名称", "content": "内容", "amount": "1"}],
    services.TARGETS: [
        {},
        {"name": "完成率", "comparison": "ge", "value": "无", "remark": "5分"},
        {"name": "完成率", "comparison": "ge", "value": "95", "scoring_standard": "得5分。"},
        {"name": "出动人次", "comparison": "le", "value": "≥5", "scoring_standard": "得5分。"},
        {"name": "完成调研报告", "comparison": "ge", "value": "50000", "unit": "篇", "scoring_standard": "得5分。"},
    ],
}
FAULTY_BUDGET = {
    "total": "26777000",
    "fiscal_funds": "1",
    "other_funds": "",
    "basic_expenditure": "1",
    "project_expenditure": "2",
}


def strict_template() -> IndicatorTemplate:
    """One that asks for all that can be wrong, its own common indicator included."""
    return builders.template(common={"unit": "", "value": "___"}, with_task_amounts=True, points_total=50)


def faulty_declaration(**fields: Any) -> Declaration:
    """One with every kind of finding that rows can have, after a year in which all was well; takes `department`."""
    department = fields.get("department") or builders.department()
    builders.declaration(Status.APPROVED, department=department)
    made = builders.declaration(filled=False, department=department, round=builders.round_(template=strict_template()))
    group = own_group(made)
    for section, rows in FAULTS.items():
        for number, texts in enumerate(rows):
            save(made, section, new(UUID(KEY.format(number)), group, **texts))
    services.save_budget(*where(made), 1, FAULTY_BUDGET, **now(made))
    return made
