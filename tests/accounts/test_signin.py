"""The functions that django-axes calls."""

import pytest
from django.test import RequestFactory

from perfgoals.accounts.signin import attempted_username, client_address, lockout_key


@pytest.mark.parametrize(
    ("remote_address", "expected"),
    [("10.1.2.3", "10.1.2.3"), ("::1", "::1"), ("fe80::1%eth0", "fe80::1"), ("", "::"), ("unix:", "::")],
)
def test_client_address_is_that_of_the_connection(remote_address: str, expected: str) -> None:
    request = RequestFactory().post("/", REMOTE_ADDR=remote_address, HTTP_X_FORWARDED_FOR="1.2.3.4")
    assert client_address(request) == expected


def test_client_address_without_any_is_the_unknown_one() -> None:
    request = RequestFactory().post("/")
    del request.META["REMOTE_ADDR"]
    assert client_address(request) == "::"


@pytest.mark.parametrize("spelling", ["zhangwei", " zhangwei ", "ZhangWei", "ｚｈａｎｇｗｅｉ", "\u3000zhangwei\t"])
def test_lockout_key_of_spellings_of_one_name_is_the_same(spelling: str) -> None:
    assert lockout_key(spelling) == "zhangwei"


def test_lockout_key_of_a_long_name_fits_the_column() -> None:
    assert lockout_key("ﷺ" * 10_000) == lockout_key("ﷺ" * 10_000)[:255]


def test_attempted_username_comes_from_credentials_before_the_form() -> None:
    request = RequestFactory().post("/", {"username": "Form"})
    assert attempted_username(request, {"username": "Credentials"}) == "credentials"
    assert attempted_username(request, None) == "form"
    assert attempted_username(RequestFactory().post("/"), None) is None
