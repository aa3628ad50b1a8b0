import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.clipboard import parse_cells
from declarations.exports.table import HEADINGS
from declarations.pasting import Change, Column, Layout, Plan, PlannedRow, PresentRow, lay_out
from tests.declarations.documents import reference_document
from tests.declarations.spreadsheets import copied, copied_from_the_form

GOALS = (Column("text", "年度履职目标", 2000),)
TASKS = (
    Column("name", "任务名称", 200, one_line=True),
    Column("content", "主要内容", 2000),
    Column("amount", "金额（万元）", 50, one_line=True),
)
TARGETS = (
    Column("name", "三级指标", 200, one_line=True),
    Column("comparison", "指标值类型"),
    Column("value", "指标值", 200, one_line=True),
    Column("unit", "度量单位", 50, one_line=True),
    Column("scoring_standard", "评/扣分标准", 2000),
    Column("explanation", "指标值说明", 5000),
    Column("remark", "备注", 2000),
)
ALL = tuple(column.name for column in TARGETS)
BY_HEADINGS = "已按表头对应各栏，表头不作为内容粘贴。"


def target(key="a", writable=ALL, **texts):
    return PresentRow(key, dict.fromkeys(ALL, "") | texts, writable)


def pasted(*rows, at="name", into=(), columns=TARGETS, number=1, **options):
    """The plan of pasting these cells."""
    return lay_out(parse_cells(copied(*rows)), columns, at, into, number, **options)


def texts_of(plan):
    return [(row.key, row.number, row.texts) for row in plan.rows]


def notices_of(plan):
    return [*plan.notices, *(notice for row in plan.rows for notice in row.notices)]


def one_text(*cells, **arguments):
    """The texts and notices of a plan that touches one row."""
    plan = pasted(cells, **arguments)
    return plan.rows[0].texts if plan.rows else {}, notices_of(plan)


def test_rows_from_the_cursor_down_change_and_the_rest_is_new():
    plan = pasted(
        ["做好办会", "按时"],
        ["接待", "周到"],
        columns=TASKS,
        at="name",
        into=[PresentRow("a", {"name": "办会", "content": "按时", "amount": "5"}, ("name", "content", "amount"))],
        number=3,
    )

    assert plan == Plan(
        rows=(
            PlannedRow("a", 3, (Change("name", "任务名称", "办会", "做好办会"),), ()),
            PlannedRow(
                None, 4, (Change("name", "任务名称", "", "接待"), Change("content", "主要内容", "", "周到")), ()
            ),
        ),
        notices=(),
        layout=None,
    )
    assert (plan.touched, plan.added, plan.changed) == (2, 1, 1)


def test_cells_go_to_the_fields_right_of_the_cursor():
    plan = pasted(["5", "篇"], at="value", into=[target(name="调研", value="4")])

    assert texts_of(plan) == [("a", 1, {"value": "5", "unit": "篇"})]


def test_rows_beyond_the_block_stay_as_they_are():
    assert texts_of(pasted(["甲"], into=[target("a"), target("b", name="乙")])) == [("a", 1, {"name": "甲"})]


def test_same_texts_change_nothing():
    plan = pasted(["甲", "≥", "5"], into=[target(name="甲", comparison="ge", value="5")])

    assert (plan.rows, plan.touched) == ((), 0)


def test_empty_cell_empties_the_field_and_a_missing_one_does_not():
    rows = [target("a", value="5", unit="篇"), target("b", value="6", unit="次")]

    assert texts_of(pasted(["7", ""], ["8"], at="value", into=rows)) == [
        ("a", 1, {"value": "7", "unit": ""}),
        ("b", 2, {"value": "8"}),
    ]


def test_empty_row_keeps_its_place_and_makes_no_new_row():
    rows = [target(key, remark="旧") for key in "abc"]
    plan = pasted(["一"], [" "], ["三"], [""], ["五"], ["", ""], at="remark", into=rows, number=4)

    assert texts_of(plan) == [("a", 4, {"remark": "一"}), ("c", 6, {"remark": "三"}), (None, 7, {"remark": "五"})]


def test_nothing_but_empty_cells_changes_nothing():
    assert pasted(["", ""], [""], into=[target(name="甲")]) == Plan((), (), None)


def test_columns_beyond_the_last_are_told():
    plan = pasted(["说明", "备注", "多", "余"], at="explanation", into=[target()])

    assert texts_of(plan) == [("a", 1, {"explanation": "说明", "remark": "备注"})]
    assert notices_of(plan) == ["所复制的内容超出表格右边界，最右 2 列未粘贴。"]


