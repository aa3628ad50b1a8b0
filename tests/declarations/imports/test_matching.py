"""Which row of a workbook is which of the declaration, and what is wrong with it, said at its place."""

from uuid import UUID

import pytest

from declarations.exports.workbook import render_workbook
from declarations.form_layout import (
    BUDGET_SHEET,
    GOALS_SHEET,
    IDENTITY_NAMES,
    IDENTITY_SHEET,
    TARGETS_SHEET,
    TASKS_SHEET,
)
from declarations.imports.matching import propose
from declarations.imports.reading import Location, Reading, ReadRow, Source
from tests.declarations import documents
from tests.declarations.exports.printed import sheet_of
from tests.declarations.imports.building import saved
from tests.declarations.offline_forms import form_workbook, offline_form, uploaded, with_uuids

GOAL, TASK, COMMON, FIRST, SECOND, BENEFIT = (str(UUID(int=number)) for number in range(1, 7))


def document(**changes):
    """One goal and task, a common indicator in a group that takes no others, two own outputs and one benefit."""
    common = documents.target(key=COMMON, common=True, name="预算执行率", value="95", unit="%")
    fields = {
        "duty_goals": (documents.goal(key=GOAL),),
        "main_tasks": (documents.task(key=TASK),),
        "indicators": (
            documents.primary(
                documents.group(common, key="3", name="预算管理", allows_own=False),
                key="inputs",
                name="投入管理指标",
                kind="input",
            ),
            documents.primary(
                documents.group(
                    documents.target(key=FIRST), documents.target(key=SECOND, name="办理提案", unit="件"), key="4"
                )
            ),
            documents.benefit(documents.target(key=BENEFIT, name="受益人数", unit="人")),
        ),
    }
    return documents.document(**{**fields, **changes})


FORM = offline_form(document())
PLACE = Location(sheet="表", row=2)
AGAIN = "请下载本申报表的填报表格，填写后再上传。"
OTHER_NAME = (
    "表格中的部门（单位）名称是“别的局”，与本申报表的“衡阳市人民政府办公室”不一致。"
    "如确为本部门（单位）的表格，请改正表格中的名称后重新上传。"
)
ROW_OF = {COMMON: 2, FIRST: 3, SECOND: 4, BENEFIT: 5}
NEXT_ROW = 6
COLUMNS = {"primary": 2, "secondary": 3, "name": 5, "comparison": 6, "value": 7, "unit": 8, "scoring_standard": 9,
           "explanation": 10, "remark": 11}  # fmt: skip


def with_target(workbook, row, **texts):
    for name, text in texts.items():
        workbook[TARGETS_SHEET].cell(row, COLUMNS[name]).value = text
    return workbook


def targets(proposal):
    """The names of the indicators by level-2 group."""
    return {group.name: [target.name for target in group.targets] for _, group in proposal.document.groups()}


def told(proposal):
    return [(problem.level, str(problem.location or ""), problem.message) for problem in proposal.problems]


def changes(proposal):
    """What differs: row, what became of it, and the fields with their new texts."""
    return [
        (row.title, row.kind.value, {field.name: field.after for field in row.changed_fields})
        for row in proposal.comparison.rows()
        if row.differs
    ]


UNCHANGED_TARGETS = {
    "预算管理": ["预算执行率"],
    "重点工作任务完成": ["完成调研报告", "办理提案"],
    "履职效益": ["受益人数"],
}


# The form


def test_changed_cells_change_their_fields_and_nothing_else():
    book = form_workbook(FORM)
    with_target(book, ROW_OF[FIRST], value="8", comparison="定性")
    book[GOALS_SHEET]["B2"].value = "新的目标"
    book[BUDGET_SHEET]["C2"].value = 3000.5
    proposal = uploaded(book, FORM)
    assert changes(proposal) == [
        ("第 1 行", "changed", {"text": "新的目标"}),
        ("预算情况", "changed", {"total": "3000.5"}),
        ("第 1 行 完成调研报告", "changed", {"comparison": "qualitative", "value": "8"}),
    ]
    assert told(proposal) == []


