"""From where something is done: never what the client alone claims."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from perfgoals.accounts.enums import Role
from perfgoals.audit.models import LogEntry
from perfgoals.audit.origin import COMMAND_LINE, OriginMiddleware, client_address, current_origin
from tests.declarations import builders


@pytest.mark.parametrize(
    ("connection", "address"),
    [("10.1.2.3", "10.1.2.3"), ("::1", "::1"), ("fe80::1%eth0", "fe80::1"), ("", "::"), ("unix:", "::")],
)
def test_address_is_that_of_the_connection(connection: str, address: str) -> None:
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=connection)) == address


def test_address_without_any_is_the_unknown_one() -> None:
    request = RequestFactory().get("/")
    del request.META["REMOTE_ADDR"]
    assert client_address(request) == "::"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.1.1.1", "10.0.0.9"),
        (0, "1.1.1.1, 2.2.2.2", "10.0.0.9"),
        (1, "2.2.2.2", "2.2.2.2"),
        (1, "1.1.1.1, 2.2.2.2", "2.2.2.2"),
        (1, " 1.1.1.1 ,2001:db8::2 ", "2001:db8::2"),
        (1, "", "10.0.0.9"),
        (1, "2.2.2.2, x", "::"),
        (1, "1.1.1.1,", "::"),
        (2, "1.1.1.1, 2.2.2.2, 3.3.3.3", "2.2.2.2"),
        (2, "2.2.2.2, 3.3.3.3", "2.2.2.2"),
        (2, "3.3.3.3", "3.3.3.3"),
        (2, "", "10.0.0.9"),
    ],
)
def test_address_behind_proxies_is_what_the_outermost_of_them_saw(proxies: int, forwarded: str, address: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(TRUSTED_PROXIES=proxies):
        assert client_address(request) == address


def test_origin_is_the_address_while_the_request_is_answered() -> None:
    seen = []

    def answer(request) -> HttpResponse:
        seen.append(current_origin())
        return HttpResponse()

    before = current_origin()
    OriginMiddleware(answer)(RequestFactory().get("/", REMOTE_ADDR="10.1.2.3"))
    assert (before, seen, current_origin()) == (COMMAND_LINE, ["10.1.2.3"], COMMAND_LINE)


def test_origin_ends_with_a_request_that_fails() -> None:
    def fail(request) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        OriginMiddleware(fail)(RequestFactory().get("/", REMOTE_ADDR="10.1.2.3"))
    assert current_origin() == COMMAND_LINE


def test_entry_of_a_request_holds_its_address_whatever_the_client_claims(db: None) -> None:
    client = builders.client_of(builders.user(Role.AUDITOR))
    client.get("/log/export/", REMOTE_ADDR="10.1.2.3", HTTP_X_FORWARDED_FOR="1.1.1.1", HTTP_X_REAL_IP="1.1.1.1")
    assert LogEntry.objects.get().address == "10.1.2.3"
