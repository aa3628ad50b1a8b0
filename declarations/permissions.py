"""Who may do what with a declaration. Each predicate is total: it answers for every role, status and time.

A predicate looks at the declaration, its round, department, stage and contributions, and costs no query when these,
and the round's extensions and stages, are fetched with it, as `selectors.declarations()` does.
"""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from declarations.enums import BUREAU_STAGES, COMMENTED_STATUSES, DECISIONS, EDITABLE_STATUSES, StageKind, Status
from declarations.models import Contribution, Declaration, Event, ReviewStage, Round
from perfgoals.accounts.enums import DEPARTMENT_ROLES, REVIEW_ROLES, ROLES_READING_EVERYTHING, Role
from perfgoals.accounts.models import Department, User
from perfgoals.times import printed_time

INACTIVE = "本部门（单位）已停用"


def closing_time(round: Round, department: Department) -> datetime:
    """When the round closes for the department: its extension, where that is later than the round's own time."""
    extended = [e.closes_at for e in round.extensions.all() if e.department_id == department.pk]
    return max([round.closes_at, *extended])


def adjustments_close_at(round: Round) -> datetime:
    """Until when what was approved can be adjusted: the end of the fiscal year, where the round says nothing else."""
    if round.adjustments_close_at is not None:
        return round.adjustments_close_at
    return timezone.make_aware(datetime(round.fiscal_year + 1, 1, 1))  # noqa: DTZ001  # made aware right here


def closes_at(declaration: Declaration) -> datetime:
    """When the declaration, or the adjustment of it that is under way, can no longer be filled in and submitted."""
    closes = closing_time(declaration.round, declaration.department)
    return max(closes, adjustments_close_at(declaration.round)) if declaration.is_adjusting else closes


def why_closed(declaration: Declaration, now: datetime) -> str:
    """Why the department cannot fill in and submit now, as the beginning of a Chinese sentence; empty where it can."""
    closing = closes_at(declaration)
    if not declaration.department.is_active:
        return INACTIVE
    if now < declaration.round.opens_at:
        return f"本批次将于 {printed_time(declaration.round.opens_at)} 开始填报"
    if now >= closing:
        return f"本批次{'的调整' if declaration.is_adjusting else ''}已于 {printed_time(closing)} 截止"
    return ""


def why_not_adjustable(declaration: Declaration, now: datetime) -> str:
    """Why what was approved can no longer be adjusted, as the beginning of a Chinese sentence; empty where it can."""
    closing = adjustments_close_at(declaration.round)
    if not declaration.department.is_active:
        return INACTIVE
    return f"本批次的调整已于 {printed_time(closing)} 截止" if now >= closing else ""


def is_open(declaration: Declaration, now: datetime) -> bool:
    """Whether the department can still fill in and submit."""
    return not why_closed(declaration, now)


def belongs_to_department(user: User, declaration: Declaration) -> bool:
    return user.role in DEPARTMENT_ROLES and user.department_id == declaration.department_id


def belongs_to_superior(user: User, declaration: Declaration) -> bool:
    superior = declaration.department.superior_id
    return user.role in DEPARTMENT_ROLES and superior is not None and user.department_id == superior


def belongs_to_bureau(user: User) -> bool:
    """Whether `user` may read what the bureau keeps to itself of the declarations that he sees."""
    return user.role in REVIEW_ROLES or user.role in ROLES_READING_EVERYTHING


def can_view_scores(user: User, declaration: Declaration) -> bool:
    """Whether `user` may read what the review form came to; the department does when all is approved."""
    return belongs_to_bureau(user) or declaration.status == Status.APPROVED


def visible_to(user: User) -> Q:
    """The filter for the declarations that `user` may see; `can_view` is the same rule for one of them.

    Reviewers see what has come to the bureau, a superior department what has come to it: never a draft, nor what the
    department's head has still to let go.
    """
    if user.role in DEPARTMENT_ROLES:
        came_to_superior = Q(
            department__superior=user.department_id,
            reached__gte=StageKind.SUPERIOR.rank,
            round__in=Round.objects.filter(stages__kind=StageKind.SUPERIOR),
        )
        return Q(department=user.department_id) | came_to_superior
    if user.role == Role.REVIEWER:
        return Q(department__office=user.office_id, reached__gte=StageKind.BUSINESS.rank)
    if user.role == Role.PERFORMANCE_REVIEWER:
        return Q(reached__gte=StageKind.BUSINESS.rank)
    if user.role in ROLES_READING_EVERYTHING:
        return Q()
    return Q(pk__in=[])