def test_new_row_stands_in_the_group_that_was_chosen():
    book = with_target(
        form_workbook(FORM), NEXT_ROW, secondary="履职效益", name="满意人数", comparison="≥", value="9", unit="人"
    )
    proposal = uploaded(book, FORM)
    assert targets(proposal) == UNCHANGED_TARGETS | {"履职效益": ["受益人数", "满意人数"]}
    new = proposal.document.indicators[2].groups[0].targets[1]
    assert (new.comparison, new.value, new.unit, new.common) == ("ge", "9", "人", False)
    assert UUID(new.key) not in {UUID(int=number) for number in range(1, 7)}
    assert told(proposal) == []


@pytest.mark.parametrize("how", ["deleted", "cleared"])
def test_row_that_was_taken_out_is_gone(how):
    book = form_workbook(FORM)
    if how == "deleted":
        book[TARGETS_SHEET].delete_rows(ROW_OF[FIRST])
    else:
        with_target(book, ROW_OF[FIRST], **dict.fromkeys(COLUMNS))
    proposal = uploaded(book, FORM)
    assert targets(proposal) == UNCHANGED_TARGETS | {"重点工作任务完成": ["办理提案"]}
    assert (proposal.missing, told(proposal)) == (0, [])


def test_row_that_the_form_never_had_stays_until_it_is_asked_to_go():
    downloaded = form_workbook(FORM)
    added = documents.goal(key=str(UUID(int=9)), text="网上增加的目标")
    now = offline_form(document(duty_goals=(documents.goal(key=GOAL), added)))
    proposal = uploaded(downloaded, now)
    assert (changes(proposal), proposal.missing) == ([], 1)
    asked = uploaded(downloaded, now, delete_missing=True)
    assert (changes(asked), asked.missing) == ([("第 2 行", "gone", {"text": ""})], 0)


def test_row_that_was_cleared_in_an_older_form_is_gone():
    book = form_workbook(FORM)
    book[TASKS_SHEET]["B2"].value = book[TASKS_SHEET]["C2"].value = None
    now = offline_form(document(duty_goals=(documents.goal(key=GOAL, text="网上修改的目标"),)))
    proposal = uploaded(book, now)
    assert (proposal.document.main_tasks, proposal.missing) == ((), 0)


def test_row_that_was_deleted_online_meanwhile_is_new_again_and_says_so():
    now = offline_form(document(duty_goals=()))
    proposal = uploaded(form_workbook(FORM), now)
    assert changes(proposal) == [("第 1 行", "new", {"text": documents.goal().text})]
    assert told(proposal) == [
        (
            "hint",
            "工作表“履职目标”第 2 行",
            "下载填报表格后，该行已在系统中被删除；现作为新增的一行读取",
        )
    ]


def test_empty_row_that_is_not_in_the_workbook_stays():
    blank = documents.goal(key=str(UUID(int=9)), text=" ")
    form = offline_form(document(duty_goals=(documents.goal(key=GOAL), blank)))
    book = form_workbook(form)
    book[GOALS_SHEET].delete_rows(3)
    proposal = uploaded(book, form)
    assert (changes(proposal), proposal.missing) == ([], 0)


def test_rows_stand_in_the_order_of_the_workbook():
    book = form_workbook(FORM)
    sheet = book[TARGETS_SHEET]
    first, second = ([cell.value for cell in sheet[row]] for row in (3, 4))
    for column, (text, other) in enumerate(zip(first, second, strict=True), 1):
        sheet.cell(3, column).value, sheet.cell(4, column).value = other, text
    proposal = uploaded(book, FORM)
    assert targets(proposal) == UNCHANGED_TARGETS | {"重点工作任务完成": ["办理提案", "完成调研报告"]}
    assert proposal.comparison.counts == {"new": 0, "changed": 0, "gone": 0, "unchanged": 7, "moved": 1}


