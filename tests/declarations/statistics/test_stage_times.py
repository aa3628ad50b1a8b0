from datetime import timedelta

import pytest

from declarations.enums import ReturnReason, StageKind, Status, Step
from declarations.statistics.stage_times import StageTime, stage_times
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.standings import DAY, NOW, SECOND, event, round_, scope, stage, standing

HOUR = timedelta(hours=1)
RETURNED = {"reason": ReturnReason.OTHER, "text": "请修改。"}


def nothing(round, kind):
    return StageTime(stage(round, kind), 0, None, None, None, 0, None, 0)


@pytest.mark.parametrize(
    ("hours", "median", "mean"),
    [([5], 5, 5), ([9, 1], 5, 5), ([30, 1, 2], 2, 11), ([1, 3, 100, 4], 3.5, 27), ([4, 4, 1, 4, 2], 4, 3)],
)
def test_median_mean_and_longest_of_some_decisions(db: None, hours: list[int], median: float, mean: float) -> None:
    made = round_()
    for number in hours:
        event(standing(Status.APPROVED, made, total="1"), Step.PASS, StageKind.BUSINESS, hours=number)
    # Of another stage, of which the first knows nothing.
    event(standing(Status.APPROVED, made, total="1"), Step.APPROVE, StageKind.PERFORMANCE, hours=7)

    assert stage_times(scope(made)) == [
        nothing(made, StageKind.DEPARTMENT_HEAD),
        StageTime(
            stage(made, StageKind.BUSINESS),
            len(hours),
            timedelta(hours=median),
            timedelta(hours=mean),
            timedelta(hours=max(hours)),
            0,
            None,
            0,
        ),
        StageTime(stage(made, StageKind.PERFORMANCE), 1, 7 * HOUR, 7 * HOUR, 7 * HOUR, 0, None, 0),
    ]


def test_every_decision_counts_unless_it_was_undone(db: None) -> None:
    made = round_()
    declaration = standing(Status.RETURNED, made, total="1")
    kind = StageKind.BUSINESS
    event(declaration, Step.PASS, kind, hours=1)
    event(declaration, Step.RETURN, kind, hours=2, **RETURNED)
    event(declaration, Step.HAND_BACK, kind, hours=3, **RETURNED)
    event(declaration, Step.APPROVE, kind, hours=6)
    undone = event(declaration, Step.APPROVE, kind, hours=100)
    event(declaration, Step.UNDO, kind, hours=200, undoes=undone)
    event(declaration, Step.WITHDRAW, kind, hours=300)
    # What was decided before the times were kept.
    event(declaration, Step.APPROVE, kind, hours=400, stage_since=None)

    assert stage_times(scope(made))[1] == StageTime(stage(made, kind), 4, 2.5 * HOUR, 3 * HOUR, 6 * HOUR, 0, None, 0)


def test_only_decisions_of_the_scope_count(db: None) -> None:
    made, office = round_(), builders.office()
    own = standing(Status.APPROVED, made, total="1", department=builders.department(office=office))
    event(own, Step.APPROVE, StageKind.BUSINESS, hours=1)
    event(standing(Status.APPROVED, made, total="1"), Step.APPROVE, StageKind.BUSINESS, hours=3)
    inactive = builders.department(office=office, is_active=False)
    event(standing(Status.APPROVED, made, total="1", department=inactive), Step.APPROVE, StageKind.BUSINESS, hours=100)
    other = standing(Status.APPROVED, round_(fiscal_year=2026), total="1", department=own.department)
    event(other, Step.APPROVE, StageKind.BUSINESS, hours=100)

    reviewer = builders.user(Role.REVIEWER, office=office)
    of_office, of_all = (stage_times(scope(made, user))[1] for user in (reviewer, None))
    assert (of_office.decided, of_office.median, of_office.longest) == (1, HOUR, HOUR)
    assert (of_all.decided, of_all.median, of_all.longest) == (2, 2 * HOUR, 3 * HOUR)


def test_what_waits_in_a_stage_and_since_when(db: None) -> None:
    made = round_()
    for since, due_at in ((NOW - DAY, NOW + SECOND), (NOW - 3 * DAY, NOW), (NOW - 2 * DAY, None)):
        standing(Status.IN_REVIEW, made, total="1", in_stage=StageKind.BUSINESS, submitted_at=since, due_at=due_at)
    standing(Status.IN_REVIEW, made, approved="1", total="1", in_stage=StageKind.PERFORMANCE, submitted_at=NOW - DAY)
    standing(
        Status.IN_REVIEW,
        made,
        total="1",
        in_stage=StageKind.BUSINESS,
        submitted_at=NOW - 9 * DAY,
        department=builders.department(is_active=False),
    )

    assert stage_times(scope(made)) == [
        nothing(made, StageKind.DEPARTMENT_HEAD),
        StageTime(stage(made, StageKind.BUSINESS), 0, None, None, None, 3, 3 * DAY, 1),
        StageTime(stage(made, StageKind.PERFORMANCE), 0, None, None, None, 1, DAY, 0),
    ]


def test_times_of_real_steps(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    reviewer = builders.reviewer_of(declaration)
    builders.take(declaration, Step.APPROVE, reviewer, at=declaration.stage_since + 2 * DAY)

    found = stage_times(scope(declaration.round, now=NOW))
    assert [(time.decided, time.median, time.longest) for time in found] == [(1, 2 * DAY, 2 * DAY)]
    builders.undo(declaration)
    assert [(time.decided, time.waiting) for time in stage_times(scope(declaration.round))] == [(0, 1)]