def test_columns_of_merged_cells_are_closed_up_where_the_block_is_too_wide():
    plan = pasted(["办会", "", "", "按时", "", ""], columns=TASKS, into=[])

    assert (texts_of(plan), notices_of(plan)) == ([(None, 1, {"name": "办会", "content": "按时"})], [])


def test_rows_beyond_the_last_are_told_where_none_can_be_added():
    plan = pasted(["一"], ["二"], [""], ["三"], at="remark", into=[target()], adds_rows=False)

    assert texts_of(plan) == [("a", 1, {"remark": "一"})]
    assert notices_of(plan) == ["本二级指标不能增加个性指标，多出的 2 行未粘贴。"]


def test_headings_name_the_columns_in_any_order():
    plan = pasted(
        [" 备 注", "*三级指标", "度量单位", "＊指标值", "指标值类型", "评／扣分标准", "*指标值说明"],
        ["5分", "调研", "篇", "5", "≥", "少1篇扣1分", "考察"],
        at="remark",
        into=[target()],
    )

    assert texts_of(plan) == [
        (
            "a",
            1,
            {
                "name": "调研",
                "comparison": "ge",
                "value": "5",
                "unit": "篇",
                "scoring_standard": "少1篇扣1分",
                "explanation": "考察",
                "remark": "5分",
            },
        )
    ]
    assert notices_of(plan) == [BY_HEADINGS]


def test_headings_that_the_form_does_not_have_are_told():
    plan = pasted(
        ["序号", "三级指标", "备注", "", "备注"], ["1", "调研", "5分", "无表头", "重复", "多"], into=[target()]
    )

    assert texts_of(plan) == [("a", 1, {"name": "调研", "remark": "5分"})]
    assert notices_of(plan) == [
        BY_HEADINGS,
        "“序号”、“备注”不是本表的栏目或重复出现，该列未粘贴。",
        "有 2 列没有表头，未粘贴。",
    ]


def test_heading_alone_is_one_above_something_only():
    assert texts_of(pasted(["备注"], ["5分"], at="name", into=[target()])) == [("a", 1, {"remark": "5分"})]
    assert texts_of(pasted(["备注"], at="name", into=[target()])) == [("a", 1, {"name": "备注"})]


def test_heading_among_other_texts_is_none():
    assert texts_of(pasted(["指标值", "≥"], ["乙", "≤"], into=[])) == [
        (None, 1, {"name": "指标值", "comparison": "ge"}),
        (None, 2, {"name": "乙", "comparison": "le"}),
    ]


def test_headings_without_rows_change_nothing():
    assert pasted(["三级指标", "指标值"], into=[target()]) == Plan((), (BY_HEADINGS,), None)


def test_remark_in_a_heading_does_not_matter():
    plan = pasted(["金额", "任务名称(必填)"], ["5", "办会"], columns=TASKS, into=[])

    assert texts_of(plan) == [(None, 1, {"name": "办会", "amount": "5"})]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("≥", "ge"),
        (">=", "ge"),
        ("≧", "ge"),
        ("＞", "gt"),
        ("＝", "eq"),
        ("≤", "le"),
        ("不低于", "ge"),
        ("定性", "qualitative"),
    ],
)
def test_comparison_is_read_however_it_is_written(typed, code):
    assert one_text("甲", typed, into=[target()]) == ({"name": "甲", "comparison": code}, [])


def test_unreadable_comparison_is_left_out_and_told():
    assert one_text("甲", "约", into=[target(comparison="ge")]) == (
        {"name": "甲"},
        ["指标值类型“约”无法识别，未粘贴，请在列表中选择。"],
    )


def test_row_with_nothing_but_an_unreadable_comparison_is_not_added():
    plan = pasted(["约"], at="comparison", into=[])

    assert (plan.touched, plan.added, texts_of(plan)) == (0, 0, [(None, 1, {})])


@pytest.mark.parametrize("typed", ["≥95%", "≧ 95％", "不低于95%"])
def test_value_is_taken_apart_where_nothing_stands_beside_it(typed):
    assert one_text(typed, at="value", into=[target()]) == (
        {"comparison": "ge", "value": "95", "unit": "%"},
        [f"指标值“{typed}”识别为：指标值类型“≥”、指标值“95”、度量单位“%”。"],
    )


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        (("", "≥95%", ""), {"comparison": "ge", "value": "95", "unit": "%"}),
        (("≥", "95%"), {"comparison": "ge", "value": "95", "unit": "%"}),
        (("≥", "≥95%", "％"), {"comparison": "ge", "value": "95", "unit": "％"}),
        (("", "≥95", "%"), {"comparison": "ge", "value": "95", "unit": "%"}),
        (("≤", "≥95%"), {"comparison": "le", "value": "≥95%"}),
        (("≥", "≥95%", "人"), {"comparison": "ge", "value": "≥95%", "unit": "人"}),
        (("定性", "95%"), {"comparison": "qualitative", "value": "95%"}),
        (("≥", "95"), {"comparison": "ge", "value": "95"}),
        (("", "约5.5万人次"), {"value": "约5.5万人次"}),
        (("", "不低于上年度水平"), {"value": "不低于上年度水平"}),
    ],
)
def test_value_is_taken_apart_only_where_nothing_beside_it_says_otherwise(cells, texts):
    assert one_text(*cells, at="comparison", into=[target()])[0] == texts


