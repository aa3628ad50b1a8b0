"""Who may do what with a declaration. Each predicate is total: it answers for every role, status and time.

A predicate looks at the declaration, its round, department and stage, and costs no query when these, and the
round's extensions, are fetched with it, as `selectors.declarations()` does.
"""

from datetime import datetime

from django.db.models import Q

from declarations.enums import EDITABLE_STATUSES, Status
from declarations.models import Declaration, ReviewStage, Round
from perfgoals.accounts.enums import DEPARTMENT_ROLES, ROLES_READING_EVERYTHING, OfficeKind, Role
from perfgoals.accounts.models import Department, User
from perfgoals.times import printed_time


def closing_time(round: Round, department: Department) -> datetime:
    """When the round closes for the department: its extension, where that is later than the round's own time."""
    extended = [e.closes_at for e in round.extensions.all() if e.department_id == department.pk]
    return max([round.closes_at, *extended])


def why_closed(declaration: Declaration, now: datetime) -> str:
    """Why the department cannot fill in and submit now, as the beginning of a Chinese sentence; empty where it can."""
    closes_at = closing_time(declaration.round, declaration.department)
    if not declaration.department.is_active:
        return "本部门（单位）已停用"
    if now < declaration.round.opens_at:
        return f"本批次将于 {printed_time(declaration.round.opens_at)} 开始填报"
    if now >= closes_at:
        return f"本批次已于 {printed_time(closes_at)} 截止"
    return ""


def is_open(declaration: Declaration, now: datetime) -> bool:
    """Whether the department can still fill in and submit."""
    return not why_closed(declaration, now)


def belongs_to_department(user: User, declaration: Declaration) -> bool:
    return user.role in DEPARTMENT_ROLES and user.department_id == declaration.department_id


def visible_to(user: User) -> Q:
    """The filter for the declarations that `user` may see; `can_view` is the same rule for one of them.

    Reviewers see what was submitted to them, never a draft that the department still keeps to itself.
    """
    if user.role in DEPARTMENT_ROLES:
        return Q(department=user.department_id)
    if user.role == Role.REVIEWER:
        return Q(department__office=user.office_id, submission__isnull=False)
    if user.role == Role.PERFORMANCE_REVIEWER:
        return Q(submission__isnull=False)
    if user.role in ROLES_READING_EVERYTHING:
        return Q()
    return Q(pk__in=[])


def can_view(user: User, declaration: Declaration) -> bool:
    if user.role in DEPARTMENT_ROLES:
        return belongs_to_department(user, declaration)
    if user.role == Role.REVIEWER:
        return declaration.submission_id is not None and declaration.department.office_id == user.office_id
    if user.role == Role.PERFORMANCE_REVIEWER:
        return declaration.submission_id is not None
    return user.role in ROLES_READING_EVERYTHING


def can_view_working_copy(user: User, declaration: Declaration) -> bool:
    """Whether `user` may see the rows that change while the department works, not only what was submitted."""
    return belongs_to_department(user, declaration) or user.role in ROLES_READING_EVERYTHING


def can_edit(user: User, declaration: Declaration, now: datetime) -> bool:
    return (
        user.role == Role.PREPARER
        and belongs_to_department(user, declaration)
        and declaration.status in EDITABLE_STATUSES
        and is_open(declaration, now)
    )


def submits(user: User, declaration: Declaration) -> bool:
    """Whether submitting and withdrawing this declaration is the business of `user`, in whatever status it is."""
    role = Role.DEPARTMENT_HEAD if declaration.round.head_submits else Role.PREPARER
    return user.role == role and belongs_to_department(user, declaration)


def reviews(user: User, declaration: Declaration, stage: ReviewStage) -> bool:
    """Whether deciding on this declaration in `stage` is the business of `user`, in whatever status it is."""
    if stage.office_kind == OfficeKind.BUSINESS:
        return user.role == Role.REVIEWER and declaration.department.office_id == user.office_id
    return user.role == Role.PERFORMANCE_REVIEWER


def can_decide(user: User, declaration: Declaration) -> bool:
    """Whether the declaration waits for a decision of `user` now."""
    return (
        declaration.status == Status.IN_REVIEW
        and declaration.stage is not None
        and reviews(user, declaration, declaration.stage)
    )


def waiting_for(user: User) -> Q:
    """The filter for the declarations that wait for a decision of `user`; `can_decide` is the same rule for one."""
    if user.role == Role.REVIEWER:
        return Q(status=Status.IN_REVIEW, stage__office_kind=OfficeKind.BUSINESS, department__office=user.office_id)
    if user.role == Role.PERFORMANCE_REVIEWER:
        return Q(status=Status.IN_REVIEW, stage__office_kind=OfficeKind.PERFORMANCE)
    return Q(pk__in=[])


def can_start(user: User, round: Round, now: datetime) -> bool:
    """Whether `user` may begin the declaration of the own department in `round`."""
    return (
        user.role == Role.PREPARER
        and user.department is not None
        and user.department.is_active
        and round.opens_at <= now < closing_time(round, user.department)
    )


def can_submit(user: User, declaration: Declaration, now: datetime) -> bool:
    """Whether `user` can submit the declaration now, if the checks let it pass."""
    return submits(user, declaration) and declaration.status in EDITABLE_STATUSES and is_open(declaration, now)


def can_withdraw(user: User, declaration: Declaration, now: datetime) -> bool:
    """Whether `user` can withdraw the declaration now, if no reviewer has acted yet."""
    return submits(user, declaration) and declaration.status == Status.IN_REVIEW and is_open(declaration, now)
