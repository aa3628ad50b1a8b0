import pytest

from declarations.exports.table import HEADINGS, Style, Table, goal_line, layout, printed_standard, printed_value
from tests.declarations import documents
from tests.declarations.exports.printed import Plain
from tests.declarations.value_texts import VALUES
from tests.reference import reference_form


def grid(table: Table) -> list[list[str]]:
    """The body as eight texts a row, merged cells repeated in each row they span."""
    rows: dict[int, dict[int, str]] = {row.number: {} for row in table.body}
    for row in table.body:
        for cell in row.cells:
            for number in range(cell.row, cell.row + cell.rowspan):
                rows[number][cell.column] = cell.text
    return [[columns[column] for column in range(1, 9)] for columns in rows.values()]


def reference_rows() -> list[list[str]]:
    """The 36 rows of the reference form, from its JSON."""
    form = reference_form()
    rows = []
    for level1 in form["indicators"]:
        for level2 in level1["children"]:
            names = [level1["name"], level2["name"]]
            rows.append([*names, "-", "", "", "", level2["explanation"], ""])
            for level3 in level2["children"]:
                qualitative = "-" if level3["value_type"] == "定性" else ""
                rows.append(
                    [
                        *names,
                        level3["name"],
                        level3["value_type"],
                        level3["value"],
                        level3["scoring"] or level3["unit"] or qualitative,
                        level3["explanation"],
                        level3["remark"],
                    ]
                )
    return rows


def test_layout_of_reference_has_its_36_rows():
    table = layout(documents.reference_document())

    assert grid(table) == reference_rows()
    assert len(table.body) == 36


def test_layout_of_reference_merges_level_names():
    table = layout(documents.reference_document())

    labels = [(c.column, c.text, c.rowspan) for row in table.body for c in row.cells if c.style == Style.LABEL]
    assert labels == [
        (1, "投入管理指标", 22),
        (2, "工作目标管理", 4),
        (2, "预算和财务管理", 13),
        (2, "绩效管理", 5),
        (1, "产出指标", 8),
        (2, "重点工作任务完成", 5),
        (2, "履职目标实现", 3),
        (1, "效益指标", 6),
        (2, "履职效益", 3),
        (2, "满意度", 3),
    ]


def test_layout_of_reference_prints_the_head():
    table = layout(documents.reference_document())

    assert [Plain(c.row, c.column, c.rowspan, c.colspan, c.text) for r in table.rows[:13] for c in r.cells] == [
        Plain(1, 1, 1, 8, "省级部门（单位）整体绩效目标申报表"),
        Plain(2, 1, 1, 8, "(2022 年度)"),
        Plain(3, 1, 1, 2, "部门（单位）名称"),
        Plain(3, 3, 1, 6, "衡阳市人民政府办公室"),
        Plain(4, 1, 1, 2, "年度履职目标"),
        Plain(
            4,
            3,
            1,
            6,
            "目标1：积极推进办文办会、综合调研、督查督办等工作，充分发挥协调、参谋助手和枢纽运转作用，"
            "为建立法制、责任、服务型政府做好本职工作；\n"
            "目标2：认真办理市党代表提案，市人大议案、代表建议，以及政协提案；\n"
            "目标3：不断健全公共安全体系，提高公共突发事件防范和处置能力；\n"
            "目标4：完善政府绩效评价机制；\n"
            "目标5：统筹督促各级各相关部门完成省市下达的重点民生实事工作任务。",
        ),
        Plain(5, 1, 3, 2, "年度主要任务"),
        Plain(5, 3, 1, 3, "*任务名称"),
        Plain(5, 6, 1, 3, "*主要内容"),
        Plain(6, 3, 1, 3, "保障职工工资福利"),
        Plain(6, 6, 1, 3, "按照政策要求，保障职工正常工资福利"),
        Plain(7, 3, 1, 3, "保障政府机关大院正常运转及各项工作任务完成"),
        Plain(7, 6, 1, 3, "按照市委市政府要求，提升政府机关大院各单位和工作人员的工作环境，保障工作顺利开展"),
        Plain(8, 1, 5, 2, "预算情况"),
        Plain(8, 3, 1, 3, "部门预算总额（万元）"),
        Plain(8, 6, 1, 3, "2677.7"),
        Plain(9, 3, 1, 3, "1、资金来源：（1）财政性资金"),
        Plain(9, 6, 1, 3, "2677.7"),
        Plain(10, 3, 1, 3, "（2）其他资金"),
        Plain(10, 6, 1, 3, "0"),
        Plain(11, 3, 1, 3, "2、资金结构：（1）基本支出"),
        Plain(11, 6, 1, 3, "1839.56"),
        Plain(12, 3, 1, 3, "（2）项目支出"),
        Plain(12, 6, 1, 3, "838.14"),
        *(Plain(13, column, 1, 1, text) for column, text in enumerate(HEADINGS, start=1)),
    ]


def test_layout_covers_the_grid_once():
    table = layout(documents.reference_document())

    covered = [
        (row, column)
        for cell in table.cells()
        for row in range(cell.row, cell.row + cell.rowspan)
        for column in range(cell.column, cell.column + cell.colspan)
    ]
    assert sorted(covered) == [(row, column) for row in range(1, 50) for column in range(1, 9)]


