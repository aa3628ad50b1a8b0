"""The steps between statuses: one table, one function, and the only code that changes a status."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from declarations import assessing, notices, permissions, selectors, tasks
from declarations.checks import error_count, run_checks
from declarations.document import digest_of
from declarations.enums import BUREAU_STAGES, DECISIONS, EDITABLE_STATUSES, ReturnReason, StageKind, Status, Step
from declarations.models import Contribution, Declaration, Event, ReviewStage, Submission, SubmissionFinding
from declarations.models.review import MAX_TEXT
from declarations.numbers import storable_amount
from declarations.restoring import restore_rows
from perfgoals.accounts.models import User
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record

NOT_ASSESSED = assessing.Result()


class StepRefused(Exception):
    """A step that cannot be taken; its message, in Chinese, says why and what to do."""


@dataclass(frozen=True)
class Attempt:
    """A step that somebody asks for, with what he had before his eyes when he asked.

    `digest` is the SHA-256 of the document seen: of the working rows for a submission and for the end of an
    adjustment, of the sealed submission for every other step. `stage` is the stage that a reviewer decides for,
    `event` the decision that he undoes.
    """

    step: Step
    actor: User
    at: datetime
    digest: str
    stage: int | None = None
    event: int | None = None
    reason: str = ""
    text: str = ""


def take_step(
    declaration_id: int,
    step: Step,
    actor: User,
    *,
    digest: str,
    stage: int | None = None,
    event: int | None = None,
    reason: str = "",
    text: str = "",
    at: datetime | None = None,
) -> Event:
    """Take `step` and answer its event, or raise StepRefused and change nothing.

    The declaration's row is locked first, so that of two who act at once the second sees what the first has done.
    Asked to approve, a stage that is not the last lets the declaration pass to the next one.
    """
    attempt = Attempt(step, actor, at or timezone.now(), digest, stage, event, reason, text.strip())
    try:
        return _take(declaration_id, attempt)
    except IntegrityError as conflict:
        # The stages of the round are not locked with the declaration: an administrator has just replaced them.
        raise StepRefused("办理时批次设置刚被管理员更改，未办理。请刷新页面后重试。") from conflict


def _take(declaration_id: int, attempt: Attempt) -> Event:
    step, actor = attempt.step, attempt.actor
    with transaction.atomic():
        declaration = selectors.locked_declaration(declaration_id)
        rule = RULES[step]
        if not rule.may(actor, declaration):
            raise StepRefused(f"您无权对该申报表办理“{step.label}”。")
        if declaration.status not in rule.sources:
            raise StepRefused(
                f"申报表当前状态为“{declaration.get_status_display()}”，不能{step.label}，可能已由他人办理。"
                "请核对办理记录。"
            )
        event = rule.take(declaration, attempt)
        notices.tell_of(event)
        tasks.renew_tables(event)
        record(
            actor,
            Action(event.step),
            subject=f"{declaration}申报表",
            declaration_id=declaration.pk,
            digest=event.submission.digest if event.submission else "",
            text=event.text,
        )
        return event


def _submit(declaration: Declaration, attempt: Attempt) -> Event:
    _require_open(declaration, attempt)
    document = selectors.document_of(declaration)
    sealed = document.sealed()
    digest = digest_of(sealed)
    _require_seen(digest, attempt)
    if declaration.approved is not None and digest == declaration.approved.digest:
        raise StepRefused("调整后的内容与现行批复完全相同，不需送审。不再调整的，请终止调整。")
    findings = run_checks(document, selectors.earlier_documents(declaration))
    if errors := error_count(findings):
        raise StepRefused(f"尚有 {errors} 处错误，改正后才能送审。")
    stages = permissions.stages_of(declaration)
    if not stages:
        raise StepRefused("本批次尚未设置审核环节，请联系管理员。")
    declaration.submission = Submission.objects.create(
        declaration=declaration,
        number=declaration.submissions.count() + 1,
        document=sealed,
        digest=digest,
        revision=declaration.revision,
        total=storable_amount(document.budget.total),
        warnings=len(findings),
        submitted_by=attempt.actor,
        submitted_at=attempt.at,
    )
    SubmissionFinding.objects.bulk_create(
        SubmissionFinding(submission=declaration.submission, code=code, number=number)
        for code, number in Counter(finding.code for finding in findings).items()
    )
    Contribution.objects.bulk_create([Contribution(declaration=declaration, user=attempt.actor)], ignore_conflicts=True)
    return _move(declaration, attempt, Step.SUBMIT, Status.IN_REVIEW, stages[0])


def _withdraw(declaration: Declaration, attempt: Attempt) -> Event:
    _require_open(declaration, attempt)
    submission = _sealed(declaration)
    _require_seen(submission.digest, attempt)
    if standing_decisions(submission):
        raise StepRefused("审核人员已经办理，不能撤回。如需修改，请与审核科室联系退回。")
    return _move(declaration, attempt, Step.WITHDRAW, Status.DRAFT)


def _approve(declaration: Declaration, attempt: Attempt) -> Event:
    stage = _require_stage(declaration, attempt)
    result = assessing.result_of(declaration, stage, attempt.actor)
    if result.why_not_passable:
        raise StepRefused(result.why_not_passable)
    following = [later for later in permissions.stages_of(declaration) if later.position > stage.position]
    if following:
        return _move(declaration, attempt, Step.PASS, Status.IN_REVIEW, following[0], assessed=result)
    declaration.approved = declaration.submission
    return _move(declaration, attempt, Step.APPROVE, Status.APPROVED, assessed=result)


def _return(declaration: Declaration, attempt: Attempt) -> Event:
    stage = _require_stage(declaration, attempt)
    _require_reason(attempt)
    result = assessing.result_of(declaration, stage, attempt.actor)
    return _move(declaration, attempt, Step.RETURN, Status.RETURNED, assessed=result)


def _hand_back(declaration: Declaration, attempt: Attempt) -> Event:
    stage = _require_stage(declaration, attempt)
    _require_reason(attempt)
    earlier = [before for before in permissions.stages_of(declaration) if before.position < stage.position]
    if not earlier:
        raise StepRefused(f"{stage}是第一个审核环节，没有上一环节。需要修改的，请退回部门。")
    return _move(declaration, attempt, Step.HAND_BACK, Status.IN_REVIEW, earlier[-1])


def _undo(declaration: Declaration, attempt: Attempt) -> Event:
    """Put the declaration back to where it was before the decision, with the time it has been there since."""
    undone = declaration.events.select_related("stage").last()
    _require_seen(_sealed(declaration).digest, attempt)
    if undone is None or undone.pk != attempt.event or undone.step not in DECISIONS:
        raise StepRefused("该办理之后又有新的办理，不能撤销。请核对办理记录。")
    if undone.actor_id != attempt.actor.pk:
        raise StepRefused("只能撤销本人的办理。")
    if undone.stage is None or not permissions.reviews(attempt.actor, declaration, undone.stage):
        raise StepRefused("该环节已不由您办理，不能撤销。")
    if undone.step == Step.RETURN and selectors.document_of(declaration).digest() != attempt.digest:
        raise StepRefused("部门已开始修改，不能撤销退回。")
    if undone.step == Step.APPROVE:
        approvals = declaration.submissions.filter(events__step=Step.APPROVE, events__undone_by__isnull=True)
        declaration.approved = approvals.filter(number__lt=_sealed(declaration).number).last()
    return _move(
        declaration, attempt, Step.UNDO, Status.IN_REVIEW, undone.stage, since=undone.stage_since, undoes=undone
    )


def _adjust(declaration: Declaration, attempt: Attempt) -> Event:
    closed = permissions.why_not_adjustable(declaration, attempt.at)
    if closed:
        raise StepRefused(f"{closed}，不能申请调整。如有疑问，请与财政局联系。")
    _require_seen(_sealed(declaration).digest, attempt)
    if not attempt.text:
        raise StepRefused("请填写调整原因。")
    revisions = declaration.submissions.order_by("-revision").values_list("revision", flat=True)
    declaration.revision = revisions[0] + 1
    return _move(declaration, attempt, Step.ADJUST, Status.DRAFT)


def _cancel_adjustment(declaration: Declaration, attempt: Attempt) -> Event:
    approved = declaration.approved
    if approved is None:
        raise StepRefused("申报表没有正在办理的调整。")
    _require_seen(selectors.document_of(declaration).digest(), attempt)
    restore_rows(declaration, selectors.sealed_document(approved), attempt.actor)
    declaration.submission = approved
    declaration.revision = approved.revision
    return _move(declaration, attempt, Step.CANCEL_ADJUSTMENT, Status.APPROVED)


def standing_decisions(submission: Submission) -> bool:
    """Whether anything was decided on the submission that has not been undone."""
    return submission.events.filter(step__in=DECISIONS, undone_by__isnull=True).exists()


def due_at(stage: ReviewStage, since: datetime) -> datetime | None:
    """The end of the day by which the stage is to decide on what came to it at `since`; None where nothing is set."""
    if stage.target_days is None:
        return None
    day_after = timezone.localdate(since) + timedelta(days=stage.target_days + 1)
    return timezone.make_aware(datetime.combine(day_after, time()))


def _sealed(declaration: Declaration) -> Submission:
    if declaration.submission is None:
        raise StepRefused("申报表尚未送审。")
    return declaration.submission


def _require_open(declaration: Declaration, attempt: Attempt) -> None:
    closed = permissions.why_closed(declaration, attempt.at)
    if closed:
        raise StepRefused(f"{closed}，不能{attempt.step.label}。如有疑问，请与财政局联系。")


def _require_seen(current_digest: str, attempt: Attempt) -> None:
    if attempt.digest != current_digest:
        raise StepRefused(f"您看到的内容之后又有变动，未{attempt.step.label}。请核对最新内容后再办理。")


def _require_stage(declaration: Declaration, attempt: Attempt) -> ReviewStage:
    stage = declaration.stage
    if stage is None or stage.pk != attempt.stage:
        raise StepRefused("申报表已不在您看到的审核环节，可能已由他人办理。请核对办理记录。")
    if not permissions.reviews(attempt.actor, declaration, stage):
        raise StepRefused(f"申报表正在{stage}，不由您办理。")
    if permissions.has_part_in(attempt.actor, declaration):
        raise StepRefused("您填报或送审过该申报表，不能由您审核。")
    if declaration.assignee is not None and declaration.assignee != attempt.actor:
        raise StepRefused(f"该申报表由{declaration.assignee}经办。如须由您办理，请先改由本人经办。")
    _require_seen(_sealed(declaration).digest, attempt)
    return stage


def _require_reason(attempt: Attempt) -> None:
    if attempt.reason not in ReturnReason.values:
        raise StepRefused("请选择退回原因。")
    if not attempt.text:
        raise StepRefused("请填写退回意见。")


def _move(
    declaration: Declaration,
    attempt: Attempt,
    recorded: Step,
    target: Status,
    stage: ReviewStage | None = None,
    *,
    since: datetime | None = None,
    assessed: assessing.Result = NOT_ASSESSED,
    undoes: Event | None = None,
) -> Event:
    """Write the event and the new state; the declaration counts as in `stage` from `since` or else from now on."""
    if len(attempt.text) > MAX_TEXT:
        raise StepRefused(f"意见不能超过 {MAX_TEXT} 字。")
    event = Event.objects.create(
        declaration=declaration,
        submission=declaration.submission,
        step=recorded,
        from_status=declaration.status,
        to_status=target,
        stage=declaration.stage,
        stage_name=str(declaration.stage) if declaration.stage else "",
        stage_since=declaration.stage_since,
        reason=attempt.reason if recorded in (Step.RETURN, Step.HAND_BACK) else "",
        text=attempt.text,
        actor=attempt.actor,
        actor_name=attempt.actor.name,
        actor_place=str(attempt.actor.department or attempt.actor.office or ""),
        at=attempt.at,
        score=assessed.score,
        grade=assessed.grade,
        undoes=undoes,
    )
    declaration.status = target
    _enter(declaration, stage, since or attempt.at)
    declaration.save(
        update_fields=[
            *("status", "stage", "stage_since", "due_at", "assignee", "reached"),
            *("submission", "approved", "revision", "updated_at"),
        ]
    )
    return event


def _enter(declaration: Declaration, stage: ReviewStage | None, since: datetime) -> None:
    """Put the declaration into the stage, where whoever decided on it there last deals with it again."""
    declaration.stage = stage
    declaration.stage_since = since if stage else None
    declaration.due_at = due_at(stage, since) if stage else None
    declaration.assignee = None
    if stage is None:
        return
    declaration.reached = max(declaration.reached, StageKind(stage.kind).rank)
    if stage.kind in BUREAU_STAGES:
        decided = declaration.events.filter(stage=stage, step__in=DECISIONS).select_related("actor").last()
        if decided and decided.actor.is_active and permissions.reviews_now(decided.actor, declaration):
            declaration.assignee = decided.actor


def _may_decide(user: User, declaration: Declaration) -> bool:
    """Whether `user` decides in any stage of the round; that it is the current one, the step itself looks at."""
    return any(permissions.reviews(user, declaration, stage) for stage in permissions.stages_of(declaration))


@dataclass(frozen=True)
class Rule:
    """Whose business a step is, from which statuses it leads, and what it does."""

    may: Callable[[User, Declaration], bool]
    sources: frozenset[Status]
    take: Callable[[Declaration, Attempt], Event]


RULES = {
    Step.SUBMIT: Rule(permissions.submits, EDITABLE_STATUSES, _submit),
    Step.WITHDRAW: Rule(permissions.submits, frozenset({Status.IN_REVIEW}), _withdraw),
    Step.APPROVE: Rule(_may_decide, frozenset({Status.IN_REVIEW}), _approve),
    Step.RETURN: Rule(_may_decide, frozenset({Status.IN_REVIEW}), _return),
    Step.HAND_BACK: Rule(_may_decide, frozenset({Status.IN_REVIEW}), _hand_back),
    Step.UNDO: Rule(_may_decide, frozenset({Status.IN_REVIEW, Status.RETURNED, Status.APPROVED}), _undo),
    Step.ADJUST: Rule(permissions.submits, frozenset({Status.APPROVED}), _adjust),
    Step.CANCEL_ADJUSTMENT: Rule(permissions.submits, EDITABLE_STATUSES, _cancel_adjustment),
}
