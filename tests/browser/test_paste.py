"""Cells of a spreadsheet pasted into the form, and rows of the form copied for one."""

import pytest
from playwright.sync_api import Page, expect

from declarations.clipboard import parse_cells
from declarations.services import GOALS, TARGETS, TASKS
from indicators.enums import Comparison
from indicators.models import SecondaryIndicator, TertiaryIndicator
from tests.browser.clipboard import copy, paste
from tests.browser.form import SAVED, WILD, expect_state, goals, goals_shown, goals_stored, look_up
from tests.browser.test_accessibility import complaints_about
from tests.declarations import builders
from tests.declarations.documents import reference_document
from tests.declarations.services.edits import add, changed, own_group, rows, targets
from tests.declarations.services.edits import save as save_edits
from tests.declarations.spreadsheets import copied

FIELDS = TARGETS.fields
HEADINGS = ("三级指标", "指标值类型", "指标值", "度量单位", "评/扣分标准", "指标值说明", "备注")
SIGNS = dict(Comparison.choices) | {"": ""}
FIRST = {"name": "指标甲", "comparison": "ge", "value": "5", "unit": "篇", "explanation": "甲的说明"}


@pytest.fixture
def declaration(transactional_db):
    """A declaration with three goals and one own target, behind a common one, in its first own group."""
    template = builders.template(published=False)
    group = SecondaryIndicator.objects.get(primary__template=template, name="重点工作任务完成")
    TertiaryIndicator.objects.create(
        secondary=group,
        position=0,
        name="共性一",
        comparison="le",
        value="30",
        unit="%",
        explanation='第一行\n"第二行"',
    )
    builders.publish(template)
    made = builders.declaration(filled=False, round=builders.round_(template=template))
    add(made, GOALS, *({"text": f"目标{name}"} for name in "甲乙丙"))
    add(made, TARGETS, FIRST, group=own_group(made))
    return made


def row(page: Page, number: int):
    return page.locator(".target").nth(number - 1)


def field(page: Page, number: int, name: str):
    return row(page, number).locator(f'[name$="-{name}"]')


def stored(declaration) -> list[tuple[str, ...]]:
    """The texts of the group's own targets."""
    rows = targets(own_group(declaration), declaration)
    return [tuple(getattr(target, name) for name in FIELDS) for target in rows if target.tertiary_id is None]


def shown(page: Page) -> list[tuple[str, ...]]:
    return [
        tuple(row(page, number).locator(f'[name$="-{name}"]').input_value() for name in FIELDS)
        for number in range(2, page.locator(".target").count() + 1)
    ]


def dialog(page: Page):
    return page.get_by_role("dialog")


def accept(page: Page) -> None:
    dialog(page).get_by_role("button", name="粘贴", exact=True).click()


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect_state(page, SAVED)


FIRST_TEXTS = tuple(FIRST.get(name, "") for name in FIELDS)
WILD_TEXTS = ("指标“丙”", "qualitative", "优", "", "", WILD, "")
# The rows of the reference form, and one that is easily spoiled.
THIRTY = [*(tuple(getattr(row, name) for name in FIELDS) for _, _, row in reference_document().targets()), WILD_TEXTS]


def cells(texts: tuple[str, ...]) -> list[str]:
    """The row as a spreadsheet shows it: with signs for comparisons."""
    return [SIGNS[text] if name == "comparison" else text for name, text in zip(FIELDS, texts, strict=True)]


def thirty_rows() -> str:
    assert len(THIRTY) == 30
    return copied(*map(cells, THIRTY))


def test_thirty_rows_of_the_reference_form_are_stored_to_the_character(open_section, declaration):
    page = open_section("indicators", 1)
    field(page, 2, "name").click()

    assert paste(page, thirty_rows())
    expect(dialog(page)).to_contain_text("将修改 1 行、新增 29 行")
    accept(page)
    expect(dialog(page)).to_be_hidden()
    expect(field(page, 2, "name")).to_be_focused()
    save(page)
    assert stored(declaration) == THIRTY
    page.reload()
    assert shown(page) == THIRTY