def test_layout_names_what_each_cell_stands_for():
    table = layout(
        documents.document(with_task_amounts=True, indicators=(documents.primary(documents.group(documents.target())),))
    )

    assert [cell.path for cell in table.cells() if cell.path] == [
        "department",
        "goals",
        "tasks",
        "tasks/task-1/name",
        "tasks/task-1/content",
        "tasks/task-1/amount",
        "budget/total",
        "budget/fiscal_funds",
        "budget/other_funds",
        "budget/basic_expenditure",
        "budget/project_expenditure",
        "indicators",
        "primaries/primary-1",
        "groups/group-1",
        "groups/group-1/explanation",
        "targets/target-1/name",
        "targets/target-1/comparison",
        "targets/target-1/value",
        "targets/target-1/scoring_standard",
        "targets/target-1/explanation",
        "targets/target-1/remark",
    ]


def test_layout_with_task_amounts_adds_a_column_of_amounts():
    task = documents.task(amount="1,838.140")
    table = layout(documents.document(with_task_amounts=True, main_tasks=(task,)))

    assert [(c.column, c.colspan, c.text) for row in table.rows[4:6] for c in row.cells] == [
        (1, 2, "年度主要任务"),
        (3, 3, "*任务名称"),
        (6, 2, "*主要内容"),
        (8, 1, "金额（万元）"),
        (3, 3, "保障机关运转"),
        (6, 2, "按时支付水电费。"),
        (8, 1, "1838.14"),
    ]


def test_layout_of_empty_declaration_prints_every_place():
    empty = documents.document(
        duty_goals=(),
        main_tasks=(),
        budget=documents.Budget(),
        indicators=(documents.primary(), documents.primary(documents.group(), key="primary-2", name="效益指标")),
    )
    table = layout(empty)

    assert [[cell.text for cell in row.cells] for row in table.rows[3:]] == [
        ["年度履职目标", ""],
        ["年度主要任务", "*任务名称", "*主要内容"],
        ["", ""],
        ["预算情况", "部门预算总额（万元）", ""],
        ["1、资金来源：（1）财政性资金", ""],
        ["（2）其他资金", ""],
        ["2、资金结构：（1）基本支出", ""],
        ["（2）项目支出", ""],
        list(HEADINGS),
        ["产出指标", "", "", "", "", "", "", ""],
        ["效益指标", "重点工作任务完成", "-", "", "", "", "反映重点工作。", ""],
    ]


def test_layout_prints_non_numeric_figure_as_typed():
    table = layout(documents.document(budget=documents.budget(total="约 2,677 万")))

    assert table.rows[6].cells[2].text == "约 2,677 万"


def test_layout_drops_what_can_not_be_printed_and_nothing_else():
    remark = "第一行\r\n第二行\x00\x0b\x1f\ud800\ufffe\t𠮷㛃䶮𬀩 \u2003é"
    table = layout(documents.document_with(documents.target(remark=remark)))

    assert table.body[1].cells[-1].text == "第一行\n第二行\t𠮷㛃䶮𬀩 \u2003é"


@pytest.mark.parametrize(
    ("number", "text", "printed"),
    [
        (2, "办理提案；", "目标2：办理提案；"),
        (1, "目标3：办理提案；", "目标3：办理提案；"),
        (1, "目标１:办理提案", "目标１:办理提案"),
        (1, "目标一：办理提案", "目标一：办理提案"),
        (1, "目标明确：办理提案", "目标1：目标明确：办理提案"),
        (1, "", "目标1："),
    ],
)
def test_goal_line_numbers_what_has_no_number(number, text, printed):
    assert goal_line(number, text) == printed


@pytest.mark.parametrize(
    ("changes", "value", "standard"),
    [
        ({"value": "95", "unit": "%", "scoring_standard": "少1扣1分"}, "95%", "少1扣1分"),
        ({"value": "95", "unit": "%", "scoring_standard": ""}, "95", "%"),
        ({"value": "95%", "unit": "%", "scoring_standard": "少1扣1分"}, "95%", "少1扣1分"),
        ({"value": "", "unit": "%", "scoring_standard": "少1扣1分"}, "", "少1扣1分"),
        ({"value": "95", "unit": "", "scoring_standard": ""}, "95", ""),
        ({"value": "相关", "unit": "", "scoring_standard": "", "comparison": "qualitative"}, "相关", "-"),
        ({"value": "相关", "unit": "", "scoring_standard": "好", "comparison": "qualitative"}, "相关", "好"),
        ({"value": "95", "unit": "-", "scoring_standard": "少1扣1分"}, "95", "少1扣1分"),
        ({"value": "95", "unit": "/", "scoring_standard": "少1扣1分"}, "95", "少1扣1分"),
        ({"value": "95", "unit": "无", "scoring_standard": "少1扣1分"}, "95", "少1扣1分"),
        ({"value": "95", "unit": "无", "scoring_standard": " "}, "95", "无"),
        ({"value": "300", "unit": "元/人·月", "scoring_standard": "少1扣1分"}, "300元/人·月", "少1扣1分"),
    ],
)
def test_unit_is_printed_in_one_place(changes, value, standard):
    target = documents.target(**changes)

    assert (printed_value(target), printed_standard(target)) == (value, standard)


@pytest.mark.parametrize("value", VALUES)
def test_layout_prints_value_to_the_letter(value):
    table = layout(documents.document_with(documents.target(value=value, unit="")))

    assert table.body[1].cells[2].text == value


@pytest.mark.parametrize(
    ("comparison", "sign"),
    [("ge", "≥"), ("gt", ">"), ("eq", "="), ("lt", "<"), ("le", "≤"), ("qualitative", "定性"), ("", "")],
)
def test_layout_prints_sign_of_comparison(comparison, sign):
    table = layout(documents.document_with(documents.target(comparison=comparison)))

    assert table.body[1].cells[1].text == sign
