"""The own password, the forced change, and the sessions that end with it."""

import pytest
from django.test import Client
from django.urls import reverse

from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.accounts.conftest import PASSWORD, is_signed_in, signed_in

PAGE = "/accounts/password/"
NEW = "another-Secret-2"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str | None = None):
    return client.post(PAGE, {"old_password": old, "new_password1": new, "new_password2": again or new})


def test_password_change_keeps_the_own_session_and_ends_the_others(preparer: User) -> None:
    own, other = signed_in(preparer), signed_in(preparer)
    response = change(own)
    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    assert (is_signed_in(own), is_signed_in(other)) == (True, False)
    preparer.refresh_from_db()
    assert preparer.check_password(NEW)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"old": "wrong"}, "old_password"),
        ({"new": PASSWORD}, "new_password1"),
        ({"again": "something-Else-3"}, "new_password2"),
        ({"new": "short"}, "new_password2"),
        ({"new": "8674092315"}, "new_password2"),
        ({"new": "zhangwei123"}, "new_password2"),
        ({"new": "a\0" + NEW}, "new_password1"),
    ],
)
def test_password_change_with_wrong_input_changes_nothing(preparer: User, fields: dict[str, str], place: str) -> None:
    client = signed_in(preparer)
    response = change(client, **fields)
    assert response.status_code == 200
    assert place in response.context["form"].errors
    preparer.refresh_from_db()
    assert preparer.check_password(PASSWORD)


@pytest.mark.parametrize("text", ["\0", "x" * 10_000, ""])
def test_password_change_with_strange_input_is_an_ordinary_answer(preparer: User, text: str) -> None:
    assert change(signed_in(preparer), old=text, new=text).status_code == 200


@pytest.fixture
def newcomer(preparer: User) -> User:
    preparer.must_change_password = True
    preparer.save()
    return preparer


@pytest.mark.parametrize("url_name", ["home", "declarations:list"])
def test_forced_change_leads_every_page_to_the_password_page(newcomer: User, url_name: str) -> None:
    response = signed_in(newcomer).get(reverse(url_name))
    assert (response.status_code, response["Location"]) == (302, PAGE)


def test_forced_change_holds_for_posts_and_for_administrators(administrator: User, preparer: User) -> None:
    User.objects.filter(pk=administrator.pk).update(must_change_password=True)
    response = signed_in(administrator).post(f"/accounts/users/{preparer.pk}/reset-password/")
    assert (response.status_code, response["Location"]) == (302, PAGE)
    preparer.refresh_from_db()
    assert preparer.check_password(PASSWORD)


def test_forced_change_moves_the_whole_page_of_a_partial_update(newcomer: User) -> None:
    response = signed_in(newcomer).get(reverse("home"), headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (200, PAGE)


def test_forced_change_leaves_the_password_page_and_the_way_out_open(newcomer: User) -> None:
    client = signed_in(newcomer)
    assert "初始密码" in client.get(PAGE).content.decode()
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"


def test_forced_change_is_over_with_the_new_password(newcomer: User) -> None:
    client = signed_in(newcomer)
    assert change(client, new=PASSWORD).status_code == 200
    assert client.get(reverse("home")).status_code == 302
    assert change(client).status_code == 302
    newcomer.refresh_from_db()
    assert newcomer.must_change_password is False
    assert client.get("/accounts/users/").status_code == 404


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_password_page_is_open_to_people_of_no_department(db: None, role: Role) -> None:
    assert is_signed_in(signed_in(User.objects.create_user("someone", PASSWORD, name="某人", role=role)))
