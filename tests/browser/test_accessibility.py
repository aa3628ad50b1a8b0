"""Every kind of page for every role, at three widths: no finding of axe, and no scrolling sideways."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse
from playwright.sync_api import Page, expect

from declarations.enums import Status
from perfgoals.accounts.enums import OfficeKind, Role
from tests.declarations import builders
from tests.declarations.faulty import faulty_declaration, strict_template
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
    assert complaints_about(page, "conflict") == []


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


@pytest.mark.parametrize("stage", OfficeKind)
def test_pages_of_a_reviewer(open_page, department, stage):
    declaration = builders.declaration(Status.RETURNED, department=department, round=builders.round_(stages=(stage,)))
    builders.submit(declaration)
    office = department.office if stage == OfficeKind.BUSINESS else builders.office(stage)
    role = builders.ROLE_OF_OFFICE_KIND[stage]
    page = open_page(builders.person_of(office, role))
    found = complaints_of(
        page, ["/", "/declarations/", "/declarations/?q=无", *addresses_of(declaration, "detail", "review")]
    )
    page.get_by_role("button", name="退回修改").click()
    expect(page.get_by_text("请选择退回原因。")).to_be_visible()

    assert found + complaints_about(page, "review with errors") == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_pages_of_who_reads_everything(open_page, faulty, role):
    addresses = ["/", "/declarations/", *addresses_of(faulty, "detail", "preview")]

    assert complaints_of(open_page(builders.user(role)), addresses) == []


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
        reverse("declarations:round_edit", args=[round_.pk]),
        reverse("indicators:template_edit", args=[draft.pk]),
    ]
    page = open_page(builders.user(Role.ADMINISTRATOR))
    found = complaints_of(page, addresses)
    page.locator("#tree").get_by_role("link", name="编辑").nth(2).click()
    expect(page.locator("#tree form textarea").first).to_be_visible()

    assert found + complaints_about(page, "template being edited") == []
