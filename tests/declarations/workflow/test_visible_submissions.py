"""Others than the department see a submission only when it has come to them."""

import pytest

from declarations import selectors
from declarations.enums import StageKind, Status
from declarations.models import Declaration
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.situations import FOUR_STAGES, people_around

DEPARTMENT = ("preparer", "head", "administrator", "auditor")
SUPERIOR = ("preparer of the superior", "head of the superior")
BUREAU = ("reviewer", "second reviewer", "performance reviewer")
TEXTS = ("第一；", "第二；", "第三；")


@pytest.fixture
def made(db: None) -> Declaration:
    """Submitted, passed to the business office and returned by it."""
    department = builders.department(superior=builders.department())
    declaration = builders.declaration(
        Status.IN_REVIEW, round=builders.round_(stages=FOUR_STAGES), department=department
    )
    for _ in range(2):
        builders.approve(declaration)
    builders.return_(declaration)
    return declaration


def seen(made: Declaration, people: dict[str, User]) -> dict[str, list[int]]:
    """The numbers of the submissions that the department, its superior and the bureau see."""
    now = builders.fresh(made)
    found = {
        who: list(selectors.submissions_of(person, now).values_list("number", flat=True))
        for who, person in people.items()
    }
    groups = {"department": DEPARTMENT, "superior": SUPERIOR, "bureau": BUREAU}
    assert all(len({tuple(found[who]) for who in names}) == 1 for names in groups.values())
    return {group: found[names[0]] for group, names in groups.items()}


def test_submission_shows_as_it_passes_the_stages(made):
    people = people_around(made.department)
    builders.change(made)
    found = []
    for step in (builders.submit, builders.approve, builders.approve):
        step(made)
        found.append(seen(made, people))
    assert found == [
        {"department": [1, 2], "superior": [1], "bureau": [1]},
        {"department": [1, 2], "superior": [1, 2], "bureau": [1]},
        {"department": [1, 2], "superior": [1, 2], "bureau": [1, 2]},
    ]


@pytest.mark.parametrize("end", [builders.withdraw, builders.return_])
def test_submission_that_the_head_did_not_let_go_is_never_seen(made, end):
    people = people_around(made.department)
    for text in TEXTS:
        builders.change(made, text)
        builders.submit(made)
        end(made)
    assert seen(made, people) == {"department": [1, 2, 3, 4], "superior": [1], "bureau": [1]}


def test_submission_stays_seen_after_it_was_returned_handed_back_or_withdrawn(made):
    people = people_around(made.department)
    builders.submit(made)
    builders.approve(made)
    builders.hand_back(made)
    assert builders.fresh(made).stage.kind == StageKind.DEPARTMENT_HEAD
    assert seen(made, people) == {"department": [1, 2], "superior": [1, 2], "bureau": [1]}


def test_reviewer_compares_with_what_he_has_seen_himself(made):
    people = people_around(made.department)
    builders.change(made, "甲；")
    builders.submit(made)
    builders.return_(made)
    builders.change(made, "乙；")
    builders.submit(made)
    for _ in range(2):
        builders.approve(made)
    now = builders.fresh(made)
    previous = {
        who: selectors.previous_submission(people[who], now, now.submission).number
        for who in ("head", "head of the superior", "reviewer")
    }
    assert previous == {"head": 2, "head of the superior": 1, "reviewer": 1}


def test_pages_show_the_last_submission_that_has_come(made):
    people = people_around(made.department)
    builders.change(made, "尚未放行的内容；")
    builders.submit(made)
    address = f"/declarations/{made.pk}/"
    for who in ("reviewer", "performance reviewer", "head of the superior"):
        client = builders.client_of(people[who])
        for page in (address, f"{address}review/"):
            answer = client.get(page, follow=True)
            assert (who, page, answer.status_code) == (who, page, 200)
            assert "尚未放行的内容" not in answer.content.decode()
        assert client.get(f"{address}submissions/1/").status_code == 200
        for hidden in ("submissions/2/", "submissions/2/export/json/", "submissions/2/export/pdf/"):
            assert client.get(address + hidden).status_code == 404
    assert "尚未放行的内容" in builders.client_of(people["head"]).get(address).content.decode()
