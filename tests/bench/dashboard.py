"""What the statistics page costs in a bureau of 50,000 declarations, beside the same page of an office without any."""

from django.urls import reverse

from perfgoals.accounts.enums import Role
from tests.bench.bureau import Bureau
from tests.bench.opening import compare_with_empty, opening
from tests.declarations import builders

DASHBOARD = reverse("declarations:dashboard")


def run(bureau: Bureau) -> None:
    """Print times and queries of the page for who sees all and for a reviewer, and of the longest download."""
    administrator = builders.user(Role.ADMINISTRATOR)
    empty = opening(DASHBOARD, administrator, office=builders.office().pk)
    reviewer = bureau.reviewers[bureau.offices[0].pk][0]
    pages = {
        "Dashboard of all offices": opening(DASHBOARD, administrator),
        "Dashboard of one reviewer": opening(DASHBOARD, reviewer),
        "Download of who is missing": opening(
            reverse("declarations:dashboard_export", args=["missing"]), administrator
        ),
    }
    for name, open_page in pages.items():
        compare_with_empty(name, open_page, empty)
