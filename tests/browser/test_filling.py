"""The form in a browser: two people in it, the keyboard, leaving it, and where script, network or session fail."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from declarations.services import GOALS
from perfgoals.accounts.enums import Role
from tests.browser.signing_in import PASSWORD, sign_in
from tests.declarations import builders
from tests.declarations.services.edits import add, own_group, targets
from tests.declarations.views.pages import section_url

SAVED = "已保存"
UNSAVED = "有未保存的修改"


@pytest.fixture
def declaration(transactional_db):
    """A declaration with the goals 目标甲, 目标乙 and 目标丙."""
    made = builders.declaration(filled=False)
    add(made, GOALS, *({"text": f"目标{name}"} for name in "甲乙丙"))
    return made


@pytest.fixture
def preparer(declaration):
    return builders.preparer_of(declaration)


@pytest.fixture
def open_section(open_page, declaration, preparer):
    """A function that opens a section of the form, as the preparer unless it is told who."""

    def open_section(*section, user=None, **options) -> Page:
        page = open_page(user or preparer, **options)
        page.goto(section_url(declaration, *section))
        return page

    return open_section


def stored(declaration):
    return list(declaration.dutygoal_rows.values_list("text", flat=True))


def texts(page: Page):
    return page.locator(".row-item textarea")


def save(page: Page):
    page.locator(".filling-foot").get_by_role("button", name="保存", exact=True).click()


def state(page: Page):
    return page.locator("#save-state")


def test_two_browsers_in_different_rows_do_not_disturb_each_other(open_section, declaration):
    colleague = builders.user(Role.PREPARER, department=declaration.department)
    mine, hers = open_section("goals"), open_section("goals", user=colleague)

    texts(mine).nth(0).fill("我改甲")
    texts(hers).nth(1).fill("她改乙")
    save(mine)
    expect(state(mine)).to_contain_text(SAVED)
    save(hers)
    expect(state(hers)).to_contain_text(SAVED)

    assert stored(declaration) == ["我改甲", "她改乙", "目标丙"]
    expect(texts(hers).nth(0)).to_have_value("我改甲")


def test_two_browsers_in_one_row_are_told_and_lose_nothing(open_section, declaration):
    colleague = builders.user(Role.PREPARER, department=declaration.department, name="王二")
    mine, hers = open_section("goals"), open_section("goals", user=colleague)

    texts(hers).nth(0).fill("她改甲")
    texts(mine).nth(0).fill("我改甲")
    save(hers)
    expect(state(hers)).to_contain_text(SAVED)
    save(mine)

    row = mine.locator(".row-item").first
    expect(row.get_by_role("alert")).to_contain_text("本行已由 王二 于")
    expect(row.locator(".note-theirs")).to_contain_text("她改甲")
    expect(texts(mine).first).to_have_value("我改甲")
    assert stored(declaration)[0] == "她改甲"

    save(mine)
    expect(state(mine)).to_contain_text(SAVED)
    assert stored(declaration)[0] == "我改甲"


def test_rows_are_added_and_moved_by_keyboard_and_the_cursor_goes_with_them(open_section, declaration):
    page = open_section("goals")
    texts(page).nth(1).click()

    page.keyboard.press("Control+Enter")
    expect(texts(page).nth(3)).to_be_focused()
    page.keyboard.insert_text("目标丁")
    page.keyboard.press("Alt+ArrowUp")
    expect(texts(page).nth(2)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(texts(page).nth(1)).to_be_focused()
    expect(texts(page).nth(1)).to_have_value("目标丁")
    page.keyboard.press("Alt+ArrowDown")
    expect(texts(page).nth(2)).to_be_focused()

    assert stored(declaration) == ["目标甲", "目标乙", "目标丁", "目标丙"]


def test_cursor_goes_with_the_row_where_the_browser_sends_the_form_itself(open_section, declaration):
    page = open_section("goals")
    page.route("**/htmx-2.min.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.reload()

    texts(page).nth(1).click()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/goals/#row-*")
    expect(texts(page).nth(3)).to_be_focused()

    page.keyboard.insert_text("目标丁")
    page.keyboard.press("Alt+ArrowUp")
    expect(texts(page).nth(2)).to_be_focused()
    assert stored(declaration) == ["目标甲", "目标乙", "目标丁", "目标丙"]


def test_indicators_are_added_to_the_group_of_the_cursor(open_section, declaration):
    page = open_section("indicators", 1)
    rows = page.locator(".target")

    page.get_by_role("button", name="增加三级指标").click()
    expect(rows.nth(0).locator("textarea").first).to_be_focused()
    page.keyboard.insert_text("约5.5万人次")
    page.keyboard.press("Control+Enter")
    expect(rows.nth(1).locator("textarea").first).to_be_focused()

    assert [row.name for row in targets(own_group(declaration), declaration)] == ["约5.5万人次", ""]


def test_deleted_row_comes_back_by_undo(open_section, declaration):
    page = open_section("goals")

    page.get_by_role("button", name="删除第2行").click()
    expect(texts(page)).to_have_count(2)
    page.get_by_role("button", name="撤销删除").click()

    expect(texts(page)).to_have_count(3)
    expect(texts(page).nth(1)).to_have_value("目标乙")
    expect(texts(page).nth(1)).to_be_focused()
    assert stored(declaration) == ["目标甲", "目标乙", "目标丙"]


def test_leaving_with_unsaved_changes_asks(open_section):
    page = open_section("goals")
    page.on("dialog", lambda dialog: dialog.dismiss())
    texts(page).first.click()
    page.keyboard.insert_text("未保存")
    expect(state(page)).to_have_text(UNSAVED)

    with page.expect_event("dialog") as asked:
        page.get_by_role("link", name="首页").click()
    assert asked.value.type == "beforeunload"
    expect(texts(page).first).to_have_value("目标甲未保存")

    save(page)
    expect(state(page)).to_contain_text(SAVED)
    page.get_by_role("link", name="首页").click()
    page.wait_for_url("/")


def test_next_section_asks_nothing(open_section, declaration):
    page = open_section("goals")
    page.on("dialog", lambda dialog: pytest.fail(dialog.type))
    texts(page).first.fill("改过的")

    page.get_by_role("button", name="保存并到下一部分").click()

    page.wait_for_url(f"**{section_url(declaration, 'tasks')}")
    assert stored(declaration)[0] == "改过的"


def test_network_failure_keeps_what_was_typed_and_says_so(open_section, declaration, complaints):
    page = open_section("goals")
    texts(page).first.fill("改过的")

    page.context.set_offline(True)
    save(page)
    expect(state(page)).to_have_text("网络中断，内容尚未保存。请稍后再次保存。")
    expect(texts(page).first).to_have_value("改过的")
    expect(texts(page).first).to_be_editable()
    assert {complaint.split(",")[0] for complaint in complaints} == {
        "console: htmx:afterRequest",
        "console: htmx:sendError",
    }
    complaints.clear()

    page.context.set_offline(False)
    save(page)
    expect(state(page)).to_contain_text(SAVED)
    assert stored(declaration)[0] == "改过的"


def test_ended_session_keeps_what_was_typed_and_it_is_saved_after_signing_in_again(
    open_section, declaration, preparer, complaints
):
    page = open_section("goals")
    texts(page).first.fill("改过的")

    page.context.clear_cookies(name="sessionid")
    save(page)
    expect(state(page)).to_have_text("登录已失效，内容尚未保存。请在新窗口重新登录，再回到本页保存。")
    expect(texts(page).first).to_have_value("改过的")
    assert stored(declaration)[0] == "目标甲"
    (complaint,) = complaints
    assert complaint.startswith("console: Response Status Error Code 401")
    complaints.clear()

    preparer.set_password(PASSWORD)
    preparer.save()
    sign_in(page.context.new_page(), preparer.username)
    save(page)
    expect(state(page)).to_contain_text(SAVED)
    assert stored(declaration)[0] == "改过的"


def test_round_that_closes_meanwhile_keeps_what_was_typed(open_section, declaration):
    page = open_section("goals")
    texts(page).first.fill("晚了一步")
    declaration.round.closes_at = timezone.now()
    declaration.round.save()

    save(page)

    expect(page.locator("#section-form").get_by_role("alert")).to_contain_text("截止，只能查看。")
    expect(texts(page).first).to_have_value("晚了一步")
    assert stored(declaration)[0] == "目标甲"


def test_typing_while_the_form_is_saved_is_held_back(open_section, declaration):
    page = open_section("goals")
    held = []
    page.route(f"**{section_url(declaration, 'goals')}", lambda route: held.append(route))
    texts(page).first.fill("改过的")

    save(page)
    expect(texts(page).first).not_to_be_editable()
    held[0].continue_()

    expect(state(page)).to_contain_text(SAVED)
    expect(texts(page).first).to_be_editable()


def test_form_works_without_script(open_section, declaration):
    page = open_section("goals", java_script_enabled=False)

    page.get_by_role("button", name="增加目标").click()
    texts(page).nth(3).fill("目标丁\n第二行")
    save(page)
    assert stored(declaration) == ["目标甲", "目标乙", "目标丙", "目标丁\n第二行"]

    texts(page).nth(0).fill("改过的")
    page.get_by_role("button", name="上移第4行").click()
    assert stored(declaration) == ["改过的", "目标乙", "目标丁\n第二行", "目标丙"]

    page.get_by_role("button", name="下移第1行").click()
    page.get_by_role("button", name="删除第3行").click()
    assert stored(declaration) == ["目标乙", "改过的", "目标丙"]

    page.get_by_role("button", name="撤销删除").click()
    assert stored(declaration) == ["目标乙", "改过的", "目标丁\n第二行", "目标丙"]

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

    expect(state(page)).to_contain_text(SAVED)
    expect(page.get_by_text("✓ 合计 5 万元，等于部门预算总额")).to_have_count(1)


def test_signing_out_with_unsaved_changes_asks(open_section, declaration):
    page = open_section("goals")
    page.on("dialog", lambda dialog: dialog.dismiss())
    texts(page).first.click()
    page.keyboard.insert_text("未保存")

    with page.expect_event("dialog"):
        page.get_by_role("button", name="退出").click()

    expect(texts(page).first).to_have_value("目标甲未保存")
