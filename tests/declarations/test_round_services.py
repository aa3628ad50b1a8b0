from dataclasses import replace
from datetime import timedelta

import pytest

from declarations import round_services
from declarations.enums import StageKind, Status
from declarations.models import Extension, Round
from declarations.round_services import RoundRefused, RoundValues, StageValues
from perfgoals.accounts.enums import Role
from perfgoals.audit.enums import Action
from perfgoals.audit.models import LogEntry
from tests.declarations import builders
from tests.declarations.round_values import stages, values_of
from tests.declarations.situations import FOUR_STAGES, TWO_STAGES


def stored(round_: Round) -> RoundValues:
    return values_of(Round.objects.get(pk=round_.pk))


def test_create_stores_the_round_and_its_stages_in_order(db: None) -> None:
    chosen = (
        StageValues(StageKind.PERFORMANCE, 5),
        StageValues(StageKind.SUPERIOR),
        StageValues(StageKind.BUSINESS, 10),
        StageValues(StageKind.DEPARTMENT_HEAD, 1),
    )
    values = replace(values_of(builders.round_()), fiscal_year=2040, stages=chosen)
    administrator = builders.user(Role.ADMINISTRATOR)
    created = round_services.create_round(values, by=administrator)
    assert stored(created) == replace(values, stages=(chosen[3], chosen[1], chosen[2], chosen[0]))
    entry = LogEntry.objects.get(action=Action.CREATE_ROUND)
    assert (entry.actor_id, entry.subject) == (administrator.pk, str(created))


def test_create_in_a_year_that_has_a_round_is_refused(db: None) -> None:
    round_ = builders.round_()
    with pytest.raises(RoundRefused, match="该预算年度已有申报批次"):
        round_services.create_round(values_of(round_))
    assert Round.objects.count() == 1


def test_create_on_a_draft_template_is_refused(db: None) -> None:
    values = replace(values_of(builders.round_()), fiscal_year=2040, template=builders.template(published=False))
    with pytest.raises(RoundRefused, match="指标模板尚未发布"):
        round_services.create_round(values)
    assert Round.objects.count() == 1


@pytest.mark.parametrize("kinds", [(), (StageKind.DEPARTMENT_HEAD,), (StageKind.DEPARTMENT_HEAD, StageKind.SUPERIOR)])
def test_create_without_a_stage_of_the_bureau_is_refused_and_leaves_nothing(
    db: None, kinds: tuple[StageKind, ...]
) -> None:
    values = replace(values_of(builders.round_()), fiscal_year=2040, stages=stages(*kinds))
    with pytest.raises(RoundRefused, match="至少设置一个财政局审核环节"):
        round_services.create_round(values)
    assert Round.objects.count() == 1


@pytest.mark.parametrize("kind", [StageKind.BUSINESS, StageKind.PERFORMANCE])
def test_create_with_one_stage_of_the_bureau_is_stored(db: None, kind: StageKind) -> None:
    values = replace(values_of(builders.round_()), fiscal_year=2040, stages=stages(kind))
    assert stored(round_services.create_round(values)) == values


@pytest.mark.parametrize(("days", "accepted"), [(0, False), (1, True), (365, True), (366, False)])
def test_days_of_a_stage_out_of_range_are_refused(db: None, days: int, accepted: bool) -> None:
    round_ = builders.round_()
    changed = replace(values_of(round_), stages=(StageValues(StageKind.BUSINESS, days),))
    if accepted:
        round_services.change_round(round_.pk, changed)
        assert stored(round_) == changed
    else:
        with pytest.raises(RoundRefused, match="办理时限为 1 至 365 天的整数"):
            round_services.change_round(round_.pk, changed)
        assert stored(round_) == values_of(round_)


def test_adjustments_that_close_with_the_round_are_refused_and_a_second_later_are_not(db: None) -> None:
    round_ = builders.round_()
    values = values_of(round_)
    with pytest.raises(RoundRefused, match="调整截止时间须晚于截止时间"):
        round_services.change_round(round_.pk, replace(values, adjustments_close_at=values.closes_at))
    assert stored(round_) == values
    changed = replace(values, adjustments_close_at=values.closes_at + timedelta(seconds=1))
    round_services.change_round(round_.pk, changed)
    assert stored(round_) == changed


