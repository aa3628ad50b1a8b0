"""Small stored worlds for tests: each function makes what its name says, with whatever that needs.

Declarations are brought to their status by the real services and steps.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Max
from django.test import Client
from django.utils import timezone

from declarations import assessing, selectors, services
from declarations.enums import DECISIONS, ReturnReason, Scoring, StageKind, Status, Step
from declarations.models import (
    Assessment,
    Contribution,
    Criterion,
    Declaration,
    Event,
    Extension,
    Grade,
    ReviewStage,
    Round,
    Target,
)
from declarations.services import RowEdit
from declarations.workflow import take_step
from indicators.enums import Comparison, PrimaryKind
from indicators.models import IndicatorTemplate, PrimaryIndicator, SecondaryIndicator, TertiaryIndicator
from perfgoals.accounts.enums import DEPARTMENT_ROLES, OFFICE_KIND_OF_ROLE, OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User
from tests.declarations.documents import FIGURES

RETURN_REASON = ReturnReason.APPROPRIATENESS
RETURN_TEXT = "请细化指标值。"
ADJUSTMENT_TEXT = "年中追加预算。"

# Points and grades of a small review form.
POINTS = (40, 60)
GRADES = (("优", 90, True), ("良", 80, True), ("中", 60, True), ("差", 0, False))

_numbers = count(1)


def office(kind: OfficeKind = OfficeKind.BUSINESS, **fields: Any) -> ReviewOffice:
    return ReviewOffice.objects.create(**{"name": f"第{next(_numbers)}科", "kind": kind, **fields})


def department(**fields: Any) -> Department:
    """A department of the office given, or of one of its own."""
    number = next(_numbers)
    if "office" not in fields:
        fields["office"] = office()
    return Department.objects.create(**{"code": f"4304{number:05}", "name": f"第{number}局", **fields})


def user(role: Role, **fields: Any) -> User:
    """Somebody with the role; of a department or an office of his own where the role wants one and none is given."""
    number = next(_numbers)
    if role in DEPARTMENT_ROLES and "department" not in fields:
        fields["department"] = department()
    if role in OFFICE_KIND_OF_ROLE and "office" not in fields:
        fields["office"] = office(OFFICE_KIND_OF_ROLE[role])
    return User.objects.create_user(**{"username": f"user{number}", "name": f"人员{number}", "role": role, **fields})


def template(*, published: bool = True, common: dict[str, Any] | None = None, **fields: Any) -> IndicatorTemplate:
    """Inputs with one common indicator, outputs and benefits with a group each that takes own indicators.

    `common` changes fields of the common indicator.
    """
    made = IndicatorTemplate.objects.create(**{"name": f"测试模板{next(_numbers)}", **fields})
    inputs, outputs, benefits = (
        PrimaryIndicator.objects.create(template=made, position=position, name=name, kind=kind)
        for position, (name, kind) in enumerate(
            [
                ("投入管理指标", PrimaryKind.INPUT),
                ("产出指标", PrimaryKind.OUTPUT),
                ("效益指标", PrimaryKind.BENEFIT),
            ]
        )
    )
    management = SecondaryIndicator.objects.create(primary=inputs, position=0, name="预算管理")
    TertiaryIndicator.objects.create(
        **{
            "secondary": management,
            "position": 0,
            "name": "预算执行率",
            "comparison": Comparison.AT_LEAST,
            "value": "95",
            "unit": "%",
            "scoring_standard": "每降低1%扣1分。",
            **(common or {}),
        }
    )
    for primary, name in ((outputs, "重点工作任务完成"), (benefits, "履职效益")):
        SecondaryIndicator.objects.create(
            primary=primary, position=0, name=name, explanation=f"反映{name}情况。", allows_own=True
        )
    if published:
        publish(made)
    return made


def publish(made: IndicatorTemplate) -> None:
    """Publish the template as it stands, whatever may be missing in it."""
    made.published_at = timezone.now()
    made.save(update_fields=["published_at"])


def round_(
    *,
    stages: tuple[StageKind, ...] = (StageKind.BUSINESS,),
    target_days: Mapping[StageKind, int] | None = None,
    **fields: Any,
) -> Round:
    """A round that opened yesterday, closes in ten days and takes adjustments longer, of the year after the last one.

    `target_days` by stage. With `scoring` it has the small review form of `review_form`.
    """
    now = timezone.now()
    last_year = Round.objects.aggregate(last=Max("fiscal_year"))["last"] or 2021
    year = fields.get("fiscal_year", last_year + 1)
    if "template" not in fields:
        fields["template"] = template()
    made = Round.objects.create(
        **{
            "fiscal_year": year,
            "title": f"{year}年度整体绩效目标申报",
            "opens_at": now - timedelta(days=1),
            "closes_at": now + timedelta(days=10),
            # By the rule it would be the end of the fiscal year, which is over for most of the years counted here.
            "adjustments_close_at": now + timedelta(days=100),
            **fields,
        }
    )
    ReviewStage.objects.bulk_create(
        ReviewStage(round=made, position=position, kind=kind, target_days=(target_days or {}).get(kind))
        for position, kind in enumerate(stages)
    )
    if made.scoring != Scoring.NONE:
        review_form(made)
    return made


def review_form(round: Round) -> None:
    """Two points of 40 and 60, and four grades, of which the last does not let a declaration pass."""
    Criterion.objects.bulk_create(
        Criterion(round=round, position=position, aspect="完整性", name=f"要点{position + 1}", question="", points=most)
        for position, most in enumerate(POINTS)
    )
    Grade.objects.bulk_create(
        Grade(round=round, label=label, threshold=threshold, may_pass=may_pass) for label, threshold, may_pass in GRADES
    )


def extension(round: Round, department: Department, closes_at: datetime) -> Extension:
    """More time for the department. Not by the service, which would refuse one that ends before the round does."""
    return Extension.objects.create(
        round=round,
        department=department,
        closes_at=closes_at,
        reason="机构改革",
        granted_by=user(Role.ADMINISTRATOR),
    )


def declaration(status: Status = Status.DRAFT, *, filled: bool = True, **fields: Any) -> Declaration:
    """A declaration in `status`; takes `round` and `department`. Everything happens in the hour the round opens.

    With `filled` false it is a draft with nothing but the common indicators.
    """
    round = fields["round"] if "round" in fields else round_()
    made_for = fields["department"] if "department" in fields else department()
    preparer = person_of(made_for, Role.PREPARER)
    made = services.start_declaration(round, preparer, now=round.opens_at)
    if filled:
        fill(made, preparer)
    if status != Status.DRAFT:
        submit(made)
    if status == Status.RETURNED:
        return_(made)
    while status == Status.APPROVED and fresh(made).status != Status.APPROVED:
        approve(made)
    return fresh(made)


def next_year(made: Declaration) -> Declaration:
    """A draft of the same department in a round after, of the same template, with nothing but common indicators."""
    return declaration(round=round_(template=made.round.template), department=made.department, filled=False)


def close(made: Declaration) -> datetime:
    """End the declaration's round; answers since when it is closed, in the time of the site."""
    made.round.closes_at = timezone.now() - timedelta(minutes=1)
    made.round.save(update_fields=["closes_at"])
    return timezone.localtime(made.round.closes_at)


