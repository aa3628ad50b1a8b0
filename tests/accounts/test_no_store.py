"""What stays in the browser of what somebody saw."""

from django.test import Client
from django.urls import reverse

from perfgoals.accounts.models import User


def test_page_of_somebody_signed_in_is_not_kept_by_the_browser(preparer: User) -> None:
    client = Client()
    client.force_login(preparer)
    assert client.get(reverse("home"))["Cache-Control"] == "private, no-store"


def test_signing_out_clears_what_the_site_kept(preparer: User) -> None:
    client = Client()
    client.force_login(preparer)
    assert client.post(reverse("accounts:logout"))["Clear-Site-Data"] == '"storage"'
