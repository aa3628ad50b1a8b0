import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from perfgoals.accounts import services
from perfgoals.accounts.enums import MailChoice, OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User
from tests.accounts.conftest import PASSWORD, is_signed_in, signed_in


def change(user: User, by: User, **changes: object) -> User:
    names = ("name", "role", "department", "office", "is_office_head", "email", "is_active")
    return services.change_account(user, by=by, **({name: getattr(user, name) for name in names} | changes))


def test_create_account_gives_an_initial_password_that_must_be_changed(
    department: Department, administrator: User
) -> None:
    user, password = services.create_account(
        by=administrator, username="wangfang", name="王芳", role=Role.PREPARER, department=department
    )
    stored = User.objects.get(username="wangfang")
    assert stored == user
    assert (stored.name, stored.role, stored.department, stored.office) == ("王芳", "preparer", department, None)
    assert (stored.is_active, stored.must_change_password, stored.check_password(password)) == (True, True, True)
    assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", password)


def test_create_account_of_an_office_head_with_an_email(office: ReviewOffice, administrator: User) -> None:
    user, _ = services.create_account(
        by=administrator,
        username="liqiang",
        name="李强",
        role=Role.REVIEWER,
        office=office,
        is_office_head=True,
        email="lq@a.gov.cn",
    )
    user.refresh_from_db()
    assert (user.office, user.is_office_head, user.email, user.mail) == (office, True, "lq@a.gov.cn", "at_once")


def test_create_account_gives_everybody_another_password(administrator: User) -> None:
    passwords = {
        services.create_account(by=administrator, username=f"u{i}", name="人", role=Role.AUDITOR)[1] for i in range(20)
    }
    assert len(passwords) == 20


@pytest.mark.parametrize("username", ["zhangwei", "ZhangWei"])
def test_create_account_refuses_a_name_that_differs_only_in_case(
    preparer: User, username: str, administrator: User
) -> None:
    with pytest.raises(ValidationError) as refusal:
        services.create_account(by=administrator, username=username, name="别人", role=Role.AUDITOR)
    assert refusal.value.message_dict == {"username": ["该用户名已被使用。"]}


@pytest.mark.parametrize("username", ["", "张伟", "a b", "a\0", "x" * 51])
def test_create_account_refuses_names_that_are_none(username: str, administrator: User) -> None:
    with pytest.raises(ValidationError) as refusal:
        services.create_account(by=administrator, username=username, name="某人", role=Role.AUDITOR)
    assert list(refusal.value.message_dict) == ["username"]
    assert list(User.objects.all()) == [administrator]


