"""The own settings: one's email and when notices are sent there."""

import re

import pytest
from django.test import Client

from perfgoals.accounts.enums import MailChoice, Role
from perfgoals.accounts.models import User
from tests.accounts.conftest import is_signed_in, signed_in

PAGE = "/accounts/settings/"
SENT = {"email": "zw@a.gov.cn", "mail": "daily"}
INVALID_EMAIL = "邮箱格式不正确，正确的格式如 zhangsan@example.gov.cn。"


def settings_of(user: User) -> tuple[str, str]:
    user.refresh_from_db()
    return user.email, user.mail


def head_of(client: Client, page: str) -> str:
    found = re.search(r"<header.*?</header>", client.get(page).content.decode(), re.DOTALL)
    assert found
    return found[0]


def test_settings_page_stores_the_own_settings_and_no_others(preparer: User, reviewer: User) -> None:
    client = signed_in(preparer)
    response = client.post(PAGE, SENT | {"pk": reviewer.pk, "role": "administrator", "is_office_head": "on"})
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert "个人设置已保存。" in client.get(PAGE).content.decode()
    assert settings_of(preparer) == ("zw@a.gov.cn", MailChoice.DAILY)
    assert (preparer.role, preparer.is_office_head) == (Role.PREPARER, False)
    assert settings_of(reviewer) == ("", MailChoice.AT_ONCE)
    assert is_signed_in(client)


def test_settings_page_shows_what_is_stored(preparer: User) -> None:
    User.objects.filter(pk=preparer.pk).update(email="zw@a.gov.cn", mail=MailChoice.NONE)
    content = signed_in(preparer).get(PAGE).content.decode()
    assert re.search(r'<input[^>]*name="email"[^>]*value="zw@a.gov.cn"', content)
    assert [value for value in MailChoice.values if re.search(rf'value="{value}"[^>]*checked', content)] == ["none"]
    assert "未填写邮箱的，无论如何选择均不发送邮件。" in content


@pytest.mark.parametrize("mail", MailChoice)
def test_settings_page_takes_every_choice_without_an_email(preparer: User, mail: MailChoice) -> None:
    assert signed_in(preparer).post(PAGE, {"email": "", "mail": mail}).status_code == 302
    assert settings_of(preparer) == ("", mail)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"email": "zhangwei"}, {"email": [INVALID_EMAIL]}),
        ({"email": "张伟@a.gov.cn"}, {"email": [INVALID_EMAIL]}),
        ({"email": "a@b.cn\r\nBcc: c@d.cn"}, {"email": [INVALID_EMAIL]}),
        ({"mail": "weekly"}, {"mail": ["选择一个有效的选项。 weekly 不在可用的选项中。"]}),
        ({"mail": ""}, {"mail": ["这个字段是必填项。"]}),
    ],
)
def test_settings_page_with_wrong_input_keeps_it_and_stores_nothing(preparer: User, changes, errors) -> None:
    response = signed_in(preparer).post(PAGE, SENT | changes)
    assert response.status_code == 200
    assert response.context["form"].errors == errors
    assert {field: response.context["form"][field].value() for field in SENT} == SENT | changes
    assert settings_of(preparer) == ("", MailChoice.AT_ONCE)


@pytest.mark.parametrize("field", ["email", "mail"])
@pytest.mark.parametrize("text", ["\0", "x" * 10_000, "a@" + "b" * 300 + ".cn", "%", "'"])
def test_settings_page_with_strange_input_is_an_ordinary_answer(preparer: User, field: str, text: str) -> None:
    assert signed_in(preparer).post(PAGE, SENT | {field: text}).status_code == 200
    assert settings_of(preparer) == ("", MailChoice.AT_ONCE)


def test_head_of_every_page_leads_to_the_settings(preparer: User) -> None:
    assert f'href="{PAGE}"' in head_of(signed_in(preparer), "/accounts/password/")


def test_head_leads_to_the_settings_only_after_the_forced_password_change(preparer: User) -> None:
    User.objects.filter(pk=preparer.pk).update(must_change_password=True)
    client = signed_in(preparer)
    assert client.get(PAGE)["Location"] == "/accounts/password/"
    assert f'href="{PAGE}"' not in head_of(client, "/accounts/password/")
