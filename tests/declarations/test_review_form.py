from dataclasses import replace
from decimal import Decimal

import pytest

from declarations import review_form, round_services
from declarations.enums import Scoring, Status
from declarations.models import Criterion, Grade, Round
from declarations.review_form import CriterionValues, FormValues, GradeValues, ReviewFormRefused, change_review_form
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from perfgoals.audit.enums import Action
from perfgoals.audit.models import LogEntry
from tests.declarations import builders, situations
from tests.declarations.round_values import values_of

CRITERION = CriterionValues("完整性", "规范完整性", "内容是否完整。", Decimal("60"))
OTHER_CRITERION = CriterionValues("相关性", "目标相关性", "", Decimal("40.5"))
PASSES = GradeValues("合格", Decimal("60"), may_pass=True)
FAILS = GradeValues("不合格", Decimal("0"), may_pass=False)
FORM = FormValues(Scoring.SCORED, (CRITERION, OTHER_CRITERION), (PASSES, FAILS))


@pytest.fixture
def administrator(db: None) -> User:
    return builders.user(Role.ADMINISTRATOR)


def stored(round_: Round) -> FormValues:
    return review_form.form_of(Round.objects.get(pk=round_.pk))


def refusal(round_: Round, values: FormValues, by: User) -> str:
    """Why the form is refused, after which everything is as it was."""
    before = situations.stored()
    with pytest.raises(ReviewFormRefused) as refused:
        change_review_form(round_.pk, values, by=by)
    assert situations.stored() == before
    assert not LogEntry.objects.filter(action=Action.CHANGE_REVIEW_FORM).exists()
    return str(refused.value)


def test_ministry_form_is_that_of_the_rules() -> None:
    form = review_form.ministry_form()
    assert [(c.aspect, c.name, c.points) for c in form.criteria] == [
        ("完整性", "规范完整性", 10),
        ("完整性", "明确清晰性", 10),
        ("相关性", "目标相关性", 15),
        ("相关性", "指标科学性", 15),
        ("适当性", "绩效合理性", 15),
        ("适当性", "资金匹配性", 15),
        ("可行性", "实现可能性", 10),
        ("可行性", "条件充分性", 10),
    ]
    assert all(criterion.question for criterion in form.criteria)
    assert form.grades == (
        GradeValues("优", Decimal(90), may_pass=True),
        GradeValues("良", Decimal(80), may_pass=True),
        GradeValues("中", Decimal(60), may_pass=True),
        GradeValues("差", Decimal(0), may_pass=False),
    )
    assert (form.scoring, form.total, review_form.why_not(form)) == (Scoring.SCORED, 100, "")


def test_first_round_begins_with_the_form_of_the_ministry(db: None) -> None:
    other = builders.round_()
    created = round_services.create_round(replace(values_of(other), fiscal_year=2040))
    assert stored(created) == review_form.ministry_form()
    assert stored(other) == FormValues(Scoring.NONE, (), ())


def test_later_round_begins_with_the_form_of_the_latest_year_that_has_one(administrator: User) -> None:
    first, last = builders.round_(fiscal_year=2030), builders.round_(fiscal_year=2031)
    builders.round_(fiscal_year=2032)
    change_review_form(last.pk, replace(FORM, scoring=Scoring.COMMENTED), by=administrator)
    change_review_form(first.pk, review_form.ministry_form(), by=administrator)
    created = round_services.create_round(replace(values_of(first), fiscal_year=2040))
    assert stored(created) == stored(last) == replace(FORM, scoring=Scoring.COMMENTED)


def test_change_is_stored_in_its_order_and_logged(administrator: User) -> None:
    round_, other = builders.round_(scoring=Scoring.SCORED), builders.round_(scoring=Scoring.SCORED)
    before = stored(other)
    change_review_form(round_.pk, replace(FORM, grades=(FAILS, PASSES)), by=administrator)
    assert stored(round_) == FORM
    assert stored(other) == before
    entry = LogEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.subject) == (
        Action.CHANGE_REVIEW_FORM,
        administrator.pk,
        str(round_),
    )


def test_form_that_a_reviewer_has_filled_in_cannot_be_changed(administrator: User) -> None:
    round_ = builders.round_(scoring=Scoring.SCORED)
    made = builders.declaration(Status.IN_REVIEW, round=round_)
    builders.assess(made, *builders.POINTS)
    assert refusal(round_, FORM, administrator) == review_form.IN_USE


def test_form_that_only_reviewers_of_another_round_have_filled_in_is_changed(administrator: User) -> None:
    builders.declaration(Status.APPROVED, round=builders.round_(scoring=Scoring.SCORED))
    round_ = builders.declaration(Status.IN_REVIEW, round=builders.round_(scoring=Scoring.SCORED)).round
    change_review_form(round_.pk, FORM, by=administrator)
    assert stored(round_) == FORM