def test_create_account_that_loses_a_race_tells_it_as_a_taken_name(
    preparer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_clean, calls = User.full_clean, []

    def blind_at_first(self: User) -> None:
        calls.append(self)
        if len(calls) > 1:
            full_clean(self)

    monkeypatch.setattr(User, "full_clean", blind_at_first)
    rival = User(username="zhangwei", name="别人", role=Role.AUDITOR, password="!")
    with pytest.raises(ValidationError) as refusal:
        services._store(rival)
    assert refusal.value.message_dict == {"username": ["该用户名已被使用。"]}


def test_store_passes_on_what_no_check_explains(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(User, "full_clean", lambda self: None)
    with pytest.raises(IntegrityError):
        services._store(User(username="nobody", name="某人", role=Role.PREPARER))


@pytest.mark.parametrize("role", Role)
def test_errors_of_place_for_each_role(
    role: Role, department: Department, office: ReviewOffice, performance_office: ReviewOffice
) -> None:
    places = {
        "none": (None, None),
        "department": (department, None),
        "business": (None, office),
        "performance": (None, performance_office),
        "both": (department, office),
    }
    fitting = {
        Role.PREPARER: "department",
        Role.DEPARTMENT_HEAD: "department",
        Role.REVIEWER: "business",
        Role.PERFORMANCE_REVIEWER: "performance",
        Role.ADMINISTRATOR: "none",
        Role.AUDITOR: "none",
    }[role]
    assert [
        name for name, place in places.items() if not services.errors_of_place(role, *place, is_office_head=False)
    ] == [fitting]


def test_errors_of_place_name_the_field_and_the_office_kind(performance_office: ReviewOffice) -> None:
    assert services.errors_of_place(Role.REVIEWER, None, performance_office, is_office_head=False) == {
        "office": "“业务科室审核人”须属于业务科室，所选科室为绩效科。"
    }


@pytest.mark.parametrize(
    ("role", "message"),
    [
        (Role.PREPARER, "“部门填报人”不能是科室负责人，请取消此项。"),
        (Role.DEPARTMENT_HEAD, "“部门负责人”不能是科室负责人，请取消此项。"),
        (Role.REVIEWER, None),
        (Role.PERFORMANCE_REVIEWER, None),
        (Role.ADMINISTRATOR, "“管理员”不能是科室负责人，请取消此项。"),
        (Role.AUDITOR, "“审计人员”不能是科室负责人，请取消此项。"),
    ],
)
def test_errors_of_place_let_only_reviewers_head_an_office(role: Role, message: str | None) -> None:
    assert services.errors_of_place(role, None, None, is_office_head=True).get("is_office_head") == message


def test_change_account_of_role_department_office_or_state_ends_sessions(
    administrator: User, preparer: User, office: ReviewOffice
) -> None:
    elsewhere = Department.objects.create(code="2", name="市教育局", office=office)
    for changes in (
        {"department": elsewhere},
        {"role": Role.DEPARTMENT_HEAD},
        {"role": Role.REVIEWER, "department": None, "office": office},
        {"is_active": False},
    ):
        client = signed_in(preparer)
        assert is_signed_in(client)
        preparer = change(preparer, administrator, **changes)
        assert not is_signed_in(client)


def test_change_account_to_an_office_head_and_back_ends_sessions(administrator: User, reviewer: User) -> None:
    for is_office_head in (True, False):
        client = signed_in(reviewer)
        reviewer = change(reviewer, administrator, is_office_head=is_office_head)
        assert not is_signed_in(client)
        assert User.objects.get(pk=reviewer.pk).is_office_head is is_office_head


def test_change_account_of_an_office_head_to_another_role_asks_to_give_up_the_office(
    administrator: User, reviewer: User
) -> None:
    head = change(reviewer, administrator, is_office_head=True)
    with pytest.raises(ValidationError) as refusal:
        change(head, administrator, role=Role.AUDITOR, office=None)
    assert refusal.value.message_dict == {"is_office_head": ["“审计人员”不能是科室负责人，请取消此项。"]}
    head.refresh_from_db()
    assert (head.role, head.is_office_head) == (Role.REVIEWER, True)


def test_change_account_back_to_active_does_not_revive_sessions(administrator: User, preparer: User) -> None:
    client = signed_in(preparer)
    change(preparer, administrator, is_active=False)
    change(preparer, administrator, is_active=True)
    assert not is_signed_in(client)


def test_change_account_of_the_name_or_the_email_keeps_sessions(administrator: User, preparer: User) -> None:
    client = signed_in(preparer)
    change(preparer, administrator, name="张大伟", email="zdw@a.gov.cn")
    assert is_signed_in(client)
    preparer.refresh_from_db()
    assert (preparer.name, preparer.email) == ("张大伟", "zdw@a.gov.cn")


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"is_active": False}, {"is_active": ["不能停用自己的账号，请由其他管理员操作。"]}),
        ({"role": Role.AUDITOR}, {"role": ["不能更改自己的角色，请由其他管理员操作。"]}),
    ],
)
def test_change_account_of_oneself_can_neither_disable_nor_demote(
    administrator: User, changes: dict[str, object], messages: dict[str, list[str]]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        change(administrator, administrator, **changes)
    assert refusal.value.message_dict == messages
    stored = User.objects.get(pk=administrator.pk)
    assert (stored.role, stored.is_active, stored.session_version) == (Role.ADMINISTRATOR, True, 0)


def test_change_account_to_a_place_that_does_not_fit_is_refused(administrator: User, preparer: User) -> None:
    with pytest.raises(ValidationError) as refusal:
        change(preparer, administrator, role=Role.AUDITOR)
    assert refusal.value.message_dict == {"department": ["“审计人员”不属于任何部门（单位），请将此项留空。"]}


def test_change_settings_stores_email_and_choice_and_nothing_else(preparer: User) -> None:
    client, stale = signed_in(preparer), User.objects.get(pk=preparer.pk)
    User.objects.filter(pk=preparer.pk).update(name="张大伟")
    services.change_settings(stale, email="zw@a.gov.cn", mail=MailChoice.DAILY)
    preparer.refresh_from_db()
    assert (preparer.name, preparer.email, preparer.mail) == ("张大伟", "zw@a.gov.cn", MailChoice.DAILY)
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("field", "value"), [("email", "zhangwei"), ("email", "a@b.cn\nBcc: c@d.cn"), ("mail", "weekly"), ("mail", "")]
)
def test_change_settings_refuses_what_is_no_email_or_no_choice(preparer: User, field: str, value: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        services.change_settings(preparer, **({"email": "zw@a.gov.cn", "mail": MailChoice.NONE} | {field: value}))
    assert list(refusal.value.message_dict) == [field]
    preparer.refresh_from_db()
    assert (preparer.email, preparer.mail) == ("", MailChoice.AT_ONCE)


def test_reset_password_ends_sessions_and_asks_for_a_new_one(preparer: User, administrator: User) -> None:
    client = signed_in(preparer)
    password = services.reset_password(preparer, by=administrator)
    stored = User.objects.get(pk=preparer.pk)
    assert (stored.check_password(password), stored.check_password(PASSWORD)) == (True, False)
    assert stored.must_change_password is True
    assert not is_signed_in(client)


def test_store_department_refuses_a_circle_of_any_length(office: ReviewOffice, administrator: User) -> None:
    top = Department.objects.create(code="1", name="一", office=office)
    middle = Department.objects.create(code="2", name="二", office=office, superior=top)
    bottom = Department.objects.create(code="3", name="三", office=office, superior=middle)
    for superior in (top, middle, bottom):
        top.superior = superior
        with pytest.raises(ValidationError) as refusal:
            services.store_department(top, by=administrator)
        assert refusal.value.message_dict == {"superior": ["主管部门不能是本部门或其下属单位。"]}
    assert Department.objects.get(pk=top.pk).superior is None


def test_store_department_moves_one_in_the_tree(office: ReviewOffice, administrator: User) -> None:
    top = Department.objects.create(code="1", name="一", office=office)
    other = Department.objects.create(code="2", name="二", office=office)
    moved = Department.objects.create(code="3", name="三", office=office, superior=top)
    moved.superior = other
    services.store_department(moved, by=administrator)
    assert Department.objects.get(pk=moved.pk).superior == other


def test_store_department_refuses_an_office_of_another_kind(
    performance_office: ReviewOffice, administrator: User
) -> None:
    with pytest.raises(ValidationError) as refusal:
        services.store_department(Department(code="1", name="一", office=performance_office), by=administrator)
    assert refusal.value.message_dict == {"office": ["归口科室须为业务科室。"]}


def test_store_office_keeps_the_kind_while_somebody_belongs_to_it(
    department: Department, performance_office: ReviewOffice, administrator: User
) -> None:
    office = department.office
    office.kind = OfficeKind.PERFORMANCE
    with pytest.raises(ValidationError) as refusal:
        services.store_office(office, by=administrator)
    assert refusal.value.message_dict == {"kind": ["该科室已有归口部门或人员，不能更改科室类型。"]}
    performance_office.kind = OfficeKind.BUSINESS
    services.store_office(performance_office, by=administrator)
    assert ReviewOffice.objects.get(pk=performance_office.pk).kind == OfficeKind.BUSINESS
