"""What the administrators' pages of rounds and templates show."""

from collections import defaultdict
from datetime import datetime

from django.db import models
from django.db.models import prefetch_related_objects
from django.utils import timezone

from declarations import document, overviews, selectors
from declarations.document import Document
from declarations.enums import StageKind, Status
from declarations.models import Declaration, Extension, Round
from declarations.overviews import RoundCounts
from indicators.models import IndicatorTemplate, TertiaryIndicator
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import Department, User


class RoundState(models.TextChoices):
    """How a round stands at some time; extensions of single departments leave it as it is."""

    UPCOMING = "upcoming", "未开始"
    OPEN = "open", "进行中"
    CLOSED = "closed", "已截止"


def state_of(round_: Round, now: datetime) -> RoundState:
    if now < round_.opens_at:
        return RoundState.UPCOMING
    return RoundState.OPEN if now < round_.closes_at else RoundState.CLOSED


def rounds_with_counts(user: User, now: datetime) -> list[tuple[RoundState, RoundCounts]]:
    """Every round, the latest year first, with its state, template, stages and the numbers of declarations.

    Five queries, whatever the number of rounds.
    """
    counts = overviews.counts_by_round(user)
    prefetch_related_objects([entry.round for entry in counts], "template", "stages")
    return [(state_of(entry.round, now), entry) for entry in counts]


def departments_to_chase(round_: Round, now: datetime) -> list[tuple[str, list[Department]]]:
    """Departments about which the administrator has something to do or somebody to call, under what that is.

    Four queries at most, whatever the number of departments; headings without departments are left out.
    """
    active = Department.objects.filter(is_active=True).order_by("code")
    declared = Declaration.objects.filter(round=round_)
    late = declared.filter(status=Status.RETURNED).exclude(
        department__extensions__in=Extension.objects.filter(round=round_, closes_at__gt=now)
    )
    found = [("尚未开始填报", selectors.departments_without_declaration(round_))]
    if now >= round_.closes_at:
        found.append(("已退回但批次已截止，须延期才能修改", active.filter(declarations__in=late)))
    if round_.stages.filter(kind=StageKind.DEPARTMENT_HEAD).exists():
        heads = User.objects.filter(role=Role.DEPARTMENT_HEAD, is_active=True)
        found.append(("没有部门负责人账号，送审后无人审核", active.exclude(people__in=heads)))
    return [(heading, departments) for heading, query in found if (departments := list(query))]


def template_document(template: IndicatorTemplate) -> Document:
    """The template as the document of nobody: its groups and common indicators, and nothing filled in.

    The year is the current one, for a template has none.
    """
    targets: dict[int, list[document.Target]] = defaultdict(list)
    for common in TertiaryIndicator.objects.filter(secondary__primary__template=template):
        targets[common.secondary_id].append(selectors.target_of(common, str(common.pk), common=True))
    return Document(
        title=template.title,
        fiscal_year=timezone.localdate().year,
        department_code="",
        department="",
        points_total=template.points_total,
        with_task_amounts=template.with_task_amounts,
        duty_goals=(),
        main_tasks=(),
        budget=document.Budget(),
        indicators=selectors.groups_with(template, targets),
        printing=selectors.printing_of(template),
    )
