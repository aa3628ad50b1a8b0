"""A declaration in every situation of its way through review, and everybody around it."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import connection

from declarations.enums import StageKind, Status
from declarations.models import Declaration
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import Department, User
from tests.declarations import builders

TWO_STAGES = (StageKind.BUSINESS, StageKind.PERFORMANCE)
FOUR_STAGES = tuple(StageKind)

DRAFT = "draft"
WITHDRAWN = "withdrawn"
HEAD_REVIEW = "head's review"
SUPERIOR_REVIEW = "superior's review"
FIRST_REVIEW = "first review"
SECOND_REVIEW = "second review"
HANDED_BACK = "handed back"
RETURNED = "returned"
APPROVED = "approved"
ADJUSTING = "adjusting"
ADJUSTMENT_IN_REVIEW = "adjustment in review"
ADJUSTMENT_RETURNED = "adjustment returned"
STATUSES = {
    DRAFT: Status.DRAFT,
    WITHDRAWN: Status.DRAFT,
    HEAD_REVIEW: Status.IN_REVIEW,
    SUPERIOR_REVIEW: Status.IN_REVIEW,
    FIRST_REVIEW: Status.IN_REVIEW,
    SECOND_REVIEW: Status.IN_REVIEW,
    HANDED_BACK: Status.IN_REVIEW,
    RETURNED: Status.RETURNED,
    APPROVED: Status.APPROVED,
    ADJUSTING: Status.DRAFT,
    ADJUSTMENT_IN_REVIEW: Status.IN_REVIEW,
    ADJUSTMENT_RETURNED: Status.RETURNED,
}
# The stage that it waits in; in an adjustment, in a round of the bureau's two stages.
STAGES = {
    HEAD_REVIEW: StageKind.DEPARTMENT_HEAD,
    SUPERIOR_REVIEW: StageKind.SUPERIOR,
    FIRST_REVIEW: StageKind.BUSINESS,
    SECOND_REVIEW: StageKind.PERFORMANCE,
    HANDED_BACK: StageKind.BUSINESS,
    ADJUSTMENT_IN_REVIEW: StageKind.BUSINESS,
}
EVERY_SITUATION = frozenset(STATUSES)
EDITABLE = frozenset({DRAFT, WITHDRAWN, RETURNED, ADJUSTING, ADJUSTMENT_RETURNED})
SUBMITTED = EVERY_SITUATION - {DRAFT}
# What has come to the bureau, in the round that `declaration_in` makes.
AT_THE_BUREAU = SUBMITTED - {HEAD_REVIEW, SUPERIOR_REVIEW}
ADJUSTMENTS = frozenset({ADJUSTING, ADJUSTMENT_IN_REVIEW, ADJUSTMENT_RETURNED})

EVERYBODY = (
    "preparer",
    "head",
    "preparer of the superior",
    "head of the superior",
    "reviewer",
    "second reviewer",
    "head of the office",
    "reviewer who filled in",
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
    """A declaration in the situation; takes `round` and `department`, which stands under a superior.

    The round has the bureau's two stages, and all four where the situation lies in one of the others.
    """
    if "round" not in fields:
        in_bureau = STAGES.get(situation) in (None, *TWO_STAGES)
        fields["round"] = builders.round_(stages=TWO_STAGES if in_bureau else FOUR_STAGES)
    if "department" not in fields:
        fields["department"] = builders.department(superior=builders.department())
    status = Status.APPROVED if situation in ADJUSTMENTS else STATUSES[situation]
    made = builders.declaration(Status.IN_REVIEW if situation == WITHDRAWN else status, **fields)
    if situation == WITHDRAWN:
        builders.withdraw(made)
    if situation in ADJUSTMENTS:
        builders.adjust(made)
    if situation in (ADJUSTMENT_IN_REVIEW, ADJUSTMENT_RETURNED):
        builders.change(made)
        builders.submit(made)
    if situation == HANDED_BACK:
        pass_to(made, StageKind.PERFORMANCE)
        builders.hand_back(made)
    elif situation in STAGES:
        pass_to(made, STAGES[situation])
    if situation == ADJUSTMENT_RETURNED:
        builders.return_(made)
    return builders.fresh(made)


def pass_to(made: Declaration, kind: StageKind) -> None:
    """Let the declaration, which is in review, pass every stage before this one."""
    while builders.fresh(made).stage.kind != kind:
        builders.approve(made)


def people_around(own: Department) -> dict[str, User]:
    """Somebody of each role who has to do with the department, and the same of another one and of another office.

    Where the department has no superior, its place is taken by a department that is not.
    """
    superior = own.superior or builders.department()
    neighbour = builders.department(office=own.office)
    stranger = builders.department()
    people = [
        builders.person_of(own, Role.PREPARER),
        builders.person_of(own, Role.DEPARTMENT_HEAD),
        builders.person_of(superior, Role.PREPARER),
        builders.person_of(superior, Role.DEPARTMENT_HEAD),
        builders.person_of(own.office, Role.REVIEWER),
        builders.user(Role.REVIEWER, office=own.office),
        builders.user(Role.REVIEWER, office=own.office, is_office_head=True),
        builders.user(Role.REVIEWER, office=own.office),
        builders.person_of(builders.performance_office(), Role.PERFORMANCE_REVIEWER),
        builders.user(Role.ADMINISTRATOR),
        builders.user(Role.AUDITOR),
        builders.user(Role.PREPARER, department=neighbour),
        builders.user(Role.DEPARTMENT_HEAD, department=neighbour),
        builders.user(Role.PREPARER, department=stranger),
        builders.user(Role.DEPARTMENT_HEAD, department=stranger),
        builders.user(Role.REVIEWER, office=stranger.office),
    ]
    around = dict(zip(EVERYBODY, people, strict=True))
    for made in own.declarations.all():
        builders.contribute(made, around["reviewer who filled in"])
    return around


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
    """Every row of the named models (of all models of declarations by default), to compare before and after.

    As the database has them: making queries and values of Python of them takes several times as long.
    """
    models: Iterable[Any] = map(apps.get_model, labels) if labels else apps.get_app_config("declarations").get_models()
    rows = {}
    with connection.cursor() as cursor:
        for model in models:
            table, key = map(connection.ops.quote_name, (model._meta.db_table, model._meta.pk.column))
            cursor.execute(f"SELECT * FROM {table} ORDER BY {key}")  # noqa: S608
            names = [column[0] for column in cursor.description]
            rows[model._meta.label] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return rows
