"""A declaration in every situation of its way through a review of two stages, and everybody around it."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps

from declarations.enums import Status
from declarations.models import Declaration
from perfgoals.accounts.enums import OfficeKind, Role
from perfgoals.accounts.models import Department, User
from tests.declarations import builders

TWO_STAGES = (OfficeKind.BUSINESS, OfficeKind.PERFORMANCE)

DRAFT = "draft"
WITHDRAWN = "withdrawn"
FIRST_REVIEW = "first review"
SECOND_REVIEW = "second review"
RETURNED = "returned"
APPROVED = "approved"
STATUSES = {
    DRAFT: Status.DRAFT,
    WITHDRAWN: Status.DRAFT,
    FIRST_REVIEW: Status.IN_REVIEW,
    SECOND_REVIEW: Status.IN_REVIEW,
    RETURNED: Status.RETURNED,
    APPROVED: Status.APPROVED,
}
EVERY_SITUATION = frozenset(STATUSES)
EDITABLE = frozenset({DRAFT, WITHDRAWN, RETURNED})
SUBMITTED = EVERY_SITUATION - {DRAFT}

EVERYBODY = (
    "preparer",
    "head",
    "reviewer",
    "performance reviewer",
    "administrator",
    "auditor",
    "preparer of another department",
    "head of another department",
    "preparer under another office",
    "head under another office",
    "reviewer of another office",
)


def declaration_in(situation: str, **fields: Any) -> Declaration:
    """A declaration in the situation; takes `round`, which has two stages, and `department`."""
    if "round" not in fields:
        fields["round"] = builders.round_(stages=TWO_STAGES)
    status = Status.IN_REVIEW if situation == WITHDRAWN else STATUSES[situation]
    made = builders.declaration(status, **fields)
    if situation == WITHDRAWN:
        builders.withdraw(made)
    if situation == SECOND_REVIEW:
        builders.approve(made)
    return builders.fresh(made)


def people_around(own: Department) -> dict[str, User]:
    """Somebody of each role who has to do with the department, and the same of another one and of another office."""
    neighbour = builders.department(office=own.office)
    stranger = builders.department()
    people = [
        builders.person_of(own, Role.PREPARER),
        builders.person_of(own, Role.DEPARTMENT_HEAD),
        builders.person_of(own.office, Role.REVIEWER),
        builders.user(Role.PERFORMANCE_REVIEWER),
        builders.user(Role.ADMINISTRATOR),
        builders.user(Role.AUDITOR),
        builders.user(Role.PREPARER, department=neighbour),
        builders.user(Role.DEPARTMENT_HEAD, department=neighbour),
        builders.user(Role.PREPARER, department=stranger),
        builders.user(Role.DEPARTMENT_HEAD, department=stranger),
        builders.user(Role.REVIEWER, office=stranger.office),
    ]
    return dict(zip(EVERYBODY, people, strict=True))


# Why somebody of the department cannot change a declaration, and what the page says then.
READ_ONLY = {"head": "您只能查看本申报表。", "closed": "截止，只能查看。", "submitted": "不能修改。"}


def read_only(made: Declaration, why: str) -> User:
    """Somebody of the department who cannot change the draft, or not any more, for this reason of `READ_ONLY`."""
    if why == "head":
        return builders.person_of(made.department, Role.DEPARTMENT_HEAD)
    preparer = builders.preparer_of(made)
    if why == "closed":
        builders.close(made)
    if why == "submitted":
        builders.fill(made, preparer)
        builders.submit(made)
    return preparer


def stored(*labels: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of the named models (of all models of declarations by default), to compare before and after."""
    models: Iterable[Any] = map(apps.get_model, labels) if labels else apps.get_app_config("declarations").get_models()
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}
