"""Signing in and out."""

import pytest
from django.test import Client
from django.urls import reverse

from perfgoals.accounts.models import User
from tests.accounts.conftest import PASSWORD, is_signed_in, signed_in

LOGIN = "/accounts/login/"


def sign_in(client: Client, **fields: str):
    return client.post(LOGIN, {"username": "zhangwei", "password": PASSWORD} | fields)


def test_login_with_the_right_password_leads_home(client: Client, preparer: User) -> None:
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    assert is_signed_in(client)


@pytest.mark.parametrize("username", [" zhangwei ", "ｚｈａｎｇｗｅｉ"])
def test_login_takes_the_name_as_a_chinese_keyboard_types_it(client: Client, preparer: User, username: str) -> None:
    assert sign_in(client, username=username).status_code == 302


@pytest.mark.parametrize("fields", [{"password": "wrong"}, {"username": "nobody"}, {"password": PASSWORD + " "}])
def test_login_with_wrong_input_says_the_same_for_name_and_password(client: Client, preparer: User, fields) -> None:
    response = sign_in(client, **fields)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [
        "用户名或密码不正确。请核对后重新输入；连续输错 5 次，账号将锁定 15 分钟。"
    ]
    assert not is_signed_in(client)


def test_login_of_a_disabled_account_is_refused(client: Client, preparer: User) -> None:
    User.objects.update(is_active=False)
    assert sign_in(client).status_code == 200
    assert not is_signed_in(client)


def test_login_goes_on_to_the_page_asked_for(client: Client, preparer: User) -> None:
    page = client.get(LOGIN, {"next": "/accounts/password/?a=1"})
    assert page.context["next"] == "/accounts/password/?a=1"
    assert sign_in(client, next="/accounts/password/?a=1")["Location"] == "/accounts/password/?a=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        LOGIN,
        LOGIN + "?next=/",
        "/accounts/logout/",
        "\0",
        "/" + "a" * 10_000,
    ],
)
def test_login_with_an_unsafe_or_circular_target_leads_home(client: Client, preparer: User, target: str) -> None:
    assert client.get(LOGIN, {"next": target}).context["next"] == ""
    assert sign_in(client, next=target)["Location"] == reverse("home")
    again = client.get(LOGIN, {"next": target})
    assert (again.status_code, again["Location"]) == (302, reverse("home"))


@pytest.mark.parametrize("field", ["username", "password", "next"])
@pytest.mark.parametrize("text", ["\0", "a\0b", "x" * 10_000, "ﷺ" * 10_000, "\ud7ff\uffff", "'\"<>;--", "", " "])
def test_login_with_strange_input_is_an_ordinary_answer(client: Client, preparer: User, field: str, text: str) -> None:
    wrong = {} if field == "password" else {"password": "wrong"}
    assert sign_in(client, **wrong, **{field: text}).status_code == 200


@pytest.mark.parametrize("header", ["HTTP_USER_AGENT", "HTTP_ACCEPT", "REMOTE_ADDR"])
@pytest.mark.parametrize("text", ["\0", "Mozilla\0", "x" * 10_000, "ÿþ", ""])
@pytest.mark.parametrize(("password", "status"), [("wrong", 200), (PASSWORD, 302)])
def test_login_with_strange_headers_is_an_ordinary_answer(preparer: User, header, text, password, status) -> None:
    assert sign_in(Client(**{header: text}), password=password).status_code == status


def test_login_form_is_never_cached(client: Client, db: None) -> None:
    assert "no-store" in client.get(LOGIN)["Cache-Control"]


def test_logout_by_post_ends_the_session(preparer: User) -> None:
    client = signed_in(preparer)
    response = client.post("/accounts/logout/")
    assert (response.status_code, response["Location"]) == (302, LOGIN)
    assert not is_signed_in(client)


def test_logout_by_get_does_nothing(preparer: User) -> None:
    client = signed_in(preparer)
    assert client.get("/accounts/logout/").status_code == 405
    assert is_signed_in(client)


def test_logout_twice_leads_to_sign_in(client: Client, db: None) -> None:
    assert client.post("/accounts/logout/")["Location"] == LOGIN


def test_old_page_is_told_that_nothing_was_saved(preparer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(preparer)
    response = client.post("/accounts/password/", {"old_password": PASSWORD})
    assert response.status_code == 403
    assert "页面已失效，内容没有保存" in response.content.decode()
    assert "“后退”" in response.content.decode()