def test_value_of_a_qualitative_row_is_not_taken_apart():
    assert one_text("95%", at="value", into=[target(comparison="qualitative")]) == ({"value": "95%"}, [])


def test_value_that_stands_there_in_its_parts_changes_nothing():
    assert one_text("≥95%", at="value", into=[target(comparison="ge", value="95", unit="%")]) == ({}, [])


def test_value_in_the_place_of_another_is_taken_apart_over_what_stood_there():
    row = target(comparison="le", value="3", unit="次")

    assert one_text("≥95%", at="value", into=[row])[0] == {"comparison": "ge", "value": "95", "unit": "%"}


@pytest.mark.parametrize(
    ("typed", "value"), [("≥96%", "96"), ("96%", "96"), ("96", "96"), ("≤96%", "≤96%"), ("96次", "96次")]
)
def test_value_of_a_common_indicator_is_taken_apart_where_it_agrees_with_the_template(typed, value):
    row = target(writable=("value", "remark"), comparison="ge", value="95", unit="%")

    assert one_text(typed, at="value", into=[row])[0] == {"value": value}


def test_unit_is_not_taken_off_a_common_indicator_without_one():
    row = target(writable=("value", "remark"), comparison="ge", value="95")

    assert one_text("≥96%", at="value", into=[row]) == ({"value": "≥96%"}, [])


def test_what_the_template_sets_is_left_out_and_told():
    row = target(writable=("remark",), name="执行率", comparison="ge", value="95", unit="%")

    assert one_text("执行率", "≤", "9" * 50, "%", "扣分", "说明", "5分", into=[row]) == (
        {"remark": "5分"},
        [
            "本行为共性指标，以下内容由模板统一设置，未粘贴：指标值类型“≤”、指标值“"
            + "9" * 40
            + "……”、评/扣分标准“扣分”、指标值说明“说明”。"
        ],
    )


@pytest.mark.parametrize("cells", [("执行率", "≥", "95", "%"), ("执行率", "", "≥95%", ""), ("执行率", "≥", "95%")])
def test_what_agrees_with_the_template_or_is_empty_is_not_told(cells):
    row = target(writable=("remark",), name="执行率", comparison="ge", value="95", unit="%")

    assert pasted(cells, into=[row]) == Plan((), (), pasted(cells).layout)


@pytest.mark.parametrize(
    ("rows", "needed"),
    [
        ([["甲"]], False),
        ([["甲"], ["乙"]], True),
        ([["甲", "约"]], True),
        ([["甲", "≥", "5", "篇", "标准", "说明", "备注", "多"]], True),
        ([["甲", "≥", "5", "篇", "标准", "说明", "备注"]], False),
        ([["甲", "≥", "5", "篇", "标准", "说明"]], True),
    ],
)
def test_preview_is_needed_for_several_rows_notices_and_doubts(rows, needed):
    assert pasted(*rows, into=[]).needs_preview is needed


def test_line_breaks_stay_in_a_text_and_go_from_a_line():
    assert one_text("机关\n运转", "一；\r\n二。", columns=TASKS, into=[]) == (
        {"name": "机关运转", "content": "一；\n二。"},
        [],
    )


def test_text_that_is_too_long_is_offered_and_told():
    assert one_text("长" * 2000, columns=GOALS, at="text", into=[]) == ({"text": "长" * 2000}, [])
    assert one_text("长" * 2001, columns=GOALS, at="text", into=[]) == (
        {"text": "长" * 2001},
        ["年度履职目标不能超过 2000 字，现有 2001 字，请粘贴后精简。"],
    )


OFFICIAL = [["调研", "≥", "5", "少1篇扣1分。", "考察", "5分"], ["满意度", "≥", "95", "%", "考察满意", ""]]


def test_block_of_the_official_table_is_known_by_its_scoring_standards():
    plan = pasted(*OFFICIAL, into=[])

    assert plan.layout == Layout.OFFICIAL
    assert [row.texts for row in plan.rows] == [
        {
            "name": "调研",
            "comparison": "ge",
            "value": "5",
            "scoring_standard": "少1篇扣1分。",
            "explanation": "考察",
            "remark": "5分",
        },
        {"name": "满意度", "comparison": "ge", "value": "95", "unit": "%", "explanation": "考察满意"},
    ]