def can_view(user: User, declaration: Declaration) -> bool:
    if user.role in DEPARTMENT_ROLES:
        came_to_superior = (
            belongs_to_superior(user, declaration)
            and declaration.reached >= StageKind.SUPERIOR.rank
            and any(stage.kind == StageKind.SUPERIOR for stage in declaration.round.stages.all())
        )
        return belongs_to_department(user, declaration) or came_to_superior
    if user.role == Role.REVIEWER:
        came = declaration.reached >= StageKind.BUSINESS.rank
        return came and declaration.department.office_id == user.office_id
    if user.role == Role.PERFORMANCE_REVIEWER:
        return declaration.reached >= StageKind.BUSINESS.rank
    return user.role in ROLES_READING_EVERYTHING


def visible_submissions(user: User, declaration: Declaration) -> Q:
    """The filter for the declaration's submissions that `user`, who may see the declaration, may see.

    As with the declaration, others than the department see one when it has come to them: never one that the
    department's head has still to let go, has returned or did not let go before it was withdrawn.
    """
    if can_view_working_copy(user, declaration):
        return Q()
    first = StageKind.BUSINESS if belongs_to_bureau(user) else StageKind.SUPERIOR
    kinds = [kind for kind in StageKind if kind.rank >= first.rank]
    came = Q(Exists(Event.objects.filter(submission=OuterRef("pk"), stage__kind__in=kinds)))
    is_there = declaration.stage is not None and declaration.stage.kind in kinds
    return came | Q(pk=declaration.submission_id) if is_there else came


def visible_submissions_of_all(user: User) -> Q:
    """The same filter for the submissions of all declarations that `user` may see."""
    if user.role in ROLES_READING_EVERYTHING:
        return Q()
    first = StageKind.BUSINESS if belongs_to_bureau(user) else StageKind.SUPERIOR
    kinds = [kind for kind in StageKind if kind.rank >= first.rank]
    came = Q(Exists(Event.objects.filter(submission=OuterRef("pk"), stage__kind__in=kinds)))
    is_there = Q(declaration__stage__kind__in=kinds, pk=F("declaration__submission"))
    if user.role in DEPARTMENT_ROLES:
        return came | is_there | Q(declaration__department=user.department_id)
    return came | is_there


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
    """Whether submitting, withdrawing and adjusting is the business of `user`, in whatever status it is."""
    return user.role == Role.PREPARER and belongs_to_department(user, declaration)


def stages_of(declaration: Declaration) -> list[ReviewStage]:
    """The stages that the declaration passes, in order; a department without a superior has none of its superior's."""
    has_superior = declaration.department.superior_id is not None
    stages = declaration.round.stages.all()
    return [stage for stage in stages if has_superior or stage.kind != StageKind.SUPERIOR]


def reviews(user: User, declaration: Declaration, stage: ReviewStage) -> bool:
    """Whether deciding on this declaration in `stage` is the business of `user`'s place, in whatever status it is."""
    match stage.kind:
        case StageKind.DEPARTMENT_HEAD:
            return user.role == Role.DEPARTMENT_HEAD and belongs_to_department(user, declaration)
        case StageKind.SUPERIOR:
            return belongs_to_superior(user, declaration)
        case StageKind.BUSINESS:
            return user.role == Role.REVIEWER and declaration.department.office_id == user.office_id
        case _:
            return user.role == Role.PERFORMANCE_REVIEWER


def has_part_in(user: User, declaration: Declaration) -> bool:
    """Whether `user` has filled in or submitted the declaration, in whatever role, and so never decides on it."""
    return any(part.user_id == user.pk for part in declaration.contributions.all())


def reviews_now(user: User, declaration: Declaration) -> bool:
    """Whether the declaration is in a stage of `user`'s place, whoever of that place has taken it."""
    return (
        declaration.status == Status.IN_REVIEW
        and declaration.stage is not None
        and reviews(user, declaration, declaration.stage)
        and not has_part_in(user, declaration)
    )


def can_decide(user: User, declaration: Declaration) -> bool:
    """Whether `user` can decide on the declaration now: it is in his stage, and nobody else has taken it."""
    return reviews_now(user, declaration) and declaration.assignee_id in (None, user.pk)


def can_take(user: User, declaration: Declaration) -> bool:
    """Whether `user` can take the declaration as the one who deals with it; from a colleague, too."""
    return can_be_assigned(declaration) and reviews_now(user, declaration) and declaration.assignee_id != user.pk


def can_assign(user: User, declaration: Declaration) -> bool:
    """Whether `user` can say who of his office deals with the declaration."""
    return user.is_office_head and can_be_assigned(declaration) and reviews_now(user, declaration)


