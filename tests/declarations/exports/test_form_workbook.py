import pytest
from openpyxl.utils import get_column_letter

from declarations.document import BUDGET_LABELS
from declarations.exports.form_workbook import LISTS_SHEET, SPARE_GOALS, SPARE_TARGETS, SPARE_TASKS
from declarations.exports.table import printable
from declarations.form_layout import (
    BUDGET_SHEET,
    GOALS_SHEET,
    IDENTITY_SHEET,
    INSTRUCTIONS_SHEET,
    SHEETS,
    TARGETS_SHEET,
    TASKS_SHEET,
)
from tests.declarations import documents
from tests.declarations.exports.formulas import FORMULAS
from tests.declarations.offline_forms import form_workbook, offline_form, with_uuids

REFERENCE = with_uuids(documents.reference_document())


def workbook(**changes):
    return form_workbook(offline_form(documents.document(**changes)))


def texts(sheet, *, spare):
    """The rows below the headings, without the spare ones, which are empty."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [text for row in rows[len(rows) - spare :] for text in row if text is not None] == []
    return rows[: len(rows) - spare]


def unlocked(sheet, row):
    """The headings of the columns that can be written in."""
    return [sheet.cell(1, cell.column).value for cell in sheet[row] if not cell.protection.locked]


def validations(sheet):
    """The rule of each column by its heading: what is asked, and what is said of anything else."""
    rules = {}
    for rule in sheet.data_validations.dataValidation:
        column = next(iter(rule.sqref.ranges)).min_col
        rules[sheet.cell(1, column).value] = (rule.type, rule.formula1, rule.error)
    return rules


def test_form_workbook_holds_every_row_of_the_reference_form():
    book = form_workbook(offline_form(REFERENCE))
    assert texts(book[GOALS_SHEET], spare=SPARE_GOALS) == [[goal.key, goal.text] for goal in REFERENCE.duty_goals]
    assert texts(book[TASKS_SHEET], spare=SPARE_TASKS) == [
        [task.key, task.name, task.content] for task in REFERENCE.main_tasks
    ]
    assert texts(book[BUDGET_SHEET], spare=0) == [
        [figure, label, getattr(REFERENCE.budget, figure)] for figure, label in BUDGET_LABELS.items()
    ]
    rows = texts(book[TARGETS_SHEET], spare=SPARE_TARGETS)
    assert len(rows) == 29
    assert rows[4] == [
        *(
            next(t.key for _, _, t in REFERENCE.targets() if t.name == rows[4][4]),
            "投入管理指标",
            "预算和财务管理",
            "共性",
        ),
        *("专项资金细化率", "≥", "90", "%", None, rows[4][9], None),
    ]
    assert [row[3] for row in rows] == ["共性"] * 19 + ["个性"] * 10


def test_form_workbook_prints_headings_in_the_first_row_that_stay_in_view():
    book = workbook(with_task_amounts=True)
    for name, columns in SHEETS.items():
        assert [cell.value for cell in book[name][1]] == [column.heading for column in columns]
        assert book[name].freeze_panes == "A2"
        assert [letter for letter, d in book[name].column_dimensions.items() if d.hidden] == ["A"]


def test_tasks_have_amounts_where_the_template_asks_for_them():
    task = documents.task(amount="2,677.70")
    asked = workbook(main_tasks=(task,), with_task_amounts=True)[TASKS_SHEET]
    assert [cell.value for cell in asked[2]] == ["task-1", task.name, task.content, "2,677.70"]
    assert [cell.value for cell in workbook()[TASKS_SHEET][1]][1:] == ["任务名称", "主要内容"]


def test_what_the_template_sets_is_locked():
    common = documents.target(key="common", common=True)
    fixed = documents.target(key="fixed", common=True)
    document = documents.document_with(common, fixed, documents.target())
    form = offline_form(document, writable={"common": ("value", "remark"), "fixed": ("remark",)})
    book = form_workbook(form)
    sheet = book[TARGETS_SHEET]
    every_column = [column.heading for column in SHEETS[TARGETS_SHEET]]
    assert unlocked(sheet, 1) == []
    assert unlocked(sheet, 2) == ["指标值", "备注"]
    assert unlocked(sheet, 3) == ["备注"]
    assert unlocked(sheet, 4) == unlocked(sheet, 6) == every_column
    assert unlocked(book[BUDGET_SHEET], 2) == ["金额（万元）"]
    assert unlocked(book[GOALS_SHEET], 2) == [column.heading for column in SHEETS[GOALS_SHEET]]
    assert unlocked(book[INSTRUCTIONS_SHEET], 4) == []
    # A row is deleted only where none of its cells is locked, beyond the columns too.
    assert [sheet.row_dimensions[row].protection.locked for row in (2, 4, 6)] == [True, False, False]


def test_every_sheet_is_protected_without_a_password_and_lets_rows_be_added_and_deleted():
    for sheet in workbook().worksheets[:5]:
        protection = sheet.protection
        assert (protection.sheet, protection.password) == (True, None)
        assert (protection.insertRows, protection.deleteRows, protection.formatRows) == (False, False, False)


def test_locked_cells_are_shown_in_another_colour_than_those_to_be_filled_in():
    sheet = form_workbook(offline_form(REFERENCE))[TARGETS_SHEET]
    fills = {(cell.protection.locked, cell.fill.fgColor.rgb) for row in sheet.iter_rows(min_row=2) for cell in row}
    assert fills == {(True, "FFEDEDED"), (False, "00000000")}


def test_comparison_and_groups_are_chosen_and_long_texts_refused_in_chinese():
    book = workbook()
    assert validations(book[TARGETS_SHEET]) == {
        "一级指标": ("list", f"{LISTS_SHEET}!$A$1:$A$2", "请在下拉列表中选择。"),
        "二级指标": ("list", f"{LISTS_SHEET}!$B$1:$B$2", "请在下拉列表中选择。"),
        "指标值类型": ("list", '"≥,>,=,<,≤,定性"', "请在下拉列表中选择。"),
        "三级指标": ("textLength", "200", "此处最多填写 200 字，请精简。"),
        "指标值": ("textLength", "200", "此处最多填写 200 字，请精简。"),
        "度量单位": ("textLength", "50", "此处最多填写 50 字，请精简。"),
        "评/扣分标准": ("textLength", "2000", "此处最多填写 2000 字，请精简。"),
        "指标值说明": ("textLength", "5000", "此处最多填写 5000 字，请精简。"),
        "备注": ("textLength", "2000", "此处最多填写 2000 字，请精简。"),
    }
    assert validations(book[BUDGET_SHEET]) == {"金额（万元）": ("textLength", "50", "此处最多填写 50 字，请精简。")}
    assert validations(book[GOALS_SHEET]) == {"年度履职目标": ("textLength", "2000", "此处最多填写 2000 字，请精简。")}


def test_groups_to_choose_from_are_those_that_take_own_indicators():
    lists = form_workbook(offline_form(REFERENCE))[LISTS_SHEET]
    assert [[cell.value for cell in column if cell.value] for column in lists.columns] == [
        ["产出指标", "效益指标"],
        ["重点工作任务完成", "履职目标实现", "履职效益", "满意度"],
    ]


def test_template_without_groups_for_own_indicators_offers_none():
    group = documents.group(documents.target(common=True), allows_own=False)
    document = documents.document(indicators=(documents.primary(group),))
    book = form_workbook(offline_form(document))
    assert list(validations(book[TARGETS_SHEET]))[-1] == "指标值类型"
    assert book[LISTS_SHEET]["A1"].value is None


def test_workbook_names_what_it_was_made_for_where_nobody_sees_it():
    book = form_workbook(offline_form(REFERENCE))
    assert [[cell.value for cell in row] for row in book[IDENTITY_SHEET]] == [
        ["layout", "1"],
        ["declaration", "7"],
        ["fiscal_year", "2022"],
        ["department_code", "430400001"],
        ["template", "3"],
        ["digest", REFERENCE.digest()],
    ]
    assert {sheet.title: sheet.sheet_state for sheet in book} == {
        INSTRUCTIONS_SHEET: "visible",
        **dict.fromkeys(SHEETS, "visible"),
        LISTS_SHEET: "veryHidden",
        IDENTITY_SHEET: "veryHidden",
    }


def test_instructions_say_for_whom_how_and_what_each_group_is_for():
    sheet = form_workbook(offline_form(REFERENCE))[INSTRUCTIONS_SHEET]
    rows = [[cell.value for cell in row if cell.value] for row in sheet]
    assert rows[:4] == [
        ["省级部门（单位）整体绩效目标申报表填报表格（2022 年度）"],
        ["部门（单位）：衡阳市人民政府办公室（430400001）"],
        ["申报批次：2022年度整体绩效目标申报"],
        ["一、怎样填写"],
    ]
    assert ["6. “指标值类型”从下拉列表中选择：≥、>、=、<、≤、定性。"] in rows
    assert rows[rows.index(["二、填报要求"]) + 1] == ["各项指标应当量化。"]
    groups = rows[rows.index(["三、各二级指标的说明"]) + 1 :]
    assert groups[0] == ["一级指标", "二级指标", "可否增加个性指标", "指标值说明", "填报提示"]
    assert groups[1] == ["投入管理指标", "工作目标管理", "不可以", "工作目标管理的填报提示"]
    assert groups[4][:3] == ["产出指标", "重点工作任务完成", "可以"]
    assert len(groups) == 1 + 7


def test_instructions_without_guidance_have_no_section_for_it():
    sheet = form_workbook(offline_form(REFERENCE, guidance=""))[INSTRUCTIONS_SHEET]
    headings = [row[0].value for row in sheet if str(row[0].value)[:2] in ("一、", "二、", "三、")]
    assert headings == ["一、怎样填写", "二、各二级指标的说明"]


@pytest.mark.parametrize("text", FORMULAS)
def test_form_workbook_holds_formula_like_text_as_text_everywhere(text):
    target = documents.target(name=text, value=text, unit=text, scoring_standard=text, explanation=text, remark=text)
    group = documents.group(target, name=text, explanation=text)
    document = documents.document(
        title=text,
        department=text,
        duty_goals=(documents.goal(text=text),),
        main_tasks=(documents.task(name=text, content=text, amount=text),),
        with_task_amounts=True,
        budget=documents.budget(total=text),
        indicators=(documents.primary(group, name=text),),
    )
    book = form_workbook(offline_form(document, guidance=text, round=text))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    written = [cell.value.replace("_x005F_", "_") for cell in book[TARGETS_SHEET][2][1:]]
    shown = printable(text)
    assert written == [shown, shown, "个性", shown, "≥", *[shown] * 5]


def test_what_is_filled_in_stays_text_as_it_was_typed():
    budget = documents.budget(total="2,677.70", other_funds="１２３．４５")
    sheet = workbook(budget=budget)[BUDGET_SHEET]
    assert [sheet.cell(row, 3).value for row in (2, 4)] == ["2,677.70", "１２３．４５"]
    formats = {cell.number_format for row in sheet.iter_rows(min_row=2) for cell in row}
    assert formats == {"@"}


def test_form_workbook_leaves_out_control_characters_and_escapes_character_codes():
    sheet = workbook(duty_goals=(documents.goal(text="上\x00\r\n_x0041_下"),))[GOALS_SHEET]
    assert sheet["B2"].value == "上\n_x005F_x0041_下"


def test_rows_are_as_high_as_their_texts_and_no_higher_than_excel_allows():
    texts = ("短", "字" * 300, "\n".join(["行"] * 80))
    goals = tuple(documents.goal(key=str(number), text=text) for number, text in enumerate(texts))
    sheet = workbook(duty_goals=goals)[GOALS_SHEET]
    one, several, too_many, spare = (sheet.row_dimensions[row].height for row in (2, 3, 4, 5))
    assert one < 25 < 5 * 12 < several < 10 * 16
    assert (too_many, spare) == (409, None)


def test_form_workbook_is_set_up_for_printing():
    book = form_workbook(offline_form(REFERENCE))
    for name in SHEETS:
        assert book[name].print_title_rows == "$1:$1"
        assert (book[name].page_setup.orientation, book[name].page_setup.fitToHeight) == ("landscape", 0)
    widths = [book[TARGETS_SHEET].column_dimensions[get_column_letter(n)].width for n in range(2, 12)]
    assert sum(widths) < 200
