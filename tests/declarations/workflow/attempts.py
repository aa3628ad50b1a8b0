"""Steps as somebody takes them who has just looked at the declaration."""

from typing import Any

from declarations import selectors
from declarations.enums import ReturnReason, Step
from declarations.models import Declaration, Event
from declarations.workflow import take_step
from perfgoals.accounts.models import User
from tests.declarations.builders import fresh

REASON = ReturnReason.APPROPRIATENESS
TEXT = "请细化指标值。"


def seen(declaration: Declaration, step: Step) -> dict[str, Any]:
    """What `take_step` asks for, as it stands on the page from which the step is taken."""
    now = fresh(declaration)
    arguments: dict[str, Any] = {"at": now.round.opens_at}
    if step == Step.SUBMIT:
        return arguments | {"digest": selectors.document_of(now).digest()}
    arguments["digest"] = now.submission.digest if now.submission else ""
    if step in (Step.RETURN, Step.APPROVE):
        arguments["stage"] = now.stage_id
    if step == Step.RETURN:
        arguments |= {"reason": REASON, "text": TEXT}
    return arguments


def take(declaration: Declaration, step: Step, person: User, **changes: Any) -> Event:
    """Take the step on what is seen now, save for `changes`."""
    return take_step(declaration.pk, step, person, **seen(declaration, step) | changes)
