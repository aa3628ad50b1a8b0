from declarations.enums import StageKind, Status
from declarations.statistics.missing import Missing, missing_departments
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.standings import DAY, NOW, SECOND, round_, scope, standing


def test_the_overdue_come_first_then_by_office_and_code(db: None) -> None:
    made = round_(closes_at=NOW)
    first, second = builders.office(name="A科"), builders.office(name="B科")
    superior = builders.department(code="9", name="主管局", office=second)
    builders.department(code="3", name="未开始局", office=first)
    draft = standing(
        Status.DRAFT,
        made,
        department=builders.department(code="1", name="草稿局", office=second, superior=superior),
        reached=None,
    )
    extended = builders.department(code="2", name="延期局", office=first)
    returned = standing(Status.RETURNED, made, total="1", department=extended)
    builders.extension(made, extended, NOW + SECOND)
    for status, fields in (
        (Status.APPROVED, {"total": "1", "department": superior}),
        (Status.IN_REVIEW, {"total": "1", "in_stage": StageKind.DEPARTMENT_HEAD}),
        (Status.DRAFT, {"approved": "1"}),
    ):
        standing(status, made, **fields)
    builders.department(is_active=False)

    found = [
        Missing("3", "未开始局", "A科", "", "未开始", None, True, None),
        Missing("1", "草稿局", "B科", "主管局", "草稿", None, True, draft.pk),
        Missing("2", "延期局", "A科", "", "已退回", NOW + SECOND, False, returned.pk),
    ]
    assert list(missing_departments(scope(made))) == found
    assert list(missing_departments(scope(made), 2)) == found[:2]
    assert list(missing_departments(scope(made, office=second))) == [found[1]]


def test_a_reviewer_gets_the_key_of_what_he_may_see_only(db: None) -> None:
    made, office = round_(), builders.office(name="科")
    seen = standing(
        Status.RETURNED, made, total="1", department=builders.department(code="1", name="甲", office=office)
    )
    standing(
        Status.RETURNED,
        made,
        total="1",
        department=builders.department(code="2", name="乙", office=office),
        reached=StageKind.SUPERIOR,
    )
    builders.department()

    assert list(missing_departments(scope(made, builders.user(Role.REVIEWER, office=office)))) == [
        Missing("1", "甲", "科", "", "已退回", None, False, seen.pk),
        Missing("2", "乙", "科", "", "已退回", None, False, None),
    ]


def test_an_extension_of_another_round_is_not_shown(db: None) -> None:
    made, department = round_(), builders.department(code="1", name="甲", office=builders.office(name="科"))
    builders.extension(round_(fiscal_year=2026), department, NOW + DAY)

    assert list(missing_departments(scope(made))) == [Missing("1", "甲", "科", "", "未开始", None, False, None)]
