"""Telling people what concerns them. Notices are written in the transaction of what they tell of."""

from collections.abc import Iterable
from datetime import datetime

from declarations.enums import NoticeKind, Step
from declarations.models import Declaration, Event, Notice
from declarations.people import people_of_department, reviewers_of
from perfgoals.accounts.models import User

MAX_TEXT = 500

_KINDS = {
    Step.SUBMIT: NoticeKind.SUBMITTED,
    Step.PASS: NoticeKind.PASSED,
    Step.APPROVE: NoticeKind.APPROVED,
    Step.RETURN: NoticeKind.RETURNED,
    Step.HAND_BACK: NoticeKind.HANDED_BACK,
    Step.UNDO: NoticeKind.UNDONE,
}


def tell_of(event: Event) -> None:
    """Tell of a step: those whose turn it is now and, of a decision, the department. Nobody is told of his own steps."""
    declaration = event.declaration
    if event.step not in _KINDS:
        return
    kind = _KINDS[Step(event.step)]
    if event.undoes is not None:
        told = User.objects.filter(notices__event=event.undoes)
        text = f"{event.actor_name}撤销了对{declaration}申报表的“{event.undoes.get_step_display()}”。"
        tell(told, kind, f"event/{event.pk}", text, event.at, event=event)
        return
    if declaration.stage is not None:
        waiting = f"{declaration}申报表（第 {event.submission.number if event.submission else 1} 次送审）等待{declaration.stage}。"
        tell(reviewers_of(declaration), kind, f"event/{event.pk}", waiting, event.at, event=event)
    if event.step in (Step.PASS, Step.APPROVE, Step.RETURN):
        text = f"{declaration}申报表：{event.stage_name}{event.get_step_display()}。{event.text}"
        tell(people_of_department(declaration), kind, f"event/{event.pk}", text, event.at, event=event)


def tell(
    people: Iterable[User],
    kind: NoticeKind,
    key: str,
    text: str,
    at: datetime,
    *,
    event: Event | None = None,
    declaration: Declaration | None = None,
) -> None:
    """Write a notice for each of `people` but the actor of `event`; who was told of `key` before is not told again."""
    about = event.declaration if event else declaration
    Notice.objects.bulk_create(
        [
            Notice(user=user, kind=kind, key=key, text=text[:MAX_TEXT], at=at, event=event, declaration=about)
            for user in people
            if event is None or user.pk != event.actor_id
        ],
        ignore_conflicts=True,
    )
