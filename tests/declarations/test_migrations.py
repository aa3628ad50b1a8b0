"""What was filled in and reviewed before the review bench has its columns after the migrations."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from declarations.enums import StageKind, Status
from declarations.models import Contribution, Declaration, Event, Round, Submission
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.documents import budget, document

BEFORE = [("declarations", "0003_filling_in")]
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(targets: list[tuple[str, str]]) -> Any:
    """Bring the database there; answers the models as they are then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    executor = MigrationExecutor(connection)
    return executor.loader.project_state(list(executor.loader.applied_migrations)).apps


@pytest.fixture
def newest() -> Iterator[list[tuple[str, str]]]:
    """The names of the newest migrations, to which the database comes back in any case."""
    nodes = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield nodes
    migrate(nodes)


@pytest.fixture
def world() -> SimpleNamespace:
    """What declarations need, in tables that these migrations leave alone."""
    office = builders.office()
    departments = [builders.department(office=office) for _ in range(5)]
    return SimpleNamespace(
        departments=departments,
        template=builders.template(),
        preparer=builders.user(Role.PREPARER, department=departments[0]),
        second=builders.user(Role.PREPARER, department=departments[0]),
        head=builders.user(Role.DEPARTMENT_HEAD, department=departments[0]),
        reviewer=builders.user(Role.REVIEWER, office=office),
        performance=builders.user(Role.PERFORMANCE_REVIEWER),
        opened=timezone.now().replace(microsecond=0) - timedelta(days=2),
    )


# The steps to each status: who, step, status after it and the stage it was taken in.
SUBMITTED = [("submit", "in_review", None)]
WAYS = {
    "draft": [],
    "in_review": SUBMITTED,
    "second": [*SUBMITTED, ("pass", "in_review", "业务科室审核")],
    "returned": [*SUBMITTED, ("return", "returned", "业务科室审核")],
    "approved": [
        *SUBMITTED,
        ("return", "returned", "业务科室审核"),
        *SUBMITTED,
        ("pass", "in_review", "业务科室审核"),
        ("approve", "approved", "绩效科审核"),
    ],
}


def store_before(apps: Any, world: SimpleNamespace, year: int, *, head_submits: bool) -> int:
    """A round of two stages with a declaration in every status, as they were stored then; answers its key."""
    model = {name: apps.get_model("declarations", name).objects for name in apps.all_models["declarations"]}
    round_ = model["round"].create(
        fiscal_year=year,
        title=f"{year}",
        opens_at=world.opened,
        closes_at=world.opened + timedelta(days=9),
        head_submits=head_submits,
        template_id=world.template.pk,
    )
    stages = [
        model["reviewstage"].create(round=round_, position=position, office_kind=kind)
        for position, kind in enumerate(["business", "performance"])
    ]
    actors = {
        "submit": world.head if head_submits else world.preparer,
        "return": world.reviewer,
        "pass": world.reviewer,
        "approve": world.performance,
    }
    for department, (name, way) in zip(world.departments, WAYS.items(), strict=True):
        made = model["declaration"].create(round=round_, department_id=department.pk)
        model["budget"].create(declaration=made)
        model["dutygoal"].create(declaration=made, position=0, text="目标", updated_by_id=world.second.pk)
        common = {"declaration": made, "actor_name": "某人", "actor_place": "某处"}
        model["event"].create(
            **common, step="start", from_status="draft", to_status="draft", actor_id=world.preparer.pk, at=world.opened
        )
        status, at = "draft", world.opened
        for step, after, stage_name in way:
            at += HOUR
            if step == "submit":
                sealed = document(budget=budget(total="2677.7" if made.submission is None else "待定"))
                made.submission = model["submission"].create(
                    declaration=made,
                    number=model["submission"].filter(declaration=made).count() + 1,
                    document=sealed.sealed(),
                    digest=sealed.digest(),
                    submitted_by_id=actors[step].pk,
                    submitted_at=at,
                )
            model["event"].create(
                **common,
                submission=made.submission,
                step=step,
                from_status=status,
                to_status=after,
                stage_name=stage_name or "",
                reason="other" if step == "return" else "",
                text="请改。" if step == "return" else "",
                actor_id=actors[step].pk,
                at=at,
            )
            status = after
        made.status = status
        made.stage = {"in_review": stages[0], "second": stages[1]}.get(name)
        made.save()
    return round_.pk


