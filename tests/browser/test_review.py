"""Deciding on a declaration, as the people of every stage do in their browsers."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from declarations.enums import ReturnReason, Scoring, StageKind, Status, Step
from declarations.models import Comment, Declaration
from perfgoals.accounts.enums import Role
from tests.browser.form import KEPT_WITHIN, WILD, until
from tests.browser.kept import NOTHING, left_behind
from tests.browser.signing_in import PASSWORD, sign_in
from tests.declarations import builders, comments
from tests.declarations.situations import FOUR_STAGES, TWO_STAGES, pass_to

REASON = "预算数据有误"
RESTORED = re.compile("已恢复您于 .* 填写、尚未提交的内容")


@pytest.fixture
def declaration(transactional_db) -> Declaration:
    """A declaration that waits in the first of the bureau's two stages."""
    return builders.declaration(Status.IN_REVIEW, round=builders.round_(stages=TWO_STAGES))


@pytest.fixture
def scored(transactional_db) -> Declaration:
    """A declaration in its only stage, with points to give."""
    return builders.declaration(Status.IN_REVIEW, round=builders.round_(scoring=Scoring.SCORED))


def colleague(made: Declaration, name: str, **fields):
    return builders.user(Role.REVIEWER, office=made.department.office, name=name, **fields)


def address(made: Declaration, name: str = "review") -> str:
    return reverse(f"declarations:{name}", args=[made.pk])


def opened(page: Page, made: Declaration) -> Page:
    page.goto(address(made))
    return page


def choose(page: Page, step: Step) -> None:
    page.locator(f"label[for=choose-{step}]").click()


def opinion(page: Page) -> Locator:
    return page.locator("#decision-text")


def fill_in(page: Page, step: Step, text: str) -> None:
    """Choose the decision and type its text; with a reason, where one is wanted."""
    choose(page, step)
    if step != Step.APPROVE:
        page.get_by_label("退回原因").select_option(label=REASON)
    opinion(page).fill(text)


def decide(page: Page, step: Step, button: str, text: str) -> None:
    fill_in(page, step, text)
    page.get_by_role("button", name=button, exact=True).click()


def steps_of(made: Declaration) -> list[str]:
    return [event.step for event in made.events.all()]


def unfold(page: Page, box: str) -> None:
    if page.locator(box).get_attribute("open") is None:
        page.locator(f"{box} > summary").click()


def write_comment(page: Page, text: str, button: str) -> None:
    unfold(page, "#comments")
    unfold(page, "#new-comment")
    page.get_by_label("意见内容").fill(text)
    page.get_by_role("button", name=button).click()


def test_colleague_sees_who_has_taken_it_and_decides_only_after_taking_it_over(open_page, declaration):
    first, second = colleague(declaration, "李红"), colleague(declaration, "王二")
    mine, hers = opened(open_page(first), declaration), opened(open_page(second), declaration)
    mine.get_by_role("button", name="认领").click()
    expect(mine.get_by_text("该申报表由您经办。")).to_be_visible()

    decide(hers, Step.APPROVE, "审核通过", WILD)
    expect(hers.get_by_text("该申报表由李红经办。如须由您办理，请先改由本人经办。")).to_be_visible()
    expect(hers.get_by_text("由李红经办。如须由您办理，请先在上方改由本人经办。")).to_be_visible()
    expect(hers.get_by_label("审核意见", exact=True)).to_have_value(WILD)
    expect(hers.locator("#decision")).to_have_count(0)
    assert steps_of(declaration) == ["start", "submit"]

    hers.get_by_role("button", name="改由我经办").click()
    expect(hers.get_by_text(RESTORED)).to_be_visible()
    expect(opinion(hers)).to_have_value(WILD)
    hers.get_by_role("button", name="审核通过").click()
    expect(hers.get_by_text("申报表审核通过，转入绩效科审核。")).to_be_visible()
    passed = declaration.events.last()
    assert (passed.step, passed.actor, passed.text) == (Step.PASS, second, WILD.strip())
    mine.reload()
    expect(mine.locator("#decision")).to_have_count(0)


