"""The steps between statuses: one table, one function, and the only code that changes a status."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from declarations import permissions, selectors
from declarations.checks import error_count, run_checks
from declarations.document import digest_of
from declarations.enums import EDITABLE_STATUSES, ReturnReason, Status, Step
from declarations.models import Declaration, Event, ReviewStage, Submission
from declarations.models.review import MAX_TEXT
from perfgoals.accounts.models import User

DECISIONS = frozenset({Step.PASS, Step.RETURN, Step.APPROVE})


class StepRefused(Exception):
    """A step that cannot be taken; its message, in Chinese, says why and what to do."""


@dataclass(frozen=True)
class Attempt:
    """A step that somebody asks for, with what he had before his eyes when he asked.

    `digest` is the SHA-256 of the document seen: of the working rows for a submission, of the sealed submission for
    every other step. `stage` is the stage that a reviewer decides for.
    """

    step: Step
    actor: User
    at: datetime
    digest: str
    stage: int | None = None
    reason: str = ""
    text: str = ""


def take_step(
    declaration_id: int,
    step: Step,
    actor: User,
    *,
    digest: str,
    stage: int | None = None,
    reason: str = "",
    text: str = "",
    at: datetime | None = None,
) -> Event:
    """Take `step` and answer its event, or raise StepRefused and change nothing.

    The declaration's row is locked first, so that of two who act at once the second sees what the first has done.
    """
    attempt = Attempt(step, actor, at or timezone.now(), digest, stage, reason, text.strip())
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
        return rule.take(declaration, attempt)


def _submit(declaration: Declaration, attempt: Attempt) -> Event:
    _require_open(declaration, attempt)
    document = selectors.document_of(declaration)
    sealed = document.sealed()
    digest = digest_of(sealed)
    _require_seen(digest, attempt)
    findings = run_checks(document, selectors.earlier_documents(declaration))
    if errors := error_count(findings):
        raise StepRefused(f"尚有 {errors} 处错误，改正后才能送审。")
    first_stage = declaration.round.stages.first()
    if first_stage is None:
        raise StepRefused("本批次尚未设置审核环节，请联系管理员。")
    submission = Submission.objects.create(
        declaration=declaration,
        number=declaration.submissions.count() + 1,
        document=sealed,
        digest=digest,
        submitted_by=attempt.actor,
        submitted_at=attempt.at,
    )
    declaration.submission = submission
    return _move(declaration, attempt, Step.SUBMIT, Status.IN_REVIEW, first_stage)


def _withdraw(declaration: Declaration, attempt: Attempt) -> Event:
    _require_open(declaration, attempt)
    submission = _sealed(declaration)
    _require_seen(submission.digest, attempt)
    if submission.events.filter(step__in=DECISIONS).exists():
        raise StepRefused("审核人员已经办理，不能撤回。如需修改，请与审核科室联系退回。")
    return _move(declaration, attempt, Step.WITHDRAW, Status.DRAFT)


def _return(declaration: Declaration, attempt: Attempt) -> Event:
    _require_stage(declaration, attempt)
    if attempt.reason not in ReturnReason.values:
        raise StepRefused("请选择退回原因。")
    if not attempt.text:
        raise StepRefused("请填写退回意见。")
    return _move(declaration, attempt, Step.RETURN, Status.RETURNED)


def _approve(declaration: Declaration, attempt: Attempt) -> Event:
    stage = _require_stage(declaration, attempt)
    following = declaration.round.stages.filter(position__gt=stage.position).first()
    if following is not None:
        return _move(declaration, attempt, Step.PASS, Status.IN_REVIEW, following)
    return _move(declaration, attempt, Step.APPROVE, Status.APPROVED)


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
    _require_seen(_sealed(declaration).digest, attempt)
    return stage


def _move(
    declaration: Declaration, attempt: Attempt, recorded: Step, target: Status, stage: ReviewStage | None = None
) -> Event:
    if len(attempt.text) > MAX_TEXT:
        raise StepRefused(f"意见不能超过 {MAX_TEXT} 字。")
    event = Event.objects.create(
        declaration=declaration,
        submission=declaration.submission,
        step=recorded,
        from_status=declaration.status,
        to_status=target,
        stage_name=str(declaration.stage) if declaration.stage else "",
        reason=attempt.reason if recorded == Step.RETURN else "",
        text=attempt.text,
        actor=attempt.actor,
        actor_name=attempt.actor.name,
        actor_place=str(attempt.actor.department or attempt.actor.office or ""),
        at=attempt.at,
    )
    declaration.status = target
    declaration.stage = stage
    declaration.save(update_fields=["status", "stage", "submission", "updated_at"])
    return event


def _decides(user: User, declaration: Declaration) -> bool:
    """Whether `user` decides in any stage of the round; that it is the current one, the step itself looks at."""
    return any(permissions.reviews(user, declaration, stage) for stage in declaration.round.stages.all())


@dataclass(frozen=True)
class Rule:
    """Whose business a step is, from which statuses it leads, and what it does."""

    may: Callable[[User, Declaration], bool]
    sources: frozenset[Status]
    take: Callable[[Declaration, Attempt], Event]


RULES = {
    Step.SUBMIT: Rule(permissions.submits, EDITABLE_STATUSES, _submit),
    Step.WITHDRAW: Rule(permissions.submits, frozenset({Status.IN_REVIEW}), _withdraw),
    Step.RETURN: Rule(_decides, frozenset({Status.IN_REVIEW}), _return),
    Step.APPROVE: Rule(_decides, frozenset({Status.IN_REVIEW}), _approve),
}
