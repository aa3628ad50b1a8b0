"""Pages, opened as somebody who is signed in opens them."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from perfgoals.accounts.models import User
from tests.bench.timing import compare
from tests.declarations import builders


def opening(address: str, person: User, **parameters: object) -> Callable[[], HttpResponse]:
    """A function that opens the page."""
    client = builders.client_of(person)

    def open_page() -> HttpResponse:
        response = client.get(address, parameters)
        assert response.status_code == 200
        return response

    return open_page


def compare_with_empty(name: str, open_page: Callable[[], HttpResponse], empty: Callable[[], HttpResponse]) -> None:
    """Print what the page takes, in queries and beside the same page without anything in it."""
    with CaptureQueriesContext(connection) as queries:
        open_page()
    compare(f"{name}, {len(queries)} queries", open_page, "the empty page", empty)
