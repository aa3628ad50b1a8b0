"""Small stored worlds for tests: each function makes what its name says, with whatever that needs.

Declarations are brought to their status by the real services and steps.
"""

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.db.models import Max
from django.test import Client
from django.utils import timezone

from declarations import selectors, services
from declarations.enums import ReturnReason, Status, Step
from declarations.models import Declaration, Event, Extension, ReviewStage, Round
from declarations.services import RowEdit
from declarations.workflow import take_step
from indicators.enums import Comparison, PrimaryKind
from indicators.models import IndicatorTemplate, PrimaryIndicator, SecondaryIndicator, TertiaryIndicator
from perfgoals.accounts.enums import DEPARTMENT_ROLES, OFFICE_KIND_OF_ROLE, OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User
from tests.declarations.documents import FIGURES

ROLE_OF_OFFICE_KIND = {kind: role for role, kind in OFFICE_KIND_OF_ROLE.items()}
RETURN_REASON = ReturnReason.APPROPRIATENESS
RETURN_TEXT = "请细化指标值。"

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


def round_(*, stages: tuple[OfficeKind, ...] = (OfficeKind.BUSINESS,), **fields: Any) -> Round:
    """A round that opened yesterday and closes in ten days, of the year after the last one."""
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
            **fields,
        }
    )
    ReviewStage.objects.bulk_create(
        ReviewStage(round=made, position=position, office_kind=kind) for position, kind in enumerate(stages)
    )
    return made


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
    """Submit by whoever submits in the round."""
    take(made, Step.SUBMIT, _submitter(made))


def withdraw(made: Declaration) -> None:
    """Withdraw by whoever submits in the round."""
    take(made, Step.WITHDRAW, _submitter(made))


def return_(made: Declaration, reason: ReturnReason = RETURN_REASON, text: str = RETURN_TEXT) -> None:
    """Return by a reviewer of the stage it is in."""
    _decide(made, Step.RETURN, reason=reason, text=text)


def approve(made: Declaration, text: str = "") -> None:
    """Let it pass the stage it is in, by a reviewer of that stage."""
    _decide(made, Step.APPROVE, text=text)


def seen(made: Declaration, step: Step) -> dict[str, Any]:
    """What `take_step` asks for, as it stands on the page from which the step is taken."""
    now = fresh(made)
    arguments: dict[str, Any] = {"at": now.round.opens_at}
    if step == Step.SUBMIT:
        return arguments | {"digest": selectors.document_of(now).digest()}
    arguments["digest"] = now.submission.digest if now.submission else ""
    if step in (Step.RETURN, Step.APPROVE):
        arguments["stage"] = now.stage_id
    if step == Step.RETURN:
        arguments |= {"reason": RETURN_REASON, "text": RETURN_TEXT}
    return arguments


def take(made: Declaration, step: Step, person: User, **changes: Any) -> Event:
    """Take the step as somebody does who has just looked at the declaration, save for `changes`."""
    return take_step(made.pk, step, person, **seen(made, step) | changes)


def client_of(person: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def person_of(place: Department | ReviewOffice, role: Role) -> User:
    """The first person with the role at the place; made where there is none."""
    where = {"department" if isinstance(place, Department) else "office": place}
    # By key: the names count up, and as texts user10 comes before user9.
    return User.objects.filter(role=role, **where).order_by("pk").first() or user(role, **where)


def preparer_of(made: Declaration) -> User:
    """The first preparer of the department whose declaration it is."""
    return person_of(made.department, Role.PREPARER)


def _submitter(made: Declaration) -> User:
    return person_of(made.department, Role.DEPARTMENT_HEAD) if made.round.head_submits else preparer_of(made)


def _decide(made: Declaration, step: Step, **decision: str) -> None:
    now = fresh(made)
    kind = now.stage.office_kind
    place = now.department.office if kind == OfficeKind.BUSINESS else _performance_office()
    take(made, step, person_of(place, ROLE_OF_OFFICE_KIND[kind]), **decision)


def _performance_office() -> ReviewOffice:
    return ReviewOffice.objects.filter(kind=OfficeKind.PERFORMANCE).first() or office(OfficeKind.PERFORMANCE)
