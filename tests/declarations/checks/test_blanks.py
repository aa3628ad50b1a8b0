import pytest

from declarations.checks import Finding, Level
from declarations.checks.blanks import blanks_filled
from tests.declarations.documents import document, document_with, goal, target, task


def test_blank_in_a_goal_and_a_task():
    found = blanks_filled(
        document(duty_goals=(goal(text="完成___件"),), main_tasks=(task(name="第____批", content="＿＿＿"),))
    )
    assert list(found) == [
        Finding(
            Level.ERROR,
            "blank_left",
            "goals/goal-1/text",
            "年度履职目标 第1条",
            "“完成___件”中留有未填写的空白（下划线），请填写具体内容，或删除下划线。",
        ),
        Finding(
            Level.ERROR,
            "blank_left",
            "tasks/task-1/name",
            "年度主要任务 第1项 · 任务名称",
            "“第____批”中留有未填写的空白（下划线），请填写具体内容，或删除下划线。",
        ),
        Finding(
            Level.ERROR,
            "blank_left",
            "tasks/task-1/content",
            "年度主要任务 第1项 · 主要内容",
            "“＿＿＿”中留有未填写的空白（下划线），请填写具体内容，或删除下划线。",
        ),
    ]


@pytest.mark.parametrize("field", ["name", "value", "unit", "scoring_standard", "explanation", "remark"])
def test_blank_in_a_target(field):
    found = list(blanks_filled(document_with(target(**{field: "得_＿_分"}))))
    assert [(finding.code, finding.path) for finding in found] == [("blank_left", f"targets/target-1/{field}")]


def test_blank_of_a_common_target():
    assert [f.path for f in blanks_filled(document_with(target(common=True, value="___")))] == [
        "targets/target-1/value"
    ]


@pytest.mark.parametrize("text", ["GB_T__1", "＿＿", "_ _ _", "----"])
def test_fewer_underscores_are_no_blank(text):
    assert list(blanks_filled(document_with(target(remark=text)))) == []
