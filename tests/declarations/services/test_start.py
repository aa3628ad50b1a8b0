from datetime import timedelta

import pytest

from declarations import services
from declarations.enums import Status
from declarations.models import Budget, Declaration, Event
from declarations.services import NotEditable
from indicators.enums import Comparison
from indicators.models import SecondaryIndicator, TertiaryIndicator
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.situations import stored

SECOND = timedelta(seconds=1)
COMMON_FIELDS = ("name", "comparison", "value", "unit", "scoring_standard", "explanation", "remark")


def test_new_declaration_holds_the_common_indicators_of_the_template(db):
    template = builders.template(published=False)
    group = SecondaryIndicator.objects.get(primary__template=template, name="预算管理")
    TertiaryIndicator.objects.create(
        secondary=group,
        position=4,
        name="“三公经费”控制率",
        comparison=Comparison.AT_MOST,
        value="≧95%",
        unit="-",
        scoring_standard="每超过1%扣1分。",
        explanation="一\n二",
        remark="口1分",
        value_editable=False,
    )
    builders.publish(template)
    builders.template()
    round = builders.round_(template=template)

    made = services.start_declaration(round, builders.user(Role.PREPARER), round.opens_at)

    common = list(TertiaryIndicator.objects.filter(secondary=group))
    expected = [(row.pk, group.pk, row.position, *(getattr(row, name) for name in COMMON_FIELDS)) for row in common]
    assert expected[1][2:5] == (4, "“三公经费”控制率", "le")
    stored_targets = made.target_rows.order_by("position")
    assert list(stored_targets.values_list("tertiary", "secondary", "position", *COMMON_FIELDS)) == expected
    assert list(stored_targets.values_list("number", "version", "updated_by")) == [(95, 1, None)] * 2
    assert len({row.key for row in stored_targets}) == 2


def test_new_declaration_is_an_empty_draft_with_one_event(db):
    round = builders.round_()
    preparer = builders.user(Role.PREPARER)
    at = round.opens_at + SECOND
    made = services.start_declaration(round, preparer, at)
    made = builders.fresh(made)
    assert (made.round, made.department, made.status) == (round, preparer.department, Status.DRAFT)
    assert (made.stage, made.submission) == (None, None)
    assert not made.dutygoal_rows.exists()
    assert not made.maintask_rows.exists()
    assert Budget.objects.values_list("declaration", "total", "total_amount", "version").get() == (made.pk, "", None, 1)
    (event,) = Event.objects.values()
    del event["id"]
    assert event == {
        "declaration_id": made.pk,
        "submission_id": None,
        "step": "start",
        "from_status": "draft",
        "to_status": "draft",
        "stage_id": None,
        "stage_name": "",
        "stage_since": None,
        "score": None,
        "grade": "",
        "undoes_id": None,
        "reason": "",
        "text": "",
        "actor_id": preparer.pk,
        "actor_name": preparer.name,
        "actor_place": preparer.department.name,
        "at": at,
    }


@pytest.mark.parametrize("role", [Role.PREPARER, Role.DEPARTMENT_HEAD])
@pytest.mark.parametrize("when", ["opens_at", "closes_at"])
def test_declaration_that_is_there_is_answered_and_nothing_is_written(db, role, when):
    made = builders.declaration(Status.IN_REVIEW)
    person = builders.user(role, department=made.department)
    before = stored()
    assert services.start_declaration(made.round, person, getattr(made.round, when)) == made
    assert stored() == before


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PREPARER])
def test_nobody_but_preparers_starts_one(db, role):
    round = builders.round_()
    before = stored()
    with pytest.raises(NotEditable, match=r"^本批次现在不能填报，或您无权填报。$"):
        services.start_declaration(round, builders.user(role), round.opens_at)
    assert stored() == before


@pytest.mark.parametrize(("when", "offset"), [("opens_at", -SECOND), ("closes_at", 0 * SECOND)])
def test_declaration_is_not_started_outside_the_round(db, when, offset):
    round = builders.round_()
    with pytest.raises(NotEditable, match=r"^本批次现在不能填报，或您无权填报。$"):
        services.start_declaration(round, builders.user(Role.PREPARER), getattr(round, when) + offset)
    assert not Declaration.objects.exists()


def test_each_department_and_round_has_a_declaration_of_its_own(db):
    rounds = [builders.round_(), builders.round_()]
    people = [builders.user(Role.PREPARER), builders.user(Role.PREPARER)]
    made = [services.start_declaration(round, person, round.opens_at) for round in rounds for person in people]
    assert len({declaration.pk for declaration in made}) == 4
