"""Picking what comes into the form: rows of last year and indicators of the library, with a script and without."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from declarations.enums import Status
from perfgoals import paging
from tests.declarations import builders
from tests.declarations.libraries import declared
from tests.declarations.services.edits import own_group


@pytest.fixture
def declaration(transactional_db):
    """An empty draft after a year of which four rows can be taken over."""
    approved = builders.declaration(Status.APPROVED)
    return builders.next_year(approved)


def open_at(open_page, declaration, name, **options):
    page = open_page(builders.preparer_of(declaration), **options)
    page.goto(reverse(f"declarations:{name}", args=[declaration.pk]))
    return page


def ticked(page):
    return page.locator("input[type=checkbox]:checked").count()


def test_all_or_none_are_ticked_at_once_and_counted(open_page, declaration):
    page = open_at(open_page, declaration, "take_over")
    count = page.locator("[data-count]")
    expect(count).to_have_text("已选 4 行")
    page.get_by_role("button", name="全不选").click()
    expect(count).to_have_text("已选 0 行")
    assert ticked(page) == 0
    page.get_by_role("button", name="全选").press(" ")
    expect(count).to_have_text("已选 4 行")
    page.get_by_label("保障机关运转").uncheck()
    expect(count).to_have_text("已选 3 行")
    page.get_by_role("button", name="带入所选").click()
    expect(page.get_by_text("已带入 3 行，请逐行确认。")).to_be_visible()
    assert declaration.maintask_rows.count() == 0


def test_one_is_picked_without_a_script(open_page, declaration):
    page = open_at(open_page, declaration, "take_over", java_script_enabled=False)
    assert ticked(page) == 4
    page.get_by_role("link", name="全不选").click()
    expect(page.locator("input[type=checkbox]:checked")).to_have_count(0)
    page.get_by_label("保障机关运转").check()
    page.get_by_role("button", name="带入所选").click()
    expect(page.get_by_text("已带入 1 行，请逐行确认。")).to_be_visible()
    assert [task.name for task in declaration.maintask_rows.all()] == ["保障机关运转"]


@pytest.mark.parametrize("script", [True, False])
def test_indicator_is_found_and_picked(open_page, declaration, script):
    declared("群众满意度", round=builders.round_(template=declaration.round.template))
    group = own_group(declaration)
    page = open_at(open_page, declaration, "library", java_script_enabled=script)
    page.get_by_label("名称或说明中的词语").fill("满意 评价")
    page.get_by_role("button", name="查询").click()
    page.get_by_label("群众满意度").check()
    if script:
        expect(page.locator("[data-count]")).to_have_text("已选 1 个指标")
    page.get_by_role("button", name="加入所选").click()
    expect(page.get_by_text("请选择加入到哪个二级指标。")).to_be_visible()
    assert ticked(page) == 1
    page.get_by_label("加入到").select_option(str(group.pk))
    page.get_by_role("button", name="加入所选").click()
    expect(page.get_by_text("已加入 1 个指标，请填写指标值。")).to_be_visible()
    assert [target.name for target in declaration.target_rows.filter(secondary=group)] == ["群众满意度"]


def test_ticks_and_group_go_along_to_other_pages_and_searches(open_page, declaration, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    declared("甲", "乙", "丙", round=builders.round_(template=declaration.round.template))
    group = own_group(declaration)
    page = open_at(open_page, declaration, "library")
    count = page.locator("[data-count]")
    page.get_by_label("加入到").select_option(str(group.pk))
    page.get_by_label("名称或说明中的词语").fill("服务对象")
    page.get_by_role("button", name="查询").click()
    names = page.locator(".library-name label").all_text_contents()
    page.get_by_label(names[0], exact=True).check()
    page.get_by_label(names[1], exact=True).check()

    page.get_by_role("link", name="下一页").click()

    elsewhere = page.get_by_role("group", name="不在本页的已选指标")
    assert elsewhere.locator("label").all_text_contents() == names
    expect(count).to_have_text("已选 2 个指标")
    (last,) = page.locator(".library-name label").all_text_contents()
    page.get_by_label(last, exact=True).check()
    elsewhere.get_by_label(names[1]).uncheck()
    page.get_by_label("名称或说明中的词语").fill("查无此指标")
    page.get_by_role("button", name="查询").click()

    expect(page.get_by_text("没有符合条件的指标。")).to_be_visible()
    assert elsewhere.locator("label").all_text_contents() == [names[0], last]
    page.get_by_role("link", name="清除条件").click()
    expect(count).to_have_text("已选 2 个指标")
    page.get_by_role("button", name="加入所选").click()
    expect(page.get_by_text("已加入 2 个指标，请填写指标值。")).to_be_visible()
    assert {target.name for target in declaration.target_rows.filter(secondary=group)} == {names[0], last}