def test_row_goes_to_another_group_and_keeps_its_key():
    book = with_target(form_workbook(FORM), ROW_OF[FIRST], primary="效益指标", secondary="履职效益")
    proposal = uploaded(book, FORM)
    assert [target.key for target in proposal.document.indicators[2].groups[0].targets] == [FIRST, BENEFIT]
    assert proposal.comparison.counts == {"new": 0, "changed": 0, "gone": 0, "unchanged": 7, "moved": 1}


def test_copied_row_is_new_beside_the_one_it_was_copied_from():
    book = form_workbook(FORM)
    for column in range(1, 12):
        book[TARGETS_SHEET].cell(NEXT_ROW, column).value = book[TARGETS_SHEET].cell(3, column).value
    proposal = uploaded(with_target(book, NEXT_ROW, name="完成课题"), FORM)
    assert targets(proposal) == UNCHANGED_TARGETS | {"重点工作任务完成": ["完成调研报告", "办理提案", "完成课题"]}
    assert [problem.level for problem in proposal.problems] == ["hint"]


def test_locked_texts_of_a_common_indicator_stay_as_the_template_says():
    book = with_target(form_workbook(FORM), ROW_OF[COMMON], name="改名", value="96", remark="新备注", unit="分")
    proposal = uploaded(book, FORM)
    assert changes(proposal) == [("第 1 行 预算执行率", "changed", {"value": "96", "remark": "新备注"})]
    assert told(proposal) == [
        (
            "hint",
            "工作表“绩效指标”第 2 行 E 列",
            "共性指标“预算执行率”的三级指标由模板统一设置，不能修改，已按模板保留",
        ),
        (
            "hint",
            "工作表“绩效指标”第 2 行 H 列",
            "共性指标“预算执行率”的度量单位由模板统一设置，不能修改，已按模板保留",
        ),
    ]


def test_value_that_the_template_fixes_stays():
    form = offline_form(document(), writable={COMMON: ("remark",)})
    proposal = uploaded(with_target(form_workbook(form), ROW_OF[COMMON], value="96"), form)
    assert (changes(proposal), [problem.level for problem in proposal.problems]) == ([], ["hint"])


@pytest.mark.parametrize("how", ["deleted", "cleared"])
def test_common_indicator_that_was_taken_out_stays_and_says_so(how):
    book = form_workbook(FORM)
    if how == "deleted":
        book[TARGETS_SHEET].delete_rows(ROW_OF[COMMON])
    else:
        with_target(book, ROW_OF[COMMON], **dict.fromkeys(COLUMNS))
    proposal = uploaded(book, FORM)
    assert (changes(proposal), targets(proposal)) == ([], UNCHANGED_TARGETS)
    assert [message for _, _, message in told(proposal)] == ["共性指标“预算执行率”由模板统一设置，不能删除，已保留"]


def test_part_that_the_workbook_does_not_have_is_not_changed():
    reading = Reading(source=Source.FORM)
    assert changes(propose(reading, FORM, delete_missing=True)) == []


def test_amounts_of_tasks_that_the_template_does_not_ask_for_are_left_out():
    place = Location(sheet="表", row=3, column="H")
    row = ReadRow(
        texts={"name": "保障机关运转", "content": "按时支付水电费。", "amount": "9"},
        location=place,
        locations={"amount": place},
    )
    proposal = propose(Reading(source=Source.TABLE, tasks=(row,)), FORM)
    assert changes(proposal) == []
    assert told(proposal) == [("hint", "工作表“表”第 3 行 H 列", "本申报表的年度主要任务不填金额，该金额未读取")]


# What is wrong