@pytest.mark.parametrize("is_saved", [False, True])
def test_paste_is_undone_in_one_step(open_section, declaration, is_saved):
    page = open_section("indicators", 1)
    field(page, 2, "name").click()
    paste(page, thirty_rows())
    accept(page)
    expect(page.locator(".target")).to_have_count(31)
    if is_saved:
        save(page)

    page.get_by_role("button", name="撤销粘贴").click()

    expect(page.locator(".target")).to_have_count(2)
    expect(page.locator("#undo")).to_be_hidden()
    expect(field(page, 2, "name")).to_be_focused()
    save(page)
    assert stored(declaration) == [FIRST_TEXTS]


def test_rows_are_pasted_into_an_empty_group_from_the_button_that_adds_one(open_section, declaration):
    page = open_section("indicators", 2)
    page.locator("[data-add]").focus()

    assert paste(page, copied(("新指标一", "≥", "1", "个"), ("新指标二", "定性", "优", "")))
    accept(page)

    expect(page.locator(".target")).to_have_count(2)
    expect(page.locator('.target [name$="-name"]').first).to_be_focused()
    save(page)
    assert sorted(declaration.target_rows.filter(secondary__name="履职效益").values_list("name", "value")) == [
        ("新指标一", "1"),
        ("新指标二", "优"),
    ]


def test_one_row_is_pasted_at_once_where_the_cursor_stands(open_section, declaration):
    page = open_section("indicators", 1)
    field(page, 2, "unit").click()

    paste(page, copied(("个", "少1个扣1分。\n扣完为止")))

    expect(field(page, 2, "scoring_standard")).to_have_value("少1个扣1分。\n扣完为止")
    expect(dialog(page)).to_be_hidden()
    expect(page.locator("#told")).to_have_text("已粘贴 1 行")
    expect_state(page, SAVED)
    assert stored(declaration) == [("指标甲", "ge", "5", "个", "少1个扣1分。\n扣完为止", "甲的说明", "")]

    page.keyboard.press("Control+z")
    save(page)
    assert stored(declaration) == [FIRST_TEXTS]


def test_value_that_says_more_is_taken_apart_after_a_look(open_section, declaration):
    page = open_section("indicators", 1)
    page.locator("[data-add]").click()
    field(page, 3, "value").click()

    paste(page, copied(("不低于95%",)))
    expect(dialog(page)).to_contain_text("识别为")
    accept(page)

    expect(field(page, 3, "comparison")).to_have_value("ge")
    expect(field(page, 3, "value")).to_have_value("95")
    expect(field(page, 3, "unit")).to_have_value("%")


def test_one_cell_goes_into_the_text_where_the_caret_stands(open_section):
    page = open_section("goals")
    goals(page).nth(0).evaluate("field => { field.focus(); field.setSelectionRange(2, 2); }")

    assert paste(page, copied(("新\n的",)))

    assert goals_shown(page) == ["目标新\n的甲", "目标乙", "目标丙"]
    page.keyboard.press("Control+z")
    assert goals_shown(page) == ["目标甲", "目标乙", "目标丙"]


def test_one_cell_takes_the_place_of_a_selected_text(open_section, declaration):
    page = open_section("goals")
    goals(page).nth(0).click()
    page.keyboard.press("Enter")

    assert paste(page, copied(('"引号"开头，\n第二行',)))

    expect(goals(page).nth(1)).to_have_value('"引号"开头，\n第二行')
    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标甲", '"引号"开头，\n第二行', "目标丙"]


def test_heading_row_names_the_columns(open_section, declaration):
    page = open_section("indicators", 1)
    field(page, 2, "explanation").click()

    paste(page, copied(("备注", "三级指标", "本年累计"), ("10分", "指标乙", "x"), ("20分", "指标丙", "y")))
    expect(dialog(page)).to_contain_text("已按表头对应各栏")
    expect(dialog(page)).to_contain_text("本年累计")
    accept(page)

    save(page)
    assert stored(declaration) == [
        ("指标乙", "ge", "5", "篇", "", "甲的说明", "10分"),
        ("指标丙", "", "", "", "", "", "20分"),
    ]


def test_fixed_cells_of_common_indicators_stay(open_section, declaration):
    page = open_section("indicators", 1)
    field(page, 1, "value").click()

    paste(page, copied(("20", "元", "标准一"), ("6", "个", "标准二")))
    expect(dialog(page)).to_contain_text("本行为共性指标，以下内容由模板统一设置，未粘贴")
    accept(page)

    save(page)
    common = targets(own_group(declaration), declaration)[0]
    assert [getattr(common, name) for name in FIELDS] == ["共性一", "le", "20", "%", "", '第一行\n"第二行"', ""]
    assert stored(declaration) == [("指标甲", "ge", "6", "个", "标准二", "甲的说明", "")]


