"""The official table on the clipboard, and the formats that few people want."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from declarations.enums import Status
from tests.declarations import builders

# Firefox and Safari read the clipboard in other ways; here it is the browser's own.
_READ = """
async () => {
  const [item] = await navigator.clipboard.read();
  const read = async (type) => (await item.getType(type)).text();
  return { html: await read("text/html"), text: await read("text/plain") };
}
"""


@pytest.fixture
def declaration(transactional_db):
    template = builders.template(unit_column=True, signature_lines=True)
    made = builders.declaration(Status.APPROVED, round=builders.round_(template=template))
    made.department.refresh_from_db()
    return made


PAGES = {
    "detail": "/declarations/{}/",
    "preview": "/declarations/{}/preview/",
    "submission": "/declarations/{}/submissions/1/",
}


@pytest.mark.parametrize("name", PAGES)
def test_table_is_copied_as_it_is_printed(open_page: Callable[..., Page], declaration, name):
    page = open_page(builders.preparer_of(declaration), permissions=["clipboard-read", "clipboard-write"])
    page.goto(PAGES[name].format(declaration.pk))
    button = page.get_by_role("button", name="复制表格")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-copy-state]")).to_contain_text("已复制")
    expect(button).to_be_focused()

    copied = page.evaluate(_READ)
    lines = copied["text"].split("\n")
    title, year = (line.strip() for line in lines[:2])
    assert (title, year) == ("部门（单位）整体绩效目标申报表", f"({declaration.round.fiscal_year} 年度)")
    assert lines[2].split("\t")[:3] == ["部门（单位）名称", "", declaration.department.name]
    headings = next(line for line in lines if line.startswith("一级指标")).strip()
    assert headings.split("\t") == [
        "一级指标",
        "二级指标",
        "*三级指标",
        "*指标值类型",
        "*指标值",
        "*度量单位",
        "*评/扣分标准",
        "*指标值说明",
        "备注",
    ]
    assert "单位负责人（签字）：" in copied["text"]
    for part in ("<table", "rowspan=", "border", "单位负责人（签字）："):
        assert part in copied["html"]
    for part in ("class=", "id=", "data-", "<script"):
        assert part not in copied["html"]


def test_copy_that_fails_says_what_to_do_instead(open_page: Callable[..., Page], declaration):
    page = open_page(builders.preparer_of(declaration))
    page.goto(PAGES["preview"].format(declaration.pk))
    page.route("**/export/html/", lambda route: route.abort())
    page.get_by_role("button", name="复制表格").click()
    expect(page.locator("[data-copy-state]")).to_contain_text("未能复制，请在“更多格式”中下载网页文件后复制。")


def test_other_formats_are_there_without_a_script(open_page: Callable[..., Page], declaration):
    page = open_page(builders.preparer_of(declaration), java_script_enabled=False)
    page.goto(PAGES["preview"].format(declaration.pk))
    expect(page.get_by_role("button", name="复制表格")).to_have_count(0)
    page.get_by_text("更多格式").click()
    for link, ending in (("网页（HTML）", ".html"), ("数据（JSON）", ".json")):
        with page.expect_download() as download:
            page.get_by_role("link", name=link).click()
        assert download.value.suggested_filename.endswith(f"_整体绩效目标申报表{ending}")


@pytest.mark.parametrize("width", [1280, 390])
def test_other_formats_stay_on_the_page(open_page: Callable[..., Page], declaration, width):
    page = open_page(builders.preparer_of(declaration), width=width)
    for address in PAGES.values():
        page.goto(address.format(declaration.pk))
        page.get_by_text("更多格式").click()
        box = page.locator(".more-formats ul").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
