"""The form in a browser: two people in it, its buttons, leaving it, and where there is no script."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from declarations.services import GOALS, TARGETS
from indicators.models import SecondaryIndicator
from perfgoals.accounts.enums import Role
from tests.browser.form import (
    IN_TROUBLE,
    PATIENCE,
    SAVED,
    expect_message,
    expect_state,
    goals,
    goals_shown,
    goals_stored,
    look_up,
    state,
    until,
)
from tests.declarations import builders
from tests.declarations.services.edits import add, own_group, targets
from tests.declarations.views.pages import section_url

WITHOUT_STORAGE = "IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); }"


@pytest.fixture
def declaration(transactional_db):
    """A declaration with the goals 目标甲, 目标乙 and 目标丙."""
    made = builders.declaration(filled=False)
    add(made, GOALS, *({"text": f"目标{name}"} for name in "甲乙丙"))
    return made


def save(page: Page):
    page.locator(".filling-foot").get_by_role("button", name="保存", exact=True).click()


def test_two_browsers_in_different_rows_do_not_disturb_each_other(open_section, declaration):
    colleague = builders.user(Role.PREPARER, department=declaration.department)
    mine, hers = open_section("goals"), open_section("goals", user=colleague)

    goals(mine).nth(0).fill("我改甲")
    goals(hers).nth(1).fill("她改乙")
    expect_state(mine, SAVED)
    expect_state(hers, SAVED)
    look_up(mine)
    look_up(hers)

    for page in (mine, hers):
        expect(goals(page).nth(0)).to_have_value("我改甲")
        expect(goals(page).nth(1)).to_have_value("她改乙")
    assert goals_stored(declaration) == ["我改甲", "她改乙", "目标丙"]


@pytest.mark.parametrize(("choice", "chosen"), [("用我的", "我改甲"), ("用对方的", "她改甲")])
def test_two_browsers_in_one_row_are_told_and_choose(open_section, declaration, choice, chosen):
    colleague = builders.user(Role.PREPARER, department=declaration.department, name="王二")
    mine, hers = open_section("goals"), open_section("goals", user=colleague)

    mine.context.set_offline(True)
    goals(mine).nth(0).fill("我改甲")
    goals(hers).nth(0).fill("她改甲")
    expect_state(hers, SAVED)
    mine.context.set_offline(False)

    row = mine.locator(".row-item").first
    expect(row.get_by_role("alert")).to_contain_text("本行已由 王二 于", timeout=PATIENCE)
    expect(row.get_by_role("row", name="我改甲")).to_contain_text("她改甲")
    expect(goals(mine).first).to_have_value("我改甲")
    expect_state(mine, IN_TROUBLE)
    assert goals_stored(declaration)[0] == "她改甲"

    row.get_by_role("button", name=choice, exact=True).click()
    expect(row.get_by_role("alert")).to_have_count(0)
    expect(goals(mine).first).to_have_value(chosen)
    save(mine)
    expect(state(mine)).not_to_have_text(IN_TROUBLE)
    assert until(mine, lambda: goals_stored(declaration)[0] == chosen, seconds=10)


def test_indicators_are_added_to_the_group_of_the_cursor(open_section, declaration):
    page = open_section("indicators", 1)
    rows = page.locator(".target")

    page.get_by_role("button", name="增加三级指标").click()
    expect(rows.nth(0).locator("textarea").first).to_be_focused()
    page.keyboard.insert_text("约5.5万人次")
    page.keyboard.press("Control+Enter")
    expect(rows.nth(1).locator("textarea").first).to_be_focused()

    expect_state(page, SAVED)
    assert [row.name for row in targets(own_group(declaration), declaration)] == ["约5.5万人次", ""]


def test_row_left_empty_is_told_so_when_it_is_left_and_on_opening_the_page_again(open_section, declaration):
    page = open_section("indicators", 1)
    note = page.locator(".target .note")
    page.get_by_role("button", name="增加三级指标").click()
    expect_state(page, SAVED)
    page.keyboard.press("Tab")
    expect(note).to_have_count(0)

    page.get_by_role("heading", level=1).click()

    told = re.compile("须改正.*本行尚未填写，请填写内容，或删除本行。")
    expect(note).to_have_text([told])

    page.reload()

    expect(note).to_have_text([told])


def test_notes_that_come_when_a_row_is_left_do_not_move_the_button_from_under_the_mouse(open_section, declaration):
    page = open_section("indicators", 1)
    add_row = page.get_by_role("button", name="增加三级指标")
    add_row.click()
    page.keyboard.insert_text("新指标")
    expect_state(page, SAVED)
    expect(page.locator(".target .note")).to_have_count(0)

    add_row.click()

    expect(page.locator(".target")).to_have_count(2)
    expect(page.locator(".target").first.locator(".note")).not_to_have_count(0)


@pytest.mark.parametrize("button", ["保存", "保存并到下一部分"])
def test_summary_of_what_is_not_stored_takes_the_focus_and_leads_to_the_cells(open_page, button):
    template = builders.template(published=False)
    primary = template.primaries.get(name="产出指标")
    SecondaryIndicator.objects.create(primary=primary, position=1, name="质量", explanation="", allows_own=True)
    builders.publish(template)
    made = builders.declaration(filled=False, round=builders.round_(template=template))
    for group in primary.secondaries.all():
        add(made, TARGETS, {"name": "指标", "unit": "个"}, group=group)
    page = open_page(builders.preparer_of(made))
    page.goto(section_url(made, "indicators", 1))
    units = page.get_by_label("第1行 度量单位")
    for unit in units.all():
        unit.fill("长" * 51)
    expect_state(page, IN_TROUBLE)

    page.locator(".filling-foot").get_by_role("button", name=button, exact=True).click()

    summary = page.locator("#save-summary")
    expect(summary).to_be_focused()
    assert summary.locator("p").text_content() == "以下 2 处内容未能保存，请处理："
    assert summary.get_by_role("link").all_text_contents() == [
        f"{name} 第1行：度量单位：不能超过 50 字，现有 51 字，请精简后再保存。" for name in ("重点工作任务完成", "质量")
    ]
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(units.nth(1)).to_be_focused()
    for unit in units.all():
        unit.fill("件")
    expect_state(page, SAVED)
    expect(summary).to_have_count(0)


def test_deleted_row_comes_back_by_undo(open_section, declaration):
    page = open_section("goals")

    page.get_by_role("button", name="删除第2行").click()
    expect(goals(page)).to_have_count(2)
    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标甲", "目标丙"]
    page.get_by_role("button", name="撤销删除一行").click()

    assert goals_shown(page) == ["目标甲", "目标乙", "目标丙"]
    expect(goals(page).nth(1)).to_be_focused()
    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标甲", "目标乙", "目标丙"]


def test_leaving_asks_where_the_browser_cannot_keep_what_is_unsaved(open_page, declaration):
    page = open_page(builders.preparer_of(declaration))
    page.add_init_script(WITHOUT_STORAGE)
    page.goto(section_url(declaration, "goals"))
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.context.set_offline(True)
    goals(page).first.click()
    page.keyboard.press("End")
    page.keyboard.insert_text("未保存")
    expect_state(page, "未保存：网络中断，请勿关闭本页")

    with page.expect_event("dialog") as asked:
        page.get_by_role("link", name="首页").click()
    assert asked.value.type == "beforeunload"
    expect(goals(page).first).to_have_value("目标甲未保存")

    page.context.set_offline(False)
    expect_state(page, SAVED)
    page.get_by_role("link", name="首页").click()
    page.wait_for_url("/")
    assert goals_stored(declaration)[0] == "目标甲未保存"


def test_next_section_asks_nothing(open_section, declaration):
    page = open_section("goals")
    page.on("dialog", lambda dialog: pytest.fail(dialog.type))
    goals(page).first.fill("改过的")

    page.get_by_role("button", name="保存并到下一部分").click()

    page.wait_for_url(f"**{section_url(declaration, 'tasks')}")
    assert goals_stored(declaration)[0] == "改过的"


def test_round_that_closes_meanwhile_keeps_what_was_typed(open_section, declaration):
    page = open_section("goals")
    # The form has asked what is new, and asks no more before something is typed.
    page.wait_for_load_state("networkidle")
    declaration.round.closes_at = timezone.now()
    declaration.round.save()

    goals(page).first.fill("晚了一步")

    expect_message(page, "截止，只能查看。您尚未保存的内容仍保留在本页，可先复制留存。")
    expect(goals(page).first).to_have_value("晚了一步")
    assert goals_stored(declaration)[0] == "目标甲"


def test_form_works_without_script(open_section, declaration):
    page = open_section("goals", java_script_enabled=False)

    page.get_by_role("button", name="增加目标").click()
    goals(page).nth(3).fill("目标丁\n第二行")
    save(page)
    assert goals_stored(declaration) == ["目标甲", "目标乙", "目标丙", "目标丁\n第二行"]

    goals(page).nth(0).fill("改过的")
    page.get_by_role("button", name="上移第4行").click()
    assert goals_stored(declaration) == ["改过的", "目标乙", "目标丁\n第二行", "目标丙"]

    page.get_by_role("button", name="下移第1行").click()
    page.get_by_role("button", name="删除第3行").click()
    assert goals_stored(declaration) == ["目标乙", "改过的", "目标丙"]

    page.get_by_role("button", name="撤销删除").click()
    assert goals_stored(declaration) == ["目标乙", "改过的", "目标丁\n第二行", "目标丙"]

    page.get_by_role("button", name="保存并到下一部分").click()
    expect(page.get_by_role("heading", name="年度主要任务")).to_be_visible()


def test_enter_saves_the_budget_without_script(open_section, declaration):
    page = open_section("budget", java_script_enabled=False)

    page.get_by_label("部门预算总额").fill("２，６７７。７")
    page.keyboard.press("Enter")

    expect(page.get_by_text(SAVED)).to_be_visible()
    declaration.budget.refresh_from_db()
    assert (declaration.budget.total, str(declaration.budget.total_amount)) == ("２，６７７。７", "2677.700000")


@pytest.mark.parametrize(
    ("total", "first", "second", "line"),
    [
        ("２,677。7", "1839.56", "838.14", "✓ 合计 2677.7 万元，等于部门预算总额"),
        ("2677.7", "1,839.56", "８３８．１３", "✓ 合计 2677.69 万元，等于部门预算总额"),
        ("2677.7", "1839.56", "838.12", "✗ 合计 2677.68 万元，与部门预算总额相差 0.02 万元"),
        ("72807.384975", "72807.384975", "0", "✓ 合计 72807.384975 万元，等于部门预算总额"),
        ("999999999.999999", "999999999.999998", "0.000001", "✓ 合计 999999999.999999 万元，等于部门预算总额"),
        ("1.10000000", "1.1", "0", "✓ 合计 1.1 万元，等于部门预算总额"),
        ("2677.7", "约1839", "838.14", ""),
        ("2677.7", "-1", "2678.7", ""),
        ("1000000000", "1000000000", "0", ""),
        ("0.1234567", "0.1234567", "0", ""),
        ("2677.7", "", "838.14", ""),
    ],
)
def test_budget_line_follows_the_typing(open_section, total, first, second, line):
    page = open_section("budget")
    said = page.locator('[data-sum="basic_expenditure project_expenditure"]')

    page.get_by_label("部门预算总额").fill(total)
    page.get_by_label("基本支出").fill(first)
    page.get_by_label("项目支出").press_sequentially(second)

    expect(said).to_have_text(line)


def test_budget_line_stays_after_saving(open_section):
    page = open_section("budget")
    for label in ("部门预算总额", "财政性资金"):
        page.get_by_label(label).fill("5")
    page.get_by_label("其他资金").fill("0")

    save(page)

    expect_state(page, SAVED)
    expect(page.get_by_text("✓ 合计 5 万元，等于部门预算总额")).to_have_count(1)


def test_budget_notes_come_while_the_cursor_is_in_it(open_section):
    page = open_section("budget")
    notes = page.locator("#row-budget .note-error")
    page.get_by_label("部门预算总额").fill("约5")
    page.get_by_label("财政性资金").fill("五")

    expect(notes.filter(has_text="不是数字")).to_have_count(2, timeout=PATIENCE)
    expect(page.get_by_label("财政性资金")).to_be_focused()
