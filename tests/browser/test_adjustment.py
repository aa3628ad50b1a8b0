"""An adjustment of what was approved, from the reason to the new approval, and one that is given up."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from declarations.enums import Status
from declarations.models import Declaration
from perfgoals.accounts.enums import Role
from tests.browser.form import SAVED, expect_state, goals, goals_stored
from tests.declarations import builders
from tests.declarations.exports.printed import pages_of
from tests.declarations.views.pages import section_url

REASON = "年中追加预算，相应调整目标。"
OLD, NEW = "做好办文办会工作；", "做好办文办会和督查工作；"


@pytest.fixture
def declaration(transactional_db) -> Declaration:
    """Approved in a round of one stage."""
    return builders.declaration(Status.APPROVED)


@pytest.fixture
def preparer(open_page, declaration) -> Page:
    """The department's preparer, who has just asked for an adjustment."""
    page = open_page(builders.preparer_of(declaration))
    page.goto(address(declaration))
    page.get_by_role("link", name="申请调整").click()
    page.get_by_role("button", name="开始调整").click()
    expect(page.get_by_text("请填写调整原因。")).to_be_visible()
    page.get_by_label("调整原因").fill(REASON)
    page.get_by_role("button", name="开始调整").click()
    expect(page.get_by_text("已开始调整。")).to_be_visible()
    return page


def test_adjustment_replaces_what_was_approved_which_stays_to_be_printed(open_page, declaration, preparer, tmp_path):
    type_goal(preparer, NEW)
    expect(preparer.get_by_text("正在调整第 1 版批复")).to_be_visible()
    preparer.get_by_role("link", name="与现行批复对照").click()
    expect_compared(preparer)
    preparer.goto(section_url(declaration, "check"))
    preparer.get_by_role("button", name="确认无误，送审").click()
    expect(preparer.get_by_text("已送审（第 2 次）")).to_be_visible()

    reviewer = open_page(builders.person_of(declaration.department.office, Role.REVIEWER))
    reviewer.goto(address(declaration))
    expect(reviewer.get_by_text(REASON).first).to_be_visible()
    reviewer.get_by_role("link", name="与现行批复对照").click()
    expect_compared(reviewer)
    assert OLD in pdf_of(reviewer, reviewer.get_by_role("link", name="PDF").nth(0), tmp_path)[1]
    assert NEW in pdf_of(reviewer, reviewer.get_by_role("link", name="PDF").nth(1), tmp_path)[1]
    reviewer.goto(address(declaration, "review"))
    reviewer.locator("label[for=choose-approve]").click()
    reviewer.get_by_role("button", name="通过并批复").click()
    expect(reviewer.locator("#messages")).to_contain_text("已批复")

    preparer.goto(address(declaration))
    versions = preparer.get_by_role("table").filter(has_text="版次").get_by_role("row")
    expect(versions.nth(1)).to_contain_text(re.compile(r"第 2 次送审\s*第 2 版\s*现行"))
    expect(versions.nth(2)).to_contain_text(re.compile(r"第 1 次送审\s*第 1 版\s*原批复"))
    older = pdf_of(preparer, versions.nth(2).get_by_role("link", name="PDF"), tmp_path)
    current = pdf_of(preparer, preparer.get_by_role("link", name="下载 PDF"), tmp_path)
    assert (older[0].partition("申报表")[2], OLD in older[1]) == ("（第1版）.pdf", True)
    assert (current[0].partition("申报表")[2], NEW in current[1]) == ("（第2版）.pdf", True)
    preparer.get_by_role("link", name="与上一次对照").click()
    expect(preparer.locator("ins")).to_have_text("和督查")


def test_adjustment_that_is_given_up_leaves_what_was_approved(open_page, declaration, preparer):
    type_goal(preparer, NEW)
    given_up = open_page(builders.preparer_of(declaration))
    given_up.goto(address(declaration))
    given_up.get_by_role("link", name="终止调整").click()
    expect(given_up.get_by_text("修改 1 行")).to_be_visible()

    # Meanwhile something else is typed: what is lost has to be seen first.
    type_goal(preparer, f"{NEW}另有补充。")
    given_up.get_by_role("button", name="确认终止调整").click()
    expect(given_up.get_by_text("您看到的内容之后又有变动，未终止调整。")).to_be_visible()
    assert goals_stored(declaration) == [f"{NEW}另有补充。"]
    given_up.get_by_role("button", name="确认终止调整").click()
    expect(given_up.get_by_text("调整已终止，申报表恢复为现行批复的内容。")).to_be_visible()
    expect(given_up.get_by_role("link", name="申请调整")).to_be_visible()
    expect(given_up.get_by_text("正在调整")).to_have_count(0)
    assert goals_stored(declaration) == [OLD]
    assert builders.fresh(declaration).status == Status.APPROVED


def address(declaration: Declaration, name: str = "detail") -> str:
    return section_url(declaration, name)


def type_goal(page: Page, text: str) -> None:
    goals(page).first.fill(text)
    expect_state(page, SAVED)


def expect_compared(page: Page) -> None:
    """The page shows both versions side by side, with the words that are new marked."""
    expect(page.get_by_role("heading", name="调整对照")).to_be_visible()
    expect(page.get_by_role("columnheader", name="现行批复 第1版")).to_be_visible()
    expect(page.get_by_role("columnheader", name="调整稿 第2版")).to_be_visible()
    expect(page.get_by_text("修改 1 行")).to_be_visible()
    expect(page.locator("ins")).to_have_text("和督查")


def pdf_of(page: Page, link: Locator, folder: Path) -> tuple[str, str]:
    """The name of the file behind the link, and the words that it prints."""
    with page.expect_download() as started:
        link.click()
    path = folder / "printed.pdf"
    started.value.save_as(path)
    return started.value.suggested_filename, "".join(pages_of(path.read_bytes()))