@pytest.mark.parametrize(
    ("texts", "place", "message"),
    [
        ({"secondary": "无此指标"}, "第 6 行", "申报表中没有二级指标“无此指标”，请选择：重点工作任务完成、履职效益"),
        ({}, "第 6 行", "该行没有填写二级指标，请选择：重点工作任务完成、履职效益"),
        (
            {"secondary": "预算管理"},
            "第 6 行",
            "二级指标“预算管理”下只有模板设置的共性指标，不能增加“新指标”。请核对指标名称是否与模板一致",
        ),
        (
            {"secondary": "履职效益", "name": "字" * 201},
            "第 6 行 E 列",
            "“三级指标”不能超过 200 字，现有 201 字，请精简后再保存",
        ),
        (
            {"secondary": "履职效益", "comparison": "约"},
            "第 6 行 F 列",
            "指标值类型“约”无法识别，应为 ≥、>、=、<、≤、定性 之一。",
        ),
    ],
)
def test_row_that_cannot_be_taken_is_an_error_at_its_place(texts, place, message):
    book = with_target(form_workbook(FORM), NEXT_ROW, **{"name": "新指标", **texts})
    proposal = uploaded(book, FORM)
    assert told(proposal) == [("error", f"工作表“绩效指标”{place}", message)]
    assert len(proposal.errors) == 1


def test_problems_are_told_as_one_goes_through_the_workbook():
    book = with_target(form_workbook(FORM), NEXT_ROW, secondary="履职效益", name="甲", comparison="约")
    with_target(book, ROW_OF[FIRST], remark="字" * 2001, name="字" * 201)
    with_target(book, NEXT_ROW + 1, name="乙")
    assert [str(problem.location) for problem in uploaded(book, FORM).errors] == [
        "工作表“绩效指标”第 3 行 E 列",
        "工作表“绩效指标”第 3 行 K 列",
        "工作表“绩效指标”第 6 行 F 列",
        "工作表“绩效指标”第 7 行",
    ]


def test_text_as_long_as_the_form_takes_is_taken():
    book = with_target(form_workbook(FORM), NEXT_ROW, secondary="履职效益", name="字" * 200)
    assert uploaded(book, FORM).errors == ()


def test_budget_figure_that_is_too_long_is_an_error_at_its_place():
    book = form_workbook(FORM)
    book[BUDGET_SHEET]["C3"].value = "9" * 51
    assert told(uploaded(book, FORM)) == [
        (
            "error",
            "工作表“预算情况”第 3 行 C 列",
            "“财政性资金”不能超过 50 字，现有 51 字，请精简后再保存",
        )
    ]


def test_level_two_group_under_another_level_one_group_is_taken_by_its_name():
    book = with_target(form_workbook(FORM), NEXT_ROW, primary="产出指标", secondary="履职效益", name="甲")
    proposal = uploaded(book, FORM)
    assert targets(proposal)["履职效益"] == ["受益人数", "甲"]
    assert told(proposal) == [
        (
            "hint",
            "工作表“绩效指标”第 6 行",
            "一级指标“产出指标”与二级指标不对应，已按“效益指标 › 履职效益”读取",
        )
    ]


def test_name_of_two_level_two_groups_needs_the_level_one_group():
    twice = documents.group(key="9", name="履职效益")
    first, second, third = document().indicators
    form = offline_form(
        document(indicators=(first, second.model_copy(update={"groups": (*second.groups, twice)}), third))
    )
    unclear = with_target(form_workbook(form), NEXT_ROW, secondary="履职效益", name="甲")
    assert [message for _, _, message in told(uploaded(unclear, form))] == [
        "“产出指标”“效益指标”下都有二级指标“履职效益”，请写明一级指标"
    ]
    clear = with_target(form_workbook(form), NEXT_ROW, primary="产出指标", secondary="履职效益", name="甲")
    proposal = uploaded(clear, form)
    assert proposal.errors == ()
    assert [target.name for target in proposal.document.indicators[1].groups[1].targets] == ["甲"]


@pytest.mark.parametrize(
    ("count", "errors"), [(499, []), (500, ["“年度履职目标”共 501 行，超过 500 行，请删减后再上传"])]
)
def test_section_takes_500_rows(count, errors):
    book = form_workbook(FORM)
    for row in range(3, 3 + count):
        book[GOALS_SHEET].cell(row, 2).value = f"目标之{row}"
    assert [problem.message for problem in uploaded(book, FORM).errors] == errors


