"""A declaration in which everything is wrong that can be wrong."""

from typing import Any

from django.utils import timezone

from declarations import services
from declarations.enums import Status
from declarations.models import Declaration, DutyGoal, MainTask, Target
from declarations.services import RowEdit
from indicators.models import IndicatorTemplate, SecondaryIndicator, TertiaryIndicator
from perfgoals.accounts.enums import Role
from tests.declarations import builders

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
    made = builders.template(with_task_amounts=True, points_total=50, published=False)
    TertiaryIndicator.objects.filter(secondary__primary__template=made).update(unit="", value="___")
    made.published_at = timezone.now()
    made.save()
    return made


def faulty_declaration(**fields: Any) -> Declaration:
    """One with every kind of finding that rows can have, after a year in which all was well; takes `department`."""
    department = fields.get("department") or builders.department()
    builders.declaration(Status.APPROVED, department=department)
    made = builders.declaration(filled=False, department=department, round=builders.round_(template=strict_template()))
    preparer = builders.person_of(department, Role.PREPARER)
    group = SecondaryIndicator.objects.get(primary__template=made.round.template, primary__position=1).pk
    for section, rows in FAULTS.items():
        for number, texts in enumerate(rows):
            services.save_rows(made.pk, preparer, section, [RowEdit(KEY.format(number), 0, texts, group)])
    services.save_budget(made.pk, preparer, 1, FAULTY_BUDGET)
    # As after a second visit: a row that nobody has typed in since it was added keeps quiet.
    for model in (DutyGoal, MainTask, Target):
        model.objects.filter(declaration=made).update(version=2)
    return made