def test_change_of_a_form_that_is_filled_in_meanwhile_is_refused(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_ = builders.round_(scoring=Scoring.SCORED)
    builders.declaration(Status.APPROVED, round=round_)
    monkeypatch.setattr(review_form, "is_in_use", lambda round_: False)
    assert refusal(round_, FORM, administrator) == review_form.IN_USE


def test_change_of_a_round_that_is_not_there_is_said(administrator: User) -> None:
    with pytest.raises(Round.DoesNotExist):
        change_review_form(999, FORM, by=administrator)


@pytest.mark.parametrize("scoring", Scoring)
def test_form_without_criteria_is_refused_where_it_is_filled_in(administrator: User, scoring: Scoring) -> None:
    round_ = builders.round_()
    empty = FormValues(scoring, (), (PASSES, FAILS) if scoring == Scoring.SCORED else ())
    if scoring == Scoring.NONE:
        change_review_form(round_.pk, empty, by=administrator)
        assert stored(round_) == empty
    else:
        assert refusal(round_, empty, administrator) == "请至少设置一个审核要点。"


@pytest.mark.parametrize("scoring", Scoring)
def test_grades_have_to_fit_only_where_points_are_given(administrator: User, scoring: Scoring) -> None:
    round_ = builders.round_()
    form = FormValues(scoring, (CRITERION,), (FAILS,))
    if scoring == Scoring.SCORED:
        assert refusal(round_, form, administrator) == "请至少设置一个可以通过的等级。"
    else:
        change_review_form(round_.pk, form, by=administrator)
        assert stored(round_) == form


@pytest.mark.parametrize(
    ("threshold", "accepted"), [("100.49", True), ("100.5", True), ("100.51", False), ("101", False)]
)
def test_grade_that_nobody_can_reach_is_refused(administrator: User, threshold: str, accepted: bool) -> None:
    round_ = builders.round_()
    top = GradeValues("优", Decimal(threshold), may_pass=True)
    form = replace(FORM, grades=(top, PASSES, FAILS))
    if accepted:
        change_review_form(round_.pk, form, by=administrator)
        assert stored(round_) == form
    else:
        assert refusal(round_, form, administrator) == (
            f"各审核要点的分值之和为 100.5 分，低于等级“优”的最低分 {threshold} 分，无法评为该等级。"
        )


def test_grade_that_may_not_pass_above_one_that_may_is_refused(administrator: User) -> None:
    grades = (GradeValues("优", Decimal(90), may_pass=False), PASSES, FAILS)
    assert refusal(builders.round_(), replace(FORM, grades=grades), administrator) == (
        "等级“合格”可以通过，比它高的“优”也应可以通过。"
    )


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (GradeValues("合格", Decimal(0), may_pass=False), "等级名称不能重复。"),
        (GradeValues("不合格", Decimal("60.00"), may_pass=False), "各等级的最低分不能相同。"),
    ],
)
def test_grades_of_the_same_name_or_threshold_are_refused(
    administrator: User, second: GradeValues, message: str
) -> None:
    assert refusal(builders.round_(), replace(FORM, grades=(PASSES, second)), administrator) == message


def test_too_many_criteria_or_grades_are_refused_and_as_many_as_allowed_are_not(administrator: User) -> None:
    round_ = builders.round_()
    criteria = tuple(replace(CRITERION, name=f"要点{number}") for number in range(51))
    grades = tuple(GradeValues(f"等级{number}", Decimal(number), may_pass=True) for number in range(10, -1, -1))
    assert refusal(round_, replace(FORM, criteria=criteria), administrator) == "审核要点不能超过 50 个。"
    assert refusal(round_, replace(FORM, grades=grades), administrator) == "等级不能超过 10 个。"
    allowed = replace(FORM, criteria=criteria[:50], grades=grades[:10])
    change_review_form(round_.pk, allowed, by=administrator)
    assert stored(round_) == allowed


@pytest.mark.parametrize(("points", "accepted"), [("10.08", True), ("10.09", True), ("10.10", False)])
def test_sum_of_points_is_no_more_than_its_column_holds(administrator: User, points: str, accepted: bool) -> None:
    round_ = builders.round_()
    # Ten times 998.99.
    criteria = (replace(CRITERION, points=Decimal("998.99")),) * 10 + (replace(CRITERION, points=Decimal(points)),)
    form = replace(FORM, criteria=criteria)
    if accepted:
        change_review_form(round_.pk, form, by=administrator)
        assert stored(round_) == form
    else:
        assert refusal(round_, form, administrator) == "各审核要点的分值之和不能超过 9999.99 分。"


def test_change_leaves_nothing_of_the_old_form(administrator: User) -> None:
    round_ = builders.round_(scoring=Scoring.SCORED)
    change_review_form(round_.pk, FORM, by=administrator)
    assert (Criterion.objects.count(), Grade.objects.count()) == (2, 2)