def test_two_decide_at_once_and_the_later_sees_what_happened_with_his_text(open_page, declaration):
    mine, hers = (opened(open_page(colleague(declaration, name)), declaration) for name in ("李红", "王二"))
    fill_in(hers, Step.RETURN, WILD)
    decide(mine, Step.APPROVE, "审核通过", "同意。")
    expect(mine.get_by_text("转入绩效科审核。").first).to_be_visible()

    hers.get_by_role("button", name="退回修改").click()

    expect(hers.get_by_text("申报表已不在您看到的审核环节，可能已由他人办理。请核对办理记录。")).to_be_visible()
    expect(hers.get_by_role("heading", name="您填写的内容未保存")).to_be_visible()
    expect(hers.get_by_label("审核意见", exact=True)).to_have_value(WILD)
    expect(hers.locator(".record-step").last).to_contain_text("李红")
    assert steps_of(declaration) == ["start", "submit", "pass"]
    assert builders.fresh(declaration).status == Status.IN_REVIEW


def test_comment_of_a_colleague_and_ones_own_take_nothing_of_what_is_typed(open_page, declaration):
    mine, hers = (opened(open_page(colleague(declaration, name)), declaration) for name in ("李红", "王二"))
    fill_in(hers, Step.RETURN, WILD)
    write_comment(mine, "总额请核对。", "提交给部门")
    expect(mine.get_by_text("意见已提交。").first).to_be_visible()

    write_comment(hers, "仅供内部。", "保存为内部意见")

    expect(hers.locator(".thread")).to_have_count(2)
    expect(hers.get_by_text("总额请核对。").last).to_be_visible()
    expect(opinion(hers)).to_have_value(WILD)
    expect(hers.locator("#decision-reason")).to_have_value(ReturnReason.BUDGET)
    hers.get_by_role("button", name="退回修改").click()
    expect(hers.get_by_text("由其修改后重新送审。").first).to_be_visible()
    assert declaration.events.last().text == WILD.strip()
    assert list(Comment.objects.order_by("pk").values_list("text", "is_internal")) == [
        ("总额请核对。", False),
        ("仅供内部。", True),
    ]


def test_stage_handed_back_is_decided_again_by_who_decided_before(open_page, declaration):
    earlier, other = colleague(declaration, "李红"), colleague(declaration, "王二")
    builders.assign(declaration, earlier)
    pass_to(declaration, StageKind.PERFORMANCE)
    last = opened(open_page(builders.person_of(builders.performance_office(), Role.PERFORMANCE_REVIEWER)), declaration)
    choose(last, Step.HAND_BACK)
    last.get_by_role("button", name="退回业务科室审核").click()
    expect(last.get_by_text("请选择退回原因。")).to_be_visible()
    expect(last.get_by_text("请填写退回意见，写明须修改之处。")).to_be_visible()
    decide(last, Step.HAND_BACK, "退回业务科室审核", "请再核对总额。")
    expect(last.get_by_text("申报表已退回上一环节，由业务科室审核重新办理。")).to_be_visible()
    assert builders.fresh(declaration).assignee == earlier

    reviewer = open_page(earlier)
    reviewer.goto(reverse("declarations:notice_list"))
    reviewer.get_by_role("main").get_by_role("link").filter(has_text=re.compile("退回")).first.click()
    reviewer.wait_for_url(f"**{address(declaration)}")
    expect(reviewer.locator(".returned")).to_contain_text("请再核对总额。")
    expect(reviewer.locator(".returned")).to_contain_text(REASON)
    decide(reviewer, Step.APPROVE, "审核通过", "已核对。")
    expect(reviewer.get_by_text("转入绩效科审核。").first).to_be_visible()
    reviewer.get_by_role("button", name="撤销办理").click()
    expect(reviewer.get_by_text("恢复为业务科室审核。")).to_be_visible()
    decide(reviewer, Step.APPROVE, "审核通过", "已核对无误。")
    expect(reviewer.get_by_text("转入绩效科审核。").first).to_be_visible()

    decide(opened(last, declaration), Step.APPROVE, "通过并批复", "")
    expect(last.get_by_text("申报表已批复，可以下载、打印。")).to_be_visible()
    assert steps_of(declaration) == ["start", "submit", "pass", "hand_back", "pass", "undo", "pass", "approve"]
    assert not declaration.events.filter(actor=other).exists()


