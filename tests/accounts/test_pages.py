"""The administrators' pages of offices, departments and accounts."""

import re

import pytest
from django.core.exceptions import BadRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views import defaults

from perfgoals.accounts.enums import OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User
from tests.accounts.conftest import PASSWORD, is_signed_in, signed_in
from tests.queries import queries_of

LISTS = ["/accounts/users/", "/accounts/departments/", "/accounts/offices/"]
STRANGE = ["\0", "x" * 10_000, "%", "'", "９９９９９９９９９９９９９９９９９９９９９９", "-1"]


@pytest.fixture
def admin(administrator: User) -> Client:
    return signed_in(administrator)


def names(response) -> list[str]:
    """The names of the rows of a list page, in order."""
    rows = response.context["page"]
    return [(row[1] if isinstance(row, tuple) else row).name for row in rows]


def place_of(role: Role, department: Department, office: ReviewOffice, performance_office: ReviewOffice) -> dict:
    return {
        Role.PREPARER: {"department": department},
        Role.DEPARTMENT_HEAD: {"department": department},
        Role.REVIEWER: {"office": office},
        Role.PERFORMANCE_REVIEWER: {"office": performance_office},
    }.get(role, {})


@pytest.mark.parametrize("role", Role)
def test_pages_exist_for_administrators_only(
    role: Role, department: Department, office: ReviewOffice, performance_office: ReviewOffice
) -> None:
    place = place_of(role, department, office, performance_office)
    user = User.objects.create_user("someone", PASSWORD, name="某人", role=role, **place)
    client = signed_in(user)
    expected = 200 if role == Role.ADMINISTRATOR else 404
    for name, arguments in [
        ("office_list", []),
        ("office_create", []),
        ("office_edit", [office.pk]),
        ("department_list", []),
        ("department_create", []),
        ("department_edit", [department.pk]),
        ("user_list", []),
        ("user_create", []),
        ("user_edit", [user.pk]),
    ]:
        assert client.get(reverse(f"accounts:{name}", args=arguments)).status_code == expected, name
    if role != Role.ADMINISTRATOR:
        for name in ("user_reset_password", "user_unlock"):
            assert client.post(reverse(f"accounts:{name}", args=[user.pk])).status_code == 404


@pytest.mark.parametrize("address", [*LISTS, "/accounts/users/new/", "/accounts/password/", "/accounts/settings/"])
def test_pages_ask_strangers_to_sign_in(client: Client, db: None, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("kind", ["users", "departments", "offices"])
@pytest.mark.parametrize("pk", [0, 10**30])
def test_pages_of_rows_that_do_not_exist_answer_404(admin: Client, kind: str, pk: int) -> None:
    assert admin.get(f"/accounts/{kind}/{pk}/").status_code == 404


def more_rows(number: int) -> None:
    """One office, department and account more."""
    office = ReviewOffice.objects.create(name=f"科室{number}", kind=OfficeKind.BUSINESS)
    superior = Department.objects.order_by("-pk").first()
    department = Department.objects.create(code=str(number), name=f"部门{number}", office=office, superior=superior)
    User.objects.create_user(f"u{number}", PASSWORD, name=f"人{number}", role=Role.PREPARER, department=department)


@pytest.mark.parametrize("address", LISTS)
def test_list_takes_as_many_queries_for_three_rows_as_for_one(admin: Client, address: str) -> None:
    counts = []
    for number in range(3):
        more_rows(number)
        counts.append(len(queries_of(admin, address)))
    assert counts[0] == counts[2]


@pytest.mark.parametrize("kind", ["users", "departments", "offices"])
def test_list_has_thirty_rows_a_page(admin: Client, kind: str) -> None:
    for number in range(31):
        more_rows(number)
    pages = [admin.get(f"/accounts/{kind}/", {"q": "", "page": page}) for page in ("1", "2", "99", "0", "x", "\0")]
    total = 32 if kind == "users" else 31
    assert [len(page.context["page"]) for page in pages] == [30, total - 30, total - 30, total - 30, 30, 30]
    assert "?q=&amp;page=2" in pages[0].content.decode()


@pytest.mark.parametrize("address", LISTS)
def test_list_with_strange_conditions_is_an_ordinary_page(admin: Client, address: str) -> None:
    for field in ("q", "role", "department", "office", "active", "page"):
        for text in STRANGE:
            assert admin.get(address, {field: text}).status_code == 200, (field, text)


@pytest.fixture
def people(preparer: User, administrator: User, reviewer: User) -> None:
    User.objects.create_user("wangfang", PASSWORD, name="王芳", role=Role.AUDITOR, is_active=False)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, ["周明", "李强", "王芳", "张伟"]),
        ({"q": "ANG"}, ["李强", "王芳", "张伟"]),
        ({"q": "李"}, ["李强"]),
        ({"q": "%"}, []),
        ({"role": "auditor"}, ["王芳"]),
        ({"active": "no"}, ["王芳"]),
        ({"active": "yes", "q": "ang"}, ["李强", "张伟"]),
    ],
)
def test_user_list_filters(admin: Client, people: None, conditions: dict[str, str], expected: list[str]) -> None:
    assert names(admin.get("/accounts/users/", conditions)) == expected


