"""What the log tells of accounts, departments, offices and signing in."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from perfgoals.accounts import services
from perfgoals.accounts.enums import OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User
from perfgoals.audit.models import LogEntry
from perfgoals.audit.verification import verify
from tests.accounts.conftest import PASSWORD, signed_in

LOGIN = "/accounts/login/"


def logged() -> list[tuple[str, str, str, str]]:
    """Who did what to whom, and what the log says about it, in order."""
    assert verify().faults == []
    return list(LogEntry.objects.values_list("actor_name", "action", "subject", "text"))


def sign_in(client: Client, **fields: str) -> int:
    return client.post(LOGIN, {"username": "zhangwei", "password": PASSWORD} | fields).status_code


def fields_of(account: User) -> dict[str, object]:
    """What the page of the account sends."""
    return {
        "name": account.name,
        "role": account.role,
        "department": account.department_id or "",
        "office": account.office_id or "",
        "email": account.email,
        "is_active": "on",
    }


def test_signing_in_and_out_is_logged_with_the_address(client: Client, preparer: User) -> None:
    sign_in(client)
    client.post("/accounts/logout/", REMOTE_ADDR="10.1.2.3")
    client.post("/accounts/logout/")
    assert logged() == [("张伟", "sign_in", "", ""), ("张伟", "sign_out", "", "")]
    assert list(LogEntry.objects.values_list("address", flat=True)) == ["127.0.0.1", "10.1.2.3"]


def test_failed_sign_in_is_logged_with_nobody_as_its_actor(client: Client, preparer: User) -> None:
    assert [sign_in(client, password="wrong"), sign_in(client, username=" ＺHANGWEI ", password="wrong")] == [200, 200]
    assert logged() == [("", "fail_sign_in", "账号 zhangwei（张伟）", "")] * 2
    assert set(LogEntry.objects.values_list("actor", flat=True)) == {None}


def test_failed_sign_in_of_a_disabled_account_is_logged(client: Client, preparer: User) -> None:
    User.objects.update(is_active=False)
    sign_in(client)
    assert logged() == [("", "fail_sign_in", "账号 zhangwei（张伟）", "")]


def test_failed_sign_in_under_a_name_that_nobody_has_keeps_the_name_out_of_the_log(
    client: Client, preparer: User
) -> None:
    sign_in(client, username=PASSWORD)
    assert logged() == [("", "fail_sign_in", "不存在的账号", "")]


@pytest.mark.parametrize("fields", [{"username": ""}, {"password": ""}, {"username": "zhang\0wei"}])
def test_form_that_is_not_filled_in_is_no_attempt(client: Client, preparer: User, fields: dict[str, str]) -> None:
    assert sign_in(client, **fields) == 200
    assert logged() == []


def test_lockout_is_logged_once(client: Client, preparer: User) -> None:
    answers = [sign_in(client, password="wrong") for _ in range(7)] + [sign_in(client)]
    assert answers == [200, 200, 200, 200, 429, 429, 429, 429]
    failed = ("", "fail_sign_in", "账号 zhangwei（张伟）", "")
    assert logged() == [failed] * 4 + [("", "lock_account", "账号 zhangwei（张伟）", "")]


def test_new_account_is_logged_without_its_password(administrator: User, department: Department) -> None:
    page = signed_in(administrator).post(
        "/accounts/users/new/",
        {"username": "wangfang", "name": "王芳", "role": Role.PREPARER, "department": department.pk, "email": ""},
    )
    assert page.status_code == 200
    assert logged() == [
        (
            "周明",
            "create_account",
            "账号 wangfang（王芳）",
            "姓名：王芳；角色：部门填报人；所属部门（单位）：市政府办公室；科室负责人：否；邮件通知：即时发送；启用：是",
        )
    ]


def test_changed_account_is_logged_with_what_changed(
    administrator: User, preparer: User, performance_office: ReviewOffice
) -> None:
    changes = {"role": Role.PERFORMANCE_REVIEWER, "department": "", "office": performance_office.pk}
    address = f"/accounts/users/{preparer.pk}/"
    assert signed_in(administrator).post(address, fields_of(preparer) | changes).status_code == 302
    assert logged() == [
        (
            "周明",
            "change_account",
            "账号 zhangwei（张伟）",
            "角色：部门填报人 → 绩效科审核人；所属部门（单位）：市政府办公室 → 空；所属科室：空 → 绩效管理科",
        )
    ]


def test_account_that_is_stored_as_it_was_is_not_logged(administrator: User, preparer: User) -> None:
    address = f"/accounts/users/{preparer.pk}/"
    assert signed_in(administrator).post(address, fields_of(preparer)).status_code == 302
    assert logged() == []


def test_account_change_that_is_refused_is_not_logged(administrator: User) -> None:
    refused = fields_of(administrator) | {"role": Role.AUDITOR}
    assert signed_in(administrator).post(f"/accounts/users/{administrator.pk}/", refused).status_code == 200
    assert logged() == []


def test_own_settings_are_logged(preparer: User) -> None:
    signed_in(preparer).post("/accounts/settings/", {"email": "zw@a.gov.cn", "mail": "daily"})
    assert logged() == [
        (
            "张伟",
            "change_account",
            "账号 zhangwei（张伟）",
            "邮箱：空 → zw@a.gov.cn；邮件通知：即时发送 → 每日汇总",
        )
    ]


def test_passwords_and_unlocking_are_logged(administrator: User, preparer: User) -> None:
    new = "another-Password-2"
    signed_in(preparer).post(
        "/accounts/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    admin = signed_in(administrator)
    admin.post(f"/accounts/users/{preparer.pk}/unlock/")
    admin.post(f"/accounts/users/{preparer.pk}/reset-password/")
    subject = "账号 zhangwei（张伟）"
    assert logged() == [
        ("张伟", "change_password", subject, ""),
        ("周明", "unlock_account", subject, ""),
        ("周明", "reset_password", subject, ""),
    ]


def test_department_is_logged_when_it_is_made_and_when_it_changes(administrator: User, office: ReviewOffice) -> None:
    department = Department(code="1", name="市教育局", office=office)
    services.store_department(department, by=administrator)
    department.name = "市教育体育局"
    services.store_department(department, by=administrator)
    department.superior = department
    with pytest.raises(ValidationError):
        services.store_department(department, by=administrator)
    assert logged() == [
        (
            "周明",
            "store_department",
            "部门（单位） 市教育局",
            "单位代码：1；单位名称：市教育局；部门类别：其他；归口业务科室：行政政法科；启用：是",
        ),
        ("周明", "store_department", "部门（单位） 市教育体育局", "单位名称：市教育局 → 市教育体育局"),
    ]


def test_office_is_logged_when_it_is_made_and_when_it_changes(administrator: User) -> None:
    office = ReviewOffice(name="绩效科", kind=OfficeKind.PERFORMANCE)
    services.store_office(office, by=administrator)
    office.name = "绩效管理科"
    services.store_office(office, by=administrator)
    assert logged() == [
        ("周明", "store_office", "财政局科室 绩效科", "科室名称：绩效科；科室类型：绩效科"),
        ("周明", "store_office", "财政局科室 绩效管理科", "科室名称：绩效科 → 绩效管理科"),
    ]
