"""Plays what happened to the demo's declarations, by the same services and steps as people at their screens."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from declarations import assessing, assigning, commenting, round_services, selectors, services
from declarations.assessing import Mark
from declarations.demo import data, filling
from declarations.enums import Step
from declarations.models import Comment, Declaration, Extension, Round, Submission
from declarations.people import reviewers_of
from declarations.quoting import quotes
from declarations.workflow import take_step
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import Department, User

# One declaration's way, and one step of it, as the data file has them.
History = Mapping[str, Any]
Described = Mapping[str, Any]
# What the department's preparer does; everything else is done by whoever deals with the declaration.
OF_THE_DEPARTMENT = {Step.START, Step.SUBMIT, Step.WITHDRAW, Step.ADJUST, "correct", "answer"}


def play(histories: Iterable[History]) -> None:
    """Take the steps of all histories in the order of time, each at its time."""
    rounds = {round_.fiscal_year: round_ for round_ in Round.objects.all()}
    steps = [
        (data.moment(rounds[history["year"]].opens_at, step["day"], step["time"]), history, step)
        for history in histories
        for step in history["steps"]
    ]
    for at, history, step in sorted(steps, key=lambda timed: timed[0]):
        round_ = rounds[history["year"]]
        if step["step"] == Step.START:
            start(round_, history, at)
        elif step["step"] == "extend":
            extend(round_, history, step, at)
        else:
            declaration = selectors.declarations().get(round=round_, department__code=history["department"])
            ACTIONS.get(step["step"], take)(declaration, actor_of(declaration, step), step, at)


def start(round_: Round, history: History, at: datetime) -> None:
    preparer = preparer_of(history["department"])
    declaration = services.start_declaration(round_, preparer, at)
    if history["form"]:
        filling.fill(declaration, preparer, data.form(history["form"], history["year"]), at)
    Declaration.objects.filter(pk=declaration.pk).update(created_at=at, updated_at=at)


def extend(round_: Round, history: History, step: Described, at: datetime) -> None:
    """Let the round close later for the department, by the administrator."""
    extension = round_services.grant_extension(
        round_.pk,
        Department.objects.get(code=history["department"]),
        data.moment(round_.closes_at, step["days"], step["until"]),
        step["reason"],
        User.objects.get(username=step["by"]),
    )
    Extension.objects.filter(pk=extension.pk).update(granted_at=at)


def actor_of(declaration: Declaration, step: Described) -> User:
    """Who takes the step: whom it names, else the department's preparer or the one whose turn it is.

    Where that is a whole office, its head leaves it to the others.
    """
    if "by" in step:
        return User.objects.get(username=step["by"])
    if step["step"] in OF_THE_DEPARTMENT:
        return preparer_of(declaration.department.code)
    return reviewers_of(declaration).order_by("is_office_head", "pk")[0]


def preparer_of(department_code: str) -> User:
    return User.objects.filter(role=Role.PREPARER, department__code=department_code).order_by("pk")[0]


def take(declaration: Declaration, actor: User, step: Described, at: datetime) -> None:
    """Take a step between statuses; a review form is filled in before the decision."""
    if "points" in step:
        assess(declaration, actor, step, at)
    last = declaration.events.last()
    take_step(
        declaration.pk,
        Step(step["step"]),
        actor,
        digest=selectors.current_document(declaration).digest(),
        stage=declaration.stage_id,
        event=last.pk if last else None,
        reason=step.get("reason", ""),
        text=step.get("text", ""),
        at=at,
    )
    Declaration.objects.filter(pk=declaration.pk).update(updated_at=at)


def assess(declaration: Declaration, actor: User, step: Described, at: datetime) -> None:
    """Give the points of the review form, in order; null where one is not scored yet."""
    marks = zip(declaration.round.criteria.all(), step["points"], strict=True)
    remarks = step.get("remarks", {})
    assessing.save_assessment(
        declaration.pk,
        actor,
        {
            criterion.pk: Mark(None if given is None else Decimal(given), remarks.get(criterion.name, ""))
            for criterion, given in marks
        },
        digest=submitted(declaration).digest,
        stage=declaration.stage_id,
        now=at,
    )


def correct(declaration: Declaration, actor: User, step: Described, at: datetime) -> None:
    filling.correct(declaration, actor, step, at)
    Declaration.objects.filter(pk=declaration.pk).update(updated_at=at)


def comment(declaration: Declaration, actor: User, step: Described, at: datetime) -> None:
    """Comment on the place that the step calls by its words."""
    sealed = selectors.sealed_document(submitted(declaration))
    places = {quote.place.words: path for path, quote in quotes(sealed).items()}
    commenting.add_comment(
        declaration.pk,
        actor,
        digest=submitted(declaration).digest,
        path=places[step["place"]],
        text=step["text"],
        is_internal=step.get("internal", False),
        now=at,
    )


def answer(declaration: Declaration, actor: User, step: Described, at: datetime) -> None:
    commenting.answer(comment_on(declaration, step).pk, actor, step["text"], now=at)


def settle(declaration: Declaration, actor: User, step: Described, at: datetime) -> None:
    commenting.settle(comment_on(declaration, step).pk, actor, now=at)


def comment_on(declaration: Declaration, step: Described) -> Comment:
    """The comment on the place that the step calls by its words of the time when it was written."""
    return declaration.comments.get(place=step["place"], is_internal=step.get("internal", False), parent=None)


def take_on(declaration: Declaration, actor: User, step: Described, at: datetime) -> None:
    assigning.take(declaration.pk, actor, at)


def assign(declaration: Declaration, actor: User, step: Described, at: datetime) -> None:
    assigning.assign(declaration.pk, actor, User.objects.get(username=step["to"]).pk, at)


def submitted(declaration: Declaration) -> Submission:
    assert declaration.submission is not None  # noqa: S101  # nobody reviews what was not submitted
    return declaration.submission


ACTIONS: dict[str, Callable[[Declaration, User, Described, datetime], None]] = {
    "correct": correct,
    "comment": comment,
    "answer": answer,
    "settle": settle,
    "assess": assess,
    "take": take_on,
    "assign": assign,
}
