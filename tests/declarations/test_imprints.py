"""What printed tables say of themselves, in every situation of the declaration."""

from datetime import datetime

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from declarations import imprints
from declarations.enums import StageKind, Step
from declarations.exports.imprint import Imprint
from declarations.models import Declaration, Event
from perfgoals.accounts.enums import OfficeKind
from tests.declarations import builders, situations

DAY = timezone.make_aware(datetime(2022, 3, 1, 0, 30))  # noqa: DTZ001  # made aware right here


@pytest.fixture(autouse=True)
def names(db: None, settings) -> None:
    """The bureau, its performance office and the site have names that a test can foresee."""
    settings.BUREAU_NAME, settings.SITE_URL = "衡阳市财政局", "https://goals.example"
    builders.office(OfficeKind.PERFORMANCE, name="绩效科")


def round_of_1_march(**fields):
    """A round in which everything happens on 1 March 2022, half an hour after midnight here: the day before in UTC."""
    return builders.round_(opens_at=DAY, stages=situations.TWO_STAGES, **fields)


def made_in(situation: str) -> Declaration:
    return situations.declaration_in(situation, round=round_of_1_march())


def statuses(made: Declaration) -> list[tuple[str, str]]:
    """Watermark and status of each submission in order and, as the last one, of the declaration as it stands."""
    now = builders.fresh(made)
    told = [imprints.of_submission(now, submission) for submission in now.submissions.all()]
    return [(imprint.watermark, imprint.status) for imprint in [*told, imprints.of_working_copy(now)]]


def adjust_and_approve(made: Declaration, text: str = "推进政务公开；") -> None:
    builders.adjust(made)
    builders.change(made, text)
    builders.submit(made)
    situations.pass_to(made, StageKind.PERFORMANCE)
    builders.approve(made)


def test_approved_table_says_when_by_whom_with_digest_and_address():
    made = made_in(situations.APPROVED)
    digest = made.submission.digest
    expected = Imprint(
        status="已批复　2022年3月1日　衡阳市财政局绩效科",
        digest=digest,
        address=f"https://goals.example/verify/{digest[:32]}/",
    )
    assert imprints.of_submission(made, made.submission) == expected
    assert imprints.of_working_copy(made) == expected


@pytest.mark.parametrize("office", ["衡阳市财政局预算科", "预算科"])
def test_office_that_has_the_name_of_the_bureau_in_its_own_does_not_get_it_twice(office):
    made = builders.declaration(
        situations.STATUSES[situations.APPROVED],
        round=builders.round_(),
        department=builders.department(office=builders.office(name=office)),
    )
    assert imprints.of_submission(made, made.submission).status.endswith("　衡阳市财政局预算科")


def test_office_that_was_renamed_since_is_called_as_it_was():
    made = made_in(situations.APPROVED)
    office = builders.performance_office()
    office.name = "绩效管理科"
    office.save()
    assert statuses(made)[0] == ("", "已批复　2022年3月1日　衡阳市财政局绩效科")


WORDS = {
    situations.DRAFT: [("草稿", "草稿　尚未送审")],
    situations.WITHDRAWN: [("送审稿", "送审稿　第 1 次送审　已撤回"), ("草稿", "草稿　第 1 次送审已撤回")],
    situations.FIRST_REVIEW: [("送审稿", "送审稿　第 1 次送审　待业务科室审核")] * 2,
    situations.SECOND_REVIEW: [("送审稿", "送审稿　第 1 次送审　待绩效科审核")] * 2,
    situations.HANDED_BACK: [("送审稿", "送审稿　第 1 次送审　待业务科室审核")] * 2,
    situations.RETURNED: [("送审稿", "送审稿　第 1 次送审　已退回"), ("草稿", "草稿　第 1 次送审已退回")],
    situations.APPROVED: [("", "已批复　2022年3月1日　衡阳市财政局绩效科")] * 2,
    situations.ADJUSTING: [("", "已批复　2022年3月1日　衡阳市财政局绩效科"), ("草稿", "草稿　第 2 版调整")],
    situations.ADJUSTMENT_IN_REVIEW: [
        ("", "已批复　2022年3月1日　衡阳市财政局绩效科"),
        *[("送审稿", "送审稿　第 2 版调整　第 2 次送审　待业务科室审核")] * 2,
    ],
    situations.ADJUSTMENT_RETURNED: [
        ("", "已批复　2022年3月1日　衡阳市财政局绩效科"),
        ("送审稿", "送审稿　第 2 版调整　第 2 次送审　已退回"),
        ("草稿", "草稿　第 2 版调整　第 2 次送审已退回"),
    ],
}


