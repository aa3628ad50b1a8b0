"""Every kind of page for every role, at three widths: no finding of axe, and no scrolling sideways."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse
from playwright.sync_api import Page, expect

from declarations import commenting
from declarations.enums import Scoring, StageKind, Status
from declarations.models import CommentText
from perfgoals.accounts.enums import Role
from tests.declarations import builders, situations
from tests.declarations.comments import comment, reviewer_of, target_path
from tests.declarations.faulty import faulty_declaration, strict_template
from tests.declarations.standings import busy_round
from tests.declarations.views.pages import CHECK, SECTIONS, section_url

# 320 is also what 1280 is at a zoom of 400 %.
WIDTHS = (1280, 768, 320)
# Only these: axe hands over all that it has looked at otherwise, which takes a quarter of the time.
VIOLATIONS = "axe.run({resultTypes: ['violations']}).then(({violations}) => violations)"


def complaints_about(page: Page, name: str) -> list[str]:
    """What axe finds in the page as it stands, and whether it scrolls sideways, at every width."""
    found = []
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for violation in page.evaluate(VIOLATIONS):
            places = [node["html"][:160] for node in violation["nodes"][:3]]
            found.append(f"{name} at {width}: {violation['id']}: {' | '.join(places)}")
        scrolled = page.evaluate("document.documentElement.scrollWidth")
        if scrolled > width:
            found.append(f"{name} at {width}: {scrolled} pixels wide")
    return found


def complaints_of(page: Page, addresses: list[str]) -> list[str]:
    found = []
    for address in addresses:
        assert page.goto(address).status == 200, address
        found += complaints_about(page, address)
    return found


def addresses_of(declaration, *names):
    return [reverse(f"declarations:{name}", args=[declaration.pk]) for name in names]


def pages_of_the_form(declaration):
    sections = [section_url(declaration, *section) for section in (*SECTIONS, CHECK)]
    return [*sections, *addresses_of(declaration, "take_over", "library")]


@pytest.fixture
def department(transactional_db):
    return builders.department()


@pytest.fixture
def faulty(department):
    """A draft with every kind of finding, after an approved year."""
    return faulty_declaration(department=department)


def person(declaration, role):
    return builders.person_of(declaration.department, role)


def test_complaints_are_noticed(open_page, transactional_db):
    page = open_page()
    page.goto("/accounts/login/")
    page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    page.evaluate("document.querySelector('h1').textContent = '宽'.padEnd(3000, 'x')")

    assert [complaint.split(":")[0] for complaint in complaints_about(page, "broken")] == [
        "broken at 1280",
        "broken at 1280",
        "broken at 768",
        "broken at 768",
        "broken at 320",
        "broken at 320",
    ]


def test_pages_before_signing_in(open_page, transactional_db):
    page = open_page()
    found = complaints_of(page, ["/accounts/login/"])
    page.get_by_label("用户名").fill("nobody")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("用户名或密码不正确。")).to_be_visible()

    assert found + complaints_about(page, "sign-in with an error") == []


def test_password_pages(open_page, transactional_db):
    forced = builders.user(Role.AUDITOR, must_change_password=True)

    assert complaints_of(open_page(builders.user(Role.AUDITOR)), ["/accounts/password/"]) == []
    assert complaints_of(open_page(forced), ["/accounts/password/"]) == []


def test_settings_page(open_page, transactional_db):
    page = open_page(builders.user(Role.AUDITOR))
    found = complaints_of(page, [reverse("accounts:settings")])
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    page.get_by_label("邮箱").fill("zhangsan")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("邮箱格式不正确")).to_be_visible()

    assert found + complaints_about(page, "settings with an error") == []


def test_page_not_found(open_page, transactional_db):
    page = open_page(builders.user(Role.AUDITOR))
    assert page.goto("/missing/").status == 404

    assert complaints_about(page, "404") == []


def test_form_with_nothing_in_it(open_page, department):
    declaration = builders.declaration(
        filled=False, department=department, round=builders.round_(template=strict_template())
    )
    addresses = pages_of_the_form(declaration)

    assert complaints_of(open_page(person(declaration, Role.PREPARER)), addresses) == []


def test_form_with_rows_taken_over(open_page, department):
    approved = builders.declaration(Status.APPROVED, department=department)
    round = builders.round_(template=approved.round.template)
    declaration = builders.declaration(round=round, department=department, filled=False)
    page = open_page(person(declaration, Role.PREPARER))
    page.goto(reverse("declarations:take_over", args=[declaration.pk]))
    page.get_by_role("button", name="带入所选").click()
    expect(page.get_by_text("已带入 4 行")).to_be_visible()

    assert complaints_of(page, pages_of_the_form(declaration)) == []


def test_form_with_everything_wrong(open_page, faulty):
    addresses = pages_of_the_form(faulty)

    assert complaints_of(open_page(person(faulty, Role.PREPARER)), addresses) == []


def test_form_with_unsaved_texts_conflicts_and_a_deleted_row(open_page, faulty):
    page, colleague = open_page(person(faulty, Role.PREPARER)), open_page(person(faulty, Role.PREPARER))
    for page_ in (page, colleague):
        page_.goto(section_url(faulty, "indicators", 1))
    for page_, text in ((colleague, "她的"), (page, "我的")):
        page_.get_by_label("第2行 三级指标", exact=True).fill(text)
        page_.get_by_label("第3行 度量单位").fill("长" * 51)
        page_.get_by_role("button", name="删除第1行").first.click()
        expect(page_.locator("#save-state")).to_contain_text("有内容未保存")

    expect(page.locator(".differences")).to_have_count(1)
    found = complaints_about(page, "conflict")
    page.keyboard.press("Control+s")
    expect(page.locator("#save-summary")).to_be_focused()
    assert found + complaints_about(page, "summary") == []


def test_form_read_only(open_page, faulty):
    addresses = pages_of_the_form(faulty)

    assert complaints_of(open_page(person(faulty, Role.DEPARTMENT_HEAD)), addresses) == []


@pytest.mark.parametrize("role", [Role.PREPARER, Role.DEPARTMENT_HEAD])
def test_pages_of_a_department(open_page, faulty, role):
    returned = builders.declaration(Status.RETURNED, department=faulty.department)
    submitted = builders.declaration(Status.IN_REVIEW, department=faulty.department)
    addresses = [
        "/",
        "/declarations/",
        *addresses_of(faulty, "detail", "preview"),
        *addresses_of(returned, "detail"),
        *addresses_of(submitted, "detail"),
        reverse("declarations:submission", args=[returned.pk, 1]),
    ]

    assert complaints_of(open_page(person(faulty, role)), addresses) == []


@pytest.mark.parametrize("stage", [StageKind.BUSINESS, StageKind.PERFORMANCE])
def test_pages_of_a_reviewer(open_page, department, stage):
    round = builders.round_(stages=(stage,), scoring=Scoring.SCORED)
    declaration = builders.declaration(Status.RETURNED, department=department, round=round)
    builders.submit(declaration)
    page = open_page(builders.reviewer_of(declaration))
    found = complaints_of(
        page, ["/", "/declarations/", "/declarations/?q=无", *addresses_of(declaration, "detail", "review")]
    )
    for summary in page.locator("aside summary:visible").all():
        summary.click()
    page.get_by_text("退回部门", exact=True).click()
    found += complaints_about(page, "review with everything opened")
    page.get_by_role("button", name="退回修改").click()
    expect(page.get_by_text("请选择退回原因。")).to_be_visible()

    assert found + complaints_about(page, "review with errors") == []


def test_comments_in_the_office_and_in_the_department(open_page, department):
    CommentText.objects.create(title="量化", text="请量化指标值。")
    declaration = builders.declaration(Status.IN_REVIEW, department=department)
    for path in ("", "goals", "budget/total", target_path(declaration), target_path(declaration).rpartition("/")[0]):
        written = comment(declaration, path=path)
        comment(declaration, path=path, is_internal=True)
        commenting.answer(written.pk, builders.preparer_of(declaration), "已修改。")
    commenting.settle(written.pk, reviewer_of(declaration))
    addresses = addresses_of(declaration, "comments", "review")
    page = open_page(reviewer_of(declaration))
    found = complaints_of(page, addresses)
    page.evaluate("for (const details of document.querySelectorAll('main details')) details.open = true")
    found += complaints_about(page, "review with comments opened")
    builders.return_(declaration)
    addresses = [
        *addresses_of(declaration, "comments", "detail", "goals", "budget"),
        section_url(declaration, "indicators", 2),
    ]

    assert found + complaints_of(open_page(person(declaration, Role.PREPARER)), addresses) == []


@pytest.mark.parametrize("situation", [situations.HEAD_REVIEW, situations.SECOND_REVIEW, situations.APPROVED])
def test_pages_of_one_who_decides_or_reads(open_page, transactional_db, situation):
    declaration = situations.declaration_in(situation)
    people = situations.people_around(declaration.department)
    person = people["head" if situation == situations.HEAD_REVIEW else "head of the office"]

    assert complaints_of(open_page(person), addresses_of(declaration, "detail", "review")) == []


def test_pages_of_the_queue(open_page, transactional_db):
    office = builders.office()
    head = builders.user(Role.REVIEWER, office=office, is_office_head=True)
    stages = {StageKind.BUSINESS: 0, StageKind.PERFORMANCE: 3}
    for round in (builders.round_(stages=tuple(stages), target_days=stages), builders.round_()):
        for _ in range(2):
            made = builders.declaration(Status.IN_REVIEW, round=round, department=builders.department(office=office))
    builders.assign(made, head)
    builders.return_(builders.declaration(Status.IN_REVIEW, round=round, department=builders.department(office=office)))
    queue = reverse("declarations:queue")
    page = open_page(head)
    addresses = [queue, f"{queue}?tab=returned", f"{queue}?tab=passed&q=x", f"{queue}?amount_from=x&order=-due"]
    found = complaints_of(page, ["/", reverse("declarations:load"), *addresses])
    page.goto(f"{queue}?tab=waiting")
    page.get_by_label("全选本页").check()
    page.get_by_role("button", name="批量退回").click()
    expect(page.get_by_text("分属不同批次或审核环节")).to_be_visible()
    found += complaints_about(page, "several stages")
    page.get_by_role("button", name="只办理这").last.click()
    page.get_by_role("button", name="确认批量退回").click()
    expect(page.get_by_text("请选择退回原因。")).to_be_visible()
    found += complaints_about(page, "bulk step with errors")
    page.get_by_label("退回原因").select_option(index=1)
    page.get_by_label("审核意见").fill("请修改。")
    page.get_by_role("button", name="确认批量退回").click()
    expect(page.get_by_role("heading", name="办理结果")).to_be_visible()

    assert found + complaints_about(page, "outcomes") == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_pages_of_who_reads_everything(open_page, faulty, role):
    addresses = ["/", "/declarations/", reverse("audit:log"), *addresses_of(faulty, "detail", "preview")]

    assert complaints_of(open_page(builders.user(role)), addresses) == []


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
def test_statistics_with_and_without_their_tables(open_page, transactional_db, role):
    _, office = busy_round()
    fields = {"office": office} if role == Role.REVIEWER else {}
    page = open_page(builders.user(role, **fields))
    found = complaints_of(page, [reverse("declarations:dashboard"), reverse("declarations:dashboard") + "?year=x"])
    page.goto(reverse("declarations:dashboard"))
    page.evaluate("for (const details of document.querySelectorAll('main details')) details.open = true")

    assert found + complaints_about(page, "statistics with their tables") == []


def test_pages_of_administrator_on_accounts(open_page, department):
    user = builders.user(Role.PREPARER, department=department)
    addresses = [
        *(reverse(f"accounts:{kind}_list") for kind in ("user", "department", "office")),
        *(reverse(f"accounts:{kind}_create") for kind in ("user", "department", "office")),
        reverse("accounts:user_edit", args=[user.pk]),
        reverse("accounts:department_edit", args=[department.pk]),
        reverse("accounts:office_edit", args=[department.office_id]),
    ]
    page = open_page(builders.user(Role.ADMINISTRATOR))
    found = complaints_of(page, addresses)
    page.goto(reverse("accounts:user_create"))
    page.get_by_label("用户名").fill(user.username)
    page.get_by_label("姓名").fill("张伟")
    page.get_by_label("角色").select_option(Role.ADMINISTRATOR)
    page.locator("main").get_by_role("button").last.click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()

    assert found + complaints_about(page, "account with errors") == []


def test_pages_of_an_adjustment(open_page, transactional_db):
    made = situations.declaration_in(situations.ADJUSTMENT_RETURNED)
    builders.change(made, "完善内部控制；")
    approved = builders.declaration(Status.APPROVED, department=made.department)
    page = open_page(builders.preparer_of(made))
    addresses = [
        "/",
        section_url(made, "goals"),
        *addresses_of(made, "detail", "adjustment", "cancel_adjustment"),
        reverse("declarations:submission_comparison", args=[made.pk, 1, 2]),
        *addresses_of(approved, "detail", "adjust"),
    ]
    found = complaints_of(page, addresses)
    page.goto(reverse("declarations:adjust", args=[approved.pk]))
    page.get_by_role("button", name="开始调整").click()
    expect(page.get_by_text("请填写调整原因。")).to_be_visible()

    assert found + complaints_about(page, "adjustment without a reason") == []


def test_pages_of_administrator_on_the_review_form(open_page, transactional_db):
    round_ = builders.round_(stages=tuple(StageKind), scoring=Scoring.SCORED)
    in_use = builders.declaration(Status.APPROVED, round=builders.round_(scoring=Scoring.SCORED)).round
    form = reverse("declarations:review_form", args=[round_.pk])
    page = open_page(builders.user(Role.ADMINISTRATOR))
    found = complaints_of(
        page,
        [
            form,
            reverse("declarations:review_form", args=[in_use.pk]),
            reverse("declarations:round_edit", args=[in_use.pk]),
        ],
    )
    page.goto(form)
    page.get_by_role("button", name="增加要点").click()
    page.get_by_role("button", name="增加等级").click()
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_text("请填写审核内容。")).to_be_visible()
    found += complaints_about(page, "review form with errors")
    page.goto(reverse("declarations:round_edit", args=[round_.pk]))
    page.get_by_label("绩效科办理时限（天）").fill("十天")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("办理时限为 1 至 365 天的整数")).to_be_visible()

    assert found + complaints_about(page, "round with errors") == []


def test_pages_of_administrator_on_templates_and_rounds(open_page, transactional_db):
    round_ = builders.round_()
    draft = builders.template(published=False)
    addresses = [
        reverse("indicators:template_list"),
        reverse("indicators:template_create"),
        reverse("indicators:template_edit", args=[round_.template_id]),
        reverse("indicators:template_publish", args=[draft.pk]),
        reverse("indicators:template_delete", args=[draft.pk]),
        reverse("declarations:template_preview", args=[draft.pk]),
        reverse("declarations:round_list"),
        reverse("declarations:round_create"),
        reverse("declarations:comment_text_list"),
        reverse("declarations:comment_text_create"),
        reverse("declarations:round_edit", args=[round_.pk]),
        reverse("indicators:template_edit", args=[draft.pk]),
    ]
    page = open_page(builders.user(Role.ADMINISTRATOR))
    found = complaints_of(page, addresses)
    page.locator("#tree").get_by_role("link", name="编辑").nth(2).click()
    expect(page.locator("#tree form textarea").first).to_be_visible()

    assert found + complaints_about(page, "template being edited") == []
