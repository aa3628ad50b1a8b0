import pytest

from declarations.checks import Finding, Level
from declarations.checks.tasks import (
    task_amounts_readable,
    task_amounts_sum_to_budget,
    tasks_filled,
    tasks_present,
)
from tests.declarations.documents import budget, document, task


def with_amounts(*amounts: str, **changes):
    tasks = tuple(task(key=f"task-{n}", amount=amount) for n, amount in enumerate(amounts, 1))
    return document(**{"main_tasks": tasks, "with_task_amounts": True, **changes})


def test_tasks_present_without_tasks():
    assert list(tasks_present(document(main_tasks=()))) == [
        Finding(Level.ERROR, "tasks_missing", "tasks", "年度主要任务", "尚未填报年度主要任务，请至少填写一项。")
    ]


def test_tasks_present_with_one():
    assert list(tasks_present(document(main_tasks=(task(),)))) == []


def test_tasks_filled_without_name_or_content():
    tasks = (task(key="task-1", name="　"), task(key="task-2", content="\n"))
    assert list(tasks_filled(document(main_tasks=tasks))) == [
        Finding(
            Level.ERROR,
            "task_name_missing",
            "tasks/task-1/name",
            "年度主要任务 第1项 · 任务名称",
            "该项任务未填写任务名称，请补充填写，或删除该项任务。",
        ),
        Finding(
            Level.ERROR,
            "task_content_missing",
            "tasks/task-2/content",
            "年度主要任务 第2项 · 主要内容",
            "该项任务未填写主要内容，请补充填写，或删除该项任务。",
        ),
    ]


def test_tasks_filled_with_both():
    assert list(tasks_filled(document(main_tasks=(task(name="甲", content="乙"),)))) == []


def test_task_amounts_unreadable():
    findings = list(task_amounts_readable(with_amounts("", "二十", "-1", "1.0000001", "1000000000")))
    assert [(f.level, f.code, f.path) for f in findings] == [
        (Level.ERROR, "task_amount_missing", "tasks/task-1/amount"),
        (Level.ERROR, "task_amount_not_a_number", "tasks/task-2/amount"),
        (Level.ERROR, "task_amount_negative", "tasks/task-3/amount"),
        (Level.ERROR, "task_amount_too_precise", "tasks/task-4/amount"),
        (Level.ERROR, "task_amount_too_large", "tasks/task-5/amount"),
    ]


def test_task_amounts_readable():
    assert list(task_amounts_readable(with_amounts("0", "1,839．56", "999999999.999999"))) == []


def test_task_amounts_where_the_template_asks_for_none():
    unasked = with_amounts("", "二十", "1", with_task_amounts=False)
    assert [*task_amounts_readable(unasked), *task_amounts_sum_to_budget(unasked)] == []


def test_task_amounts_unlike_budget():
    assert list(task_amounts_sum_to_budget(with_amounts("2000", "600.5"))) == [
        Finding(
            Level.WARNING,
            "task_amounts_unlike_budget",
            "tasks",
            "年度主要任务",
            "各项任务金额合计 2600.5 万元，与部门预算总额 2677.7 万元相差 77.2 万元，请核对任务金额。",
        )
    ]


@pytest.mark.parametrize(("amount", "codes"), [("0.01", []), ("0.010001", ["task_amounts_unlike_budget"])])
def test_task_amounts_at_the_tolerance(amount, codes):
    findings = task_amounts_sum_to_budget(with_amounts("2677.7", amount))
    assert [finding.code for finding in findings] == codes


@pytest.mark.parametrize(
    "unreadable",
    [with_amounts("2000", "无"), with_amounts("2000", budget=budget(total="")), with_amounts()],
)
def test_task_amounts_not_summed_where_one_is_unreadable(unreadable):
    assert list(task_amounts_sum_to_budget(unreadable)) == []
