"""Ordering files of several declarations, watching how far they are, and downloading them."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from declarations.bundles import states
from declarations.bundles.assembling import DISK_FULL
from declarations.enums import BundleKind, BundleStatus, Status
from declarations.models import Bundle, BundlePart
from perfgoals.accounts.enums import Role
from tests.browser.test_accessibility import complaints_about
from tests.declarations import builders
from tests.declarations.bundles.orders import declared, order, worker
from tests.declarations.bundles.processes import WorkerProcess

LIST, BUNDLES = reverse("declarations:list"), reverse("declarations:bundle_list")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def five(transactional_db):
    return declared(5)


@pytest.fixture
def administrator(five):
    return builders.user(Role.ADMINISTRATOR)


def test_ticked_ones_are_ordered_watched_and_downloaded(open_page, five, administrator):
    page = open_page(administrator)
    page.goto(LIST)
    page.get_by_label("全选本页").check()
    expect(page.get_by_text("已选 5 份")).to_be_visible()
    page.get_by_label("选择第4局").uncheck()
    expect(page.get_by_text("已选 4 份")).to_be_visible()
    page.get_by_role("button", name="导出所选").click()
    expect(page.get_by_text("共 4 份申报表")).to_be_visible()
    page.get_by_label("压缩包").check()
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_text("已开始生成压缩包")).to_be_visible()
    expect(page.get_by_text("后台任务程序没有运行")).to_be_visible()
    expect(page.get_by_text("排队中")).to_be_visible()

    with WorkerProcess("worker"):
        expect(page.get_by_text("已完成", exact=True)).to_be_visible(timeout=120_000)
    expect(page.get_by_role("status").filter(has_text="第0局等4份申报表压缩包：已完成")).to_have_count(1)
    assert page.locator("#bundles").get_attribute("hx-trigger") is None

    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == Bundle.objects.get().file_name
    with ZipFile(Path(download.value.path())) as archive:
        assert len(archive.namelist()) == 4 * 2 + 1


def test_bar_moves_and_what_was_unfolded_and_focused_stays_so(open_page, five, administrator):
    builders.declaration(round=five[0].round, department=builders.department(name="草稿局"))
    bundle = order(BundleKind.BOOK, user=administrator)
    page = open_page(administrator)
    page.goto(BUNDLES)
    page.get_by_text("未列入的原因").click()
    page.get_by_role("button", name="取消").focus()
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "0")
    Bundle.objects.update(status=BundleStatus.RUNNING)
    BundlePart.objects.update(progress=2)
    expect(bar).to_have_attribute("value", "36")
    expect(page.get_by_text("正在生成表格：2 / 5 份")).to_be_visible()
    expect(page.get_by_text("草稿局")).to_be_visible()
    expect(page.get_by_role("button", name="取消")).to_be_focused()

    states.fail(Bundle.objects.filter(pk=bundle.pk), DISK_FULL)
    expect(page.get_by_text(DISK_FULL)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="2022年度申报表合订本：未完成")).to_have_count(1)


def test_cancelled_while_it_is_under_way(open_page, five, administrator):
    order(BundleKind.BOOK, user=administrator)
    page = open_page(administrator)
    page.goto(BUNDLES)
    page.get_by_role("button", name="取消").click()
    expect(page.get_by_text("已取消：2022年度申报表（合订本）。")).to_be_visible()
    assert Bundle.objects.get().status == BundleStatus.CANCELLED
    page.get_by_role("button", name="删除").click()
    expect(page.get_by_text("还没有批量导出")).to_be_visible()


def test_who_is_signed_out_while_he_watches_comes_to_the_sign_in_page(open_page, five, administrator):
    order(BundleKind.BOOK, user=administrator)
    page = open_page(administrator)
    page.goto(BUNDLES)
    page.context.clear_cookies()
    expect(page.get_by_role("button", name="登录")).to_be_visible()


def test_without_script_everything_is_ordered_and_progress_is_a_link_away(open_page, five, administrator):
    page = open_page(administrator, java_script_enabled=False)
    page.goto(f"{LIST}?q=局")
    expect(page.get_by_label("全选本页")).to_be_hidden()
    page.get_by_role("button", name="导出全部 5 份").click()
    expect(page.get_by_role("heading", name="申报表（名称或代码含“局”）")).to_be_visible()
    page.get_by_label("汇总表").check()
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    worker().run()
    page.get_by_role("link", name="刷新进度").click()
    expect(page.get_by_text("已完成", exact=True)).to_be_visible()


def test_pages_have_no_findings(open_page, five, administrator):
    builders.declaration(Status.DRAFT, round=five[0].round)
    page = open_page(administrator)
    found = []
    for address in (BUNDLES, LIST, "/bundles/order/?scope=found", "/bundles/order/?scope=selected"):
        page.goto(address)
        found += complaints_about(page, address)
    page.goto("/bundles/order/?scope=found")
    page.evaluate("document.querySelector('form.bundle-order').noValidate = true")
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_text("请选择导出为哪一种文件。")).to_be_visible()
    found += complaints_about(page, "order without a kind")
    for kind in BundleKind:
        bundle = order(kind, user=administrator)
    states.fail(Bundle.objects.filter(pk=bundle.pk), DISK_FULL)
    states.cancel(order(kind, user=administrator))
    page.goto(BUNDLES)
    page.locator("summary").first.click()
    found += complaints_about(page, "under way, failed and cancelled")
    assert found == []