def test_layout_that_somebody_chose_counts():
    form = pasted(*OFFICIAL, into=[], layout=Layout.FORM)
    official = pasted(OFFICIAL[1], into=[], layout=Layout.OFFICIAL)

    assert (form.layout, official.layout) == (Layout.FORM, Layout.OFFICIAL)
    assert form.rows[0].texts["unit"] == "少1篇扣1分。"
    assert official.rows[0].texts == {
        "name": "满意度",
        "comparison": "ge",
        "value": "95",
        "unit": "%",
        "explanation": "考察满意",
    }


@pytest.mark.parametrize(
    ("cells", "start", "layout"),
    [
        (["甲", "≥", "5"], "name", None),
        (["甲", "≥", "5", "篇"], "name", Layout.FORM),
        (["甲", "≥", "5", "篇", "标准", "说明", ""], "name", None),
        (["篇", "标准"], "unit", None),
        (["标准"], "scoring_standard", None),
    ],
)
def test_layout_is_in_doubt_where_the_unit_may_be_missing(cells, start, layout):
    assert pasted(cells, at=start, into=[]).layout == layout


def test_dash_of_the_official_table_is_no_scoring_standard():
    plan = pasted(["相关性", "定性", "相关", "-", "一致", ""], into=[], layout=Layout.OFFICIAL)

    assert plan.rows[0].texts == {
        "name": "相关性",
        "comparison": "qualitative",
        "value": "相关",
        "explanation": "一致",
    }


@pytest.mark.parametrize(("name", "unit"), [("满意度", "次"), ("参与率", "")])
def test_another_indicator_of_the_official_table_does_not_keep_the_unit(name, unit):
    plan = pasted([name, "≥", "95", "", "", ""], into=[target(name="满意度", unit="次")], layout=Layout.OFFICIAL)

    assert {"unit": "次", **plan.rows[0].texts}["unit"] == unit


def test_reference_form_copied_from_excel_comes_over_whole():
    """The 29 indicators of 2022 and one more, copied with their headings from the official table."""
    wanted = []
    for _, _, declared in reference_document().targets():
        texts = declared.model_dump(exclude={"key", "common"})
        # As they were typed into the cells of the original: each point on its line, and quotes of the keyboard.
        texts["explanation"] = texts["explanation"].replace("；", "；\n").replace("“", '"').replace("”", '"')
        texts["name"] = texts["name"].replace("“", '"').replace("”", '"')
        wanted.append(texts)
    wanted.append({**wanted[0], "name": '会议室5"屏'})
    signs = {"ge": "≥", "le": "≤", "eq": "＝", "qualitative": "定性"}
    rows = [
        [
            "投入管理指标" if number == 0 else "",
            "",
            texts["name"],
            signs[texts["comparison"]],
            texts["value"],
            texts["scoring_standard"] or texts["unit"] or "-",
            texts["explanation"],
            texts["remark"],
        ]
        for number, texts in enumerate(wanted)
    ]
    plan = pasted(list(HEADINGS), *rows, into=[])

    assert (len(rows), plan.touched, plan.added) == (30, 30, 30)
    assert [dict.fromkeys(ALL, "") | row.texts for row in plan.rows] == wanted
    assert notices_of(plan) == [BY_HEADINGS, "“一级指标”、“二级指标”不是本表的栏目或重复出现，该列未粘贴。"]


@given(st.lists(st.text(alphabet='"\t\n率a'), max_size=6))
def test_rows_copied_out_and_pasted_back_change_nothing(texts):
    rows = [PresentRow(str(number), {"text": text}, ("text",)) for number, text in enumerate(texts)]
    block = parse_cells(copied_from_the_form(*([text] for text in texts)))

    assert lay_out(block, GOALS, "text", rows, 1) == Plan((), (), None)


@given(
    st.lists(st.lists(st.text(alphabet='"\t\n95%≥次-a', max_size=6), max_size=9, min_size=1), max_size=6),
    st.sampled_from(ALL),
    st.integers(0, 3),
    st.booleans(),
)
def test_plan_is_total_and_touches_only_what_can_be_written(cells, start, count, adds_rows):
    rows = [target(str(number), writable=("value", "remark")) for number in range(count)]
    plan = lay_out(tuple(map(tuple, cells)), TARGETS, start, rows, 1, adds_rows=adds_rows)

    assert all(set(row.texts) <= {"value", "remark"} for row in plan.rows if row.key is not None)
    assert adds_rows or plan.added == 0
