"""Rows that were taken over carry a mark until somebody changes or confirms them."""

from uuid import uuid4

import pytest

from declarations import services
from declarations.enums import Status
from declarations.models import Declaration, Row
from declarations.services import GOALS, TARGETS, TASKS, NotEditable, RowEdit, Section
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.services.edits import changed, now, own_group, rows, save, where
from tests.declarations.situations import stored

SECTIONS = [GOALS, TASKS, TARGETS]


def taken_over(made: Declaration, section: Section, count: int = 1) -> list[Row]:
    """Rows that came from an earlier year."""
    group = own_group(made).pk if section is TARGETS else None
    texts = {section.fields[0]: "去年的"}
    return save(made, section, *(RowEdit(uuid4(), 0, texts, group, origin=uuid4()) for _ in range(count))).saved


def marked(made: Declaration, section: Section) -> list[Row]:
    return [row for row in rows(made, section) if row.unconfirmed]


@pytest.mark.parametrize("section", SECTIONS)
def test_row_with_an_origin_is_unconfirmed(db, section):
    made = builders.declaration(filled=False)
    (row,) = taken_over(made, section)
    before = rows(made, section)
    save(made, section, RowEdit(uuid4(), 0, {}, own_group(made).pk if section is TARGETS else None))
    assert marked(made, section) == [row]
    assert [other.origin for other in rows(made, section) if other not in before] == [None]


@pytest.mark.parametrize("section", SECTIONS)
def test_only_the_named_rows_are_confirmed(db, section):
    made = builders.declaration(filled=False)
    first, second = taken_over(made, section, 2)
    version = first.version
    assert services.confirm_rows(*where(made), section, [first.key, uuid4()], **now(made)) == 1
    assert marked(made, section) == [second]
    first.refresh_from_db()
    # Nobody has typed: what others have open stays good.
    assert (first.version, first.origin is None) == (version, False)


def test_confirmed_a_second_time_changes_nothing(db):
    made = builders.declaration(filled=False)
    (row,) = taken_over(made, GOALS)
    services.confirm_rows(*where(made), GOALS, [row.key], **now(made))
    before = stored()
    assert services.confirm_rows(*where(made), GOALS, [row.key], **now(made)) == 0
    assert stored() == before


@pytest.mark.parametrize("section", SECTIONS)
def test_changed_row_is_confirmed_and_an_unchanged_save_is_no_confirmation(db, section):
    made = builders.declaration(filled=False)
    (row,) = taken_over(made, section)
    save(made, section, changed(row, **{section.fields[0]: "去年的"}))
    assert marked(made, section) == [row]
    save(made, section, changed(row, **{section.fields[0]: "今年的"}))
    assert marked(made, section) == []


def test_rows_of_another_declaration_stay_unconfirmed(db):
    made = builders.declaration(filled=False)
    other = builders.declaration(round=made.round, filled=False)
    (theirs,) = taken_over(other, GOALS)
    assert services.confirm_rows(*where(made), GOALS, [theirs.key], **now(made)) == 0
    assert marked(other, GOALS) == [theirs]


@pytest.mark.parametrize("refused", ["head", "closed", "submitted"])
def test_who_cannot_change_the_declaration_confirms_nothing(db, refused):
    made = builders.declaration()
    (row,) = taken_over(made, GOALS)
    if refused == "submitted":
        builders.submit(made)
        assert builders.fresh(made).status == Status.IN_REVIEW
    person = builders.person_of(made.department, Role.DEPARTMENT_HEAD if refused == "head" else Role.PREPARER)
    moment = made.round.closes_at if refused == "closed" else made.round.opens_at
    with pytest.raises(NotEditable):
        services.confirm_rows(made.pk, person, GOALS, [row.key], moment)
    assert marked(made, GOALS) == [row]
