"""The people who have to do with a declaration."""

from django.db.models import Q, QuerySet

from declarations.enums import StageKind
from declarations.models import Declaration
from perfgoals.accounts.enums import DEPARTMENT_ROLES, Role
from perfgoals.accounts.models import User


def people_of_department(declaration: Declaration) -> "QuerySet[User]":
    """The active people of the department that declares."""
    return User.objects.filter(is_active=True, role__in=DEPARTMENT_ROLES, department=declaration.department_id)


def office_reviewers(declaration: Declaration) -> "QuerySet[User]":
    """The active people who decide in the stage that the declaration is in; none where it is in no stage.

    `permissions.reviews_now` is the same rule for one of them.
    """
    stage = declaration.stage
    match stage.kind if stage else None:
        case StageKind.DEPARTMENT_HEAD:
            where = Q(role=Role.DEPARTMENT_HEAD, department=declaration.department_id)
        case StageKind.SUPERIOR:
            where = Q(role__in=DEPARTMENT_ROLES, department=declaration.department.superior_id)
        case StageKind.BUSINESS:
            where = Q(role=Role.REVIEWER, office=declaration.department.office_id)
        case StageKind.PERFORMANCE:
            where = Q(role=Role.PERFORMANCE_REVIEWER)
        case _:
            where = Q(pk__in=[])
    took_part = declaration.contributions.values("user")
    return User.objects.filter(where, is_active=True).exclude(pk__in=took_part)


def reviewers_of(declaration: Declaration) -> "QuerySet[User]":
    """Those whose turn it is: the one who deals with the declaration or, where nobody does, all who may decide.

    Who has left, or has come to another office, deals with nothing any more.
    """
    all_of_them = office_reviewers(declaration)
    if declaration.assignee_id is None:
        return all_of_them
    one = all_of_them.filter(pk=declaration.assignee_id)
    return one if one.exists() else all_of_them


def colleagues_of(reviewer: User) -> "QuerySet[User]":
    """Everybody who decides where `reviewer` of the bureau does, himself and those who were switched off too."""
    colleagues = User.objects.filter(role=reviewer.role)
    return colleagues.filter(office=reviewer.office_id) if reviewer.role == Role.REVIEWER else colleagues