def declarations_by_way(round_: Round) -> dict[str, Declaration]:
    made = Declaration.objects.filter(round=round_).order_by("department__pk")
    return dict(zip(WAYS, made, strict=True))


@pytest.fixture
def migrated(newest: list[tuple[str, str]], world: SimpleNamespace) -> SimpleNamespace:
    """A round whose preparers submitted and one whose heads did, from before the migrations and after them."""
    apps = migrate(BEFORE)
    keys = [store_before(apps, world, year, head_submits=year == 2031) for year in (2030, 2031)]
    before = dict(apps.get_model("declarations", "Declaration").objects.values_list("pk", "updated_at"))
    migrate(newest)
    plain, of_heads = (Round.objects.get(pk=key) for key in keys)
    return SimpleNamespace(world=world, plain=plain, of_heads=of_heads, updated=before)


def check_columns(migrated: SimpleNamespace) -> None:
    world, hours = migrated.world, [migrated.world.opened + number * HOUR for number in range(6)]
    business, performance = (StageKind.BUSINESS, StageKind.PERFORMANCE)
    assert [stage.kind for stage in migrated.plain.stages.all()] == [business, performance]
    assert [stage.kind for stage in migrated.of_heads.stages.all()] == [
        StageKind.DEPARTMENT_HEAD,
        business,
        performance,
    ]
    for round_ in (migrated.plain, migrated.of_heads):
        found = {
            name: (made.status, made.stage and made.stage.kind, made.stage_since, made.due_at, made.assignee)
            for name, made in declarations_by_way(round_).items()
        }
        assert found == {
            "draft": (Status.DRAFT, None, None, None, None),
            "in_review": (Status.IN_REVIEW, business, hours[1], None, None),
            "second": (Status.IN_REVIEW, performance, hours[2], None, None),
            "returned": (Status.RETURNED, None, None, None, None),
            "approved": (Status.APPROVED, None, None, None, None),
        }
        made = declarations_by_way(round_)
        assert {name: each.approved for name, each in made.items()} == dict.fromkeys(WAYS) | {
            "approved": made["approved"].submission
        }
        assert {name: each.reached >= business.rank for name, each in made.items()} == {
            name: name != "draft" for name in WAYS
        }
        assert {each.revision for each in made.values()} == {1}
        totals = made["approved"].submissions.values_list("number", "revision", "total", "warnings")
        # A total that is no number stays unknown.
        assert list(totals) == [(1, 1, Decimal("2677.7"), None), (2, 1, None, None)]
        events = made["approved"].events.values_list("step", "stage__kind", "stage_since", "score", "grade", "undoes")
        assert list(events) == [
            ("start", None, None, None, "", None),
            ("submit", None, None, None, "", None),
            ("return", business, hours[1], None, "", None),
            ("submit", None, None, None, "", None),
            ("pass", business, hours[3], None, "", None),
            ("approve", performance, hours[4], None, "", None),
        ]
        assert {event.stage and event.stage.round_id for event in Event.objects.filter(declaration__round=round_)} == {
            None,
            round_.pk,
        }
    # Whoever filled in or submitted; a head who submitted reviews now, and is not kept from it.
    assert set(Contribution.objects.values_list("user", flat=True)) == {world.preparer.pk, world.second.pk}
    assert Contribution.objects.count() == 2 * 2 * len(WAYS)
    assert dict(Declaration.objects.values_list("pk", "updated_at")) == migrated.updated


def check_record_is_append_only() -> None:
    for model in (Submission, Event):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            model.objects.update(declaration=Declaration.objects.first())
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            model.objects.filter(pk=model.objects.last().pk)._raw_delete(using="default")


def check_steps_go_on(migrated: SimpleNamespace) -> None:
    made = declarations_by_way(migrated.of_heads)
    builders.approve(made["second"])
    assert builders.fresh(made["second"]).status == Status.APPROVED
    builders.undo(made["second"])
    assert builders.fresh(made["second"]).stage.kind == StageKind.PERFORMANCE


def test_earlier_reviews_have_the_columns_of_the_review_bench_and_go_on(migrated):
    # All at once: every way there and back makes the tables anew on SQLite.
    check_columns(migrated)
    check_record_is_append_only()
    check_steps_go_on(migrated)