def test_other_layout_is_chosen_in_the_preview(open_section, declaration):
    page = open_section("indicators", 1)
    field(page, 2, "name").click()

    paste(page, copied(("指标一", "≥", "5", "少1项扣1分。", "说明一"), ("指标二", "≥", "6", "项", "说明二")))
    expect(dialog(page).get_by_label("与正式表样相同")).to_be_checked()
    dialog(page).get_by_label("与本页相同").check()
    expect(dialog(page).get_by_label("与本页相同")).to_be_checked()
    expect(dialog(page).get_by_label("与本页相同")).to_be_focused()
    dialog(page).get_by_label("与正式表样相同").check()
    expect(dialog(page).get_by_label("与正式表样相同")).to_be_checked()
    accept(page)

    save(page)
    assert stored(declaration) == [
        ("指标一", "ge", "5", "", "少1项扣1分。", "说明一", ""),
        ("指标二", "ge", "6", "项", "", "说明二", ""),
    ]


@pytest.mark.parametrize("leave", ["取消", "Escape"])
def test_preview_that_is_left_changes_nothing_and_gives_the_focus_back(open_section, declaration, leave):
    page = open_section("goals")
    goals(page).nth(1).click()

    paste(page, copied(("新一",), ("新二",)))
    expect(dialog(page).get_by_role("button", name="粘贴", exact=True)).to_be_focused()
    if leave == "Escape":
        page.keyboard.press("Escape")
    else:
        dialog(page).get_by_role("button", name=leave).click()

    expect(dialog(page)).to_be_hidden()
    expect(goals(page).nth(1)).to_be_focused()
    assert goals_shown(page) == ["目标甲", "目标乙", "目标丙"]
    expect(page.locator("#undo")).to_be_hidden()

    # The next one is shown again.
    paste(page, copied(("新一",), ("新二",), ("新三",)))
    accept(page)
    save(page)
    assert goals_stored(declaration) == ["目标甲", "新一", "新二", "新三"]


def test_preview_is_accessible(open_section):
    page = open_section("indicators", 1)
    page.get_by_text("快捷键").click()
    field(page, 1, "value").click()
    paste(page, copied(("不低于20%", "元", "标准一"), ("6", "个", "少1个扣1分。")))
    expect(dialog(page)).to_be_visible()

    assert complaints_about(page, "preview") == []


def test_lines_without_a_table_may_be_one_text(open_section, declaration):
    page = open_section("goals")
    page.locator("[data-add]").click()

    paste(page, "第一行\r\n第二行\r\n", html="")
    dialog(page).get_by_role("button", name="作为一段文字粘贴").click()

    assert goals_shown(page) == ["目标甲", "目标乙", "目标丙", "第一行\n第二行"]
    expect(goals(page).nth(3)).to_be_focused()
    expect_state(page, SAVED)
    assert goals_stored(declaration)[3] == "第一行\n第二行"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("一行文字", ""),
        ("一行文字", "<p>一行文字</p>"),
        ("第一段\r\n\r\n第二段", "<p>第一段</p><p>第二段</p>"),
    ],
)
def test_texts_are_left_to_the_browser(open_section, text, html):
    page = open_section("goals")
    goals(page).nth(0).click()

    assert paste(page, text, html) is False


def test_table_of_a_text_processor_keeps_the_lines_within_its_cells(open_section, declaration):
    add(declaration, TASKS, {"name": "任务一"})
    page = open_section("tasks")
    page.locator('[name$="-name"]').first.click()
    html = """<html xmlns:w="urn:schemas-microsoft-com:office:word"><body><table>
      <tr><td><p class=MsoNormal>保障<span lang=EN-US>2023</span>年
      运转</p></td><td><p>第一段</p><p>第二段<br>换行</p></td></tr>
      <tr><td><p>任务二</p></td><td><p>内容</p></td></tr></table></body></html>"""

    paste(page, "保障2023年运转\t第一段\n第二段\n换行\n任务二\t内容\n", html)
    accept(page)

    save(page)
    assert list(declaration.maintask_rows.order_by("position").values_list("name", "content")) == [
        ("保障2023年 运转", "第一段\n第二段\n换行"),
        ("任务二", "内容"),
    ]


