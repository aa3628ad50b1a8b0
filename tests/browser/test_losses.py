"""Nothing typed is lost: type, break something, come back, and compare every character. On a server of its own."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from declarations.models import MainTask
from declarations.services import GOALS, TASKS
from perfgoals.accounts.enums import Role
from tests.browser import conftest
from tests.browser.chromium import FLAGS, program
from tests.browser.form import (
    IN_TROUBLE,
    KEPT_WITHIN,
    SAVED,
    SERVER_ERROR,
    WILD,
    expect_cut,
    expect_message,
    expect_state,
    goals,
    goals_shown,
    goals_stored,
    look_up,
    until,
)
from tests.browser.kept import NOTHING, left_behind
from tests.browser.server import Server
from tests.browser.signing_in import PASSWORD
from tests.declarations import builders
from tests.declarations.services.edits import add, own_group, targets
from tests.declarations.views.pages import section_url

AUTOSAVE = "**/autosave/"
SIGNED_OUT = "登录已失效，重新登录后自动保存。"
CSRF = "csrftoken"
NEW_PASSWORD = "another-Password-2"


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Server]:
    """The site on the database of the tests."""
    name = connection.settings_dict["NAME"]
    url = os.environ.get("DATABASE_URL", "sqlite:")
    address = urlsplit(url)._replace(path=f"/{name}").geturl() if url.startswith("postgres") else f"sqlite:///{name}"
    server = Server({"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": address})
    yield server
    server.stop()


@pytest.fixture
def site(server: Server, transactional_db: None) -> str:
    server.start()
    return server.url


@pytest.fixture
def declaration(transactional_db):
    """A declaration with the goals 目标甲, 目标乙 and 目标丙."""
    made = builders.declaration(filled=False)
    add(made, GOALS, *({"text": f"目标{name}"} for name in "甲乙丙"))
    return made


@pytest.fixture
def preparer(declaration):
    """The declaration's preparer, who knows a password."""
    person = builders.preparer_of(declaration)
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def page(open_page, declaration, preparer) -> Page:
    """The preparer's page of the goals."""
    page = open_page(preparer)
    page.goto(section_url(declaration, "goals"))
    expect(goals(page)).to_have_count(3)
    return page


def reopen(page: Page, declaration, section: str = "goals") -> None:
    """Open the section in another tab of the browser."""
    page.goto(section_url(declaration, section))


def lose_answers(page: Page) -> list[Route]:
    """Let every autosave reach the server, and its answer never come back; the answers so far are in the list."""
    lost: list[Route] = []

    def lose(route: Route) -> None:
        route.fetch()
        lost.append(route)
        route.abort()

    page.route(AUTOSAVE, lose)
    return lost


def sign_in_on(page: Page, username: str) -> None:
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_two_seconds_after_the_last_key_the_server_has_it(page, declaration):
    goals(page).nth(1).press("End")
    goals(page).nth(1).press_sequentially("，一字一字地输入", delay=30)

    assert until(page, lambda: goals_stored(declaration)[1] == "目标乙，一字一字地输入", seconds=2)
    expect_state(page, SAVED)


def test_whoever_types_without_a_pause_is_saved_all_the_same(page, declaration):
    field = goals(page).nth(1)
    for _ in range(80):
        field.press_sequentially("字", delay=100)
        if goals_stored(declaration)[1] != "目标乙":
            break

    assert goals_stored(declaration)[1] != "目标乙"


def test_every_character_is_stored_and_shown_again(page, declaration):
    goals(page).nth(1).fill(WILD)
    expect_state(page, SAVED)
    page.reload()

    assert goals_stored(declaration) == ["目标甲", WILD, "目标丙"]
    assert goals_shown(page) == ["目标甲", WILD, "目标丙"]


def test_half_of_a_rare_character_hinders_nothing(page, declaration):
    goals(page).nth(0).fill("改过的")
    goals(page).nth(1).evaluate("field => { field.value = '半个\\ud842字' }")
    goals(page).nth(1).dispatch_event("input")
    expect_state(page, SAVED)

    assert goals_stored(declaration) == ["改过的", "半个\ufffd字", "目标丙"]


