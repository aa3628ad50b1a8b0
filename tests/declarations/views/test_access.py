"""Who gets what from the pages of one declaration, for every role and status, with a second department and office."""

from dataclasses import dataclass

import pytest
from django.urls import reverse

from declarations.models import Declaration, Event
from declarations.permissions import can_decide
from perfgoals.accounts.enums import DEPARTMENT_ROLES, REVIEW_ROLES, ROLES_READING_EVERYTHING, Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.situations import (
    AT_THE_BUREAU,
    SECOND_REVIEW,
    STATUSES,
    SUBMITTED,
    SUPERIOR_REVIEW,
    declaration_in,
    people_around,
)

OWN = {"preparer", "head"}
READERS = {"administrator", "auditor"}
SUPERIORS = {"preparer of the superior", "head of the superior"}
REVIEWERS = {"reviewer", "second reviewer", "head of the office", "reviewer who filled in", "performance reviewer"}
FOUND, MOVED, MISSING, CONFLICT = 200, 302, 404, 409


@dataclass(frozen=True)
class World:
    """A declaration in one situation and everybody around it."""

    situation: str
    declaration: Declaration
    people: dict[str, User]


@pytest.fixture(params=STATUSES)
def world(db: None, request: pytest.FixtureRequest) -> World:
    """The world of each situation in turn."""
    return world_of(request.param)


def world_of(situation: str) -> World:
    declaration = declaration_in(situation)
    people = people_around(declaration.department)
    return World(situation, builders.fresh(declaration), people)


def answers(world: World, name: str, *arguments: object, method: str = "get") -> dict[str, int]:
    """The status code that each of the people gets."""
    address = reverse(f"declarations:{name}", args=[world.declaration.pk, *arguments])
    return {who: getattr(builders.client_of(user), method)(address).status_code for who, user in world.people.items()}


def for_everybody(world: World, found: set[str], code: int = FOUND) -> dict[str, int]:
    return {who: code if who in found else MISSING for who in world.people}


def viewers(world: World) -> set[str]:
    """Superior and bureau see a declaration once it has come to them."""
    superiors = SUPERIORS if world.situation == SUPERIOR_REVIEW else set()
    return OWN | READERS | superiors | (REVIEWERS if world.situation in AT_THE_BUREAU else set())


def deciders(world: World) -> set[str]:
    return {who for who, person in world.people.items() if can_decide(person, world.declaration)}


def test_detail_is_found_by_those_who_may_see_the_declaration(world: World) -> None:
    assert answers(world, "detail") == for_everybody(world, viewers(world))


def test_preview_and_working_copy_are_never_found_by_reviewers(world: World) -> None:
    expected = for_everybody(world, OWN | READERS)
    assert answers(world, "preview") == expected
    assert answers(world, "export", "json") == expected
    assert answers(world, "export", "xlsx") == expected


def test_submission_is_found_by_those_who_may_see_it_once_there_is_one(world: World) -> None:
    expected = for_everybody(world, viewers(world) if world.situation in SUBMITTED else set())
    assert answers(world, "submission", 1) == expected
    assert answers(world, "submission_export", 1, "json") == expected
    assert answers(world, "submission_export", 1, "xlsx") == expected
    assert answers(world, "submission", 9) == for_everybody(world, set())
    assert answers(world, "submission_export", 1, "docx") == for_everybody(world, set())


def test_review_page_is_shown_to_the_bureau_and_to_who_decides_and_leads_others_to_the_declaration(
    world: World,
) -> None:
    expected = for_everybody(world, viewers(world), MOVED)
    if world.situation in SUBMITTED:
        shown = (REVIEWERS | READERS) & viewers(world)
        # Colleagues in the stages before the bureau's, whoever has taken it.
        expected |= dict.fromkeys(shown | deciders(world), FOUND)
    assert answers(world, "review") == expected


def test_steps_refuse_whoever_sees_the_declaration_and_are_not_found_by_others(world: World) -> None:
    events = Event.objects.count()
    departments = for_everybody(world, OWN, MOVED)
    assert answers(world, "submit", method="post") == departments
    assert answers(world, "withdraw", method="post") == departments
    # What was never submitted has no page to be shown again with the reason.
    code = CONFLICT if world.situation in SUBMITTED else MOVED
    others = for_everybody(world, viewers(world) - READERS, code)
    assert answers(world, "approve", method="post") == others
    assert answers(world, "undo", method="post") == others
    # Nothing was chosen, so the form comes again whoever sent it.
    forms = for_everybody(world, viewers(world) - READERS, FOUND if world.situation in SUBMITTED else MOVED)
    assert answers(world, "return", method="post") == forms
    assert answers(world, "hand_back", method="post") == forms
    assert Event.objects.count() == events
    assert builders.fresh(world.declaration).status == world.declaration.status


def test_steps_are_taken_by_post_only(db: None) -> None:
    # Looked at before the declaration is: one situation stands for all.
    world = world_of(SECOND_REVIEW)
    deciding = frozenset(Role) - ROLES_READING_EVERYTHING
    allowed = {
        "submit": DEPARTMENT_ROLES,
        "withdraw": DEPARTMENT_ROLES,
        "approve": deciding,
        "return": deciding,
        "hand_back": deciding,
        "undo": deciding,
        "assess": REVIEW_ROLES,
    }
    for name, roles in allowed.items():
        by_role = {who for who, user in world.people.items() if user.role in roles}
        assert answers(world, name) == for_everybody(world, by_role, 405)