@pytest.mark.parametrize(
    ("last", "errors"),
    [("字" * 2000, []), ("字" * 2000 + "字", ["“年度履职目标”的文字合计超过 30 万字，请精简后再上传"])],
)
def test_section_takes_300_000_characters(last, errors):
    texts = ["字" * 2000] * 149 + [last[:2000], last[2000:]]
    reads = [ReadRow(texts={"text": text}, location=PLACE) for text in texts if text]
    proposal = propose(Reading(source=Source.FORM, goals=tuple(reads)), offline_form(document(duty_goals=())))
    assert [problem.message for problem in proposal.errors] == errors


def test_text_with_a_character_that_cannot_be_stored_is_an_error_at_its_place():
    read = ReadRow(texts={"text": "上\x00下"}, location=PLACE, locations={"text": PLACE})
    proposal = propose(Reading(source=Source.FORM, goals=(read,)), FORM)
    assert told(proposal) == [("error", "工作表“表”第 2 行", "“年度履职目标”含有不可见的空字符，请删除后重新输入")]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "department_code",
            "430499999",
            f"该工作簿是其他部门（单位）的填报表格（单位代码 430499999），不能导入。{AGAIN}",
        ),
        (
            "fiscal_year",
            "2021",
            f"该工作簿是 2021 年度的填报表格，本申报表是 2022 年度的。{AGAIN}",
        ),
        (
            "declaration",
            "8",
            f"该工作簿不是本申报表的填报表格，不能导入。{AGAIN}",
        ),
        (
            "template",
            "4",
            f"该工作簿下载后，申报批次更换了指标模板，不能导入。{AGAIN}",
        ),
    ],
)
def test_form_of_something_else_is_refused(name, value, message):
    book = form_workbook(FORM)
    book[IDENTITY_SHEET].cell(IDENTITY_NAMES.index(name) + 1, 2).value = value
    book[GOALS_SHEET]["B2"].value = "别的目标"
    proposal = uploaded(book, FORM)
    assert told(proposal) == [("error", "", message)]
    assert (proposal.document, changes(proposal)) == (FORM.document, [])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"department": "别的局"}, OTHER_NAME),
        ({"fiscal_year": 2021}, "表格是 2021 年度的，本申报表是 2022 年度的，不能导入。"),
    ],
)
def test_table_of_something_else_is_refused(changed, message):
    table = render_workbook(document(**changed))
    assert told(uploaded(table, FORM)) == [("error", "", message)]


@pytest.mark.parametrize("name", ["衡阳市人民政府 办公室", " 衡阳市人民政府办公室\n"])
def test_name_of_the_department_may_be_spaced(name):
    assert uploaded(render_workbook(document(department=name)), FORM).errors == ()


# A table in the official layout


def table(**changed):
    """Our export of the document, opened to be changed."""
    return sheet_of(render_workbook(document(**changed)))


def cell_with(sheet, text):
    return next(cell for row in sheet for cell in row if cell.value == text)


def test_changed_cells_of_the_official_table_change_their_fields():
    sheet = table()
    cell_with(sheet, "95%").value = "96%"
    cell_with(sheet, "5件").value = "6件"
    cell_with(sheet, "目标1：做好办文办会工作；").value = "目标1：做好办文工作；"
    proposal = uploaded(saved(sheet.parent), FORM)
    assert changes(proposal) == [
        ("第 1 行", "changed", {"text": "做好办文工作；"}),
        ("第 1 行 预算执行率", "changed", {"value": "96"}),
        ("第 2 行 办理提案", "changed", {"value": "6"}),
    ]
    assert proposal.errors == ()


