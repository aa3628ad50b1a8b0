import pytest
from pytest_django import DjangoAssertNumQueries

from declarations import selectors, versions
from declarations.enums import Step
from perfgoals.accounts.enums import Role
from tests.declarations import builders, situations


def words(made) -> list[str]:
    return [version.words for version in versions.versions_of(builders.preparer_of(made), builders.fresh(made))]


def marks(made) -> list[str]:
    """The marks of the files of every submission, the first one first, and of what the department has before it."""
    now = builders.fresh(made)
    of_submissions = [
        versions.mark_of_submission(submission, versions.standing_of(now, submission))
        for submission in now.submissions.all()
    ]
    shows_submission = selectors.submission_shown(now) is not None
    return of_submissions if shows_submission else [*of_submissions, versions.mark_of_working_copy(now)]


def test_versions_of_a_declaration_that_was_adjusted_tell_which_one_is_in_force(db: None) -> None:
    builders.declaration(situations.STATUSES[situations.APPROVED])
    made = situations.declaration_in(situations.RETURNED)
    builders.submit(made)
    situations.pass_to(made, situations.TWO_STAGES[-1])
    assert words(made) == ["第 2 次送审（第 1 版）", "第 1 次送审（第 1 版）"]
    builders.approve(made)
    assert words(made) == ["第 2 次送审（第 1 版，现行）", "第 1 次送审（第 1 版）"]
    builders.adjust(made)
    builders.change(made)
    builders.submit(made)
    assert words(made) == ["第 3 次送审（第 2 版）", "第 2 次送审（第 1 版，现行）", "第 1 次送审（第 1 版）"]
    situations.pass_to(made, situations.TWO_STAGES[-1])
    builders.approve(made)
    assert words(made) == ["第 3 次送审（第 2 版，现行）", "第 2 次送审（第 1 版，原批复）", "第 1 次送审（第 1 版）"]
    builders.undo(made)
    assert words(made) == ["第 3 次送审（第 2 版）", "第 2 次送审（第 1 版，现行）", "第 1 次送审（第 1 版）"]


@pytest.mark.parametrize("number", [1, 3])
def test_versions_take_two_queries_for_any_number(
    db: None, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = situations.declaration_in(situations.FIRST_REVIEW)
    for _ in range(number - 1):
        builders.return_(made)
        builders.submit(made)
    now, preparer = builders.fresh(made), builders.preparer_of(made)
    with django_assert_num_queries(2):
        found = versions.versions_of(preparer, now)
        assert [version.submission.submitted_by for version in found] == [preparer] * number


def test_versions_that_have_not_come_to_the_bureau_are_not_told_there(db: None) -> None:
    made = situations.declaration_in(situations.HEAD_REVIEW)
    situations.pass_to(made, situations.FOUR_STAGES[-1])
    builders.return_(made)
    builders.change(made)
    builders.submit(made)
    reviewer = builders.person_of(builders.performance_office(), Role.PERFORMANCE_REVIEWER)
    seen = versions.versions_of(reviewer, builders.fresh(made))
    assert [version.submission.number for version in seen] == [1]
    assert len(words(made)) == 2


@pytest.mark.parametrize("situation", sorted(situations.EVERY_SITUATION))
def test_adjustment_is_the_step_that_began_what_is_under_way(db: None, situation: str) -> None:
    situations.declaration_in(situations.ADJUSTING)
    made = situations.declaration_in(situation)
    begun = versions.adjustment_of(made)
    if situation in situations.ADJUSTMENTS:
        assert (begun.declaration_id, begun.step, begun.submission) == (made.pk, Step.ADJUST, made.approved)
    else:
        assert begun is None


def test_adjustment_after_one_that_was_given_up_is_the_later_one(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTING)
    builders.cancel_adjustment(made)
    builders.adjust(made, "第二次调整。")
    assert versions.adjustment_of(builders.fresh(made)).text == "第二次调整。"


def test_file_of_the_only_approved_version_has_no_mark(db: None) -> None:
    assert marks(situations.declaration_in(situations.APPROVED)) == [""]


def test_files_of_what_is_not_approved_say_so(db: None) -> None:
    assert marks(situations.declaration_in(situations.RETURNED)) == ["（第1次送审）", "（已退回）"]
    assert marks(situations.declaration_in(situations.DRAFT)) == ["（草稿）"]


def test_files_of_an_adjustment_name_the_version_once_there_are_two(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTING)
    assert marks(made) == ["", "（第2版调整，草稿）"]
    builders.change(made)
    builders.submit(made)
    assert marks(made) == ["", "（第2版调整，第2次送审）"]
    situations.pass_to(made, situations.TWO_STAGES[-1])
    builders.approve(made)
    assert marks(made) == ["（第1版）", "（第2版）"]


def test_files_after_an_adjustment_was_given_up_are_those_of_before(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTMENT_RETURNED)
    builders.cancel_adjustment(made)
    assert marks(made) == ["", "（第2版调整，第2次送审）"]
