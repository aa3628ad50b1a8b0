"""The form worked by keyboard, as a spreadsheet is."""

import pytest
from playwright.sync_api import Locator, Page, expect

from declarations.services import GOALS, TARGETS
from indicators.models import SecondaryIndicator, TertiaryIndicator
from tests.browser.form import SAVED, expect_state, goals, goals_shown, goals_stored, state
from tests.declarations import builders
from tests.declarations.services.edits import add, own_group, targets

LONG = "一二三四五六七八九十" * 30


@pytest.fixture
def declaration(transactional_db):
    """A declaration with three goals, three targets of its own and, in their group, a common one before them."""
    template = builders.template(published=False)
    group = SecondaryIndicator.objects.get(primary__template=template, name="重点工作任务完成")
    TertiaryIndicator.objects.create(secondary=group, position=0, name="共性一", comparison="ge", value="95", unit="%")
    builders.publish(template)
    made = builders.declaration(filled=False, round=builders.round_(template=template))
    add(made, GOALS, *({"text": f"目标{name}"} for name in "甲乙丙"))
    add(made, TARGETS, *({"name": f"指标{name}"} for name in "甲乙丙"), group=own_group(made))
    return made


def column(page: Page, name: str) -> Locator:
    """The fields of a column of the indicator table that can be typed into."""
    return page.locator(f'.target [name$="-{name}"]')


def names(page: Page) -> list[str]:
    return [field.input_value() for field in column(page, "name").all()]


def names_stored(declaration) -> list[str]:
    return [row.name for row in targets(own_group(declaration), declaration)]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def caret(field: Locator) -> int:
    return field.evaluate("field => field.selectionStart")


def put_caret(field: Locator, index: int) -> None:
    field.evaluate("(field, index) => { field.focus(); field.setSelectionRange(index, index); }", index)


def test_enter_goes_down_the_column_and_back(open_section):
    page = open_section("indicators", 1)
    units = column(page, "unit")
    units.nth(0).click()

    press(page, "Enter")
    expect(units.nth(1)).to_be_focused()
    press(page, "Enter", "Enter")
    expect(units.nth(2)).to_be_focused()
    press(page, "Shift+Enter", "Shift+Enter", "Shift+Enter")
    expect(units.nth(0)).to_be_focused()


def test_enter_breaks_no_line_and_sends_nothing(open_section, declaration):
    page = open_section("goals")
    goals(page).nth(2).click()

    press(page, "Enter")

    expect(goals(page).nth(2)).to_be_focused()
    assert goals_shown(page) == ["目标甲", "目标乙", "目标丙"]
    assert page.url.endswith("/goals/")


def test_fixed_cells_are_passed_over(open_section):
    page = open_section("indicators", 1)
    column(page, "name").first.click()
    press(page, "Shift+Enter")
    expect(column(page, "name").first).to_be_focused()

    # The remark of a common indicator is the department's own.
    expect(column(page, "remark")).to_have_count(4)
    column(page, "remark").nth(0).click()
    press(page, "Enter")
    expect(column(page, "remark").nth(1)).to_be_focused()
    press(page, "ArrowUp")
    expect(column(page, "remark").nth(0)).to_be_focused()


def test_cell_that_is_gone_to_is_selected_and_typing_replaces_it(open_section):
    page = open_section("goals")
    goals(page).nth(0).click()

    press(page, "Enter")
    page.keyboard.insert_text("新的目标")

    assert goals_shown(page) == ["目标甲", "新的目标", "目标丙"]


def test_enter_breaks_a_line_on_a_phone(open_section):
    page = open_section("goals", width=390, has_touch=True, is_mobile=True)
    put_caret(goals(page).nth(0), 3)

    press(page, "Enter")

    expect(goals(page).nth(0)).to_have_value("目标甲\n")


def test_alt_enter_breaks_a_line_where_the_caret_stands(open_section, declaration):
    page = open_section("goals")
    put_caret(goals(page).nth(0), 2)

    press(page, "Alt+Enter")

    expect(goals(page).nth(0)).to_have_value("目标\n甲")
    expect_state(page, SAVED)
    assert goals_stored(declaration)[0] == "目标\n甲"


