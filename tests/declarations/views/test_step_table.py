"""The table of steps once more, as people take steps: by the forms of the pages, from old pages, and in bulk."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from html import unescape

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse

from declarations.bulk import Selected
from declarations.enums import StageKind, Status, Step
from declarations.models import Declaration
from declarations.permissions import can_view
from declarations.workflow import RULES
from perfgoals.accounts.enums import DEPARTMENT_ROLES, ROLES_READING_EVERYTHING, Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.builders import seen
from tests.declarations.situations import FOUR_STAGES, stored
from tests.declarations.workflow.step_table import (
    DECIDE,
    FOUR_STAGE_TABLE,
    UNDO,
    Outcome,
    Taken,
    World,
    expected,
    is_for_nobody_now,
    on_old_contents,
    on_old_stage,
    world,
)

NOT_FOUND = "404"
NOT_TO_BE_SEEN = "未找到该申报表，或者您不能查看。"
DEPARTMENT = frozenset({Step.SUBMIT, Step.WITHDRAW})
ADJUSTING = frozenset({Step.ADJUST, Step.CANCEL_ADJUSTMENT})
IN_BULK = (Step.APPROVE, Step.RETURN)
# What no page that is shown now would send.
OLD_DIGEST = sha256(b"earlier contents").hexdigest()


def sends(person: User, step: Step, declaration: Declaration) -> bool:
    """Whether there is such a form for the person at all."""
    if step in ADJUSTING | DEPARTMENT:
        roles = {Role.PREPARER} if step in ADJUSTING else DEPARTMENT_ROLES
        return person.role in roles and person.department_id == declaration.department_id
    return person.role not in ROLES_READING_EVERYTHING and can_view(person, declaration)


def state(declaration: Declaration, before: int) -> Outcome:
    """The step that was taken since there were `before` events, or that none was."""
    now = builders.fresh(declaration)
    if now.events.count() == before:
        return "nothing"
    return Taken(Step(now.events.last().step), Status(now.status), now.stage and StageKind(now.stage.kind))


def sent(client: Client, declaration: Declaration, address: str, data: dict[str, object], sentence: Outcome) -> Outcome:
    """What came of the form: nothing stays of a step that was taken; what a refused one did would stay.

    Of a refusal, `sentence` where the page says it, and else the page.
    """
    before = declaration.events.count()
    with transaction.atomic():
        answer = client.post(address, data)
        if answer.status_code == 404:
            return NOT_FOUND
        found = state(declaration, before)
        if isinstance(found, Taken):
            transaction.set_rollback(True)
            return found
    # What the page that it leads to would show.
    told = "\n".join(map(str, get_messages(answer.wsgi_request)))
    page = told if answer.status_code == 302 else unescape(answer.content.decode())
    return sentence if isinstance(sentence, str) and sentence in page else f"{answer.status_code} {page}"


Table = Mapping[tuple[str, Step], Outcome]
Differences = dict[tuple[str, Step], tuple[Outcome, Outcome]]


def fields(declaration: Declaration, step: Step) -> dict[str, object]:
    """What the form of the page sends."""
    now = seen(declaration, step)
    return {name: "" if value is None else value for name, value in now.items() if name != "at"}


def by_form(made: World, table: Table, data: Mapping[Step, dict[str, object]]) -> Differences:
    """Let everybody in the table send the forms, and answer where something else comes of them than it says."""
    wrong: Differences = {}
    for who, person in made.people.items():
        client = builders.client_of(person)
        for step, sends_this in data.items():
            if (who, step) not in table:
                continue
            address = reverse(f"declarations:{step.value}", args=[made.declaration.pk])
            wanted = table[who, step] if sends(person, step, made.declaration) else NOT_FOUND
            _note(wrong, who, step, sent(client, made.declaration, address, sends_this, wanted), wanted)
    return wrong


def in_bulk(made: World, table: Table, selected: Selected) -> Differences:
    """Let everybody in the table send the selection, and answer where something else comes of it than it says."""
    words = {"reason": builders.RETURN_REASON.value, "text": builders.RETURN_TEXT}
    wrong: Differences = {}
    for who, person in made.people.items():
        client = builders.client_of(person)
        for step in IN_BULK:
            if (who, step) not in table:
                continue
            wanted: Outcome = table[who, step] if can_view(person, made.declaration) else NOT_TO_BE_SEEN
            if person.role in ROLES_READING_EVERYTHING:
                wanted = NOT_FOUND
            data = {"step": step.value, "selected": selected.token, "confirmed": "1", **words}
            found = sent(client, made.declaration, reverse("declarations:bulk"), data, wanted)
            _note(wrong, who, step, found, wanted)
    return wrong


def _note(wrong: Differences, who: str, step: Step, found: Outcome, wanted: Outcome) -> None:
    if found != wanted:
        wrong[who, step] = (found[:3000] if isinstance(found, str) else found, wanted)


def from_old_pages(situation: str, outcome_on: Callable[[Step, Outcome], Outcome]) -> Table:
    """What comes of old pages, for those whose step it may be now: others are refused before anything is compared."""
    table = expected(FOUR_STAGES, situation)
    return {key: outcome_on(key[1], was) for key, was in table.items() if not is_for_nobody_now(was)}


def other_stage(declaration: Declaration) -> int:
    """A stage of the round that the declaration is not in."""
    stages = declaration.round.stages.exclude(pk=declaration.stage_id)
    return stages.values_list("pk", flat=True)[0]


@pytest.mark.parametrize("situation", FOUR_STAGE_TABLE)
def test_step_table_by_form(db, situation):
    made = world(FOUR_STAGES, situation)
    before = stored()
    data = {step: fields(made.declaration, step) for step in RULES}
    assert by_form(made, expected(FOUR_STAGES, situation), data) == {}
    assert stored() == before


@pytest.mark.parametrize("situation", FOUR_STAGE_TABLE)
def test_step_table_by_a_page_of_other_contents(db, situation):
    made = world(FOUR_STAGES, situation)
    before = stored()
    table = from_old_pages(situation, on_old_contents)
    data = {step: fields(made.declaration, step) | {"digest": OLD_DIGEST} for step in RULES}
    assert by_form(made, table, data) == {}
    assert stored() == before


@pytest.mark.parametrize("situation", FOUR_STAGE_TABLE)
def test_step_table_by_a_page_of_another_stage_or_decision(db, situation):
    made = world(FOUR_STAGES, situation)
    before = stored()
    table = from_old_pages(situation, on_old_stage)
    earlier = {"stage": other_stage(made.declaration), "event": made.declaration.events.first().pk}
    data = {step: fields(made.declaration, step) | earlier for step in (*DECIDE, *UNDO)}
    assert by_form(made, table, data) == {}
    assert stored() == before


@pytest.mark.parametrize("situation", FOUR_STAGE_TABLE)
def test_step_table_in_bulk(db, situation):
    made = world(FOUR_STAGES, situation)
    before = stored()
    assert in_bulk(made, expected(FOUR_STAGES, situation), Selected.of(made.declaration)) == {}
    assert stored() == before


@pytest.mark.parametrize("situation", FOUR_STAGE_TABLE)
def test_step_table_in_bulk_from_an_old_queue(db, situation):
    made = world(FOUR_STAGES, situation)
    before = stored()
    now = Selected.of(made.declaration)
    contents, stage = (from_old_pages(situation, outcome_on) for outcome_on in (on_old_contents, on_old_stage))
    assert in_bulk(made, contents, replace(now, digest=OLD_DIGEST)) == {}
    assert in_bulk(made, stage, replace(now, stage=other_stage(made.declaration))) == {}
    assert stored() == before
