"""Steps on several declarations at once, as a reviewer takes them from the queue."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from declarations.enums import StageKind, Status
from declarations.models import Event
from perfgoals.accounts.enums import Role
from tests.declarations import builders

QUEUE = reverse("declarations:queue")


@pytest.fixture
def ten(transactional_db):
    """Ten declarations of an office, 第0局 to 第9局, that wait for it in the first of two stages."""
    office = builders.office(name="教科文科")
    round = builders.round_(stages=(StageKind.BUSINESS, StageKind.PERFORMANCE))
    return [
        builders.declaration(
            Status.IN_REVIEW, round=round, department=builders.department(office=office, name=f"第{number}局甲")
        )
        for number in range(10)
    ]


@pytest.fixture
def reviewer(ten):
    return builders.person_of(ten[0].department.office, Role.REVIEWER)


def select_all(page: Page) -> None:
    page.goto(QUEUE)
    page.get_by_label("全选本页").check()
    expect(page.get_by_text("已选 10 份")).to_be_visible()


def row_of(page: Page, name: str):
    return page.get_by_role("row").filter(has_text=name)


def test_of_ten_approved_the_one_that_has_changed_is_refused_and_shown(open_page, ten, reviewer):
    page = open_page(reviewer)
    select_all(page)
    page.get_by_role("button", name="批量通过").click()
    expect(page.get_by_role("heading", name="业务科室审核（10 份）")).to_be_visible()
    changed = ten[3]
    builders.withdraw(changed)
    builders.change(changed)
    builders.submit(changed)

    page.get_by_label("审核意见").fill("同意。")
    page.get_by_role("button", name="确认批量通过").click()

    expect(page.get_by_text("已办理 9 份，未办理 1 份")).to_be_visible()
    expect(row_of(page, "第3局甲")).to_contain_text("未办理")
    expect(row_of(page, "第3局甲")).to_contain_text("您看到的内容之后又有变动")
    expect(row_of(page, "第4局甲")).to_contain_text("审核通过，转入绩效科审核。")
    decided = Event.objects.filter(actor=reviewer).values_list("declaration", "step", "text")
    assert set(decided) == {(made.pk, "pass", "同意。") for made in ten if made != changed}
    page.get_by_role("main").get_by_role("link", name="返回列表").click()
    expect(page.get_by_role("link", name="待审核（1）")).to_be_visible()
    expect(page.get_by_role("link", name="第3局甲")).to_be_visible()


def test_change_before_the_confirmation_is_marked_there_and_can_be_left_out(open_page, ten, reviewer):
    page = open_page(reviewer)
    select_all(page)
    builders.withdraw(ten[0])
    page.get_by_role("button", name="批量退回").click()
    expect(row_of(page, "第0局甲")).to_contain_text("勾选之后已有变动，将不予办理。")
    expect(row_of(page, "第1局甲")).not_to_contain_text("变动")

    row_of(page, "第0局甲").get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="确认批量退回").click()
    expect(page.get_by_text("请选择退回原因。")).to_be_visible()
    page.get_by_label("退回原因").select_option(label="预算数据有误")
    page.get_by_label("审核意见").fill("请核对总额。")
    page.get_by_role("button", name="确认批量退回").click()

    expect(page.get_by_text("退回：已办理 9 份。")).to_be_visible()
    assert {builders.fresh(made).status for made in ten[1:]} == {Status.RETURNED}


def test_without_script_rows_are_selected_and_taken(open_page, ten, reviewer):
    page = open_page(reviewer, java_script_enabled=False)
    page.goto(QUEUE)
    expect(page.get_by_label("全选本页")).to_be_hidden()
    for number in (1, 2):
        page.get_by_label(f"选择第{number}局甲").check()
    page.get_by_role("button", name="认领所选").click()

    expect(page.get_by_text("已认领 2 份申报表。")).to_be_visible()
    assert [builders.fresh(made).assignee for made in ten[:4]] == [None, reviewer, reviewer, None]
    row_of(page, "第3局甲").get_by_role("button", name="认领").click()
    expect(page.get_by_text("已认领 1 份申报表。")).to_be_visible()
    assert builders.fresh(ten[3]).assignee == reviewer
