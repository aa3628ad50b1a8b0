import pytest

from declarations.enums import StageKind, Status
from declarations.progress import waits_for, waypoints
from perfgoals.accounts.enums import Role
from tests.declarations import builders, situations

STAGES = ["部门负责人", "主管部门", "业务科室", "绩效科"]


@pytest.mark.parametrize(
    ("situation", "labels", "here"),
    [
        (situations.DRAFT, ["填报", *STAGES[2:], "批复"], "填报"),
        (situations.HEAD_REVIEW, ["填报", *STAGES, "批复"], "部门负责人"),
        (situations.SUPERIOR_REVIEW, ["填报", *STAGES, "批复"], "主管部门"),
        (situations.SECOND_REVIEW, ["填报", *STAGES[2:], "批复"], "绩效科"),
        (situations.RETURNED, ["填报", *STAGES[2:], "批复"], "填报"),
        (situations.ADJUSTMENT_IN_REVIEW, ["调整", *STAGES[2:], "批复"], "业务科室"),
        (situations.ADJUSTING, ["调整", *STAGES[2:], "批复"], "调整"),
    ],
)
def test_waypoints_say_where_the_declaration_is(db: None, situation: str, labels: list[str], here: str) -> None:
    points = waypoints(situations.declaration_in(situation))
    assert [point.label for point in points] == labels
    assert [point.label for point in points if point.is_here] == [here]
    assert [point.label for point in points if point.is_passed] == labels[: labels.index(here)]


def test_waypoints_of_an_approved_declaration_are_all_passed(db: None) -> None:
    points = waypoints(situations.declaration_in(situations.APPROVED))
    assert [(point.is_passed, point.is_here) for point in points] == [(True, False)] * 3 + [(True, True)]


def test_waypoints_of_a_department_without_a_superior_leave_its_stage_out(db: None) -> None:
    round = builders.round_(stages=situations.FOUR_STAGES)
    points = waypoints(builders.declaration(Status.IN_REVIEW, round=round, department=builders.department()))
    assert [point.label for point in points] == ["填报", "部门负责人", "业务科室", "绩效科", "批复"]


def test_waits_for_names_the_place_and_who_deals_with_it(db: None) -> None:
    round = builders.round_(stages=situations.FOUR_STAGES)
    superior = builders.department(name="市教育局")
    office = builders.office(name="教科文科")
    department = builders.department(name="第一中学", superior=superior, office=office)
    declaration = builders.declaration(round=round, department=department)
    words = [waits_for(declaration)]
    builders.submit(declaration)
    for kind in situations.FOUR_STAGES:
        situations.pass_to(declaration, kind)
        words.append(waits_for(builders.fresh(declaration)))
    builders.approve(declaration)
    words.append(waits_for(builders.fresh(declaration)))
    assert words == ["第一中学填报人", "第一中学负责人", "市教育局", "教科文科", "绩效科", ""]


def test_waits_for_names_the_assignee(db: None) -> None:
    declaration = situations.declaration_in(situations.FIRST_REVIEW)
    office = declaration.department.office
    builders.assign(declaration, builders.user(Role.REVIEWER, office=office, name="张审核"))
    assert declaration.stage.kind == StageKind.BUSINESS
    assert waits_for(builders.fresh(declaration)) == f"{office}（经办人：张审核）"
