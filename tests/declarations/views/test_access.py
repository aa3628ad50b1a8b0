"""Who gets what from the pages of one declaration, for every role and status, with a second department and office."""

from dataclasses import dataclass

import pytest
from django.urls import reverse

from declarations.models import Declaration, Event
from perfgoals.accounts.enums import DEPARTMENT_ROLES, REVIEW_ROLES, OfficeKind
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.situations import STATUSES, declaration_in, people_around

OWN = {"preparer", "head"}
READERS = {"administrator", "auditor"}
REVIEWERS = {"reviewer", "performance reviewer"}
FOUND, MOVED, MISSING, CONFLICT = 200, 302, 404, 409


@dataclass(frozen=True)
class World:
    """A declaration in one situation and everybody around it."""

    declaration: Declaration
    people: dict[str, User]


@pytest.fixture(params=STATUSES)
def world(db: None, request: pytest.FixtureRequest) -> World:
    """The world of each situation in turn."""
    declaration = declaration_in(request.param)
    return World(declaration, people_around(declaration.department))


def answers(world: World, name: str, *arguments: object, method: str = "get") -> dict[str, int]:
    """The status code that each of the people gets."""
    address = reverse(f"declarations:{name}", args=[world.declaration.pk, *arguments])
    return {who: getattr(builders.client_of(user), method)(address).status_code for who, user in world.people.items()}


def for_everybody(world: World, found: set[str], code: int = FOUND) -> dict[str, int]:
    return {who: code if who in found else MISSING for who in world.people}


def viewers(world: World) -> set[str]:
    """Reviewers see a declaration once it has been submitted."""
    return OWN | READERS | (REVIEWERS if world.declaration.submission else set())


def test_detail_is_found_by_those_who_may_see_the_declaration(world: World) -> None:
    assert answers(world, "detail") == for_everybody(world, viewers(world))


def test_preview_and_working_copy_are_never_found_by_reviewers(world: World) -> None:
    expected = for_everybody(world, OWN | READERS)
    assert answers(world, "preview") == expected
    assert answers(world, "export", "json") == expected
    assert answers(world, "export", "xlsx") == expected


def test_submission_is_found_by_those_who_may_see_it_once_there_is_one(world: World) -> None:
    expected = for_everybody(world, viewers(world) if world.declaration.submission else set())
    assert answers(world, "submission", 1) == expected
    assert answers(world, "submission_export", 1, "json") == expected
    assert answers(world, "submission_export", 1, "xlsx") == expected
    assert answers(world, "submission", 2) == for_everybody(world, set())
    assert answers(world, "submission_export", 1, "docx") == for_everybody(world, set())


def test_review_page_is_shown_to_who_decides_and_leads_other_reviewers_to_the_declaration(world: World) -> None:
    stage = world.declaration.stage
    deciding = {OfficeKind.BUSINESS: "reviewer", OfficeKind.PERFORMANCE: "performance reviewer"}
    expected = for_everybody(world, viewers(world) & REVIEWERS, MOVED)
    if stage is not None:
        expected[deciding[OfficeKind(stage.office_kind)]] = FOUND
    assert answers(world, "review") == expected


def test_steps_refuse_whoever_sees_the_declaration_and_are_not_found_by_others(world: World) -> None:
    events = Event.objects.count()
    departments = for_everybody(world, OWN, MOVED)
    assert answers(world, "submit", method="post") == departments
    assert answers(world, "withdraw", method="post") == departments
    # Who decides gets the form again, as nothing was chosen; to others it is said that they do not decide.
    reviewers = for_everybody(world, viewers(world) & REVIEWERS, CONFLICT)
    assert answers(world, "approve", method="post") == reviewers
    if world.declaration.stage is not None:
        deciding = "reviewer" if world.declaration.stage.office_kind == OfficeKind.BUSINESS else "performance reviewer"
        reviewers[deciding] = FOUND
    assert answers(world, "return", method="post") == reviewers
    assert Event.objects.count() == events
    assert builders.fresh(world.declaration).status == world.declaration.status


def test_steps_are_taken_by_post_only(world: World) -> None:
    allowed = {
        "submit": DEPARTMENT_ROLES,
        "withdraw": DEPARTMENT_ROLES,
        "approve": REVIEW_ROLES,
        "return": REVIEW_ROLES,
    }
    for name, roles in allowed.items():
        by_role = {who for who, user in world.people.items() if user.role in roles}
        assert answers(world, name) == for_everybody(world, by_role, 405)
