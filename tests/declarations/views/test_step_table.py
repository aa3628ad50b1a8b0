"""The table of steps once more, as people take steps: by the forms of the pages, and from the queue in bulk."""

from html import unescape

import pytest
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
from tests.declarations.workflow.step_table import FOUR_STAGE_TABLE, Outcome, Taken, expected, world

NOT_FOUND = "404"
NOT_TO_BE_SEEN = "未找到该申报表，或者您不能查看。"
DEPARTMENT = frozenset({Step.SUBMIT, Step.WITHDRAW})
ADJUSTING = frozenset({Step.ADJUST, Step.CANCEL_ADJUSTMENT})
IN_BULK = (Step.APPROVE, Step.RETURN)
# To whom the same happens as to others; `take_step` itself is tried by them as well.
LIKE_OTHERS = {
    "preparer of the superior",
    "head of the office",
    "head of another department",
    "head under another office",
}


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
        answer = client.post(address, data, follow=True)
        if answer.status_code == 404:
            return NOT_FOUND
        found = state(declaration, before)
        if isinstance(found, Taken):
            transaction.set_rollback(True)
            return found
    page = unescape(answer.content.decode())
    return sentence if isinstance(sentence, str) and sentence in page else f"{answer.status_code} {page}"


def fields(declaration: Declaration, step: Step) -> dict[str, object]:
    """What the form of the page sends."""
    now = seen(declaration, step)
    return {name: "" if value is None else value for name, value in now.items() if name != "at"}


@pytest.mark.parametrize("situation", FOUR_STAGE_TABLE)
def test_step_table_by_form(db, situation):
    made = world(FOUR_STAGES, situation)
    table = expected(FOUR_STAGES, situation)
    data = {step: fields(made.declaration, step) for step in RULES}
    wrong, before = {}, stored()
    for who in made.people.keys() - LIKE_OTHERS:
        person = made.people[who]
        client = builders.client_of(person)
        for step in RULES:
            address = reverse(f"declarations:{step.value}", args=[made.declaration.pk])
            wanted = table[who, step] if sends(person, step, made.declaration) else NOT_FOUND
            found = sent(client, made.declaration, address, data[step], wanted)
            if found != wanted:
                wrong[who, step] = (found[:3000] if isinstance(found, str) else found, wanted)
    assert wrong == {}
    assert stored() == before


@pytest.mark.parametrize("situation", FOUR_STAGE_TABLE)
def test_step_table_in_bulk(db, situation):
    made = world(FOUR_STAGES, situation)
    table = expected(FOUR_STAGES, situation)
    token = Selected.of(made.declaration).token
    words = {"reason": builders.RETURN_REASON.value, "text": builders.RETURN_TEXT}
    wrong, before = {}, stored()
    for who in made.people.keys() - LIKE_OTHERS:
        person = made.people[who]
        client = builders.client_of(person)
        for step in IN_BULK:
            wanted: Outcome = table[who, step] if can_view(person, made.declaration) else NOT_TO_BE_SEEN
            if person.role in ROLES_READING_EVERYTHING:
                wanted = NOT_FOUND
            data = {"step": step.value, "selected": token, "confirmed": "1", **words}
            found = sent(client, made.declaration, reverse("declarations:bulk"), data, wanted)
            if found != wanted:
                wrong[who, step] = (found[:3000] if isinstance(found, str) else found, wanted)
    assert wrong == {}
    assert stored() == before
