"""The functions that django-axes calls."""

import pytest
from django.test import RequestFactory

from perfgoals.accounts.signin import attempted_username, lockout_key


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