def test_all_four_stages_with_a_return_by_the_head_and_comments_that_are_not_for_the_superior(open_page, db):
    department = builders.department(superior=builders.department())
    made = builders.declaration(Status.IN_REVIEW, round=builders.round_(stages=FOUR_STAGES), department=department)
    head = opened(open_page(builders.reviewer_of(made)), made)
    decide(head, Step.RETURN, "退回修改", "请补充目标。")
    expect(head.get_by_text("由其修改后重新送审。").first).to_be_visible()
    builders.change(made)
    builders.submit(made)
    decide(opened(head, made), Step.APPROVE, "审核通过", "")
    expect(head.get_by_text("转入主管部门审核。").first).to_be_visible()
    pass_to(made, StageKind.BUSINESS)
    comments.comment(made, text="部门可见的意见。")
    comments.comment(made, text="内部意见。", is_internal=True)
    builders.return_(made)
    builders.change(made, "再次修改；")
    builders.submit(made)
    pass_to(made, StageKind.SUPERIOR)

    superior = opened(open_page(builders.reviewer_of(made)), made)
    unfold(superior, "#comments")
    expect(superior.locator("#comments").get_by_text("部门可见的意见。")).to_be_visible()
    assert "内部意见。" not in superior.content()
    decide(superior, Step.APPROVE, "审核通过", "同意。")
    expect(superior.get_by_text("转入业务科室审核。").first).to_be_visible()
    business = opened(open_page(builders.reviewer_of(made)), made)
    expect(business.locator(".thread").filter(has_text="内部意见。")).to_have_count(1)
    decide(business, Step.APPROVE, "审核通过", "")
    expect(business.get_by_text("转入绩效科审核。").first).to_be_visible()
    performance = opened(open_page(builders.reviewer_of(made)), made)
    decide(performance, Step.APPROVE, "通过并批复", "")
    expect(performance.get_by_text("申报表已批复，可以下载、打印。")).to_be_visible()
    assert [event.stage.kind for event in made.events.filter(step__in=(Step.PASS, Step.APPROVE))][-4:] == list(
        FOUR_STAGES
    )
    assert builders.fresh(made).status == Status.APPROVED


def test_what_is_typed_outlives_leaving_reloading_and_the_end_of_the_session(open_page, scored):
    reviewer = colleague(scored, "李红", username="lihong", password=PASSWORD)
    page = opened(open_page(reviewer), scored)
    fill_in(page, Step.RETURN, WILD)
    unfold(page, "#assessment")
    page.get_by_label("要点1得分").fill("３５.5")
    unfold(page, "#comments")
    unfold(page, "#new-comment")
    page.get_by_label("意见内容").fill("尚未提交的意见")
    page.wait_for_timeout(KEPT_WITHIN)

    def expect_typed() -> None:
        expect(page.locator("#decision").get_by_text(RESTORED)).to_be_visible()
        expect(page.locator("#choose-return")).to_be_checked()
        expect(page.locator("#decision-reason")).to_have_value(ReturnReason.BUDGET)
        expect(opinion(page)).to_have_value(WILD)
        expect(page.get_by_label("要点1得分")).to_have_value("３５.5")
        expect(page.get_by_label("意见内容")).to_have_value("尚未提交的意见")

    page.goto(reverse("declarations:queue"))
    opened(page, scored)
    expect_typed()
    page.reload()
    expect_typed()
    Session.objects.all().delete()
    page.get_by_role("button", name="退回修改").click()
    expect(page.get_by_role("heading", name="登录已失效")).to_be_visible()
    sign_in(page, "lihong")
    opened(page, scored)
    expect_typed()

    page.get_by_role("button", name="提交给部门").click()
    expect(page.get_by_text("意见已提交。").first).to_be_visible()
    page.get_by_role("button", name="退回修改").click()
    expect(page.get_by_text("由其修改后重新送审。").first).to_be_visible()
    assert scored.events.last().text == WILD.strip()
    assert until(page, lambda: left_behind(page) == NOTHING)