def test_server_killed_while_somebody_types(page, declaration, server):
    field = goals(page).nth(1)
    field.press("End")
    field.press_sequentially("，断电前", delay=20)
    server.kill()
    field.press_sequentially("，断电后", delay=20)
    goals(page).nth(0).fill(WILD)

    expect_cut(page)
    server.start()

    expect_state(page, SAVED)
    assert goals_stored(declaration) == [WILD, "目标乙，断电前，断电后", "目标丙"]


def test_network_cut_and_back(page, declaration):
    page.context.set_offline(True)
    goals(page).nth(1).fill(WILD)
    expect_cut(page)
    page.get_by_role("button", name="增加目标").click()
    goals(page).nth(3).fill("断网时新增")
    assert goals_stored(declaration) == ["目标甲", "目标乙", "目标丙"]

    page.context.set_offline(False)

    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标甲", WILD, "目标丙", "断网时新增"]


def test_network_cut_before_anything_is_typed_is_told_at_the_first_key(page, declaration):
    page.context.set_offline(True)
    look_up(page)
    goals(page).nth(1).fill("断网后才输入")

    expect_cut(page)
    page.context.set_offline(False)
    expect_state(page, SAVED)
    assert goals_stored(declaration)[1] == "断网后才输入"


def test_answer_lost_after_storing_makes_no_conflict_with_oneself(page, declaration):
    lost = lose_answers(page)
    goals(page).nth(1).fill("第一次")
    page.get_by_role("button", name="增加目标").click()
    goals(page).nth(3).fill("新行")
    assert until(page, lambda: goals_stored(declaration) == ["目标甲", "第一次", "目标丙", "新行"])
    expect_cut(page)
    goals(page).nth(1).fill("第二次")
    goals(page).nth(3).fill(WILD)
    assert lost

    page.unroute(AUTOSAVE)
    look_up(page)

    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标甲", "第二次", "目标丙", WILD]
    expect(page.locator(".trouble")).to_have_count(0)


@pytest.mark.parametrize("leave", ["reload", "close", "other page"])
def test_page_left_while_the_network_is_cut(open_page, page, declaration, leave):
    page.context.set_offline(True)
    goals(page).nth(1).fill(WILD)
    expect_cut(page)

    if leave == "other page":
        page.goto("about:blank")
    elif leave == "close":
        context = page.context
        page.close()
        page = context.new_page()
    page.context.set_offline(False)
    reopen(page, declaration)

    # A page that is still open may save before it is loaded anew; then there is nothing left to tell.
    if leave != "reload":
        expect_state(page, SAVED)
    assert until(page, lambda: goals_shown(page) == ["目标甲", WILD, "目标丙"])
    assert until(page, lambda: goals_stored(declaration) == ["目标甲", WILD, "目标丙"])


def test_page_closed_right_after_the_last_key(page, declaration):
    beside = page.context.new_page()
    goals(page).nth(1).fill(WILD)
    page.close(run_before_unload=True)

    assert until(beside, lambda: goals_stored(declaration) == ["目标甲", WILD, "目标丙"])


def test_link_followed_right_after_the_last_key_shows_what_was_typed(page, declaration):
    goals(page).nth(1).fill("刚刚改的")
    page.get_by_role("link", name="核对与送审").click()

    expect(page.get_by_text("刚刚改的").first).to_be_visible()


def test_unsaved_text_is_stored_from_another_section(page, declaration):
    page.context.set_offline(True)
    goals(page).nth(1).fill(WILD)
    expect_cut(page)
    page.goto("about:blank")
    page.context.set_offline(False)

    reopen(page, declaration, "tasks")

    assert until(page, lambda: goals_stored(declaration)[1] == WILD)


