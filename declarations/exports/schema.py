"""The published JSON Schema of what is exported as JSON: a declaration's document, as it is sealed.

`python -m declarations.exports.schema` prints it; docs/declaration-1.schema.json holds it.
"""

import json
from typing import Any

from declarations.document import (
    Budget,
    Document,
    Goal,
    PrimaryGroup,
    Printing,
    SecondaryGroup,
    Target,
    Task,
    Value,
)

ADDRESS = "urn:perfgoals:schema:declaration-1"

_AMOUNT = "万元，按填写的文字原样保存；未填写的为空。"
_KEY = "在本申报表各次送审稿中保持不变的标识。"
TITLES: dict[type[Value], tuple[str, dict[str, tuple[str, str]]]] = {
    Document: (
        "部门（单位）整体绩效目标申报表",
        {
            "schema_version": ("格式版本", "本格式的版本，固定为 1。"),
            "title": ("表格标题", "印在表格上方的标题。"),
            "fiscal_year": ("预算年度", ""),
            "department_code": ("单位代码", ""),
            "department": ("部门（单位）名称", "送审时的名称。"),
            "points_total": ("个性指标应有总分", "模板要求的分值合计；不要求的为 null。"),
            "with_task_amounts": ("主要任务填写金额", "模板是否要求年度主要任务填写金额。"),
            "duty_goals": ("年度履职目标", "按表中顺序。"),
            "main_tasks": ("年度主要任务", "按表中顺序。"),
            "budget": ("预算情况", ""),
            "indicators": ("绩效指标", "一级指标，按表中顺序。"),
            "printing": ("打印设置", "正式表格的打印样式；没有此项的，按正式表样打印。"),
        },
    ),
    Goal: ("履职目标", {"key": ("标识", _KEY), "text": ("目标内容", "打印时在前面加“目标1：”等编号。")}),
    Task: (
        "主要任务",
        {
            "key": ("标识", _KEY),
            "name": ("任务名称", ""),
            "content": ("主要内容", ""),
            "amount": ("金额", _AMOUNT),
        },
    ),
    Budget: (
        "预算情况",
        {
            "total": ("部门预算总额", _AMOUNT),
            "fiscal_funds": ("财政性资金", _AMOUNT),
            "other_funds": ("其他资金", _AMOUNT),
            "basic_expenditure": ("基本支出", _AMOUNT),
            "project_expenditure": ("项目支出", _AMOUNT),
        },
    ),
    PrimaryGroup: (
        "一级指标",
        {
            "key": ("标识", "模板中的标识。"),
            "name": ("一级指标名称", ""),
            "kind": (
                "类别",
                "input 投入管理，output 产出，benefit 效益，satisfaction 满意度，other 其他。",
            ),
            "groups": ("二级指标", "按表中顺序。"),
        },
    ),
    SecondaryGroup: (
        "二级指标",
        {
            "key": ("标识", "模板中的标识。"),
            "name": ("二级指标名称", ""),
            "explanation": ("指标值说明", "模板对该二级指标的说明。"),
            "allows_own": ("可增加个性指标", "部门是否可以在该二级指标下增加个性指标。"),
            "targets": ("三级指标", "按表中顺序。"),
        },
    ),
    Target: (
        "三级指标",
        {
            "key": ("标识", _KEY),
            "common": ("共性指标", "true 为模板统一设置的共性指标，false 为部门增加的个性指标。"),
            "name": ("三级指标名称", ""),
            "comparison": ("指标值类型", "ge ≥，gt >，eq =，lt <，le ≤，qualitative 定性；未选择的为空。"),
            "value": ("指标值", "按填写的文字原样保存。"),
            "unit": ("度量单位", ""),
            "scoring_standard": ("评/扣分标准", ""),
            "explanation": ("指标值说明", ""),
            "remark": ("备注", ""),
        },
    ),
    Printing: (
        "打印设置",
        {
            "orientation": ("纸张方向", "landscape 横向，portrait 纵向。"),
            "amounts": ("金额格式", "typed 按填写的数字，grouped 保留两位小数并加千位分隔符。"),
            "unit_column": ("度量单位单独成栏", ""),
            "standard_column": ("打印评/扣分标准栏", ""),
            "remark_column": ("打印备注栏", ""),
            "signatures": ("打印签字盖章栏", ""),
        },
    ),
}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a sealed document, with titles and descriptions in Chinese."""
    schema = Document.model_json_schema()
    definitions = schema["$defs"]
    for model, (title, fields) in TITLES.items():
        part = schema if model is Document else definitions[model.__name__]
        part["title"] = title
        # pydantic takes the text of the docstring.
        part.pop("description", None)
        for name, (label, description) in fields.items():
            part["properties"][name] |= {"title": label} | ({"description": description} if description else {})
    # A decimal number is read in several ways, and written as a text that keeps its digits.
    text = next(choice for choice in schema["properties"]["points_total"]["anyOf"] if choice["type"] == "string")
    schema["properties"]["points_total"]["anyOf"] = [text, {"type": "null"}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": ADDRESS, **schema}


def schema_text() -> str:
    """The schema as it is published."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