def fresh(made: Declaration) -> Declaration:
    """The declaration as it stands now."""
    return selectors.declarations().get(pk=made.pk)


def fill(made: Declaration, preparer: User) -> None:
    """Write texts and figures in which the checks find no error."""
    at = made.round.opens_at
    groups = SecondaryIndicator.objects.filter(primary__template=made.round.template, allows_own=True)
    services.save_rows(made.pk, preparer, services.GOALS, [RowEdit(uuid4(), 0, {"text": "做好办文办会工作；"})], at)
    tasks = [RowEdit(uuid4(), 0, {"name": "保障机关运转", "content": "按时支付水电费。", "amount": "838.14"})]
    services.save_rows(made.pk, preparer, services.TASKS, tasks, at)
    services.save_budget(made.pk, preparer, made.budget.version, FIGURES, at)
    texts = {
        "name": "完成调研报告",
        "comparison": Comparison.AT_LEAST,
        "value": "5",
        "unit": "篇",
        "scoring_standard": "少1篇扣1分。",
        "explanation": "考察调研情况",
    }
    targets = [RowEdit(uuid4(), 0, texts, group=group.pk) for group in groups]
    services.save_rows(made.pk, preparer, services.TARGETS, targets, at)


def submit(made: Declaration) -> None:
    """Submit by the department's preparer."""
    take(made, Step.SUBMIT, preparer_of(made))


def withdraw(made: Declaration) -> None:
    """Withdraw by the department's preparer."""
    take(made, Step.WITHDRAW, preparer_of(made))


def return_(made: Declaration, reason: ReturnReason = RETURN_REASON, text: str = RETURN_TEXT) -> None:
    """Return by a reviewer of the stage it is in."""
    take(made, Step.RETURN, reviewer_of(made), reason=reason, text=text)


def hand_back(made: Declaration, reason: ReturnReason = RETURN_REASON, text: str = RETURN_TEXT) -> None:
    """Return to the stage before, by a reviewer of the stage it is in."""
    take(made, Step.HAND_BACK, reviewer_of(made), reason=reason, text=text)


def approve(made: Declaration, text: str = "") -> None:
    """Let it pass the stage it is in, by a reviewer of that stage; with full marks where the round scores."""
    now, reviewer = fresh(made), reviewer_of(made)
    if now.round.scoring == Scoring.SCORED and assessing.fills_in_form(now, now.stage):
        assess(made, *POINTS)
    take(made, Step.APPROVE, reviewer, text=text)


def undo(made: Declaration) -> None:
    """Undo the last decision, by whoever took it."""
    take(made, Step.UNDO, made.events.select_related("actor").last().actor)