def test_user_list_filters_by_place(admin: Client, people: None, department: Department, office: ReviewOffice) -> None:
    assert names(admin.get("/accounts/users/", {"department": department.pk})) == ["张伟"]
    assert names(admin.get("/accounts/users/", {"office": office.pk})) == ["李强"]


def test_user_list_marks_office_heads(admin: Client, reviewer: User) -> None:
    page = "/accounts/users/"
    assert "科室负责人" not in admin.get(page).content.decode()
    User.objects.filter(pk=reviewer.pk).update(is_office_head=True)
    assert admin.get(page).content.decode().count("科室负责人") == 1


def test_department_list_filters_and_shows_the_tree(admin: Client, department: Department) -> None:
    other = ReviewOffice.objects.create(name="教科文科", kind=OfficeKind.BUSINESS)
    school = Department.objects.create(code="1-2", name="一中", office=other, superior=department)
    Department.objects.create(code="999", name="撤并单位", office=other, is_active=False)
    page = admin.get("/accounts/departments/")
    assert [(depth, row.name) for depth, row in page.context["page"]] == [
        (0, "市政府办公室"),
        (1, "一中"),
        (0, "撤并单位"),
    ]
    assert names(admin.get("/accounts/departments/", {"q": "1-"})) == [school.name]
    assert names(admin.get("/accounts/departments/", {"q": "政府"})) == [department.name]
    assert names(admin.get("/accounts/departments/", {"office": other.pk})) == ["一中", "撤并单位"]
    assert names(admin.get("/accounts/departments/", {"active": "no"})) == ["撤并单位"]


def test_user_create_shows_the_initial_password_once(admin: Client, department: Department) -> None:
    fields = {"username": "chenjing", "name": "陈静", "role": "preparer", "department": department.pk}
    response = admin.post("/accounts/users/new/", fields)
    password = response.context["password"]
    assert password in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    user = User.objects.get(username="chenjing")
    assert password not in admin.get(f"/accounts/users/{user.pk}/").content.decode()
    client = Client()
    client.post("/accounts/login/", {"username": "chenjing", "password": password})
    assert client.get(reverse("home"))["Location"] == "/accounts/password/"


def test_user_create_with_wrong_input_tells_it_at_the_field(
    admin: Client, department: Department, preparer: User
) -> None:
    response = admin.post(
        "/accounts/users/new/",
        {"username": "ZHANGWEI", "name": "", "role": "reviewer", "department": department.pk},
    )
    assert response.context["form"].errors == {
        "name": ["这个字段是必填项。"],
        "department": ["“业务科室审核人”不属于任何部门（单位），请将此项留空。"],
        "office": ["审核人须选择所属科室。"],
    }
    response = admin.post("/accounts/users/new/", {"username": "ZHANGWEI", "name": "某人", "role": "auditor"})
    assert response.context["form"].errors == {"username": ["该用户名已被使用。"]}
    assert User.objects.count() == 2


@pytest.mark.parametrize("field", ["username", "name", "role", "department", "office", "is_office_head", "email"])
def test_user_create_with_strange_input_is_an_ordinary_answer(admin: Client, field: str) -> None:
    for number, text in enumerate(STRANGE):
        fields = {"username": f"someone{number}", "name": "某人", "role": "auditor"} | {field: text}
        assert admin.post("/accounts/users/new/", fields).status_code == 200, text


def edit(client: Client, user: User, **changes: object):
    fields = {"name": user.name, "role": user.role, "is_active": "on"}
    fields |= {"department": user.department_id or "", "office": user.office_id or "", "email": user.email} | changes
    return client.post(
        f"/accounts/users/{user.pk}/", {name: value for name, value in fields.items() if value is not None}
    )


def test_user_edit_to_disabled_signs_the_person_out(admin: Client, preparer: User) -> None:
    theirs = signed_in(preparer)
    assert edit(admin, preparer, is_active=None)["Location"] == "/accounts/users/"
    assert not is_signed_in(theirs)
    preparer.refresh_from_db()
    assert preparer.is_active is False


def test_user_edit_to_another_role_signs_the_person_out(admin: Client, preparer: User) -> None:
    theirs = signed_in(preparer)
    assert edit(admin, preparer, role="auditor", department="").status_code == 302
    assert not is_signed_in(theirs)


def test_user_edit_to_an_office_head_signs_the_person_out(admin: Client, reviewer: User) -> None:
    theirs = signed_in(reviewer)
    assert edit(admin, reviewer, is_office_head="on", email="lq@a.gov.cn").status_code == 302
    assert not is_signed_in(theirs)
    reviewer.refresh_from_db()
    assert (reviewer.is_office_head, reviewer.email) == (True, "lq@a.gov.cn")


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"is_office_head": "on"}, {"is_office_head": ["“部门填报人”不能是科室负责人，请取消此项。"]}),
        ({"email": "zhangwei"}, {"email": ["邮箱格式不正确，正确的格式如 zhangsan@example.gov.cn。"]}),
    ],
)
def test_user_edit_with_wrong_input_tells_it_at_the_field(admin: Client, preparer: User, changes, errors) -> None:
    assert edit(admin, preparer, **changes).context["form"].errors == errors
    preparer.refresh_from_db()
    assert (preparer.is_office_head, preparer.email) == (False, "")


