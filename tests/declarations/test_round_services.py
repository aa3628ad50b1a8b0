from dataclasses import replace
from datetime import timedelta

import pytest

from declarations import round_services
from declarations.enums import Status
from declarations.models import Extension, Round
from declarations.round_services import RoundRefused, RoundValues
from perfgoals.accounts.enums import OfficeKind, Role
from tests.declarations import builders
from tests.declarations.round_values import values_of
from tests.declarations.situations import TWO_STAGES


def stored(round_: Round) -> RoundValues:
    return values_of(Round.objects.get(pk=round_.pk))


def test_create_stores_the_round_and_its_stages_in_order(db: None) -> None:
    values = replace(
        values_of(builders.round_()), fiscal_year=2040, stages=(OfficeKind.PERFORMANCE, OfficeKind.BUSINESS)
    )
    created = round_services.create_round(values)
    assert stored(created) == values


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


def test_create_without_stages_is_refused_and_leaves_nothing(db: None) -> None:
    values = replace(values_of(builders.round_()), fiscal_year=2040, stages=())
    with pytest.raises(RoundRefused, match="至少设置一个审核环节"):
        round_services.create_round(values)
    assert Round.objects.count() == 1


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
        head_submits=True,
        stages=TWO_STAGES,
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
    changed = replace(stored(declaration.round), stages=TWO_STAGES)
    round_services.change_round(declaration.round_id, changed)
    assert stored(declaration.round) == changed
    builders.submit(builders.fresh(declaration))
    with pytest.raises(RoundRefused, match="不能更改审核环节"):
        round_services.change_round(declaration.round_id, replace(changed, stages=(OfficeKind.BUSINESS,)))
    assert stored(declaration.round) == changed


def test_change_of_stages_after_a_submission_was_withdrawn_is_refused(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    builders.withdraw(declaration)
    with pytest.raises(RoundRefused, match="不能更改审核环节"):
        round_services.change_round(declaration.round_id, replace(stored(declaration.round), stages=TWO_STAGES))


def test_change_of_title_and_times_after_a_submission_is_stored(db: None) -> None:
    round_ = builders.declaration(Status.IN_REVIEW).round
    changed = replace(
        stored(round_), title="补充申报", closes_at=round_.closes_at + timedelta(days=3), head_submits=True
    )
    round_services.change_round(round_.pk, changed)
    assert stored(round_) == changed


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