def test_home_page_tells_of_unsaved_texts(page, declaration):
    page.context.set_offline(True)
    goals(page).nth(1).fill(WILD)
    expect_cut(page)
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto("/")

    page.locator("#unsaved").get_by_role("link").click()

    expect_state(page, SAVED)
    assert goals_stored(declaration)[1] == WILD
    page.goto("/")
    expect(page.locator("#unsaved")).to_be_hidden()


@pytest.mark.parametrize(("days", "found"), [(29, ["kept"]), (31, [])])
def test_what_was_never_stored_is_kept_for_thirty_days(page, days, found):
    page.goto("/")

    assert page.evaluate(KEPT_SINCE, days) == found
    assert [entry["id"] for entry in left_behind(page)["unsaved"]] == found


# What is found again that was kept so many days ago.
KEPT_SINCE = """async (days) => {
    const { entriesOf, write } = await import("/static/js/stash.js");
    const { now } = Date;
    Date.now = () => now() - days * 24 * 3600 * 1000;
    await write([{ id: "kept", user: 1 }]);
    Date.now = now;
    return (await entriesOf(1)).map(({ id }) => id);
}"""


def test_browser_killed_a_moment_after_the_last_key(browser: Browser, site, declaration, preparer, tmp_path):
    def open_profile() -> tuple[BrowserContext, Page]:
        context = browser.browser_type.launch_persistent_context(
            tmp_path, executable_path=program(), args=FLAGS, base_url=site, timezone_id="Asia/Shanghai"
        )
        conftest.sign_in(context, preparer, site)
        return context, context.new_page()

    context, page = open_profile()
    reopen(page, declaration)
    context.set_offline(True)
    goals(page).nth(1).fill("前文")
    goals(page).nth(1).fill(WILD)
    page.wait_for_timeout(KEPT_WITHIN)
    kill_processes_of(tmp_path)
    assert goals_stored(declaration)[1] == "目标乙"

    context, page = open_profile()
    reopen(page, declaration)

    expect_state(page, SAVED)
    assert goals_shown(page) == ["目标甲", WILD, "目标丙"]
    assert goals_stored(declaration) == ["目标甲", WILD, "目标丙"]
    context.close()


