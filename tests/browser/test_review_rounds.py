"""A case of three rounds: comments follow their rows from submission to submission, and what is internal stays so."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from declarations import services
from declarations.enums import Status, Step
from declarations.models import Comment, Declaration
from perfgoals.accounts.enums import Role
from tests.browser.form import SAVED, expect_state, goals_stored, until
from tests.declarations import builders
from tests.declarations.services import edits
from tests.declarations.views.pages import section_url

GOALS = ("落实重点改革任务；", "完善内部管理制度；", "提升政务服务水平；")
SECRET = "与部门预算批复数核对一致，无须告知部门"


@pytest.fixture
def declaration(transactional_db) -> Declaration:
    """In review, with a goal of its own for each of GOALS before the first one."""
    made = builders.declaration()
    edits.add(made, services.GOALS, *({"text": text} for text in GOALS))
    first = edits.rows(made, services.GOALS)[0]
    services.delete_row(
        made.pk, builders.preparer_of(made), services.GOALS, first.key, first.version, **edits.now(made)
    )
    builders.person_of(made.department.office, Role.REVIEWER)
    builders.submit(made)
    return builders.fresh(made)


def test_comments_follow_their_rows_through_three_rounds(open_page, declaration):
    moved, deleted, changed = (f"goals/{goal.key}/text" for goal in edits.rows(declaration, services.GOALS))
    reviewer = open_page(builders.person_of(declaration.department.office, Role.REVIEWER))
    preparer = open_page(builders.preparer_of(declaration))

    # First round: what is typed into the decision outlives the comments that are sent meanwhile.
    open_review(reviewer, declaration)
    choose_return(reviewer, "请按意见修改。")
    for number, path in enumerate((moved, deleted, changed), start=1):
        comment_at(reviewer, path, f"意见{number}：请核对。")
    comment_internally(reviewer, "budget/total", SECRET)
    expect(reviewer.get_by_label("审核意见", exact=True)).to_have_value("请按意见修改。")
    for number, path in enumerate((moved, deleted, changed), start=1):
        expect(note_at(reviewer, path)).to_contain_text(f"意见{number}：请核对。")
    expect(note_at(reviewer, "budget/total")).to_contain_text("仅内部")
    expect(note_at(reviewer, "budget/total")).to_contain_text(SECRET)
    send_return(reviewer, declaration)

    preparer.goto(f"/declarations/{declaration.pk}/")
    preparer.get_by_role("link", name="查看并回复审核意见").click()
    expect(preparer.get_by_role("heading", name="未处理（3）")).to_be_visible()
    expect(preparer.locator("body")).not_to_contain_text(SECRET)
    answer(preparer, "意见1", "已调整顺序。")
    change_the_rows(preparer, declaration)
    submit(preparer, declaration, 2)

    # Second round: each comment stands where its row stands now.
    open_review(reviewer, declaration)
    first, second, third = (thread(reviewer, f"意见{number}") for number in (1, 2, 3))
    expect(first).to_contain_text("年度履职目标 第2条")
    expect(first).to_contain_text("提出时位于：年度履职目标 第1条")
    expect(first).to_contain_text("已调整顺序。")
    expect(note_at(reviewer, moved)).to_contain_text("意见1")
    expect(second).to_contain_text("所在行已删除")
    expect(second).to_contain_text(GOALS[1])
    expect(third).to_contain_text("内容已修改")
    expect(third).to_contain_text(f"提出时：“{GOALS[2]}”")
    expect(third).to_contain_text("现为：“提升政务服务水平至95%；”")
    expect(note_at(reviewer, changed)).to_contain_text("意见3")
    for number in (1, 2):
        settle(reviewer, f"意见{number}")
    expect(reviewer.get_by_role("heading", name="未处理（2）")).to_be_visible()
    comment_at(reviewer, changed, "意见4：请写明依据。")
    choose_return(reviewer, "仍有一处须修改。")
    send_return(reviewer, declaration)

    preparer.goto(f"/declarations/{declaration.pk}/comments/")
    expect(preparer.get_by_role("heading", name="未处理（2）")).to_be_visible()
    expect(preparer.get_by_role("heading", name="已处理（2）")).to_be_visible()
    expect(preparer.locator("body")).not_to_contain_text(SECRET)
    preparer.get_by_role("link", name=re.compile("年度履职目标 第1条")).first.click()
    box = preparer.locator(f"#{changed.replace('/', '-')}")
    expect(box).to_have_value("提升政务服务水平至95%；")
    expect(row_of(preparer, changed)).to_contain_text("意见4：请写明依据。")
    box.fill("提升政务服务水平至95%（据上年统计）；")
    expect_stored(preparer, declaration, ["提升政务服务水平至95%（据上年统计）；", GOALS[0]])
    submit(preparer, declaration, 3)

    # Third round
    open_review(reviewer, declaration)
    for text in ("意见3", "意见4"):
        settle(reviewer, text)
    reviewer.get_by_text("通过", exact=True).click()
    reviewer.get_by_role("button", name="通过并批复").click()
    reviewer.wait_for_url(re.compile(r"/(declarations|review)/"))

    declaration.refresh_from_db()
    assert declaration.status == Status.APPROVED
    assert [event.step for event in declaration.events.all()] == [
        *(Step.START, Step.SUBMIT, Step.RETURN, Step.SUBMIT, Step.RETURN, Step.SUBMIT, Step.APPROVE)
    ]
    roots = Comment.objects.filter(parent=None)
    assert [(each.text[:3], each.is_internal, each.settled_at is not None) for each in roots] == [
        ("意见1", False, True),
        ("意见2", False, True),
        ("意见3", False, True),
        (SECRET[:3], True, False),
        ("意见4", False, True),
    ]


def test_comment_that_could_not_be_sent_keeps_its_text_and_says_so(open_page, declaration, complaints):
    page = open_page(builders.person_of(declaration.department.office, Role.REVIEWER))
    open_review(page, declaration)
    page.route("**/comments/add/", lambda route: route.abort())
    open_form(page)
    text = page.get_by_label("意见内容")
    text.fill("断网时写的意见")

    page.get_by_role("button", name="提交给部门").click()

    expect(page.get_by_text("未能提交：网络中断或服务器暂时不可用。")).to_be_visible()
    expect(text).to_have_value("断网时写的意见")
    page.unroute("**/comments/add/")
    page.get_by_role("button", name="提交给部门").click()
    expect(page.get_by_text("意见已提交。")).to_be_visible()
    expect(text).to_have_value("")
    assert [each.text for each in Comment.objects.all()] == ["断网时写的意见"]


def test_comment_on_what_was_withdrawn_is_refused_beside_the_text(open_page, declaration):
    page = open_page(builders.person_of(declaration.department.office, Role.REVIEWER))
    open_review(page, declaration)
    open_form(page)
    builders.withdraw(declaration)
    page.get_by_label("意见内容").fill("迟到的意见")

    page.get_by_role("button", name="提交给部门").click()

    expect(page.get_by_text("申报表当前状态为“草稿”，现在不能提出意见。")).to_be_visible()
    expect(page.get_by_label("意见内容")).to_have_value("迟到的意见")
    assert Comment.objects.count() == 0


def test_comments_work_without_a_script(open_page, declaration):
    page = open_page(builders.person_of(declaration.department.office, Role.REVIEWER), java_script_enabled=False)
    open_review(page, declaration)
    open_form(page)
    page.get_by_label("意见位置").select_option("budget/total")
    page.get_by_label("意见内容").fill("请核对总额。")

    page.get_by_role("button", name="提交给部门").click()

    expect(page.get_by_text("意见已提交。")).to_be_visible()
    assert page.url.endswith(f"/review/#thread-{Comment.objects.get().pk}")


def open_review(page: Page, made: Declaration) -> None:
    page.goto(f"/declarations/{made.pk}/review/")


def open_form(page: Page) -> None:
    """Open the form for a new comment, in whatever is folded around it."""
    for summary in ("#comments > summary", "#new-comment > summary"):
        folded = page.locator(summary)
        if not folded.evaluate("summary => summary.parentElement.open"):
            folded.click()


def comment_at(page: Page, path: str, text: str) -> None:
    """Comment by the button that stands at the text under the pointer."""
    place = page.locator(f'[data-path="{path}"]')
    place.hover()
    place.get_by_role("button", name="＋意见").click()
    box = page.get_by_label("意见内容")
    expect(box).to_be_focused()
    page.keyboard.insert_text(text)
    page.get_by_role("button", name="提交给部门").click()
    expect(page.locator(".thread", has_text=text)).to_be_visible()
    expect(box).to_have_value("")


def comment_internally(page: Page, path: str, text: str) -> None:
    """Comment by the list of places, as whoever has no pointer does."""
    open_form(page)
    page.get_by_label("意见位置").select_option(path)
    page.get_by_label("意见内容").fill(text)
    page.get_by_role("button", name="保存为内部意见").click()
    expect(page.locator(".thread-internal", has_text=text)).to_be_visible()


def note_at(page: Page, path: str) -> Locator:
    """What is said at the text of the table."""
    return page.locator(f"#notes-cell-{path.replace('/', '-')}")


def thread(page: Page, text: str) -> Locator:
    return page.locator(".thread", has_text=text)


def settle(page: Page, text: str) -> None:
    thread(page, text).get_by_role("button", name="标为已处理").click()
    expect(page.locator("#settled-comments .thread", has_text=text)).to_be_attached()


def answer(page: Page, text: str, words: str) -> None:
    thread(page, text).get_by_text("回复", exact=True).click()
    thread(page, text).get_by_label("回复内容").fill(words)
    thread(page, text).get_by_role("button", name="提交回复").click()
    expect(thread(page, text).locator(".thread-answers")).to_contain_text(words)


def choose_return(page: Page, text: str) -> None:
    page.get_by_text("退回部门", exact=True).click()
    page.get_by_label("退回原因").select_option("适当性：指标值不细化、不量化或不适当")
    page.get_by_label("审核意见", exact=True).fill(text)


def send_return(page: Page, made: Declaration) -> None:
    page.get_by_role("button", name="退回修改").click()
    expect(page.get_by_text(f"已退回{made.department}")).to_be_visible()


def row_of(page: Page, path: str) -> Locator:
    return page.locator(f"#row-{path.split('/')[1]}")


def expect_stored(page: Page, made: Declaration, texts: list[str]) -> None:
    assert until(page, lambda: goals_stored(made) == texts), goals_stored(made)
    expect_state(page, SAVED)


def change_the_rows(page: Page, made: Declaration) -> None:
    """Move the first goal below the third, delete the second and change the third."""
    first, second, third = edits.rows(made, services.GOALS)
    page.goto(section_url(made, "goals"))
    for number, goal in enumerate((first, second, third), start=1):
        expect(page.locator(f"#row-{goal.key}")).to_contain_text(f"意见{number}：请核对。")
    page.locator(f"#row-{second.key}").get_by_title("删除").click()
    expect_stored(page, made, [GOALS[0], GOALS[2]])
    page.locator(f"#row-{first.key}").get_by_title("下移（Alt+↓）").click()
    expect_stored(page, made, [GOALS[2], GOALS[0]])
    page.locator(f"#goals-{third.key}-text").fill("提升政务服务水平至95%；")
    expect_stored(page, made, ["提升政务服务水平至95%；", GOALS[0]])


def submit(page: Page, made: Declaration, number: int) -> None:
    page.goto(section_url(made, "check"))
    page.get_by_role("button", name="确认无误，送审").click()
    expect(page.get_by_text(f"已送审（第 {number} 次）")).to_be_visible()