def test_cut_network_is_told_and_nothing_changes(open_section, declaration):
    page = open_section("goals")
    goals(page).nth(0).click()
    page.context.set_offline(True)

    paste(page, copied(("新一",), ("新二",)))
    expect(dialog(page)).to_contain_text("网络中断，暂不能粘贴表格内容，请稍后再试。")
    dialog(page).get_by_role("button", name="关闭").click()

    expect(goals(page).nth(0)).to_be_focused()
    assert goals_shown(page) == ["目标甲", "目标乙", "目标丙"]
    page.context.set_offline(False)
    paste(page, copied(("新一",), ("新二",)))
    accept(page)
    save(page)
    assert goals_stored(declaration) == ["新一", "新二", "目标丙"]


def test_too_many_rows_are_refused_in_words(open_section):
    page = open_section("goals")
    goals(page).nth(0).click()

    paste(page, copied(*((f"目标{number}",) for number in range(501))))

    expect(dialog(page)).to_contain_text("一次最多粘贴 500 行，所复制的内容有 501 行，请分次粘贴。")


def test_text_typed_while_the_server_is_asked_is_not_lost(open_section, declaration):
    page = open_section("goals")
    held = []
    page.route("**/paste/", lambda route: route.continue_() if held else held.append(route))
    goals(page).nth(0).click()
    paste(page, copied(("新一",), ("新二",)))
    goals(page).nth(1).fill("刚才又改")
    held[0].continue_()

    expect(dialog(page)).to_contain_text("刚才又改")
    dialog(page).get_by_role("button", name="取消").click()
    assert goals_shown(page) == ["目标甲", "刚才又改", "目标丙"]


def test_preview_is_shown_again_where_somebody_else_has_changed_the_rows_meanwhile(open_section, declaration):
    page = open_section("goals")
    goals(page).nth(0).click()
    paste(page, copied(("新一",), ("新二",)))
    expect(dialog(page)).to_contain_text("目标乙")

    save_edits(declaration, GOALS, changed(rows(declaration, GOALS)[1], text="同事改乙"))
    look_up(page)
    expect(goals(page).nth(1)).to_have_value("同事改乙")
    accept(page)

    expect(dialog(page)).to_contain_text("同事改乙")
    assert goals_shown(page) == ["目标甲", "同事改乙", "目标丙"]
    dialog(page).get_by_role("button", name="取消").click()
    expect(goals(page).nth(0)).to_be_focused()


def test_row_is_copied_and_pasted_as_it_was(open_section, declaration):
    page = open_section("indicators", 1)
    field(page, 1, "remark").click()

    common = copy(page)
    assert parse_cells(common["text"]) == (("共性一", "≤", "30", "%", "", '第一行\n"第二行"', ""),)
    expect(page.locator("#told")).to_have_text("已复制第 1 行")
    assert "mso-number-format" in common["html"]

    page.locator("[data-add]").click()
    paste(page, common["text"], common["html"])
    expect(field(page, 3, "explanation")).to_have_value('第一行\n"第二行"')
    save(page)
    assert stored(declaration) == [FIRST_TEXTS, ("共性一", "le", "30", "%", "", '第一行\n"第二行"', "")]


def test_selected_text_is_copied_by_the_browser(open_section):
    page = open_section("goals")
    goals(page).nth(0).click()
    page.keyboard.press("Enter")

    assert copy(page) == {"text": "", "html": ""}


def test_group_is_copied_with_its_headings_and_pasted_into_another(open_section, declaration):
    page = open_section("indicators", 1)
    page.evaluate(
        "window.addEventListener('copy', (event) => { window.copied = event.clipboardData.getData('text/plain'); })"
    )

    page.get_by_role("button", name="复制本组").click()

    expect(page.locator("#told")).to_have_text("已复制 2 行及表头")
    text = page.evaluate("window.copied")
    assert parse_cells(text) == (
        HEADINGS,
        ("共性一", "≤", "30", "%", "", '第一行\n"第二行"', ""),
        ("指标甲", "≥", "5", "篇", "", "甲的说明", ""),
    )

    other = open_section("indicators", 2)
    other.locator("[data-add]").focus()
    paste(other, text)
    accept(other)
    save(other)
    copies = declaration.target_rows.filter(secondary__name="履职效益").order_by("position")
    assert [tuple(getattr(copy, name) for name in FIELDS) for copy in copies] == [
        ("共性一", "le", "30", "%", "", '第一行\n"第二行"', ""),
        FIRST_TEXTS,
    ]
