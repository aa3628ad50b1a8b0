"""The form taken away as a workbook, filled in and brought back, in a browser."""

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from declarations.form_layout import GOALS_SHEET, TARGETS_SHEET
from tests.browser.test_accessibility import complaints_about
from tests.declarations import builders
from tests.declarations.views.pages import section_url


@pytest.fixture
def declaration(transactional_db):
    return builders.declaration()


def upload(page: Page, path) -> None:
    page.get_by_label("Excel 工作簿（.xlsx）").set_input_files(path)
    page.get_by_role("button", name="上传并核对").click()


@pytest.mark.parametrize("script", [True, False])
def test_workbook_is_downloaded_filled_in_compared_and_confirmed(open_page, declaration, tmp_path, script):
    page = open_page(builders.preparer_of(declaration), java_script_enabled=script)
    page.goto(section_url(declaration, "goals"))
    with page.expect_download() as download:
        page.get_by_role("link", name="下载填报表格").click()
    path = tmp_path / "填报表格.xlsx"
    download.value.save_as(path)
    book = load_workbook(path)
    book[GOALS_SHEET]["B2"].value = "做好办文办会和督查工作；"
    book[GOALS_SHEET]["B3"].value = "推进政务公开；"
    targets = book[TARGETS_SHEET]
    targets["G3"].value = "12"
    targets.delete_rows(4)
    book.save(path)

    page.get_by_role("link", name="导入 Excel").click()
    upload(page, path)

    expect(page.locator(".compared-counts")).to_have_text("新增 1 行 修改 2 行 删除 1 行 未变 3 行")
    expect(page.locator("ins").first).to_have_text("和督查")
    expect(page.locator(".compared-gone")).to_contain_text("－ 删除")
    page.get_by_role("button", name="确认导入").click()

    expect(page.get_by_text("已导入：新增 1 行，修改 2 行，删除 1 行。")).to_be_visible()
    expect(page.get_by_label("第1行 年度履职目标")).to_have_value("做好办文办会和督查工作；")
    expect(page.get_by_label("第2行 年度履职目标")).to_have_value("推进政务公开；")
    page.goto(section_url(declaration, "indicators", 1))
    expect(page.get_by_label("第1行 指标值", exact=True)).to_have_value("12")
    page.goto(section_url(declaration, "indicators", 2))
    expect(page.get_by_label("第1行 指标值", exact=True)).to_have_count(0)


def test_pages_of_the_upload_are_accessible(open_page, declaration, tmp_path):
    page = open_page(builders.preparer_of(declaration))
    page.goto(section_url(declaration, "goals"))
    page.get_by_role("link", name="导入 Excel").click()
    found = complaints_about(page, "upload")
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("请选择要导入的 Excel 工作簿。")).to_be_visible()
    found += complaints_about(page, "upload without a file")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载填报表格（Excel）").click()
    path = tmp_path / "填报表格.xlsx"
    download.value.save_as(path)
    book = load_workbook(path)
    book[GOALS_SHEET]["B2"].value = "做好办文办会和督查工作；"
    book[GOALS_SHEET]["B3"].value = "推进政务公开；"
    book[TARGETS_SHEET].delete_rows(4)
    book[TARGETS_SHEET]["E2"].value = "改名"
    book.save(path)
    upload(page, path)
    expect(page.get_by_role("button", name="确认导入")).to_be_visible()
    for summary in page.locator("summary").all():
        if not summary.evaluate("element => element.parentElement.open"):
            summary.click()
    found += complaints_about(page, "preview")
    page.get_by_role("button", name="放弃").click()
    book[GOALS_SHEET]["B3"].value = "长" * 2001
    book.save(path)
    page.get_by_role("link", name="导入 Excel").click()
    upload(page, path)
    expect(page.get_by_role("heading", name="有 1 处错误，不能导入")).to_be_visible()

    assert found + complaints_about(page, "preview with an error") == []