def test_user_edit_keeps_the_username(admin: Client, preparer: User) -> None:
    edit(admin, preparer, username="other", name="张大伟")
    preparer.refresh_from_db()
    assert (preparer.username, preparer.name) == ("zhangwei", "张大伟")


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"is_active": None}, {"is_active": ["不能停用自己的账号，请由其他管理员操作。"]}),
        ({"role": "auditor"}, {"role": ["不能更改自己的角色，请由其他管理员操作。"]}),
    ],
)
def test_user_edit_of_oneself_can_neither_disable_nor_demote(
    admin: Client, administrator: User, changes, errors
) -> None:
    response = edit(admin, administrator, **changes)
    assert response.context["form"].errors == errors
    assert is_signed_in(admin)


def test_user_reset_password_shows_the_new_one_and_ends_sessions(admin: Client, preparer: User) -> None:
    theirs = signed_in(preparer)
    response = admin.post(f"/accounts/users/{preparer.pk}/reset-password/")
    preparer.refresh_from_db()
    assert preparer.check_password(response.context["password"])
    assert response.context["password"] in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert not is_signed_in(theirs)


def test_user_reset_password_of_oneself_points_to_the_own_page(admin: Client, administrator: User) -> None:
    response = admin.post(f"/accounts/users/{administrator.pk}/reset-password/", follow=True)
    assert "请通过“修改密码”更改自己的密码。" in response.content.decode()
    administrator.refresh_from_db()
    assert administrator.check_password(PASSWORD)


def test_department_create_and_edit(admin: Client, department: Department, office: ReviewOffice) -> None:
    fields = {"code": "430400002", "name": "市教育局", "kind": "education", "office": office.pk, "is_active": "on"}
    assert admin.post("/accounts/departments/new/", fields)["Location"] == "/accounts/departments/"
    created = Department.objects.get(code="430400002")
    fields |= {"superior": department.pk, "name": "教育局"}
    del fields["is_active"]
    admin.post(f"/accounts/departments/{created.pk}/", fields)
    created.refresh_from_db()
    assert (created.name, created.superior, created.is_active) == ("教育局", department, False)


def test_department_edit_refuses_a_circle_at_the_field(admin: Client, department: Department) -> None:
    below = Department.objects.create(code="2", name="下属", office=department.office, superior=department)
    fields = {"code": department.code, "name": department.name, "kind": "other", "office": department.office_id}
    response = admin.post(f"/accounts/departments/{department.pk}/", fields | {"superior": below.pk})
    assert response.context["form"].errors == {"superior": ["主管部门不能是本部门或其下属单位。"]}


@pytest.mark.parametrize("field", ["code", "name", "kind", "superior", "office"])
def test_department_create_with_strange_input_is_no_error(admin: Client, office: ReviewOffice, field: str) -> None:
    for number, text in enumerate(STRANGE):
        fields = {"code": f"2{number}", "name": f"部门{number}", "kind": "other", "office": office.pk} | {field: text}
        assert admin.post("/accounts/departments/new/", fields).status_code in (200, 302), text


def test_office_create_and_edit(admin: Client, department: Department) -> None:
    admin.post("/accounts/offices/new/", {"name": "农业科", "kind": "business"})
    office = ReviewOffice.objects.get(name="农业科")
    admin.post(f"/accounts/offices/{office.pk}/", {"name": "农业农村科", "kind": "performance"})
    office.refresh_from_db()
    assert (office.name, office.kind) == ("农业农村科", OfficeKind.PERFORMANCE)
    used = f"/accounts/offices/{department.office_id}/"
    response = admin.post(used, {"name": "行政政法科", "kind": "performance"})
    assert response.context["form"].errors == {"kind": ["该科室已有归口部门或人员，不能更改科室类型。"]}


def test_missing_page_is_our_own(admin: Client, client: Client, db: None) -> None:
    for browser in (admin, client):
        response = browser.get("/accounts/no-such-page/")
        assert response.status_code == 404
        assert "您访问的页面不存在" in response.content.decode()


@pytest.mark.parametrize(
    ("answer", "status", "heading"),
    [
        (lambda request: defaults.server_error(request), 500, "系统错误"),
        (lambda request: defaults.bad_request(request, BadRequest()), 400, "请求无效"),
    ],
)
def test_error_pages_need_neither_session_nor_database(answer, status: int, heading: str) -> None:
    response = answer(RequestFactory().get("/"))
    assert response.status_code == status
    assert re.search(rf"<h1>\s*{heading}\s*</h1>", response.content.decode())


def test_denied_page_is_our_own(client: Client, administrator: User) -> None:
    request = RequestFactory().get("/")
    request.user = administrator
    response = defaults.permission_denied(request, PermissionError())
    assert response.status_code == 403
    assert "您的账号不能进行此项操作" in response.content.decode()
