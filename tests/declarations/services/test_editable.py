"""Every write is refused, with the reason, where the declaration cannot be changed."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from declarations import services
from declarations.changes import Changes, apply_changes
from declarations.models import Declaration
from declarations.services import GOALS, TARGETS, NotEditable
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.services.edits import changed, new, own_group, rows
from tests.declarations.situations import (
    APPROVED,
    DRAFT,
    EVERYBODY,
    FIRST_REVIEW,
    RETURNED,
    SECOND_REVIEW,
    WITHDRAWN,
    declaration_in,
    people_around,
    stored,
)

OPENS = datetime(2022, 3, 1, 9, tzinfo=timezone.get_default_timezone())
CLOSES = datetime(2022, 3, 11, 17, 30, tzinfo=timezone.get_default_timezone())
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def writes(made: Declaration, person: User, now: datetime):
    """Each service on rows that are there."""
    goal = rows(made, GOALS)[0]
    target = made.target_rows.filter(tertiary=None).first()
    common = made.target_rows.exclude(tertiary=None).first()
    where = (made.pk, person)
    yield lambda: services.save_rows(*where, GOALS, [changed(goal, text="改"), new(text="新")], now)
    yield lambda: services.save_rows(*where, TARGETS, [changed(common, value="1"), changed(target, value="1")], now)
    yield lambda: services.save_rows(*where, GOALS, [], now)
    yield lambda: services.add_row(*where, GOALS, now=now)
    yield lambda: services.add_row(*where, TARGETS, own_group(made).pk, now=now)
    yield lambda: services.move_row(*where, GOALS, goal.key, 1, now)
    yield lambda: services.place_row(*where, GOALS, goal.key, None, now)
    yield lambda: services.confirm_rows(*where, GOALS, [goal.key], now)
    yield lambda: apply_changes(*where, Changes(), now)
    goal.refresh_from_db()
    yield lambda: services.delete_row(*where, GOALS, goal.key, goal.version, now)
    yield lambda: services.save_budget(*where, made.budget.version, {"total": "1"}, now)


def assert_refused(made: Declaration, person: User, now: datetime, message: str) -> None:
    before = stored()
    for write in writes(made, person, now):
        with pytest.raises(NotEditable) as refused:
            write()
        assert str(refused.value) == message
    assert stored() == before


@pytest.mark.parametrize("situation", [DRAFT, WITHDRAWN, RETURNED])
def test_preparer_writes_where_the_department_holds_the_pen(db, situation):
    made = declaration_in(situation)
    for write in writes(made, builders.preparer_of(made), made.round.opens_at):
        write()
    assert [goal.text for goal in rows(made, GOALS)] == ["新", ""]


@pytest.mark.parametrize(
    ("situation", "status"), [(FIRST_REVIEW, "待审核"), (SECOND_REVIEW, "待审核"), (APPROVED, "已批复")]
)
def test_nothing_is_written_while_others_hold_it(db, situation, status):
    made = declaration_in(situation)
    preparer = builders.preparer_of(made)
    assert_refused(made, preparer, made.round.opens_at, f"申报表当前状态为“{status}”，不能修改。")


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name != "preparer"])
def test_nobody_but_the_departments_preparers_writes(db, name):
    made = declaration_in(DRAFT)
    assert_refused(made, people_around(made.department)[name], made.round.opens_at, "您只能查看本申报表。")


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (OPENS - SECOND, "本批次将于 2022年03月01日 09:00 开始填报，只能查看。"),
        (CLOSES, "本批次已于 2022年03月11日 17:30 截止，只能查看。"),
    ],
)
def test_nothing_is_written_outside_the_round(db, now, message):
    made = builders.declaration(round=builders.round_(opens_at=OPENS, closes_at=CLOSES))
    assert_refused(made, builders.preparer_of(made), now, message)


def test_extension_allows_writing_until_it_is_over(db):
    made = builders.declaration(round=builders.round_(opens_at=OPENS, closes_at=CLOSES))
    builders.extension(made.round, made.department, CLOSES + DAY)
    preparer = builders.preparer_of(made)
    assert_refused(made, preparer, CLOSES + DAY, "本批次已于 2022年03月12日 17:30 截止，只能查看。")
    for write in writes(made, preparer, CLOSES):
        write()
    assert [goal.text for goal in rows(made, GOALS)] == ["新", ""]
