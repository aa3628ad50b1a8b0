from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from declarations import round_selectors, round_services
from declarations.document import Budget
from declarations.enums import StageKind, Status
from declarations.round_selectors import RoundState, departments_to_chase
from perfgoals.accounts.enums import Role
from tests.declarations import builders

SECOND = timedelta(seconds=1)


def test_state_changes_at_the_opening_and_at_the_closing_time(db: None) -> None:
    round_ = builders.round_()
    moments = [round_.opens_at - SECOND, round_.opens_at, round_.closes_at - SECOND, round_.closes_at]
    assert [round_selectors.state_of(round_, moment) for moment in moments] == [
        RoundState.UPCOMING,
        RoundState.OPEN,
        RoundState.OPEN,
        RoundState.CLOSED,
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_rounds_with_counts_take_five_queries_for_any_number(
    db: None, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        builders.declaration(round=builders.round_())
    administrator = builders.user(Role.ADMINISTRATOR)
    with django_assert_num_queries(5):
        rounds = round_selectors.rounds_with_counts(administrator, timezone.now())
        shown = [
            (entry.round.template.name, len(entry.round.stages.all()), entry.numbers.total()) for _, entry in rounds
        ]
    assert [(stages, total) for _, stages, total in shown] == [(1, 1)] * number


def test_departments_to_chase_are_told_apart_by_what_is_to_be_done(db: None) -> None:
    round_ = builders.round_(stages=(StageKind.DEPARTMENT_HEAD, StageKind.BUSINESS))
    begun = builders.declaration(round=round_).department
    returned, extended = (builders.declaration(Status.RETURNED, round=round_).department for _ in range(2))
    round_services.grant_extension(
        round_.pk, extended, round_.closes_at + timedelta(days=5), "数据核实", builders.user(Role.ADMINISTRATOR)
    )
    idle = builders.department()
    builders.department(is_active=False)
    builders.user(Role.DEPARTMENT_HEAD, department=idle, is_active=False)
    headless = ("没有部门负责人账号，送审后无人审核", [begun, idle])

    # What is returned was submitted, by a head that was made for it.
    not_begun = ("尚未开始填报", [idle])
    assert departments_to_chase(round_, round_.closes_at - SECOND) == [not_begun, headless]
    late = ("已退回但批次已截止，须延期才能修改", [returned])
    assert departments_to_chase(round_, round_.closes_at) == [not_begun, late, headless]
    for department in (begun, idle):
        builders.user(Role.DEPARTMENT_HEAD, department=department)
    builders.declaration(round=round_, department=idle)
    assert departments_to_chase(round_, round_.opens_at) == []


@pytest.mark.parametrize("number", [1, 3])
def test_departments_to_chase_take_four_queries_for_any_number(
    db: None, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    round_ = builders.round_(stages=(StageKind.DEPARTMENT_HEAD, StageKind.BUSINESS))
    for _ in range(number):
        builders.department()
    with django_assert_num_queries(4):
        found = departments_to_chase(round_, round_.closes_at)
    assert [len(departments) for _, departments in found] == [number, number]


def test_template_document_holds_the_groups_and_common_indicators_and_nothing_else(db: None) -> None:
    template = builders.template(title="整体绩效目标申报表")
    document = round_selectors.template_document(template)
    assert (document.title, document.department, document.duty_goals, document.main_tasks, document.budget) == (
        "整体绩效目标申报表",
        "",
        (),
        (),
        Budget(),
    )
    assert [(primary.name, group.name, group.explanation) for primary, group in document.groups()] == [
        ("投入管理指标", "预算管理", ""),
        ("产出指标", "重点工作任务完成", "反映重点工作任务完成情况。"),
        ("效益指标", "履职效益", "反映履职效益情况。"),
    ]
    assert [
        (target.name, target.comparison, target.value, target.unit, target.scoring_standard, target.common)
        for _, _, target in document.targets()
    ] == [("预算执行率", "ge", "95", "%", "每降低1%扣1分。", True)]
