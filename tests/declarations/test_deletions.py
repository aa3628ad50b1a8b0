"""Who deleted a row last is known as long as it is gone."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from declarations import selectors, services, uploads
from declarations.changes import Changes, Deletion, apply_changes
from declarations.deletions import deletions_of
from declarations.form_layout import TARGETS_SHEET
from declarations.models import Declaration, DeletedRow
from declarations.services import GOALS, TARGETS, TASKS, NotEditable
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.imports.building import saved
from tests.declarations.services.edits import add, changed, new, now, own_group, own_groups, rows, save, targets, where
from tests.declarations.situations import APPROVED, declaration_in, stored
from tests.declarations.workbooks import downloaded, keep

FIRST = datetime(2026, 3, 5, 9, 7, tzinfo=UTC)
LATER = datetime(2026, 3, 6, 10, 8, tzinfo=UTC)


@pytest.fixture
def made(db) -> Declaration:
    return builders.declaration(filled=False)


@pytest.fixture
def colleague(made: Declaration) -> User:
    return builders.user(Role.PREPARER, department=made.department)


def known(made: Declaration) -> dict:
    """By the keys of deleted rows who did it and when."""
    deletions = DeletedRow.objects.filter(declaration=made)
    return {deletion.key: (deletion.deleted_by, deletion.deleted_at) for deletion in deletions}


def delete(made: Declaration, actor: User, section, row, at: datetime = FIRST) -> None:
    with time_machine.travel(at, tick=False):
        services.delete_row(made.pk, actor, section, row.key, row.version, **now(made))


def sections(made: Declaration):
    return [(GOALS, None), (TASKS, None), (TARGETS, own_group(made))]


def test_deletion_in_any_section_is_known(made, colleague):
    gone = []
    for section, group in sections(made):
        row, _ = add(made, section, {}, {}, group=group)
        delete(made, colleague, section, row)
        gone.append(row.key)

    assert known(made) == dict.fromkeys(gone, (colleague, FIRST))


def test_deletions_asked_for_are_read_with_who_did_them_in_one_query(made, colleague, django_assert_num_queries):
    first, second, third = add(made, GOALS, {}, {}, {})
    for row in (first, second):
        delete(made, colleague, GOALS, row)
    elsewhere = builders.declaration(filled=False)

    with django_assert_num_queries(1):
        found = deletions_of(made, [first.key, third.key, uuid4()])
        assert {key: deletion.deleted_by.name for key, deletion in found.items()} == {first.key: colleague.name}
    assert deletions_of(elsewhere, [first.key]) == {}
    with django_assert_num_queries(0):
        assert deletions_of(made, []) == {}


@pytest.mark.parametrize("index", [0, 1, 2])
def test_row_that_is_there_again_is_not_known_as_deleted(made, colleague, index):
    section, group = sections(made)[index]
    row, other = add(made, section, {}, {}, group=group)
    for gone in (row, other):
        delete(made, colleague, section, gone)

    save(made, section, new(row.key, group))

    assert known(made) == {other.key: (colleague, FIRST)}


def test_only_the_last_deletion_of_a_row_is_known(made, colleague):
    (row,) = add(made, GOALS, {})
    delete(made, colleague, GOALS, row)
    (again,) = save(made, GOALS, new(row.key)).saved
    delete(made, where(made)[1], GOALS, again, LATER)

    assert known(made) == {row.key: (where(made)[1], LATER)}


def test_deletion_of_what_is_gone_already_leaves_the_one_before(made, colleague):
    (row,) = add(made, GOALS, {})
    delete(made, colleague, GOALS, row)
    delete(made, where(made)[1], GOALS, row, LATER)

    assert known(made) == {row.key: (colleague, FIRST)}


def test_refused_deletion_is_none(made, colleague):
    (row,) = add(made, GOALS, {})
    save(made, GOALS, changed(row, text="改"))
    before = stored()

    with pytest.raises(NotEditable):
        delete(made, colleague, GOALS, row)
    with pytest.raises(NotEditable):
        delete(made, colleague, TARGETS, made.target_rows.get())

    assert stored() == before
    assert known(made) == {}


def test_row_deleted_twice_while_a_trace_is_left_is_known_by_the_latter(made, colleague):
    """As after rows that were stored past the services."""
    (row,) = add(made, GOALS, {})
    DeletedRow.objects.create(declaration=made, key=row.key, deleted_by=colleague, deleted_at=FIRST)

    delete(made, where(made)[1], GOALS, row, LATER)

    assert known(made) == {row.key: (where(made)[1], LATER)}


def statements_of_deletions(made: Declaration, count: int) -> list[str]:
    deletions = [Deletion(GOALS, row.key, row.version) for row in add(made, GOALS, *[{}] * count)]
    with CaptureQueriesContext(connection) as captured:
        applied = apply_changes(*where(made), Changes(deletions=deletions), **now(made))
    assert (applied.refused, rows(made, GOALS)) == ({}, [])
    return [query["sql"] for query in captured]


def test_many_deletions_at_once_cost_as_many_queries_as_one_and_one_of_them_for_who_did_it(made):
    one, thirty = (statements_of_deletions(made, count) for count in (1, 30))

    assert len(one) == len(thirty)
    assert [sum("declarations_deletedrow" in sql for sql in statements) for statements in (one, thirty)] == [1, 1]
    assert [by for by, _ in known(made).values()] == [where(made)[1]] * 31


def test_new_rows_cost_one_query_more_and_changed_ones_none(made):
    (row,) = add(made, GOALS, {})
    counts = []
    for edits in ([changed(row, text="改")], [new()], [new() for _ in range(30)]):
        with CaptureQueriesContext(connection) as captured:
            save(made, GOALS, *edits)
        counts.append(sum("declarations_deletedrow" in query["sql"] for query in captured))

    assert counts == [0, 1, 1]


def test_rows_that_an_import_deletes_are_known(db):
    made = builders.declaration()
    upload = keep(made)
    (gone,) = add(made, GOALS, {"text": "表中没有的目标"})
    digest = selectors.document_of(builders.fresh(made)).digest()
    with time_machine.travel(FIRST, tick=False):
        uploads.apply_upload(upload, where(made)[1], digest, delete_missing=True, now=made.round.opens_at)

    assert known(made) == {gone.key: (where(made)[1], FIRST)}


def test_row_that_an_import_moves_to_another_group_is_not_known_as_deleted(db):
    made = builders.declaration()
    outputs, benefits = own_groups(made)
    (moving,) = targets(outputs, made)
    book = downloaded(made)
    sheet = book[TARGETS_SHEET]
    row = next(row for row in range(2, 9) if sheet.cell(row, 1).value == str(moving.key))
    sheet.cell(row, 2).value, sheet.cell(row, 3).value = "效益指标", benefits.name
    upload = keep(made, saved(book))
    digest = selectors.document_of(builders.fresh(made)).digest()

    uploads.apply_upload(upload, where(made)[1], digest, delete_missing=False, now=made.round.opens_at)

    assert [target.key for target in targets(benefits, made)][:1] == [moving.key]
    assert known(made) == {}


def test_giving_an_adjustment_up_deletes_what_was_added_in_it_and_brings_the_rest_back(db):
    made = declaration_in(APPROVED)
    first, *_ = rows(made, GOALS)
    (own, *_) = targets(own_groups(made)[0], made)
    builders.adjust(made)
    colleague = builders.user(Role.PREPARER, department=made.department)
    delete(made, colleague, GOALS, first)
    delete(made, colleague, TARGETS, own)
    added = services.save_rows(made.pk, colleague, TASKS, [new(), new()]).saved
    assert set(known(made)) == {first.key, own.key}

    with time_machine.travel(LATER, tick=False):
        builders.cancel_adjustment(made)

    assert known(made) == dict.fromkeys([row.key for row in added], (where(made)[1], LATER))
