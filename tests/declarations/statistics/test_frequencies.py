from declarations.enums import ReturnReason, StageKind, Status, Step
from declarations.statistics.frequencies import Frequency, frequent_findings, return_reasons
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.standings import event, round_, scope, standing

FIRST, SECOND, THIRD = "scoring_standard_missing", "rate_without_unit", "points_unlike_total"


def test_findings_of_what_was_submitted_last_the_most_frequent_first(db: None) -> None:
    made = round_()
    standing(Status.APPROVED, made, total="1", findings={FIRST: 1, SECOND: 5})
    standing(Status.RETURNED, made, total="1", findings={FIRST: 3})
    standing(Status.IN_REVIEW, made, total="1", in_stage=StageKind.BUSINESS, findings={FIRST: 1, THIRD: 1})
    # Withdrawn.
    standing(Status.DRAFT, made, total="1", findings={THIRD: 99})
    standing(Status.APPROVED, round_(fiscal_year=2026), total="1", findings={THIRD: 99})

    assert frequent_findings(scope(made)) == [
        Frequency("个性指标未填写评/扣分标准", 5, 3),
        Frequency("比率指标未注明度量单位", 5, 1),
        Frequency("个性指标分值合计不符", 1, 1),
    ]


def test_findings_of_an_adjustment_count_while_it_is_in_review_else_those_of_what_is_in_force(db: None) -> None:
    made = round_()
    reviewed = standing(
        Status.IN_REVIEW, made, approved="1", total="1", in_stage=StageKind.BUSINESS, findings={FIRST: 1}
    )
    reviewed.approved.findings.create(code=THIRD, number=99)
    withdrawn = standing(Status.DRAFT, made, approved="1", total="1", findings={THIRD: 99})
    withdrawn.approved.findings.create(code=FIRST, number=2)

    assert frequent_findings(scope(made)) == [Frequency("个性指标未填写评/扣分标准", 3, 2)]


def test_returns_by_their_reason_without_what_was_undone_or_handed_back(db: None) -> None:
    made = round_()
    twice, once = (standing(Status.RETURNED, made, total="1") for _ in range(2))
    words = {"text": "请修改。"}
    business = StageKind.BUSINESS
    event(twice, Step.RETURN, business, reason=ReturnReason.BUDGET, **words)
    event(twice, Step.RETURN, StageKind.PERFORMANCE, reason=ReturnReason.BUDGET, **words)
    event(once, Step.RETURN, business, reason=ReturnReason.OTHER, **words)
    event(once, Step.HAND_BACK, business, reason=ReturnReason.WORDING, **words)
    undone = event(once, Step.RETURN, business, reason=ReturnReason.WORDING, **words)
    event(once, Step.UNDO, business, undoes=undone)

    assert return_reasons(scope(made)) == [Frequency("预算数据有误", 2, 1), Frequency("其他", 1, 1)]


def test_an_undone_return_by_real_steps_is_none(db: None) -> None:
    declaration = builders.declaration(Status.RETURNED)
    made = scope(declaration.round)
    before = return_reasons(made)
    builders.undo(declaration)

    assert before == [Frequency("适当性：指标值不细化、不量化或不适当", 1, 1)]
    assert return_reasons(made) == []


def test_a_reviewer_gets_what_has_come_to_the_bureau_from_his_departments(db: None) -> None:
    made, office = round_(), builders.office()
    place = {"reason": ReturnReason.OTHER, "text": "请修改。"}
    for fields in (
        {"department": builders.department(office=office)},
        {"department": builders.department(office=office), "reached": StageKind.DEPARTMENT_HEAD},
        {},
    ):
        declaration = standing(Status.RETURNED, made, total="1", findings={FIRST: 1}, **fields)
        event(declaration, Step.RETURN, StageKind.DEPARTMENT_HEAD, **place)

    def found(user):
        entries = [*frequent_findings(scope(made, user)), *return_reasons(scope(made, user))]
        return [(entry.times, entry.declarations) for entry in entries]

    assert found(builders.user(Role.REVIEWER, office=office)) == [(1, 1), (1, 1)]
    assert found(builders.user(Role.PERFORMANCE_REVIEWER)) == [(2, 2), (2, 2)]
    assert found(None) == [(3, 3), (3, 3)]


def test_a_code_without_a_title_is_shown_as_it_is(db: None) -> None:
    made = round_()
    standing(Status.APPROVED, made, total="1", findings={"of_a_rule_that_is_gone": 1})
    assert frequent_findings(scope(made)) == [Frequency("of_a_rule_that_is_gone", 1, 1)]
