"""The administrators' form of an account shows what the chosen role asks for, and sends nothing else."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from perfgoals.accounts.enums import OfficeKind, Role
from perfgoals.accounts.models import User
from tests.declarations import builders

PLACES = ("所属部门（单位）", "所属科室", "科室负责人")


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.PREPARER, {"所属部门（单位）"}),
        (Role.DEPARTMENT_HEAD, {"所属部门（单位）"}),
        (Role.REVIEWER, {"所属科室", "科室负责人"}),
        (Role.PERFORMANCE_REVIEWER, {"所属科室", "科室负责人"}),
        (Role.ADMINISTRATOR, set()),
        (Role.AUDITOR, set()),
    ],
)
def test_form_of_a_new_account_shows_what_the_role_asks_for(open_page, transactional_db, role, shown):
    page = open_page(builders.user(Role.ADMINISTRATOR))
    page.goto(reverse("accounts:user_create"))
    page.get_by_label("角色").select_option(role)

    for place in PLACES:
        expect(page.get_by_label(place)).to_be_visible(visible=place in shown)


def test_head_of_an_office_who_becomes_an_auditor_heads_it_no_more(open_page, transactional_db):
    office = builders.office(OfficeKind.BUSINESS)
    head = builders.user(Role.REVIEWER, office=office, is_office_head=True)
    page = open_page(builders.user(Role.ADMINISTRATOR))
    page.goto(reverse("accounts:user_edit", args=[head.pk]))
    expect(page.get_by_label("科室负责人")).to_be_checked()
    page.get_by_label("角色").select_option(Role.AUDITOR)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text(f"账号“{head.username}”已保存。")).to_be_visible()

    stored = User.objects.get(pk=head.pk)
    assert (stored.role, stored.office, stored.is_office_head) == (Role.AUDITOR, None, False)