def copy_of(pattern: Declaration, department: Department) -> None:
    """A declaration of the department in the same state, with the same submission but for its key: many are quick."""
    now = fresh(pattern)
    sealed = now.submission
    assert sealed
    made = Declaration.objects.create(department=department, round=now.round, reached=now.reached)
    sealed.pk, sealed.declaration = None, made
    sealed.save(force_insert=True)
    state = {"status": now.status, "stage": now.stage, "stage_since": now.stage_since}
    Declaration.objects.filter(pk=made.pk).update(**state, submission=sealed)


def adjust(made: Declaration, text: str = ADJUSTMENT_TEXT) -> None:
    """Begin an adjustment of what was approved, by the department's preparer."""
    take(made, Step.ADJUST, preparer_of(made), text=text)


def cancel_adjustment(made: Declaration) -> None:
    """Give up the adjustment that is under way, by the department's preparer."""
    take(made, Step.CANCEL_ADJUSTMENT, preparer_of(made))


def first_own_target(made: Declaration) -> Target:
    """The first target of the department's own, in the order in which they were made."""
    return made.target_rows.filter(tertiary=None).order_by("pk")[0]


def change(made: Declaration, text: str = "推进政务公开；") -> None:
    """Add a goal with this text, by the department's preparer."""
    edits = [RowEdit(uuid4(), 0, {"text": text})]
    services.save_rows(made.pk, preparer_of(made), services.GOALS, edits, made.round.opens_at)


def assess(made: Declaration, *points: int | None) -> Assessment | None:
    """Fill in the review form by a reviewer of the stage it is in: points in the order of the form."""
    now = fresh(made)
    marks = {
        criterion.pk: assessing.Mark(None if given is None else Decimal(given))
        for criterion, given in zip(now.round.criteria.all(), points, strict=False)
    }
    return assessing.save_assessment(
        made.pk, reviewer_of(made), marks, digest=now.submission.digest, stage=now.stage_id, now=now.round.opens_at
    )


def contribute(made: Declaration, person: User) -> None:
    """Let the person have filled in the declaration, whatever role he has now."""
    Contribution.objects.get_or_create(declaration=made, user=person)


def assign(made: Declaration, person: User | None) -> None:
    """Let the person, or nobody in particular, deal with the declaration in its stage."""
    Declaration.objects.filter(pk=made.pk).update(assignee=person)


def seen(made: Declaration, step: Step) -> dict[str, Any]:
    """What `take_step` asks for, as it stands on the page from which the step is taken."""
    now = fresh(made)
    arguments: dict[str, Any] = {"at": now.round.opens_at}
    if step in (Step.SUBMIT, Step.CANCEL_ADJUSTMENT):
        return arguments | {"digest": selectors.document_of(now).digest()}
    arguments["digest"] = now.submission.digest if now.submission else ""
    if step in DECISIONS:
        arguments["stage"] = now.stage_id
    if step in (Step.RETURN, Step.HAND_BACK):
        arguments |= {"reason": RETURN_REASON, "text": RETURN_TEXT}
    if step == Step.UNDO:
        arguments["event"] = now.events.last().pk
    if step == Step.ADJUST:
        arguments["text"] = ADJUSTMENT_TEXT
    return arguments


def take(made: Declaration, step: Step, person: User, **changes: Any) -> Event:
    """Take the step as somebody does who has just looked at the declaration, save for `changes`."""
    return take_step(made.pk, step, person, **seen(made, step) | changes)


def client_of(person: User) -> Client:
    """A browser in which the person is signed in.

    Without what signing in writes down, which takes as long as a page.
    """
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def person_of(place: Department | ReviewOffice, role: Role) -> User:
    """The first person with the role at the place; made where there is none."""
    where = {"department" if isinstance(place, Department) else "office": place}
    # By key: the names count up, and as texts user10 comes before user9.
    return User.objects.filter(role=role, **where).order_by("pk").first() or user(role, **where)


def preparer_of(made: Declaration) -> User:
    """The first preparer of the department whose declaration it is."""
    return person_of(made.department, Role.PREPARER)


def reviewer_of(made: Declaration) -> User:
    """Who deals with the declaration in its stage or, where nobody does, the first person who may."""
    now = fresh(made)
    if now.assignee is not None:
        return now.assignee
    match now.stage.kind:
        case StageKind.DEPARTMENT_HEAD:
            return person_of(now.department, Role.DEPARTMENT_HEAD)
        case StageKind.SUPERIOR:
            return person_of(now.department.superior, Role.DEPARTMENT_HEAD)
        case StageKind.BUSINESS:
            return person_of(now.department.office, Role.REVIEWER)
        case _:
            return person_of(performance_office(), Role.PERFORMANCE_REVIEWER)


def performance_office() -> ReviewOffice:
    """The first performance office; made where there is none."""
    offices = ReviewOffice.objects.filter(kind=OfficeKind.PERFORMANCE).order_by("pk")
    return offices.first() or office(OfficeKind.PERFORMANCE)