@pytest.mark.parametrize("situation", sorted(WORDS))
def test_each_table_says_how_it_stands(situation):
    assert statuses(made_in(situation)) == WORDS[situation]


def test_table_in_a_stage_of_the_department_names_that_stage():
    made = situations.declaration_in(situations.HEAD_REVIEW)
    assert statuses(made)[0] == ("送审稿", "送审稿　第 1 次送审　待部门负责人审核")


def test_every_situation_has_its_words():
    assert set(WORDS) == situations.EVERY_SITUATION - {situations.HEAD_REVIEW, situations.SUPERIOR_REVIEW}


def test_approval_that_was_undone_is_none():
    made = made_in(situations.APPROVED)
    builders.undo(made)
    [told, _] = [imprints.of_submission(made, made.submission), imprints.of_working_copy(builders.fresh(made))]
    assert told == Imprint(
        watermark="送审稿", status="送审稿　第 1 次送审　待绩效科审核", digest=made.submission.digest
    )
    builders.approve(made)
    assert statuses(made)[0] == ("", "已批复　2022年3月1日　衡阳市财政局绩效科")


def test_return_that_was_undone_leaves_the_table_waiting():
    made = made_in(situations.RETURNED)
    builders.undo(made)
    assert statuses(made)[0] == ("送审稿", "送审稿　第 1 次送审　待业务科室审核")


def test_version_that_an_adjustment_replaced_says_so_until_that_is_undone():
    made = made_in(situations.APPROVED)
    adjust_and_approve(made)
    office = "2022年3月1日　衡阳市财政局绩效科"
    assert statuses(made) == [("", f"原批复（第 1 版）　{office}"), *[("", f"已批复（第 2 版）　{office}")] * 2]
    adjust_and_approve(made, "再次调整；")
    assert [status for _, status in statuses(made)[:3]] == [
        f"原批复（第 1 版）　{office}",
        f"原批复（第 2 版）　{office}",
        f"已批复（第 3 版）　{office}",
    ]
    builders.undo(made)
    assert [status for _, status in statuses(made)[:3]] == [
        f"原批复（第 1 版）　{office}",
        f"已批复（第 2 版）　{office}",
        "送审稿　第 3 版调整　第 3 次送审　待绩效科审核",
    ]


def test_replaced_version_has_no_watermark_and_can_still_be_checked():
    made = made_in(situations.APPROVED)
    first = made.submission
    adjust_and_approve(made)
    told = imprints.of_submission(builders.fresh(made), first)
    address = imprints.verification_address(first.digest)
    assert (told.watermark, told.digest, told.address) == ("", first.digest, address)


def test_adjustment_after_one_that_was_given_up_is_a_version_of_its_own():
    made = made_in(situations.ADJUSTMENT_RETURNED)
    builders.cancel_adjustment(made)
    assert statuses(made)[-1] == ("", "已批复　2022年3月1日　衡阳市财政局绩效科")
    builders.adjust(made)
    assert statuses(made)[-1] == ("草稿", "草稿　第 3 版调整")


@pytest.mark.parametrize("number", [1, 3])
def test_imprint_takes_one_query_and_sees_what_happened_since_the_declaration_was_read(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
):
    made = made_in(situations.FIRST_REVIEW)
    for _ in range(number - 1):
        builders.return_(made)
        builders.submit(made)
    read_before = builders.fresh(made)
    situations.pass_to(made, StageKind.PERFORMANCE)
    builders.approve(made)
    with django_assert_num_queries(1):
        told = imprints.of_submission(read_before, read_before.submission)
    assert told.status == "已批复　2022年3月1日　衡阳市财政局绩效科"
    assert Event.objects.filter(step=Step.SUBMIT).count() == number
