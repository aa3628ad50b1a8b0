"""Wrong passwords lock an account, whatever the browser claims to be."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client

from perfgoals.accounts import services
from perfgoals.accounts.models import User
from perfgoals.accounts.selectors import locked_usernames
from tests.accounts.conftest import PASSWORD, signed_in

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


WRONG = "wrong"


def attempt(password: str = WRONG, username: str = "zhangwei", **headers: str):
    return Client(**headers).post("/accounts/login/", {"username": username, "password": password})


def lock(**headers: str) -> None:
    for _ in range(5):
        attempt(**headers)


def test_lockout_comes_with_the_fifth_wrong_password(preparer: User) -> None:
    assert [attempt().status_code for _ in range(6)] == [200, 200, 200, 200, 429, 429]


def test_lockout_page_says_how_long_and_whom_to_ask(preparer: User) -> None:
    lock()
    text = attempt().content.decode()
    assert "账号已锁定" in text
    assert "请在 15 分钟后重试" in text
    assert "系统管理员解除锁定" in text


def test_lockout_refuses_the_right_password(preparer: User) -> None:
    lock()
    assert attempt(PASSWORD).status_code == 429


def test_lockout_leaves_other_accounts_open(preparer: User, administrator: User) -> None:
    lock()
    assert attempt(PASSWORD, username="admin").status_code == 302


def test_lockout_counts_forged_addresses_and_browsers_together(preparer: User) -> None:
    statuses = [
        attempt(
            HTTP_X_FORWARDED_FOR=f"10.0.0.{i}", HTTP_X_REAL_IP=f"10.0.1.{i}", HTTP_USER_AGENT=f"browser {i}"
        ).status_code
        for i in range(5)
    ]
    assert statuses == [200, 200, 200, 200, 429]
    assert attempt(PASSWORD, HTTP_X_FORWARDED_FOR="10.9.9.9", HTTP_FORWARDED="for=10.9.9.9").status_code == 429


def test_lockout_counts_spellings_of_one_name_together(preparer: User) -> None:
    spellings = ["zhangwei", " zhangwei ", "ZHANGWEI", "ｚｈａｎｇｗｅｉ", "\u3000ZhangWei"]
    assert [attempt(username=spelling).status_code for spelling in spellings] == [200, 200, 200, 200, 429]
    assert [attempt(PASSWORD, username=spelling).status_code for spelling in spellings] == [429] * 5


@pytest.mark.parametrize("address", ["", "unix:"])
def test_lockout_counts_connections_without_address(preparer: User, address: str) -> None:
    lock(REMOTE_ADDR=address)
    assert attempt(PASSWORD, REMOTE_ADDR=address).status_code == 429
    assert AccessAttempt.objects.count() == 1


def test_lockout_opens_after_fifteen_minutes_even_where_somebody_kept_trying(preparer: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        lock()
        clock.shift(timedelta(minutes=14, seconds=59))
        assert attempt(PASSWORD).status_code == 429
        clock.shift(timedelta(seconds=2))
        assert attempt(PASSWORD).status_code == 302


def test_success_forgets_earlier_wrong_passwords(preparer: User) -> None:
    for _ in range(4):
        attempt()
    assert attempt(PASSWORD).status_code == 302
    assert [attempt().status_code for _ in range(4)] == [200] * 4


def test_attempts_store_no_password(preparer: User) -> None:
    attempt("a-secret-of-mine")
    stored = AccessAttempt.objects.get()
    assert "a-secret-of-mine" not in stored.post_data + stored.get_data


def test_locked_usernames_names_the_locked_ones_in_their_own_spelling(preparer: User, administrator: User) -> None:
    User.objects.create_user("LiQiang", PASSWORD, name="李强", role="auditor")
    for _ in range(5):
        attempt(username="LiQiang")
    attempt(username="admin")
    assert locked_usernames(["LiQiang", "admin", "zhangwei"]) == {"LiQiang"}


def test_locked_usernames_ends_with_the_lockout(preparer: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        lock()
        assert locked_usernames(["zhangwei"]) == {"zhangwei"}
        clock.shift(timedelta(minutes=15, seconds=1))
        assert locked_usernames(["zhangwei"]) == set()


def test_unlock_opens_at_once(preparer: User, administrator: User) -> None:
    lock(HTTP_USER_AGENT="one")
    services.unlock(preparer, by=administrator)
    assert attempt(PASSWORD).status_code == 302


def test_administrator_unlocks_on_the_account_page(administrator: User, preparer: User) -> None:
    lock()
    client = signed_in(administrator)
    page, unlock = f"/accounts/users/{preparer.pk}/", f"/accounts/users/{preparer.pk}/unlock/"
    assert unlock in client.get(page).content.decode()
    assert client.post(unlock)["Location"] == page
    assert unlock not in client.get(page).content.decode()
    assert attempt(PASSWORD).status_code == 302


def test_lockout_leaves_running_sessions_alone(preparer: User) -> None:
    client = signed_in(preparer)
    lock()
    assert client.get("/accounts/password/").status_code == 200