def kill_processes_of(profile: Path) -> None:
    """End the browser that runs on the profile as a crash would."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = command.read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in words:
            os.kill(int(command.parent.name), signal.SIGKILL)


def test_signing_in_again_in_another_tab_goes_on_without_reloading(page, declaration, preparer):
    page.evaluate("document.documentElement.dataset.stays = 'yes'")
    Session.objects.all().delete()
    goals(page).nth(1).fill(WILD)
    expect_message(page, SIGNED_OUT)
    assert goals_stored(declaration)[1] == "目标乙"

    with page.expect_popup() as opened:
        page.get_by_role("link", name="在新窗口登录").click()
    sign_in_on(opened.value, preparer.username)

    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标甲", WILD, "目标丙"]
    assert page.evaluate("document.documentElement.dataset.stays") == "yes"
    expect(page.locator("#save-message")).to_be_empty()


def test_signing_in_again_in_the_same_tab_brings_the_texts_back(page, declaration, preparer):
    Session.objects.all().delete()
    goals(page).nth(1).fill(WILD)
    expect_message(page, SIGNED_OUT)

    reopen(page, declaration)
    sign_in_on(page, preparer.username)

    expect_state(page, SAVED)
    assert goals_shown(page) == ["目标甲", WILD, "目标丙"]
    assert goals_stored(declaration) == ["目标甲", WILD, "目标丙"]


@pytest.mark.parametrize("role", [Role.PREPARER, Role.ADMINISTRATOR])
def test_another_person_signs_in_in_another_tab(page, declaration, preparer, role):
    place = {"department": declaration.department} if role == Role.PREPARER else {}
    builders.user(role, username="wanger", name="王二", password=PASSWORD, **place)
    Session.objects.all().delete()
    goals(page).nth(1).fill("只属于我")
    expect_message(page, SIGNED_OUT)

    with page.expect_popup() as opened:
        page.get_by_role("link", name="在新窗口登录").click()
    other = opened.value
    sign_in_on(other, "wanger")

    expect_message(page, "王二" if role == Role.PREPARER else "当前登录的人员无权填报")
    for address in ("/", section_url(declaration, "goals")):
        other.goto(address)
        other.wait_for_load_state("networkidle")
        assert "只属于我" not in other.content()
        assert "只属于我" not in "".join(field.input_value() for field in goals(other).all())
    assert goals_stored(declaration) == ["目标甲", "目标乙", "目标丙"]

    other.goto("/")
    other.get_by_role("button", name="退出").click()
    sign_in_on(other, preparer.username)
    expect(other.get_by_role("button", name="退出")).to_be_visible()
    look_up(page)
    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["目标甲", "只属于我", "目标丙"]


@pytest.mark.parametrize("token", [None, "x" * 32])
def test_rotated_csrf_token(page, declaration, site, token):
    page.context.clear_cookies(name=CSRF)
    if token:
        page.context.add_cookies([{"name": CSRF, "value": token, "url": site}])
    goals(page).nth(1).fill(WILD)

    expect_state(page, SAVED)
    assert goals_stored(declaration)[1] == WILD


def test_password_that_must_be_changed_meanwhile(page, declaration, preparer):
    preparer.must_change_password = True
    preparer.save()
    goals(page).nth(1).fill(WILD)
    expect_message(page, "须先修改密码才能继续填报。您填写的内容已暂存在本机。")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="在新窗口修改密码").click()
    for name, password in (
        ("old_password", PASSWORD),
        ("new_password1", NEW_PASSWORD),
        ("new_password2", NEW_PASSWORD),
    ):
        opened.value.locator(f"[name={name}]").fill(password)
    opened.value.get_by_role("button", name="保存新密码").click()
    expect(opened.value.get_by_text("密码已修改")).to_be_visible()

    expect_state(page, SAVED)
    assert goals_stored(declaration)[1] == WILD


def test_account_disabled_meanwhile(page, declaration, preparer):
    preparer.is_active = False
    preparer.save()
    goals(page).nth(1).fill(WILD)
    expect_message(page, SIGNED_OUT)
    assert goals_stored(declaration)[1] == "目标乙"

    preparer.is_active = True
    preparer.save()
    look_up(page)
    expect_state(page, SAVED)
    assert goals_stored(declaration)[1] == WILD


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "body": "", "content_type": "text/html"},
        {"status": 502, "body": "<h1>Bad Gateway</h1>", "content_type": "text/html"},
        {"status": 200, "body": "<h1>维护中</h1>", "content_type": "text/html"},
        {"status": 200, "body": '{"rows": {', "content_type": "application/json"},
        {"status": 200, "body": "", "headers": {}},
    ],
)
def test_server_that_answers_something_else(page, declaration, complaints, answer):
    page.route(AUTOSAVE, lambda route: route.fulfill(**answer))
    goals(page).nth(1).fill(WILD)
    expect_state(page, SERVER_ERROR)
    complaints.clear()

    page.unroute(AUTOSAVE)
    look_up(page)

    expect_state(page, SAVED)
    assert goals_stored(declaration)[1] == WILD


def test_server_that_answers_slowly(page, declaration):
    held: list[Route] = []
    page.route(AUTOSAVE, lambda route: held.append(route))
    goals(page).nth(1).fill("第一次")
    assert until(page, lambda: bool(held))
    goals(page).nth(1).fill("第二次")
    goals(page).nth(0).fill(WILD)
    page.wait_for_timeout(1500)
    expect_state(page, "正在保存")
    (first,) = held

    page.route(AUTOSAVE, lambda route: route.continue_())
    first.continue_()

    expect_state(page, SAVED)
    assert goals_stored(declaration) == [WILD, "第二次", "目标丙"]


def test_row_that_the_server_does_not_understand_hinders_no_other(page, declaration):
    def refuse(route: Route) -> None:
        if "毒" in (route.request.post_data or ""):
            route.fulfill(status=400, body="")
        else:
            route.continue_()

    page.route(AUTOSAVE, refuse)
    goals(page).nth(0).fill("毒")
    goals(page).nth(1).fill("改乙")
    goals(page).nth(2).fill("改丙")

    assert until(page, lambda: goals_stored(declaration) == ["目标甲", "改乙", "改丙"])
    expect_state(page, IN_TROUBLE)

    goals(page).nth(0).fill("改甲")
    expect_state(page, SAVED)
    assert goals_stored(declaration) == ["改甲", "改乙", "改丙"]


def test_rows_added_deleted_and_moved_while_the_network_is_cut(page, declaration):
    page.context.set_offline(True)
    page.get_by_role("button", name="增加目标").click()
    goals(page).nth(3).fill("新一")
    page.get_by_role("button", name="增加目标").click()
    goals(page).nth(4).fill(WILD)
    page.get_by_role("button", name="下移第4行").click()
    page.get_by_role("button", name="删除第2行").click()
    page.get_by_role("button", name="上移第2行").click()
    page.get_by_role("button", name="增加目标").click()
    goals(page).nth(4).fill("既增又删")
    page.get_by_role("button", name="删除第5行").click()
    wanted = ["目标丙", "目标甲", WILD, "新一"]
    assert goals_shown(page) == wanted
    expect_cut(page)

    page.goto("about:blank")
    page.context.set_offline(False)
    reopen(page, declaration)

    expect_state(page, SAVED)
    assert goals_shown(page) == wanted
    assert goals_stored(declaration) == wanted
    page.reload()
    assert goals_shown(page) == wanted


def test_rows_moved_around_one_another_before_the_server_knows_them(page, declaration):
    page.context.set_offline(True)
    for text in ("一", "二", "三"):
        page.get_by_role("button", name="增加目标").click()
        goals(page).last.fill(text)
    page.get_by_role("button", name="下移第4行").click()
    page.get_by_role("button", name="上移第6行").click()
    page.get_by_role("button", name="删除第3行").click()
    page.get_by_role("button", name="上移第3行").click()
    wanted = goals_shown(page)
    assert wanted == ["目标甲", "二", "目标乙", "三", "一"]

    page.context.set_offline(False)

    expect_state(page, SAVED)
    assert goals_stored(declaration) == wanted


def test_text_too_long_in_one_cell_keeps_no_other_back(open_page, declaration, preparer):
    add(declaration, TASKS, {"name": "旧名", "content": "旧内容"})
    page = open_page(preparer)
    reopen(page, declaration, "tasks")
    name, content = page.get_by_label("第1行 任务名称"), page.get_by_label("第1行 主要内容")
    name.fill("长" * 201)
    content.fill(WILD)

    expect_state(page, IN_TROUBLE)
    expect(page.locator(".trouble")).to_contain_text("任务名称：不能超过 200 字，现有 201 字")
    expect(name).to_have_attribute("aria-invalid", "true")
    assert MainTask.objects.values_list("name", "content").get() == ("旧名", WILD)

    page.reload()
    expect(name).to_have_value("长" * 201)
    expect_state(page, IN_TROUBLE)
    assert content.input_value() == WILD

    name.fill("长" * 200)
    expect_state(page, SAVED)
    expect(page.locator(".trouble")).to_have_count(0)
    assert MainTask.objects.values_list("name", "content").get() == ("长" * 200, WILD)


def test_figures_and_targets_typed_while_the_network_is_cut(open_page, declaration, preparer):
    page = open_page(preparer)
    reopen(page, declaration, "budget")
    page.context.set_offline(True)
    page.get_by_label("部门预算总额").fill("２，６７７。７")
    expect_cut(page)
    page.goto("about:blank")
    page.context.set_offline(False)
    reopen(page, declaration, "budget")
    expect_state(page, SAVED)
    expect(page.get_by_label("部门预算总额")).to_have_value("２，６７７。７")

    page.goto(section_url(declaration, "indicators", 1))
    page.context.set_offline(True)
    page.get_by_role("button", name="增加三级指标").click()
    page.get_by_label("第1行 三级指标").fill("约5.5万人次")
    page.get_by_label("第1行 指标值类型").select_option("ge")
    page.get_by_label("第1行 备注").fill(WILD)
    expect_cut(page)
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(section_url(declaration, "indicators", 1))
    expect_state(page, SAVED)

    declaration.budget.refresh_from_db()
    (target,) = targets(own_group(declaration), declaration)
    assert declaration.budget.total == "２，６７７。７"
    assert (target.name, target.comparison, target.value, target.remark) == ("约5.5万人次", "ge", "", WILD)


@pytest.mark.parametrize("database", ["undefined", "({ open: () => ({}) })"])
def test_browser_without_a_database_saves_and_says_what_it_cannot_do(open_page, declaration, preparer, database):
    page = open_page(preparer)
    page.add_init_script(f"Object.defineProperty(window, 'indexedDB', {{ value: {database} }})")
    reopen(page, declaration)
    goals(page).nth(1).fill("照常保存")
    expect_state(page, SAVED)
    assert goals_stored(declaration)[1] == "照常保存"

    page.context.set_offline(True)
    goals(page).nth(1).fill("只在本页")
    expect_state(page, "未保存：网络中断，请勿关闭本页")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    assert until(page, lambda: asked == ["beforeunload"])

    page.context.set_offline(False)
    expect_state(page, SAVED)
    assert goals_stored(declaration)[1] == "只在本页"


def test_nothing_stays_on_the_computer_after_signing_out(page, declaration, preparer):
    goals(page).nth(0).fill("已经保存")
    expect_state(page, SAVED)
    second = page.context.new_page()
    reopen(second, declaration)
    expect(goals(second)).to_have_count(3)
    page.route(AUTOSAVE, lambda route: route.abort())
    second.route(AUTOSAVE, lambda route: route.abort())
    goals(page).nth(1).fill("尚未保存")
    goals(second).nth(2).fill("另一窗口")
    expect_cut(page)
    expect_cut(second)
    questions: list[str] = []
    page.on("dialog", lambda dialog: (questions.append(dialog.message), dialog.accept()))

    page.get_by_role("button", name="退出").click()

    page.wait_for_url("**/accounts/login/")
    second.wait_for_url("**/accounts/login/")
    (question,) = questions
    assert "有 2 处内容尚未保存到服务器" in question
    assert left_behind(page) == NOTHING
    for closed in (page, second):
        closed.go_back()
        closed.wait_for_load_state()
        assert all(text not in closed.content() for text in ("已经保存", "尚未保存", "另一窗口", "目标"))
        assert goals(closed).count() == 0


@pytest.mark.parametrize("cookies", [{"name": CSRF}, {}])
def test_signing_out_with_a_session_or_token_that_is_gone(page, declaration, cookies):
    page.route(AUTOSAVE, lambda route: route.abort())
    goals(page).nth(1).fill("尚未保存")
    expect_cut(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.clear_cookies(**cookies)

    page.get_by_role("button", name="退出").click()

    page.wait_for_url("**/accounts/login/")
    assert left_behind(page) == NOTHING
    page.goto("/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_signing_out_can_be_thought_better_of(page, declaration):
    page.route(AUTOSAVE, lambda route: route.abort())
    goals(page).nth(1).fill(WILD)
    expect_cut(page)
    page.on("dialog", lambda dialog: dialog.dismiss())

    page.get_by_role("button", name="退出").click()
    page.unroute(AUTOSAVE)
    look_up(page)

    expect_state(page, SAVED)
    assert goals_stored(declaration)[1] == WILD


def test_signing_out_stores_first_and_asks_nothing(page, declaration):
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    goals(page).nth(1).fill(WILD)

    page.get_by_role("button", name="退出").click()

    page.wait_for_url("**/accounts/login/")
    assert goals_stored(declaration)[1] == WILD
    assert left_behind(page) == NOTHING
