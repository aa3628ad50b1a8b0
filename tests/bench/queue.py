"""What the queue costs in a bureau of 50,000 declarations, beside the same page of an office that has none."""

from django.urls import reverse

from declarations import queue
from declarations.enums import QueueTab
from declarations.models import Declaration
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.bench.bureau import Bureau
from tests.bench.opening import compare_with_empty, opening
from tests.bench.timing import medians
from tests.declarations import builders

QUEUE, LOAD = reverse("declarations:queue"), reverse("declarations:load")
FILTER = {"tab": QueueTab.PASSED, "q": "所", "hints": "some", "amount_from": "1000", "order": "-amount"}


def run(bureau: Bureau) -> None:
    """Print times and queries of each tab, of a filter and of the load of an office, and what neighbours take."""
    of_office, of_all = bureau.reviewers[bureau.offices[0].pk][0], bureau.performance_reviewers[0]
    nobody = builders.user(Role.REVIEWER, is_office_head=True)
    for name, person in (("reviewer", of_office), ("performance office", of_all)):
        for query in (*({"tab": tab} for tab in QueueTab), FILTER):
            shown = f"Queue of {name}, {query['tab']}{', filtered' if query is FILTER else ''}"
            page(shown, person, nobody, QUEUE, query)
        neighbours(name, person)
    page("Load of an office", of_office, nobody, LOAD, {})


def page(name: str, person: User, nobody: User, address: str, query: dict[str, str]) -> None:
    compare_with_empty(name, opening(address, person, **query), opening(address, nobody, **query))


def neighbours(name: str, person: User) -> None:
    """Print what the neighbours of a declaration take in the longest tab."""
    queue.remember(person, f"tab={QueueTab.PASSED}")
    declaration = Declaration.objects.filter(queue.tab_filter(person, QueueTab.PASSED))[0]
    (taken,) = medians(lambda: queue.neighbours(person, declaration))
    print(f"Neighbours, {name}, {QueueTab.PASSED}: {taken * 1000:.0f} ms")
