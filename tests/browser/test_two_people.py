"""Two people in one form: nobody disturbs the other, and nothing is overwritten unseen."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from declarations.models import Declaration, Presence
from declarations.presence import GONE_AFTER
from declarations.services import GOALS
from indicators.enums import Comparison
from perfgoals.accounts.enums import Role
from perfgoals.times import printed_clock
from tests.browser.form import (
    IN_TROUBLE,
    SAVED,
    WILD,
    expect_message,
    expect_state,
    goals,
    goals_shown,
    goals_stored,
    look_up,
    open_and_ask,
    until,
)
from tests.declarations import builders
from tests.declarations.services.edits import add, own_group, targets
from tests.declarations.views.pages import section_url


@pytest.fixture
def declaration(transactional_db):
    """A declaration that could be submitted, with the goals 目标甲, 目标乙 and 目标丙."""
    made = builders.declaration()
    made.dutygoal_rows.all().delete()
    add(made, GOALS, *({"text": f"目标{name}"} for name in "甲乙丙"))
    return made


@pytest.fixture
def open_section(open_page, declaration):
    """A function that opens a section of the form as a preparer of that name."""

    def open_section(name: str, *section) -> Page:
        person = builders.user(Role.PREPARER, name=name, department=declaration.department)
        page = open_page(person)
        open_and_ask(page, section_url(declaration, *section or ("goals",)))
        return page

    return open_section


@pytest.fixture
def mine(open_section) -> Page:
    return open_section("张一")


@pytest.fixture
def hers(open_section) -> Page:
    return open_section("王二")


def conflict(page: Page) -> Locator:
    return page.locator(".trouble")


def differences(page: Page) -> list[list[str]]:
    """The rows of the table that shows both texts."""
    rows = conflict(page).locator("tbody tr").all()
    return [[cell.text_content() for cell in row.locator("th, td").all()] for row in rows]


def save_goal(page: Page, row: int, text: str) -> None:
    goals(page).nth(row).fill(text)
    expect_state(page, SAVED)


def told(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%-m月%-d日} {printed_clock(moment)}"


def goal_deleted(declaration: Declaration) -> datetime:
    """When the only goal that is gone was deleted."""
    return declaration.deleted_rows.get().deleted_at


def clash(mine: Page, hers: Page, my_text: str, her_text: str) -> None:
    """Let her store the second goal first, and me type into the same one on what I saw before."""
    mine.context.set_offline(True)
    goals(mine).nth(1).fill(my_text)
    save_goal(hers, 1, her_text)
    mine.context.set_offline(False)
    expect(conflict(mine)).to_be_visible()


def test_different_rows_do_not_disturb_each_other(mine, hers, declaration):
    goals(mine).nth(0).fill(WILD)
    goals(hers).nth(1).fill("她改乙")
    expect_state(mine, SAVED)
    expect_state(hers, SAVED)

    assert goals_stored(declaration) == [WILD, "她改乙", "目标丙"]
    for page in (mine, hers):
        look_up(page)
        assert until(page, lambda page=page: goals_shown(page) == [WILD, "她改乙", "目标丙"])
        expect(conflict(page)).to_have_count(0)


def test_row_that_is_being_typed_into_is_left_alone_while_others_follow(mine, hers, declaration):
    goals(mine).nth(1).focus()
    save_goal(hers, 0, "她改甲")
    mine.keyboard.press("End")
    mine.keyboard.type("，我在写")

    assert until(mine, lambda: goals_shown(mine) == ["她改甲", "目标乙，我在写", "目标丙"])
    expect(goals(mine).nth(1)).to_be_focused()
    expect_state(mine, SAVED)
    assert goals_stored(declaration) == ["她改甲", "目标乙，我在写", "目标丙"]


def test_same_row_shows_both_texts_and_who_and_when(mine, hers, declaration):
    clash(mine, hers, WILD, "她的\n第二行")

    changed = declaration.dutygoal_rows.get(position=1).updated_at
    expect(conflict(mine)).to_contain_text(f"本行已由 王二 于 {told(changed)} 修改")
    assert differences(mine) == [["年度履职目标", WILD, "她的\n第二行"]]
    expect_state(mine, IN_TROUBLE)
    assert goals_stored(declaration)[1] == "她的\n第二行"
    assert goals(mine).nth(1).input_value() == WILD


def test_typing_on_in_a_conflict_is_kept_and_taken(mine, hers, declaration):
    clash(mine, hers, "我的", "她的")
    goals(mine).nth(1).fill(WILD)
    goals(mine).nth(2).fill("别的行照常保存")
    assert until(mine, lambda: goals_stored(declaration) == ["目标甲", "她的", "别的行照常保存"])
    assert differences(mine) == [["年度履职目标", WILD, "她的"]]

    conflict(mine).get_by_role("button", name="用我的").click()

    expect_state(mine, SAVED)
    expect(conflict(mine)).to_have_count(0)
    assert goals_stored(declaration) == ["目标甲", WILD, "别的行照常保存"]
    look_up(hers)
    assert until(hers, lambda: goals_shown(hers) == ["目标甲", WILD, "别的行照常保存"])


def test_choosing_the_others_text_takes_it_and_goes_on_from_there(mine, hers, declaration):
    clash(mine, hers, "我的", WILD)

    conflict(mine).get_by_role("button", name="用对方的").click()

    expect_state(mine, SAVED)
    expect(conflict(mine)).to_have_count(0)
    assert goals_shown(mine) == goals_stored(declaration) == ["目标甲", WILD, "目标丙"]
    save_goal(mine, 1, "接着改")
    assert goals_stored(declaration)[1] == "接着改"


@pytest.mark.parametrize(("choice", "chosen", "undone"), [("用对方的", "她的", WILD), ("用我的", WILD, "她的")])
def test_choice_is_undone(mine, hers, declaration, choice, chosen, undone):
    clash(mine, hers, WILD, "她的")
    conflict(mine).get_by_role("button", name=choice).click()
    expect(goals(mine).nth(1)).to_be_focused()
    expect_state(mine, SAVED)
    assert goals_stored(declaration)[1] == chosen

    mine.get_by_role("button", name="撤销选择").click()

    expect(goals(mine).nth(1)).to_be_focused()
    assert until(mine, lambda: goals_stored(declaration) == goals_shown(mine) == ["目标甲", undone, "目标丙"])
    expect(conflict(mine)).to_have_count(0)


def test_undo_takes_nothing_back_that_the_other_has_written_since(mine, hers, declaration):
    save_goal(mine, 1, "我的")
    goals(mine).nth(0).focus()
    open_and_ask(hers, section_url(declaration, "goals"))
    save_goal(hers, 1, WILD)
    look_up(mine)
    assert until(mine, lambda: goals_shown(mine)[1] == WILD)

    mine.get_by_role("button", name="撤销修改").click()

    expect(mine.locator("#told")).to_have_text("该处内容此后有变动，未撤销。")
    expect(goals(mine).nth(1)).to_be_focused()
    mine.keyboard.press("Control+s")
    assert goals_shown(mine) == goals_stored(declaration) == ["目标甲", WILD, "目标丙"]


def test_other_changes_the_row_again_before_i_choose(mine, hers, declaration):
    clash(mine, hers, "我的", "她的")
    save_goal(hers, 1, "她又改了")

    conflict(mine).get_by_role("button", name="用我的").click()

    expect(conflict(mine)).to_contain_text("她又改了")
    assert goals_stored(declaration)[1] == "她又改了"
    conflict(mine).get_by_role("button", name="用我的").click()
    expect_state(mine, SAVED)
    assert goals_stored(declaration)[1] == "我的"


def test_conflict_survives_closing_the_page(mine, hers, declaration):
    clash(mine, hers, WILD, "她的")

    mine.reload()

    expect(conflict(mine)).to_be_visible()
    assert differences(mine) == [["年度履职目标", WILD, "她的"]]
    assert goals(mine).nth(1).input_value() == WILD
    assert goals_stored(declaration)[1] == "她的"


def test_choosing_mine_shows_what_the_other_changed_in_other_cells(open_section, declaration):
    (target,) = targets(own_group(declaration), declaration)
    mine, hers = open_section("张一", "indicators", 1), open_section("王二", "indicators", 1)
    mine.context.set_offline(True)
    mine.get_by_label("第1行 度量单位").fill("份")
    hers.get_by_label("第1行 三级指标").fill("她改的名称")
    hers.get_by_label("第1行 指标值类型").select_option(Comparison.EQUAL)
    expect_state(hers, SAVED)
    mine.context.set_offline(False)
    expect(conflict(mine)).to_be_visible()
    assert differences(mine) == [["度量单位", "份", "篇"]]

    conflict(mine).get_by_role("button", name="用我的").click()

    expect_state(mine, SAVED)
    target.refresh_from_db()
    assert (target.name, target.comparison, target.unit) == ("她改的名称", Comparison.EQUAL, "份")
    expect(mine.get_by_label("第1行 三级指标")).to_have_value("她改的名称")
    expect(mine.get_by_label("第1行 指标值类型")).to_have_value(Comparison.EQUAL)


def test_same_figure_of_the_budget(open_section, declaration):
    mine, hers = open_section("张一", "budget"), open_section("王二", "budget")
    mine.context.set_offline(True)
    mine.get_by_label("其他资金").fill("11")
    hers.get_by_label("其他资金").fill("22")
    expect_state(hers, SAVED)
    mine.context.set_offline(False)
    expect(conflict(mine)).to_contain_text("预算情况已由 王二 于")

    conflict(mine).get_by_role("button", name="用我的").click()

    expect_state(mine, SAVED)
    declaration.budget.refresh_from_db()
    assert declaration.budget.other_funds == "11"


def test_text_that_an_input_method_composes_is_not_replaced(mine, hers, declaration):
    goals(mine).nth(1).press("End")
    keyboard = mine.context.new_cdp_session(mine)
    keyboard.send("Input.imeSetComposition", {"text": "ni'hao", "selectionStart": 6, "selectionEnd": 6})
    save_goal(hers, 1, "她的")
    save_goal(hers, 0, "她改甲")
    look_up(mine)
    assert until(mine, lambda: goals_shown(mine)[0] == "她改甲")
    assert goals_shown(mine)[1] == "目标乙ni'hao"

    keyboard.send("Input.insertText", {"text": "你好"})

    expect(conflict(mine)).to_be_visible()
    assert differences(mine) == [["年度履职目标", "目标乙你好", "她的"]]


@pytest.fixture
def deleted_by_her(mine, hers, declaration) -> Page:
    """My page, where I typed into the second goal while she deleted it."""
    mine.context.set_offline(True)
    goals(mine).nth(1).fill(WILD)
    hers.get_by_role("button", name="删除第2行").click()
    expect_state(hers, SAVED)
    mine.context.set_offline(False)
    expect(conflict(mine)).to_contain_text(f"本行已由 王二 于 {told(goal_deleted(declaration))} 删除，您的修改未保存。")
    assert goals_shown(mine) == ["目标甲", WILD, "目标丙"]
    return mine


def test_row_that_the_other_deleted_can_be_restored(deleted_by_her, hers, declaration):
    assert goals_stored(declaration) == ["目标甲", "目标丙"]

    conflict(deleted_by_her).get_by_role("button", name="恢复本行").click()

    expect_state(deleted_by_her, SAVED)
    assert goals_stored(declaration) == goals_shown(deleted_by_her) == ["目标甲", WILD, "目标丙"]
    look_up(hers)
    assert until(hers, lambda: goals_shown(hers) == ["目标甲", WILD, "目标丙"])


def test_row_that_the_other_deleted_can_be_given_up(deleted_by_her, declaration):
    conflict(deleted_by_her).get_by_role("button", name="放弃我的修改").click()

    assert goals_shown(deleted_by_her) == ["目标甲", "目标丙"]
    expect_state(deleted_by_her, SAVED)
    assert goals_stored(declaration) == ["目标甲", "目标丙"]


def test_row_that_was_given_up_comes_back_by_undo(deleted_by_her, declaration):
    conflict(deleted_by_her).get_by_role("button", name="放弃我的修改").click()
    expect_state(deleted_by_her, SAVED)

    deleted_by_her.keyboard.press("Control+z")

    wanted = ["目标甲", WILD, "目标丙"]
    assert until(deleted_by_her, lambda: goals_stored(declaration) == goals_shown(deleted_by_her) == wanted)
    expect(goals(deleted_by_her).nth(1)).to_be_focused()


def test_row_that_was_restored_goes_by_undo(deleted_by_her, declaration):
    conflict(deleted_by_her).get_by_role("button", name="恢复本行").click()
    expect_state(deleted_by_her, SAVED)

    deleted_by_her.keyboard.press("Control+z")

    wanted = ["目标甲", "目标丙"]
    assert until(deleted_by_her, lambda: goals_stored(declaration) == goals_shown(deleted_by_her) == wanted)


def test_restored_indicator_has_all_its_cells(open_section, declaration):
    (before,) = targets(own_group(declaration), declaration)
    mine, hers = open_section("张一", "indicators", 1), open_section("王二", "indicators", 1)
    mine.context.set_offline(True)
    mine.get_by_label("第1行 度量单位").fill("份")
    hers.get_by_role("button", name="删除第1行").click()
    expect_state(hers, SAVED)
    mine.context.set_offline(False)

    conflict(mine).get_by_role("button", name="恢复本行").click()

    expect_state(mine, SAVED)
    (after,) = targets(own_group(declaration), declaration)
    fields = ("key", "name", "comparison", "value", "scoring_standard", "explanation", "remark")
    assert [getattr(after, name) for name in fields] == [getattr(before, name) for name in fields]
    assert after.unit == "份"


@pytest.fixture
def windows(mine, declaration) -> tuple[Page, Page]:
    """Two windows of my session with the goals."""
    other = mine.context.new_page()
    open_and_ask(other, section_url(declaration, "goals"))
    return mine, other


def test_row_that_i_changed_in_another_window_names_nobody_else_and_i_choose(windows, declaration):
    here, other = windows
    save_goal(other, 1, "先改的")

    goals(here).nth(1).fill(WILD)

    changed = declaration.dutygoal_rows.get(position=1).updated_at
    expect(conflict(here)).to_contain_text(
        f"本行已由本人在其他窗口于 {told(changed)} 修改，本窗口的修改未保存。请核对后选择："
    )
    assert conflict(here).locator("thead th").all_text_contents() == ["项目", "本窗口填写的", "其他窗口填写的"]
    assert differences(here) == [["年度履职目标", WILD, "先改的"]]
    expect(conflict(here).get_by_role("button")).to_have_text(["用本窗口的", "用其他窗口的"])

    conflict(here).get_by_role("button", name="用本窗口的").click()

    expect_state(here, SAVED)
    assert goals_stored(declaration) == ["目标甲", WILD, "目标丙"]


def test_row_that_i_deleted_in_another_window_names_nobody_else_and_comes_back(windows, declaration):
    here, other = windows
    other.get_by_role("button", name="删除第2行").click()
    expect_state(other, SAVED)

    goals(here).nth(1).fill(WILD)

    expect(conflict(here)).to_contain_text(
        f"本行已由本人在其他窗口于 {told(goal_deleted(declaration))} 删除，本窗口的修改未保存。请选择："
    )
    expect(conflict(here).get_by_role("button")).to_have_text(["恢复本行", "放弃本窗口的修改"])

    conflict(here).get_by_role("button", name="恢复本行").click()

    expect_state(here, SAVED)
    assert goals_stored(declaration) == ["目标甲", WILD, "目标丙"]
    assert not declaration.deleted_rows.exists()


def test_row_that_the_other_has_changed_is_not_deleted_unseen(mine, hers, declaration):
    mine.context.set_offline(True)
    mine.get_by_role("button", name="删除第2行").click()
    save_goal(hers, 1, WILD)
    mine.context.set_offline(False)

    expect(mine.get_by_text("该行刚被他人修改，未删除。请核对后再删除。")).to_be_visible()
    assert goals_shown(mine) == goals_stored(declaration) == ["目标甲", WILD, "目标丙"]


def test_rows_that_the_other_adds_moves_and_deletes_follow(mine, hers, declaration):
    goals(mine).nth(0).focus()
    hers.get_by_role("button", name="增加目标").click()
    goals(hers).nth(3).fill(WILD)
    hers.get_by_role("button", name="上移第4行").click()
    hers.get_by_role("button", name="删除第2行").click()
    expect_state(hers, SAVED)
    wanted = ["目标甲", WILD, "目标丙"]
    assert until(hers, lambda: goals_stored(declaration) == wanted)

    look_up(mine)

    assert until(mine, lambda: goals_shown(mine) == wanted)
    expect(goals(mine).nth(0)).to_be_focused()
    assert mine.locator("[data-number]").all_text_contents()[:3] == ["1", "2", "3"]
    save_goal(mine, 1, "我接着改")
    assert goals_stored(declaration) == ["目标甲", "我接着改", "目标丙"]


def test_both_add_rows_at_the_same_place(mine, hers, declaration):
    for page in (mine, hers):
        page.context.set_offline(True)
    for page, text in ((mine, "我的新行"), (hers, "她的新行")):
        page.get_by_role("button", name="增加目标").click()
        goals(page).nth(3).fill(text)
    for page in (mine, hers):
        page.context.set_offline(False)
        expect_state(page, SAVED)

    stored = goals_stored(declaration)
    assert sorted(stored[3:]) == ["她的新行", "我的新行"]
    for page in (mine, hers):
        look_up(page)
        assert until(page, lambda page=page: goals_shown(page) == stored)


def test_other_submits_while_i_type(mine, hers, declaration):
    goals(mine).nth(1).fill("还没写完")
    expect_state(mine, SAVED)
    builders.submit(declaration)
    goals(mine).nth(1).fill(WILD)

    expect_message(mine, "不能修改。您尚未保存的内容仍保留在本页，可先复制留存。")
    expect_state(mine, "未保存")
    expect(goals(mine).nth(1)).not_to_be_editable()
    goals(mine).nth(1).press("Alt+ArrowDown")
    goals(mine).nth(1).press("Control+Enter")
    assert goals_shown(mine) == ["目标甲", WILD, "目标丙"]
    assert goals(mine).nth(1).input_value() == WILD
    assert goals_stored(declaration)[1] == "还没写完"

    builders.withdraw(declaration)
    look_up(mine)

    expect_state(mine, SAVED)
    expect(goals(mine).nth(1)).to_be_editable()
    expect(mine.locator("#save-message")).to_be_empty()
    assert goals_stored(declaration) == ["目标甲", WILD, "目标丙"]


def test_submitted_declaration_keeps_my_text_through_a_reload(mine, declaration):
    mine.context.set_offline(True)
    goals(mine).nth(1).fill(WILD)
    mine.wait_for_timeout(300)
    builders.submit(declaration)
    mine.goto("about:blank")
    mine.context.set_offline(False)
    mine.goto(section_url(declaration, "goals"))
    expect_message(mine, "不能修改。您尚未保存的内容仍保留在本页，可先复制留存。")
    assert goals(mine).nth(1).input_value() == WILD
    assert goals_stored(declaration)[1] == "目标乙"

    builders.withdraw(declaration)
    look_up(mine)

    assert until(mine, lambda: goals_stored(declaration)[1] == WILD)
    expect(mine.get_by_role("button", name="增加目标")).to_be_visible()


def test_who_else_is_here(mine, hers):
    look_up(mine)
    others = mine.locator("#others")
    expect(others).to_have_text("现在同时打开本申报表的还有：王二")
    expect(hers.locator("#others")).to_have_text("现在同时打开本申报表的还有：张一")

    hers.close()
    Presence.objects.filter(user__name="王二").update(seen_at=timezone.now() - GONE_AFTER - timedelta(seconds=1))
    look_up(mine)

    expect(others).to_be_empty()


def test_stranger_sees_neither_the_form_nor_the_people_in_it(mine, open_page, declaration):
    stranger = open_page(builders.user(Role.PREPARER, name="外人"))

    assert stranger.goto(section_url(declaration, "goals")).status == 404
    look_up(mine)
    mine.wait_for_load_state("networkidle")

    expect(mine.locator("#others")).to_be_empty()