def test_round_that_closes_when_it_opens_is_refused_and_a_second_later_is_not(db: None) -> None:
    round_ = builders.round_()
    values = values_of(round_)
    with pytest.raises(RoundRefused, match="截止时间须晚于开始时间"):
        round_services.change_round(round_.pk, replace(values, closes_at=values.opens_at))
    changed = replace(values, closes_at=values.opens_at + timedelta(seconds=1))
    round_services.change_round(round_.pk, changed)
    assert stored(round_) == changed


def test_change_of_everything_before_anybody_began_is_stored(db: None) -> None:
    round_ = builders.round_()
    changed = RoundValues(
        fiscal_year=2050,
        title="新的名称",
        template=builders.template(),
        opens_at=round_.opens_at + timedelta(days=1),
        closes_at=round_.closes_at + timedelta(days=1),
        stages=stages(*FOUR_STAGES),
        adjustments_close_at=None,
    )
    round_services.change_round(round_.pk, changed)
    assert stored(round_) == changed


def test_change_of_year_or_template_after_somebody_began_is_refused(db: None) -> None:
    declaration = builders.declaration(filled=False)
    before = stored(declaration.round)
    for name, value, message in (
        ("fiscal_year", 2050, "不能更改预算年度"),
        ("template", builders.template(), "不能更改指标模板"),
    ):
        with pytest.raises(RoundRefused, match=message):
            round_services.change_round(declaration.round_id, replace(before, **{name: value}))
    assert stored(declaration.round) == before


def test_change_of_stages_after_somebody_began_is_stored_and_after_a_submission_refused(db: None) -> None:
    declaration = builders.declaration()
    changed = replace(stored(declaration.round), stages=stages(*TWO_STAGES))
    round_services.change_round(declaration.round_id, changed)
    assert stored(declaration.round) == changed
    builders.submit(builders.fresh(declaration))
    with pytest.raises(RoundRefused, match="不能更改审核环节"):
        round_services.change_round(declaration.round_id, replace(changed, stages=stages(StageKind.BUSINESS)))
    assert stored(declaration.round) == changed


def test_change_of_stages_after_a_submission_was_withdrawn_is_refused(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    builders.withdraw(declaration)
    with pytest.raises(RoundRefused, match="不能更改审核环节"):
        round_services.change_round(
            declaration.round_id, replace(stored(declaration.round), stages=stages(*TWO_STAGES))
        )


def test_change_of_title_times_and_days_after_a_submission_is_stored(db: None) -> None:
    round_ = builders.declaration(Status.IN_REVIEW).round
    stage = round_.stages.get()
    changed = replace(
        stored(round_),
        title="补充申报",
        closes_at=round_.closes_at + timedelta(days=3),
        stages=(StageValues(StageKind.BUSINESS, 7),),
    )
    round_services.change_round(round_.pk, changed)
    assert stored(round_) == changed
    assert round_.stages.get() == stage


def test_change_to_the_year_of_another_round_is_refused(db: None) -> None:
    other, round_ = builders.round_(), builders.round_()
    with pytest.raises(RoundRefused, match="该预算年度已有申报批次"):
        round_services.change_round(round_.pk, replace(values_of(round_), fiscal_year=other.fiscal_year))
    assert stored(round_) == values_of(round_)


def test_extension_no_later_than_the_round_is_refused_and_a_second_later_is_stored(db: None) -> None:
    round_, department, administrator = builders.round_(), builders.department(), builders.user(Role.ADMINISTRATOR)
    with pytest.raises(RoundRefused, match="延期须晚于本批次的截止时间"):
        round_services.grant_extension(round_.pk, department, round_.closes_at, "测算依据待补充", administrator)
    assert not Extension.objects.exists()
    later = round_.closes_at + timedelta(seconds=1)
    round_services.grant_extension(round_.pk, department, later, "测算依据待补充", administrator)
    assert Extension.objects.values_list("round", "department", "closes_at", "reason", "granted_by").get() == (
        round_.pk,
        department.pk,
        later,
        "测算依据待补充",
        administrator.pk,
    )


def test_second_extension_of_a_department_takes_the_place_of_the_first(db: None) -> None:
    round_, department = builders.round_(), builders.department()
    first, second = builders.user(Role.ADMINISTRATOR), builders.user(Role.ADMINISTRATOR)
    later, latest = round_.closes_at + timedelta(days=1), round_.closes_at + timedelta(days=2)
    earlier = round_services.grant_extension(round_.pk, department, later, "第一次", first)
    round_services.grant_extension(round_.pk, department, latest, "第二次", second)
    extension = Extension.objects.get()
    assert (extension.closes_at, extension.reason, extension.granted_by) == (latest, "第二次", second)
    assert extension.granted_at > earlier.granted_at
