"""What each kind of finding is called where findings are counted, by its code."""

_AMOUNT_FAULTS = {
    "missing": "未填写",
    "not_a_number": "不是数字",
    "negative": "为负数",
    "too_large": "超出可填报的范围",
    "too_precise": "小数位数过多",
}

TITLES = {
    "blank_left": "文字中留有未填写的空白",
    "goals_missing": "未填报年度履职目标",
    "goal_empty": "年度履职目标内容为空",
    "goal_numbers_with_gaps": "年度履职目标序号不连续",
    "tasks_missing": "未填报年度主要任务",
    "task_name_missing": "未填写任务名称",
    "task_content_missing": "未填写任务主要内容",
    **{f"task_amount_{code}": f"任务金额{words}" for code, words in _AMOUNT_FAULTS.items()},
    "task_amounts_unlike_budget": "任务金额合计与部门预算总额不符",
    **{f"budget_{code}": f"预算数据{words}" for code, words in _AMOUNT_FAULTS.items()},
    "budget_funds_unlike_total": "部门预算总额与资金来源合计不符",
    "budget_expenditure_unlike_total": "部门预算总额与支出合计不符",
    "budget_unlike_earlier_years": "预算数据与以前年度相差过大",
    "outputs_missing": "未填报产出指标",
    "benefits_missing": "未填报效益或满意度指标",
    "target_name_missing": "三级指标未填写名称",
    "target_comparison_missing": "三级指标未选择指标值类型",
    "target_value_missing": "三级指标未填写指标值",
    "value_without_number": "定量指标的指标值中没有数字",
    "value_unlike_earlier_years": "指标值与以前年度相差过大",
    "name_repeated": "同一二级指标下三级指标重名",
    "scoring_standard_missing": "个性指标未填写评/扣分标准",
    "rate_without_unit": "比率指标未注明度量单位",
    "sign_unlike_comparison": "指标值符号与指标值类型不一致",
    "points_unlike_total": "个性指标分值合计不符",
}
