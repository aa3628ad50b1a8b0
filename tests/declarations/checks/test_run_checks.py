from declarations.checks import Level, error_count, run_checks
from tests.declarations.documents import (
    benefit,
    budget,
    document,
    document_with,
    goal,
    group,
    primary,
    reference_document,
    target,
    task,
)


def test_small_document_has_no_findings():
    assert run_checks(document()) == []


def test_reference_form_passes_with_warnings_only():
    findings = run_checks(reference_document())
    assert [(finding.code, finding.place) for finding in findings] == [
        ("rate_without_unit", "产出指标 › 重点工作任务完成 › 三级指标“重大会议、活动参与率” · 度量单位"),
        ("rate_without_unit", "产出指标 › 重点工作任务完成 › 三级指标“机关大院维护维修率” · 度量单位"),
        ("rate_without_unit", "效益指标 › 履职效益 › 三级指标“各项经济指标任务完成率” · 度量单位"),
        ("rate_without_unit", "效益指标 › 履职效益 › 三级指标“处置突发事件及时率” · 度量单位"),
        ("scoring_standard_missing", "效益指标 › 满意度 › 三级指标“市委、市政府领导满意度” · 评/扣分标准"),
        (
            "scoring_standard_missing",
            "效益指标 › 满意度 › 三级指标“政府组成部门、各单位、社会民众满意度” · 评/扣分标准",
        ),
    ]
    assert error_count(findings) == 0


def test_findings_stand_in_printed_order():
    faulty = document(
        points_total=50,
        duty_goals=(goal(text="2.甲"), goal(key="goal-2", text="")),
        main_tasks=(task(content=""),),
        budget=budget(total="3000", other_funds="无"),
        indicators=(
            primary(group(target(comparison="", value="___", scoring_standard="", remark="5分"))),
            benefit(target(key="benefit-1", name="受益率", unit=""), target(key="benefit-2", name="受益率", unit="%")),
        ),
    )
    earlier = [document_with(target(), budget=budget(total="3"))]
    assert [(finding.level, finding.code, finding.path) for finding in run_checks(faulty, earlier)] == [
        (Level.WARNING, "goal_numbers_with_gaps", "goals/goal-1/text"),
        (Level.ERROR, "goal_empty", "goals/goal-2/text"),
        (Level.ERROR, "task_content_missing", "tasks/task-1/content"),
        (Level.ERROR, "budget_expenditure_unlike_total", "budget/total"),
        (Level.WARNING, "budget_unlike_earlier_years", "budget/total"),
        (Level.ERROR, "budget_not_a_number", "budget/other_funds"),
        (Level.WARNING, "points_unlike_total", "indicators"),
        (Level.ERROR, "target_comparison_missing", "targets/target-1/comparison"),
        (Level.ERROR, "blank_left", "targets/target-1/value"),
        (Level.WARNING, "scoring_standard_missing", "targets/target-1/scoring_standard"),
        (Level.WARNING, "rate_without_unit", "targets/benefit-1/unit"),
        (Level.ERROR, "name_repeated", "targets/benefit-2/name"),
    ]


def test_empty_document_has_every_error_at_once():
    empty = document(
        duty_goals=(), main_tasks=(), budget=budget(**dict.fromkeys(budget().model_dump(), "")), indicators=(primary(),)
    )
    findings = run_checks(empty)
    assert [(finding.code, finding.path) for finding in findings] == [
        ("goals_missing", "goals"),
        ("tasks_missing", "tasks"),
        ("budget_missing", "budget/total"),
        ("budget_missing", "budget/fiscal_funds"),
        ("budget_missing", "budget/other_funds"),
        ("budget_missing", "budget/basic_expenditure"),
        ("budget_missing", "budget/project_expenditure"),
        ("benefits_missing", "indicators"),
        ("outputs_missing", "primaries/primary-1"),
    ]
    assert error_count(findings) == len(findings)


def test_earlier_years_are_compared():
    now = document_with(target(value="500"))
    assert [finding.code for finding in run_checks(now, [document()])] == ["value_unlike_earlier_years"]


def test_error_count_of_nothing():
    assert error_count([]) == 0
