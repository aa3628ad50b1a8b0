"""Takes the pictures of README and handbooks: `make screenshots` writes them to docs/images from the demo's data.

Each picture is named for what it shows. The pages are those that the demo's people see.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pypdfium2
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.server import MANAGE, Server

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}
PASSWORD = "Jixiao-2023"  # the demo's; it is printed when the demo is loaded

SPREADSHEET_CELLS = (
    "公共文化场馆服务人次\t≥\t30\t万人次\t完成得5分，每少1万人次扣1分\t反映公共文化服务覆盖情况\t5分\n"
    '群众满意度\t\t≥95%\t\t达标得5分，每低1个百分点扣1分\t"按问卷调查统计\n样本不少于500份"\t5分\n'
)
# What the browser does when somebody presses Ctrl+V with these cells copied from a spreadsheet.
PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def take_pictures(browser: Browser, site: str) -> None:
    """Sign in as one person of each role in turn and photograph the pages that the handbooks describe."""
    page = new_page(browser, site, None)
    page.goto(f"{site}/accounts/login/")
    save(page, "sign-in", whole=False)

    page = new_page(browser, site, "wlj-tianbao")
    save(page, "home-department", whole=False)
    open_link(page, "继续填报")
    save(page, "filling-goals", whole=False)
    for label, name in (
        ("预算情况", "filling-budget"),
        ("产出指标", "filling-indicators"),
        ("核对与送审", "filling-check"),
    ):
        open_section(page, label)
        save(page, name, whole=False)
    take_pictures_of_filling_in(browser, site)

    page = new_page(browser, site, "jyj-tianbao")
    page.goto("/declarations/?year=2022")
    open_link(page, "衡阳市教育局")
    save(page, "declaration", whole=True)
    take_pictures_of_tables(browser, site)

    take_pictures_of_review(browser, site)

    page = new_page(browser, site, "shenji")
    page.goto("/log/")
    page.get_by_label("对象或说明").fill("衡阳市农业农村局 2023")
    page.get_by_role("button", name="查询").click()
    save(page, "log", whole=False)

    page = new_page(browser, site, "guanli")
    for address, name in (
        ("/templates/", "templates"),
        ("/rounds/", "rounds"),
        ("/comment-texts/", "comment-texts"),
        ("/accounts/departments/", "departments"),
        ("/accounts/users/", "accounts"),
    ):
        page.goto(f"{site}{address}")
        save(page, name, whole=False)

    page.goto("/templates/")
    open_link(page, "部门整体绩效目标申报表")
    page.get_by_role("button", name="复制为新版本").click()
    take_pictures_of_printing(page)
    page.locator("#tree").get_by_role("link", name="编辑").nth(2).click()
    save(page, "template-edit", whole=False)


def take_pictures_of_tables(browser: Browser, site: str) -> None:
    """The printed pages of what is approved and of a draft, and what anybody reads when he checks a table."""
    page = new_page(browser, site, "guanli")
    page.goto("/declarations/?year=2022")
    open_link(page, "衡阳市人民政府办公室")
    save_printed(page, {0: "table-first-page", 1: "table-second-page"})
    address = page.get_by_role("link", name="核验").first.get_attribute("href")
    page.goto("/declarations/?year=2023")
    open_link(page, "衡阳市文化旅游广电体育局")
    save_printed(page, {0: "table-draft"})

    page = new_page(browser, site, None)
    page.set_viewport_size({"width": 390, "height": 620})
    page.goto(str(address))
    save(page, "verified", whole=False)


def save_printed(page: Page, names: dict[int, str]) -> None:
    """Draw pages of the PDF of the declaration whose page is open, by their numbers from 0."""
    with page.expect_download() as download:
        page.locator("main").get_by_role("link", name="PDF").first.click()
    with pypdfium2.PdfDocument(download.value.path()) as pdf:
        for number, name in names.items():
            pdf[number].render(scale=110 / 72).to_pil().save(IMAGES / f"{name}.png", optimize=True)
            print(f"{name}.png  page {number + 1} of {download.value.suggested_filename}")


def take_pictures_of_printing(page: Page) -> None:
    """The ways of printing of a draft, whose page is open and stays so."""
    address = page.url
    page.get_by_role("link", name="修改基本信息").click()
    save_part(page.locator("form.panel"), "template-printing")
    page.goto(address)


def take_pictures_of_review(browser: Browser, site: str) -> None:
    """What the handbook for reviewers shows; decisions come last, for they change what waits."""
    page = new_page(browser, site, "jyj-fuze")
    save(page, "home-superior", whole=False)

    page = new_page(browser, site, "xz-fuze")
    page.goto("/review/load/")
    save(page, "load", whole=False)
    open_link_to(page, "/review/", "衡阳市应急管理局")
    save_part(page.locator(".review-state"), "assign")

    page = new_page(browser, site, "xz-shenhe")
    save(page, "home-reviewer", whole=False)
    page.goto("/declarations/")
    save(page, "list", whole=False)
    page.goto("/dashboard/")
    save(page, "dashboard", whole=False)
    take_pictures_of_bundles(page)
    page.goto("/notices/")
    save(page, "notices", whole=False)
    page.goto("/accounts/settings/")
    save(page, "settings", whole=False)
    open_link_to(page, "/review/", "衡阳市交通运输局")
    save(page, "review-adjustment", whole=False)
    open_link(page, "与现行批复对照")
    save(page, "adjustment", whole=False)
    take_pictures_of_review_page(page)
    take_pictures_of_decisions(page)


def take_pictures_of_bundles(page: Page) -> None:
    """Ordering files of several declarations, and the list of what was ordered: one made, one most likely under way."""
    done = page.get_by_text("已完成", exact=True)
    page.goto("/declarations/?year=2022")
    for number in (0, 2, 3):
        page.locator("[name=selected]").nth(number).check()
    save(page, "bundle-select", whole=False)
    for kind in ("汇总表", "合订本"):
        page.goto("/declarations/?year=2022")
        for number in (0, 2, 3):
            page.locator("[name=selected]").nth(number).check()
        page.get_by_role("button", name="导出所选").click()
        page.get_by_label(kind).check()
        if kind == "合订本":
            save(page, "bundle-order", whole=False)
        page.get_by_role("button", name="开始导出").click()
        if kind == "汇总表":
            expect(done).to_be_visible(timeout=120_000)
    expect(page.get_by_text("正在生成表格").or_(done.nth(1))).to_be_visible(timeout=60_000)
    # The page asks for itself again and again, so that the network never rests.
    page.screenshot(path=IMAGES / "bundles.png")
    print("bundles.png  bundles/")


def take_pictures_of_review_page(page: Page) -> None:
    """A declaration that was returned and has come again, with comments."""
    open_link_to(page, "/review/", "衡阳市农业农村局")
    address = page.url
    page.goto(address.replace("review/", "comments/"))
    save(page, "comments", whole=False)
    page.goto(address)
    save(page, "review", whole=False)
    page.get_by_role("switch", name="只看改动").click()
    save_part(page.locator(".review-sheet > section"), "review-changes")
    page.get_by_role("switch", name="只看改动").click()
    value = page.locator("[data-review-table] [data-path]").filter(has_text="765").first
    value.hover()
    page.get_by_role("button", name="＋意见").click()
    page.locator(".comment-form textarea").fill("请在“指标值说明”中注明省农业农村厅下达任务的文号。")
    save(page, "comment-new", whole=False)


def take_pictures_of_decisions(page: Page) -> None:
    """One decision with its review form, then several at once."""
    open_link_to(page, "/review/", "衡阳市应急管理局")
    page.locator("label[for=choose-return]").click()
    page.locator("#assessment").evaluate("(form) => (form.open = false)")
    save_part(page.locator("#decision"), "decision-return")
    page.locator("label[for=choose-approve]").click()
    page.locator("#assessment").evaluate("(form) => (form.open = true)")
    # As tall as the whole form, so that it does not scroll inside.
    page.set_viewport_size({"width": 1280, "height": 2400})
    save_part(page.locator("#decision"), "decision")
    page.set_viewport_size(VIEWPORT)

    page.goto("/review/")
    for department in ("公安局", "公路养护中心", "应急管理局"):
        page.get_by_role("row").filter(has_text=department).get_by_role("checkbox").check()
    save(page, "queue", whole=False)
    page.get_by_role("button", name="批量通过").click()
    save(page, "bulk", whole=False)
    page.get_by_role("button", name="确认批量通过").click()
    save(page, "bulk-results", whole=False)
    open_link(page, "衡阳市应急管理局")
    save(page, "undo", whole=False)


def take_pictures_of_filling_in(browser: Browser, site: str) -> None:
    """What the handbook for departments shows of autosave, of two at work, and of rows from elsewhere."""
    page = new_page(browser, site, "wlj-tianbao")
    open_link(page, "继续填报")
    section = page.url
    goal = page.locator("#section-form textarea").first
    goal.fill("推进公共文化服务体系建设，全年免费开放公共文化场馆；")
    expect(page.locator("#save-state")).to_contain_text("已保存")
    save(page, "filling-saved", whole=False)
    page.context.set_offline(True)
    goal.fill("推进公共文化服务体系建设，免费开放公共文化场馆，全年服务群众30万人次；")
    expect(page.locator("#save-state")).to_contain_text("网络中断")
    save(page, "filling-offline", whole=False)
    page.context.set_offline(False)
    expect(page.locator("#save-state")).to_contain_text("已保存", timeout=40_000)

    colleague = new_page(browser, site, "wlj-tongshi")
    colleague.goto(section)
    colleague.locator("#section-form textarea").first.fill("推进公共文化服务体系建设，新建乡镇文化站5个；")
    expect(colleague.locator("#save-state")).to_contain_text("已保存")
    goal.fill("推进公共文化服务体系建设，全年服务群众35万人次；")
    expect(page.get_by_role("button", name="用对方的")).to_be_visible()
    save(page, "filling-conflict", whole=False)
    page.get_by_role("button", name="用对方的").click()
    colleague.close()

    open_section(page, "效益指标")
    page.locator("[data-add]").first.click()
    page.evaluate(PASTE, SPREADSHEET_CELLS)
    expect(page.get_by_role("dialog")).to_be_visible()
    save(page, "filling-paste", whole=False)

    open_link_to(page, section, "从上年带入")
    save(page, "take-over", whole=False)
    open_link_to(page, section, "效益指标")
    open_link(page, "从指标库选取")
    save(page, "library", whole=False)
    take_pictures_of_upload(page, section)


def take_pictures_of_upload(page: Page, section: str) -> None:
    """Download the form as a workbook, change it as somebody would, and upload it."""
    page.goto(section)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载填报表格").click()
    workbook = load_workbook(BytesIO(download.value.path().read_bytes()))
    goals = workbook["履职目标"]
    texts = [
        cell
        for row in goals.iter_rows(min_row=2, min_col=2)
        for cell in row
        if cell.value and not cell.protection.locked
    ]
    texts[0].value += "新建社区健身点20个；"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "填报表格.xlsx"
        workbook.save(path)
        page.get_by_role("link", name="导入").click()
        page.locator("input[type=file]").set_input_files(path)
        page.get_by_role("button", name="上传").click()
        save(page, "upload-preview", whole=False)


def open_link_to(page: Page, address: str, text: str) -> None:
    page.goto(address)
    page.get_by_role("link", name=text).first.click()
    page.wait_for_load_state("networkidle")


def open_section(page: Page, label: str) -> None:
    page.locator("#sections").get_by_role("link", name=label).click()
    page.wait_for_load_state("networkidle")


def new_page(browser: Browser, site: str, username: str | None) -> Page:
    """A page of its own session, signed in as `username`."""
    page = browser.new_context(base_url=site, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=VIEWPORT).new_page()
    if username:
        page.goto("/accounts/login/")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{site}/")
    return page


def open_link(page: Page, text: str) -> None:
    page.locator("main").get_by_role("link", name=text).first.click()


def save(page: Page, name: str, *, whole: bool) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png", full_page=whole)
    print(f"{name}.png  {page.url.split('/', 3)[-1]}")


def save_part(part: Locator, name: str) -> None:
    """Photograph one element of a page."""
    part.page.wait_for_load_state("networkidle")
    part.screenshot(path=IMAGES / f"{name}.png")
    print(f"{name}.png  {part.page.url.split('/', 3)[-1]}")


@contextmanager
def demo_site() -> Iterator[str]:
    """Serve the demo from a database that lives as long as the context; yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3", "FILES_ROOT": f"{folder}/files"}
        server = Server({"DEBUG": "true", **environment})
        for command in (["migrate", "--verbosity=0"], ["load_templates"], ["demo"], ["send_notices"]):
            server.manage(*command)
        server.start()
        worker = subprocess.Popen(
            [sys.executable, str(MANAGE), "run_worker", "--no-reload", "--no-startup-delay"], env=server.environment
        )
        try:
            yield server.url
        finally:
            worker.terminate()
            worker.wait()
            server.stop()


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo_site() as address, sync_playwright() as playwright:
        take_pictures(launch(playwright), address)