def test_signing_out_leaves_nothing_of_what_was_typed(open_page, declaration):
    page = opened(open_page(colleague(declaration, "李红")), declaration)
    fill_in(page, Step.APPROVE, WILD)
    questions: list[str] = []
    page.on("dialog", lambda dialog: (questions.append(dialog.message), dialog.accept()))

    page.get_by_role("button", name="退出").click()

    page.wait_for_url("**/accounts/login/")
    assert left_behind(page) == NOTHING
    assert len(questions) == 1
    assert "有 1 处内容尚未保存到服务器" in questions[0]


def test_review_form_counts_while_points_are_typed_and_does_not_let_a_low_grade_pass(open_page, scored):
    page = opened(open_page(colleague(scored, "李红")), scored)
    total = page.locator("[data-total]")
    expect(total).to_have_text("已评 0/2 项　0 分")
    unfold(page, "#assessment")
    page.get_by_label("要点1得分").fill("２０．５")
    expect(total).to_have_text("已评 1/2 项　20.5 分")
    page.get_by_label("要点2得分").fill("39.49")
    expect(total).to_have_text("已评 2/2 项　59.99 分　差（不能通过）")
    decide(page, Step.APPROVE, "通过并批复", WILD)
    expect(page.get_by_text("审核得分 59.99 分，等级为“差”，不能通过。")).to_be_visible()
    expect(opinion(page)).to_have_value(WILD)
    assert builders.fresh(scored).status == Status.IN_REVIEW

    page.get_by_label("要点2得分").fill("39.5")
    expect(total).to_have_text("已评 2/2 项　60 分　中")
    page.get_by_role("button", name="通过并批复").click()
    expect(page.get_by_text("申报表已批复，可以下载、打印。")).to_be_visible()
    approved = scored.events.last()
    assert (approved.step, approved.score, approved.grade, approved.text) == (Step.APPROVE, 60, "中", WILD.strip())


def test_without_script_one_comments_hands_back_undoes_and_decides(open_page, declaration):
    pass_to(declaration, StageKind.PERFORMANCE)
    page = opened(open_page(builders.reviewer_of(declaration), java_script_enabled=False), declaration)
    write_comment(page, WILD, "保存为内部意见")
    expect(page.get_by_text("意见已保存，仅财政局内部可见。")).to_be_visible()
    assert Comment.objects.get().text == WILD.strip()

    decide(page, Step.HAND_BACK, "退回业务科室审核", "请再核对。")
    expect(page.get_by_text("申报表已退回上一环节，由业务科室审核重新办理。")).to_be_visible()
    page.get_by_role("button", name="撤销办理").click()
    expect(page.get_by_text("恢复为绩效科审核。")).to_be_visible()
    choose(page, Step.RETURN)
    opinion(page).fill(WILD)
    page.get_by_role("button", name="退回修改").click()
    expect(page.get_by_text("请选择退回原因。")).to_be_visible()
    expect(opinion(page)).to_have_value(WILD)
    decide(page, Step.APPROVE, "通过并批复", "同意。")
    expect(page.get_by_text("申报表已批复，可以下载、打印。")).to_be_visible()
    assert steps_of(declaration) == ["start", "submit", "pass", "hand_back", "undo", "approve"]