def can_release(user: User, declaration: Declaration) -> bool:
    """Whether `user` can leave the declaration to his colleagues: his own, or anybody's as the head of the office."""
    is_taken = declaration.assignee_id is not None
    return is_taken and (can_assign(user, declaration) or declaration.assignee_id == user.pk)


def can_undo(user: User, declaration: Declaration, last: Event | None) -> bool:
    """Whether `last`, the latest event of the declaration, is a decision that `user` has taken and can undo.

    A return can be undone only until the department changes something, which is not looked at here.
    """
    return (
        last is not None
        and last.step in DECISIONS
        and last.actor_id == user.pk
        and last.stage is not None
        and reviews(user, declaration, last.stage)
    )


def can_be_assigned(declaration: Declaration) -> bool:
    """Whether the declaration is in a stage in which an office shares its work out."""
    return declaration.stage is not None and declaration.stage.kind in BUREAU_STAGES


def departments_by_stage(user: User) -> dict[StageKind, Q]:
    """The stages in which `user`'s place decides, each with the filter for the departments on which it does so there.

    `reviews` is the same rule for one declaration.
    """
    found = {}
    if user.role == Role.DEPARTMENT_HEAD:
        found[StageKind.DEPARTMENT_HEAD] = Q(department=user.department_id)
    if user.role in DEPARTMENT_ROLES:
        found[StageKind.SUPERIOR] = Q(department__superior=user.department_id)
    if user.role == Role.REVIEWER:
        found[StageKind.BUSINESS] = Q(department__office=user.office_id)
    if user.role == Role.PERFORMANCE_REVIEWER:
        found[StageKind.PERFORMANCE] = Q()
    return found


def waiting_for(user: User) -> Q:
    """The filter for the declarations that wait in the stage of `user`'s place; `reviews_now` is the same for one."""
    in_stage_of_his = Q(pk__in=[])
    for kind, departments in departments_by_stage(user).items():
        in_stage_of_his |= Q(departments, stage__kind=kind)
    own_work = Contribution.objects.filter(declaration=OuterRef("pk"), user=user)
    return Q(in_stage_of_his, ~Exists(own_work), status=Status.IN_REVIEW)


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


def can_adjust(user: User, declaration: Declaration, now: datetime) -> bool:
    """Whether `user` can begin an adjustment of what was approved."""
    return (
        submits(user, declaration)
        and declaration.status == Status.APPROVED
        and not why_not_adjustable(declaration, now)
    )


def can_cancel_adjustment(user: User, declaration: Declaration) -> bool:
    """Whether `user` can give up the adjustment that is under way; what was approved before stays in force."""
    return submits(user, declaration) and declaration.is_adjusting and declaration.status in EDITABLE_STATUSES


def comments_on(user: User, declaration: Declaration) -> bool:
    """Whether commenting is the business of `user`, in whatever status it is.

    It is that of the bureau's reviewers who see the declaration and of those who decide in a stage before theirs.
    """
    decides = any(reviews(user, declaration, stage) for stage in stages_of(declaration))
    return (user.role in REVIEW_ROLES or decides) and can_view(user, declaration) and not has_part_in(user, declaration)


def can_comment(user: User, declaration: Declaration) -> bool:
    """Whether `user` can write a new comment now.

    The bureau can while something is to be done: in review and after a return. Others can while it is in their stage.
    """
    if user.role in REVIEW_ROLES:
        return declaration.status in COMMENTED_STATUSES and comments_on(user, declaration)
    return reviews_now(user, declaration)


def can_answer(user: User, declaration: Declaration, *, is_internal: bool) -> bool:
    """Whether `user` can answer comments of this audience; in every status, so that no question stays open."""
    if is_internal and user.role not in REVIEW_ROLES:
        return False
    return belongs_to_department(user, declaration) or comments_on(user, declaration)


def can_settle(user: User, declaration: Declaration, author: User) -> bool:
    """Whether `user` can mark a comment of `author` as settled, or reopen it, in every status.

    The bureau's reviewers can of every comment, others of those from their own place.
    """
    of_own_place = user.department_id is not None and user.department_id == author.department_id
    return comments_on(user, declaration) and (user.role in REVIEW_ROLES or of_own_place)


def visible_comments(user: User) -> Q:
    """The filter for the comments that `user` may read on the declarations that he may see."""
    return Q() if belongs_to_bureau(user) else Q(is_internal=False)


def can_withdraw(user: User, declaration: Declaration, now: datetime) -> bool:
    """Whether `user` can withdraw the declaration now, if no reviewer has acted yet."""
    return submits(user, declaration) and declaration.status == Status.IN_REVIEW and is_open(declaration, now)