@pytest.mark.parametrize(
    ("stored", "cells", "expected"),
    [
        # A unit that nobody could take apart stays beside the value that was changed.
        (("5", "篇调研报告", "得5分"), ("6篇调研报告", "得5分"), ("6", "篇调研报告", "得5分")),
        (("5", "篇调研报告", "得5分"), ("5篇调研报告", "得6分"), ("5", "篇调研报告", "得6分")),
        (("5", "篇调研报告", ""), ("6", "篇调研报告"), ("6", "篇调研报告", "")),
        (("95%", "%", "得5分"), ("95%", "得6分"), ("95%", "%", "得6分")),
        (("5", "篇", "得5分"), ("5次", "得5分"), ("5", "次", "得5分")),
        (("5", "篇", ""), ("5", "件"), ("5", "件", "")),
    ],
)
def test_value_unit_and_standard_are_told_apart_by_what_is_stored(stored, cells, expected):
    names = ("value", "unit", "scoring_standard")
    target = documents.target(key=FIRST, **dict(zip(names, stored, strict=True)))
    form = offline_form(document(indicators=(documents.primary(documents.group(target)),)))
    sheet = sheet_of(render_workbook(form.document))
    row = cell_with(sheet, target.name).row
    sheet.cell(row, 5).value, sheet.cell(row, 6).value = cells
    (read,) = [target for _, _, target in uploaded(saved(sheet.parent), form).document.targets()]
    assert (read.value, read.unit, read.scoring_standard) == expected


def test_renamed_row_of_a_table_is_found_by_where_it_stands():
    sheet = table()
    cell_with(sheet, "办理提案").value = "办理建议"
    assert changes(uploaded(saved(sheet.parent), FORM)) == [("第 2 行 办理建议", "changed", {"name": "办理建议"})]


def test_row_between_two_others_of_a_table_is_new():
    with_third = documents.target(key=str(UUID(int=9)), name="完成课题")
    first, second, third = document().indicators
    group = second.groups[0]
    targets_then = (group.targets[0], with_third, group.targets[1])
    then = document(
        indicators=(
            first,
            second.model_copy(update={"groups": (group.model_copy(update={"targets": targets_then}),)}),
            third,
        )
    )
    proposal = uploaded(render_workbook(then), FORM)
    assert [(row.title, row.kind.value) for row in proposal.comparison.rows() if row.differs] == [
        ("第 2 行 完成课题", "new")
    ]


def test_rows_that_a_table_does_not_have_stay_where_they_are_until_they_are_asked_to_go():
    second = document().indicators[1]
    shorter = second.groups[0].model_copy(update={"targets": second.groups[0].targets[1:]})
    first, _, third = document().indicators
    contents = render_workbook(
        document(indicators=(first, second.model_copy(update={"groups": (shorter,)}), third), main_tasks=())
    )
    proposal = uploaded(contents, FORM)
    assert (changes(proposal), targets(proposal), proposal.missing) == ([], UNCHANGED_TARGETS, 2)
    asked = uploaded(contents, FORM, delete_missing=True)
    assert [(title, kind) for title, kind, _ in changes(asked)] == [
        ("第 1 行 保障机关运转", "gone"),
        ("第 1 行 完成调研报告", "gone"),
    ]


def test_goal_that_was_inserted_into_a_table_moves_the_numbers_of_the_others():
    goals = [documents.goal(key=str(UUID(int=20 + n)), text=f"第{n}件大事") for n in range(3)]
    form = offline_form(document(duty_goals=tuple(goals)))
    longer = document(duty_goals=(documents.goal(key="new", text="新的大事"), *goals))
    assert changes(uploaded(render_workbook(longer), form)) == [("第 1 行", "new", {"text": "新的大事"})]


def test_reference_form_typed_into_an_empty_declaration_fills_it():
    reference = with_uuids(documents.reference_document())
    empty = reference.model_copy(
        update={
            "duty_goals": (),
            "main_tasks": (),
            "budget": type(reference.budget)(),
            "indicators": tuple(
                primary.model_copy(
                    update={
                        "groups": tuple(
                            group.model_copy(update={"targets": tuple(t for t in group.targets if t.common)})
                            for group in primary.groups
                        )
                    }
                )
                for primary in reference.indicators
            ),
        }
    )
    proposal = uploaded(render_workbook(reference), offline_form(empty))
    assert proposal.errors == ()
    assert [goal.text for goal in proposal.document.duty_goals] == [goal.text for goal in reference.duty_goals]
    assert proposal.document.budget == reference.budget

    def without_keys(document):
        return [target.model_copy(update={"key": ""}) for _, _, target in document.targets()]

    assert without_keys(proposal.document) == without_keys(reference)