def test_alt_enter_breaks_no_line_in_a_cell_of_one_line(open_section):
    page = open_section("indicators", 1)
    put_caret(column(page, "name").first, 1)

    press(page, "Alt+Enter")

    expect(column(page, "name").first).to_have_value("指标甲")


def test_up_and_down_leave_the_cell_at_its_first_and_last_line_only(open_section):
    page = open_section("goals")
    first, second, third = (goals(page).nth(index) for index in range(3))
    second.fill("第一行\n第二行\n第三行")

    put_caret(second, 5)
    press(page, "ArrowDown")
    expect(second).to_be_focused()
    assert caret(second) == 9
    press(page, "ArrowDown")
    expect(third).to_be_focused()

    put_caret(second, 5)
    press(page, "ArrowUp")
    expect(second).to_be_focused()
    assert caret(second) == 1
    press(page, "ArrowUp")
    expect(first).to_be_focused()


def test_up_and_down_go_through_the_lines_of_a_long_text(open_section):
    page = open_section("goals")
    second = goals(page).nth(1)
    second.fill(LONG)

    put_caret(second, len(LONG) // 2)
    press(page, "ArrowDown")
    expect(second).to_be_focused()
    put_caret(second, len(LONG) - 1)
    press(page, "ArrowDown")
    expect(goals(page).nth(2)).to_be_focused()

    put_caret(second, len(LONG) // 2)
    press(page, "ArrowUp")
    expect(second).to_be_focused()
    put_caret(second, 1)
    press(page, "ArrowUp")
    expect(goals(page).nth(0)).to_be_focused()


def test_left_and_right_leave_the_cell_at_the_edges_of_its_text_only(open_section):
    page = open_section("indicators", 1)
    row = page.locator(".target").nth(1)
    name, comparison, value = (row.locator(f'[name$="-{field}"]') for field in ("name", "comparison", "value"))
    put_caret(name, 2)

    press(page, "ArrowRight")
    expect(name).to_be_focused()
    press(page, "ArrowRight")
    expect(comparison).to_be_focused()
    press(page, "ArrowRight")
    expect(value).to_be_focused()
    press(page, "ArrowLeft")
    expect(comparison).to_be_focused()
    press(page, "ArrowLeft")
    expect(name).to_be_focused()

    # The whole text is selected now: the first press shows where the caret is.
    press(page, "ArrowRight")
    expect(name).to_be_focused()
    assert caret(name) == 3


def test_up_and_down_choose_the_comparison_and_enter_goes_on(open_section, declaration):
    page = open_section("indicators", 1)
    comparisons = column(page, "comparison")
    comparisons.nth(0).focus()

    press(page, "ArrowDown")
    expect(comparisons.nth(0)).to_have_value("ge")
    press(page, "Enter")
    expect(comparisons.nth(1)).to_be_focused()

    expect_state(page, SAVED)
    assert [row.comparison for row in targets(own_group(declaration), declaration)[1:]] == ["ge", "", ""]


def test_arrows_with_shift_select(open_section):
    page = open_section("goals")
    put_caret(goals(page).nth(1), 3)

    press(page, "Shift+ArrowUp")

    expect(goals(page).nth(1)).to_be_focused()
    assert goals(page).nth(1).evaluate("field => field.selectionEnd - field.selectionStart") == 3


def test_rows_are_moved_and_each_move_is_undone(open_section, declaration):
    page = open_section("goals")
    put_caret(goals(page).nth(2), 1)

    press(page, "Alt+ArrowUp")
    expect(goals(page).nth(1)).to_be_focused()
    assert caret(goals(page).nth(1)) == 1
    press(page, "Alt+ArrowUp", "Alt+ArrowUp")
    assert goals_shown(page) == ["目标丙", "目标甲", "目标乙"]
    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标丙", "目标甲", "目标乙"]

    press(page, "Control+z")
    assert goals_shown(page) == ["目标甲", "目标丙", "目标乙"]
    press(page, "Control+z", "Control+z")
    assert goals_shown(page) == ["目标甲", "目标乙", "目标丙"]
    expect(page.locator("#undo")).to_be_hidden()

    press(page, "Alt+ArrowUp", "Alt+ArrowDown", "Alt+ArrowDown")
    expect(goals(page).nth(2)).to_be_focused()
    expect_state(page, SAVED)
    press(page, "Control+s")
    expect_state(page, SAVED)


def test_rows_move_among_the_own_ones_only(open_section, declaration):
    page = open_section("indicators", 1)
    column(page, "remark").nth(0).click()
    press(page, "Alt+ArrowDown")
    column(page, "remark").nth(1).click()
    press(page, "Alt+ArrowUp")
    assert names(page) == ["指标甲", "指标乙", "指标丙"]

    press(page, "Alt+ArrowDown")
    expect(column(page, "remark").nth(2)).to_be_focused()
    expect_state(page, SAVED)
    assert names_stored(declaration) == ["共性一", "指标乙", "指标甲", "指标丙"]


def test_row_is_added_behind_the_one_of_the_cursor(open_section, declaration):
    page = open_section("indicators", 1)
    column(page, "unit").nth(0).click()

    press(page, "Control+Enter")
    expect(column(page, "name").nth(1)).to_be_focused()
    page.keyboard.insert_text("新指标")

    expect_state(page, SAVED)
    assert names_stored(declaration) == ["共性一", "指标甲", "新指标", "指标乙", "指标丙"]


def test_row_is_added_before_the_own_ones_from_a_common_one(open_section, declaration):
    page = open_section("indicators", 1)
    column(page, "remark").nth(0).click()

    press(page, "Control+Enter")
    expect(column(page, "name").nth(0)).to_be_focused()
    page.keyboard.insert_text("新指标")

    expect_state(page, SAVED)
    assert names_stored(declaration) == ["共性一", "新指标", "指标甲", "指标乙", "指标丙"]


def test_no_row_is_added_to_a_group_that_takes_none(open_section):
    page = open_section("indicators", 0)
    page.locator('.target [name$="-remark"]').click()

    press(page, "Control+Enter")

    expect(page.locator(".target")).to_have_count(1)


def test_undo_takes_back_what_was_typed_before_it_takes_back_the_row(open_section, declaration):
    page = open_section("goals")
    goals(page).nth(0).click()

    press(page, "Control+Enter")
    page.keyboard.insert_text("目标丁")
    press(page, "Control+Enter")
    assert goals_shown(page) == ["目标甲", "目标丁", "", "目标乙", "目标丙"]

    press(page, "Control+z")
    assert goals_shown(page) == ["目标甲", "目标丁", "目标乙", "目标丙"]
    press(page, "Control+z")
    assert goals_shown(page) == ["目标甲", "", "目标乙", "目标丙"]
    press(page, "Control+z")
    assert goals_shown(page) == ["目标甲", "目标乙", "目标丙"]
    expect(goals(page).nth(1)).to_be_focused()
    press(page, "Control+s")
    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标甲", "目标乙", "目标丙"]


def test_undo_within_a_text_is_the_browsers_own(open_section):
    page = open_section("goals")
    goals(page).nth(1).click()
    press(page, "Control+Enter")
    put_caret(goals(page).nth(0), 3)
    page.keyboard.type("一")

    press(page, "Control+z")
    assert goals_shown(page) == ["目标甲", "目标乙", "", "目标丙"]
    press(page, "Control+z")
    assert goals_shown(page) == ["目标甲", "目标乙", "目标丙"]


def test_text_that_was_left_is_undone_and_the_cursor_goes_there(open_section, declaration):
    page = open_section("goals")
    put_caret(goals(page).nth(0), 3)
    page.keyboard.insert_text("，改过")
    press(page, "Enter")
    expect_state(page, SAVED)
    assert goals_stored(declaration)[0] == "目标甲，改过"

    press(page, "Control+z")

    expect(goals(page).nth(0)).to_be_focused()
    assert goals_shown(page) == ["目标甲", "目标乙", "目标丙"]
    press(page, "Control+s")
    expect(page.locator("#undo")).to_be_hidden()
    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标甲", "目标乙", "目标丙"]


def test_deleted_row_comes_back_with_its_texts_at_its_place(open_section, declaration):
    page = open_section("goals")
    page.get_by_role("button", name="删除第2行").click()
    expect(goals(page).nth(1)).to_be_focused()
    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标甲", "目标丙"]

    press(page, "Control+z")

    expect(goals(page).nth(1)).to_be_focused()
    assert goals_shown(page) == ["目标甲", "目标乙", "目标丙"]
    press(page, "Control+s")
    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标甲", "目标乙", "目标丙"]


def test_keys_of_an_input_method_are_its_own(open_section, declaration):
    page = open_section("goals")
    put_caret(goals(page).nth(0), 3)
    method = page.context.new_cdp_session(page)

    method.send("Input.imeSetComposition", {"text": "xin", "selectionStart": 3, "selectionEnd": 3})
    # An input method takes the key, so that no character comes of it.
    enter = {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    method.send("Input.dispatchKeyEvent", enter)
    press(page, "ArrowDown", "Control+Enter", "Alt+ArrowDown")
    expect(goals(page).nth(0)).to_be_focused()
    assert goals_shown(page) == ["目标甲xin", "目标乙", "目标丙"]
    assert state(page).inner_text() == ""

    method.send("Input.insertText", {"text": "新"})
    assert goals_shown(page) == ["目标甲新", "目标乙", "目标丙"]
    press(page, "Enter")
    expect(goals(page).nth(1)).to_be_focused()
    expect_state(page, SAVED)
    assert goals_stored(declaration)[0] == "目标甲新"


def test_keys_told_by_number_only_are_the_input_methods(open_section):
    page = open_section("goals")
    goals(page).nth(0).click()

    prevented = (
        goals(page)
        .nth(0)
        .evaluate(
            "field => !field.dispatchEvent(new KeyboardEvent('keydown',"
            " {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))"
        )
    )

    assert prevented is False
    expect(goals(page).nth(0)).to_be_focused()


def test_enter_goes_through_the_budget(open_section, declaration):
    page = open_section("budget")
    page.get_by_label("部门预算总额").click()

    for amount in ("2677.7", "2677.7", "0", "1839.56", "838.14"):
        page.keyboard.insert_text(amount)
        press(page, "Enter")
    expect(page.get_by_label("项目支出")).to_be_focused()
    expect_state(page, SAVED)

    press(page, "Shift+Enter", "Control+z")
    expect(page.get_by_label("项目支出")).to_have_value("")
    expect(page.locator('[data-sum="basic_expenditure project_expenditure"]')).to_have_text("")
    press(page, "Control+s")
    expect_state(page, SAVED)
    declaration.budget.refresh_from_db()
    assert (declaration.budget.basic_expenditure, declaration.budget.project_expenditure) == ("1839.56", "")


def test_keys_are_explained_where_the_form_begins(open_section):
    page = open_section("goals")

    page.get_by_text("快捷键").click()

    expect(page.locator("#keys li").first).to_contain_text("下一行同一栏")
    expect(open_section("goals", java_script_enabled=False).locator("#keys")).to_be_hidden()


def is_uncovered(field: Locator) -> bool:
    """Whether the whole height of the field stands in view, neither below the head of the form nor below its foot."""
    return field.evaluate(
        """(field) => {
          const { left, top, bottom } = field.getBoundingClientRect();
          return [top + 2, bottom - 2].every((y) => document.elementFromPoint(left + 5, y) === field);
        }"""
    )


# 320 by 256 is what 1280 by 1024 is at a zoom of 400 %.
@pytest.mark.parametrize(("width", "height"), [(1280, 420), (320, 256)])
@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_field_reached_by_key_stands_between_head_and_foot(open_section, key, width, height):
    page = open_section("indicators", 1, width=width, height=height, reduced_motion="reduce")
    first, last = column(page, "name").first, column(page, "name").last
    first.evaluate("field => field.focus({ preventScroll: true })")
    page.evaluate("scrollTo(0, 0)")

    while not last.evaluate("field => field === document.activeElement"):
        press(page, key)
        focused = page.locator(":focus")
        if focused.evaluate("element => element.matches('.target textarea')"):
            assert is_uncovered(focused)
    assert page.evaluate("scrollY") > 0


@pytest.mark.parametrize(("width", "height", "stays"), [(1280, 420, True), (640, 360, False), (320, 256, False)])
def test_foot_stays_in_view_where_it_leaves_room(open_section, width, height, stays):
    page = open_section("indicators", 1, width=width, height=height, reduced_motion="reduce")
    page.locator(".filling-head").evaluate("head => head.scrollIntoView()")

    assert page.locator(".filling-foot").evaluate("foot => foot.getBoundingClientRect().top < innerHeight") == stays
