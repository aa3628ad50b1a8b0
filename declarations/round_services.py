"""What administrators write: the rounds, their review stages and the departments' extensions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from declarations import review_form
from declarations.enums import BUREAU_STAGES, StageKind
from declarations.models import Declaration, Extension, ReviewStage, Round, Submission
from declarations.models.round import CLOSES_TOO_EARLY
from indicators.models import IndicatorTemplate
from perfgoals.accounts.models import Department, User
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record
from perfgoals.times import printed_time

YEAR_TAKEN = "该预算年度已有申报批次。"
IN_USE = {
    "fiscal_year": "已有部门开始填报，不能更改预算年度。",
    "template": "已有部门开始填报，不能更改指标模板。",
    "stages": "已有部门送审，不能更改审核环节。",
}
NO_STAGE_OF_BUREAU = "请至少设置一个财政局审核环节（业务科室或绩效科）。"
MAX_TARGET_DAYS = 365
WRONG_DAYS = f"办理时限为 1 至 {MAX_TARGET_DAYS} 天的整数；不设时限的留空。"
ADJUSTMENTS_CLOSE_TOO_EARLY = "调整截止时间须晚于截止时间。"


class RoundRefused(Exception):
    """A round or an extension that cannot be so; the message, in Chinese, says why."""


@dataclass(frozen=True)
class StageValues:
    """A stage of a round; `target_days` are the calendar days that it is to take, None where nothing is set."""

    kind: StageKind
    target_days: int | None = None


@dataclass(frozen=True)
class RoundValues:
    """All that an administrator sets of a round; the stages in any order."""

    fiscal_year: int
    title: str
    template: IndicatorTemplate
    opens_at: datetime
    closes_at: datetime
    stages: tuple[StageValues, ...]
    adjustments_close_at: datetime | None = None


def stages_of(round_: Round) -> tuple[StageKind, ...]:
    """Who decides in the round, in order."""
    return tuple(StageKind(stage.kind) for stage in round_.stages.all())


def fields_in_use(round_: Round) -> dict[str, str]:
    """What can no longer be changed of the round, each with the sentence that says why.

    Declarations are filled in for the year and on the template; what was submitted is on its way through the stages.
    """
    in_use: list[str] = []
    if Declaration.objects.filter(round=round_).exists():
        in_use += ["fiscal_year", "template"]
    if Submission.objects.filter(declaration__round=round_).exists():
        in_use.append("stages")
    return {name: IN_USE[name] for name in in_use}


def why_no_extension(round_: Round, closes_at: datetime) -> str:
    """Why `closes_at` cannot be the closing time of an extension, in a Chinese sentence; empty where it can."""
    if closes_at > round_.closes_at:
        return ""
    return f"延期须晚于本批次的截止时间 {printed_time(round_.closes_at)}。"


def create_round(values: RoundValues, *, by: User | None = None) -> Round:
    """A stored round with its stages and a review form, made by `by`, or by a command where that is None.

    Raises RoundRefused.
    """
    with transaction.atomic():
        round_ = Round()
        _write(round_, values)
        _write_stages(round_, values.stages)
        review_form.write_form(round_, review_form.form_for_new_round())
        record(by, Action.CREATE_ROUND, subject=str(round_))
        return round_


def change_round(round_id: int, values: RoundValues, *, by: User | None = None) -> Round:
    """The round with new values, changed by `by`, or by a command where that is None.

    Raises RoundRefused and changes nothing, or Round.DoesNotExist.
    """
    try:
        return _change(round_id, values, by)
    except (ProtectedError, IntegrityError) as conflict:
        # Between the look at what is in use and the change, somebody has submitted into a stage that was to go.
        raise RoundRefused(IN_USE["stages"]) from conflict


def _change(round_id: int, values: RoundValues, by: User | None) -> Round:
    with transaction.atomic():
        round_ = Round.objects.select_for_update().get(pk=round_id)
        before = {"fiscal_year": round_.fiscal_year, "template": round_.template_id, "stages": set(stages_of(round_))}
        kinds = {stage.kind for stage in values.stages}
        after = {"fiscal_year": values.fiscal_year, "template": values.template.pk, "stages": kinds}
        for name, reason in fields_in_use(round_).items():
            if before[name] != after[name]:
                raise RoundRefused(reason)
        _write(round_, values)
        if before["stages"] == kinds:
            for stage in values.stages:
                round_.stages.filter(kind=stage.kind).update(target_days=stage.target_days)
        else:
            round_.stages.all().delete()
            _write_stages(round_, values.stages)
        record(by, Action.CHANGE_ROUND, subject=str(round_))
        return round_


def grant_extension(
    round_id: int, department: Department, closes_at: datetime, reason: str, granted_by: User
) -> Extension:
    """A later closing time of the round for the department, in place of one that it has.

    Raises RoundRefused where it is no later than the round's own, or Round.DoesNotExist.
    """
    with transaction.atomic():
        round_ = Round.objects.select_for_update().get(pk=round_id)
        if reason_against := why_no_extension(round_, closes_at):
            raise RoundRefused(reason_against)
        extension, _ = Extension.objects.update_or_create(
            round=round_,
            department=department,
            defaults={
                "closes_at": closes_at,
                "reason": reason,
                "granted_by": granted_by,
                "granted_at": timezone.now(),
            },
        )
        text = f"{department}延期至 {printed_time(closes_at)}：{reason}"
        record(granted_by, Action.EXTEND, subject=str(round_), text=text)
        return extension


def _write(round_: Round, values: RoundValues) -> None:
    if not values.template.is_published:
        raise RoundRefused("指标模板尚未发布，不能用于申报批次。")
    if values.closes_at <= values.opens_at:
        raise RoundRefused(CLOSES_TOO_EARLY)
    if values.adjustments_close_at is not None and values.adjustments_close_at <= values.closes_at:
        raise RoundRefused(ADJUSTMENTS_CLOSE_TOO_EARLY)
    if not all(stage.target_days is None or 1 <= stage.target_days <= MAX_TARGET_DAYS for stage in values.stages):
        raise RoundRefused(WRONG_DAYS)
    for name in ("fiscal_year", "title", "template", "opens_at", "closes_at", "adjustments_close_at"):
        setattr(round_, name, getattr(values, name))
    try:
        with transaction.atomic():
            round_.save()
    except IntegrityError as error:
        raise RoundRefused(YEAR_TAKEN) from error


def _write_stages(round_: Round, stages: Iterable[StageValues]) -> None:
    in_order = sorted(stages, key=lambda stage: stage.kind.rank)
    if not any(stage.kind in BUREAU_STAGES for stage in in_order):
        raise RoundRefused(NO_STAGE_OF_BUREAU)
    ReviewStage.objects.bulk_create(
        ReviewStage(round=round_, position=position, kind=stage.kind, target_days=stage.target_days)
        for position, stage in enumerate(in_order)
    )
