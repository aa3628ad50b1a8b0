"""What is typed while the page's scripts are still on their way, and forms that were sent without them."""

from playwright.sync_api import expect

from declarations.services import GOALS, TASKS
from tests.declarations import builders
from tests.declarations.services.edits import rows
from tests.declarations.views.pages import section_url

SCRIPTS = "**/js/filling/main.js"


def open_without_scripts(page, address):
    """Open the page with its scripts held back; answers what lets them come."""
    held = []
    page.route(SCRIPTS, lambda route: held.append(route))
    page.goto(address, wait_until="commit")
    page.locator("#section-form").wait_for()
    return lambda: held[-1].continue_()


def test_text_typed_before_the_scripts_came_is_saved(open_page, transactional_db):
    declaration = builders.declaration()
    page = open_page(builders.preparer_of(declaration))
    let_come = open_without_scripts(page, section_url(declaration, "goals"))
    page.get_by_label("第1行 年度履职目标").fill("先输入的目标")
    let_come()

    expect(page.locator("#save-state")).to_contain_text("已保存")
    assert [goal.text for goal in rows(declaration, GOALS)] == ["先输入的目标"]


def test_choice_made_before_the_scripts_came_is_saved(open_page, transactional_db):
    declaration = builders.declaration()
    page = open_page(builders.preparer_of(declaration))
    let_come = open_without_scripts(page, section_url(declaration, "indicators", 1))
    page.get_by_label("第1行 指标值类型").select_option("le")
    let_come()

    expect(page.locator("#save-state")).to_contain_text("已保存")
    assert declaration.target_rows.filter(tertiary=None)[0].comparison == "le"


def test_row_that_was_not_stored_without_the_scripts_is_stored_by_them(open_page, transactional_db):
    declaration = builders.declaration()
    page = open_page(builders.preparer_of(declaration))
    let_come = open_without_scripts(page, section_url(declaration, "tasks"))
    page.get_by_label("第1行 任务名称").fill("新的名称")
    page.get_by_label("第1行 主要内容").fill("长" * 2001)
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.locator(".trouble")).to_contain_text("不能超过 2000 字")
    let_come()
    page.get_by_label("第1行 主要内容").fill("短")

    expect(page.locator("#save-state")).to_contain_text("已保存")
    assert [(task.name, task.content) for task in rows(declaration, TASKS)] == [("新的名称", "短")]
