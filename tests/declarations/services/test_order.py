"""Moving rows, and putting a deleted one back in its place."""

from uuid import uuid4

import pytest

from declarations import services
from declarations.models import Declaration
from declarations.services import GOALS, TARGETS, TASKS, RowEdit, Section
from indicators.models import SecondaryIndicator
from tests.declarations import builders
from tests.declarations.services.edits import add, now, own_group, own_groups, rows, save, targets, where
from tests.declarations.situations import stored


def empty() -> Declaration:
    return builders.declaration(filled=False)


def names(declaration: Declaration, section: Section = TASKS) -> str:
    return "".join(getattr(row, section.fields[0]) for row in rows(declaration, section))


def with_rows(section: Section, letters: str) -> Declaration:
    made = empty()
    group = own_group(made) if section is TARGETS else None
    add(made, section, *({section.fields[0]: letter} for letter in letters), group=group)
    return made


def row_named(declaration: Declaration, section: Section, name: str):
    return next(row for row in rows(declaration, section) if getattr(row, section.fields[0]) == name)


def move(declaration: Declaration, section: Section, name: str, offset: int) -> None:
    row = row_named(declaration, section, name)
    services.move_row(*where(declaration), section, row.key, offset, **now(declaration))


def delete(declaration: Declaration, section: Section, name: str):
    row = row_named(declaration, section, name)
    return services.delete_row(*where(declaration), section, row.key, row.version, **now(declaration))


def undo(declaration: Declaration, section: Section, deleted) -> None:
    texts = {name: getattr(deleted, name) for name in section.fields}
    group = getattr(deleted, "secondary_id", None)
    save(declaration, section, RowEdit(deleted.key, 0, texts, group, deleted.position))


@pytest.mark.parametrize("section", [GOALS, TASKS])
@pytest.mark.parametrize(
    ("name", "offset", "order"),
    [
        ("甲", -1, "甲乙丙丁"),
        ("甲", 1, "乙甲丙丁"),
        ("乙", -1, "乙甲丙丁"),
        ("丙", 1, "甲乙丁丙"),
        ("丁", -1, "甲乙丁丙"),
        ("丁", 1, "甲乙丙丁"),
    ],
)
def test_row_changes_places_with_its_neighbour(db, section, name, offset, order):
    made = with_rows(section, "甲乙丙丁")
    move(made, section, name, offset)
    assert names(made, section) == order
    assert [row.position for row in rows(made, section)] == [0, 1, 2, 3]
    assert [row.version for row in rows(made, section)] == [1] * 4


def test_move_at_an_end_writes_nothing(db):
    made = with_rows(GOALS, "甲乙")
    before = stored()
    move(made, GOALS, "甲", -1)
    move(made, GOALS, "乙", 1)
    assert stored() == before


def test_move_passes_the_gap_that_a_deleted_row_left(db):
    made = with_rows(TASKS, "甲乙丙丁")
    delete(made, TASKS, "乙")
    delete(made, TASKS, "丙")
    move(made, TASKS, "丁", -1)
    assert names(made) == "丁甲"


def test_row_moves_all_the_way_and_back(db):
    made = with_rows(TASKS, "甲乙丙丁")
    orders = []
    for offset in (1, 1, 1, 1, -1, -1, -1, -1):
        move(made, TASKS, "甲", offset)
        orders.append(names(made))
    assert orders == ["乙甲丙丁", "乙丙甲丁", "乙丙丁甲", "乙丙丁甲", "乙丙甲丁", "乙甲丙丁", "甲乙丙丁", "甲乙丙丁"]


def test_target_moves_within_its_group_alone(db):
    made = empty()
    outputs, benefits = own_groups(made)
    add(made, TARGETS, {"name": "甲"}, {"name": "乙"}, group=outputs)
    add(made, TARGETS, {"name": "丙"}, {"name": "丁"}, group=benefits)
    move(made, TARGETS, "乙", 1)
    move(made, TARGETS, "丙", -1)
    move(made, TARGETS, "丙", 1)
    assert [row.name for row in targets(outputs, made)] == ["甲", "乙"]
    assert [row.name for row in targets(benefits, made)] == ["丁", "丙"]


def test_common_indicators_keep_their_places(db):
    template = builders.template(published=False)
    SecondaryIndicator.objects.filter(primary__template=template).update(allows_own=True)
    builders.publish(template)
    made = builders.declaration(filled=False, round=builders.round_(template=template))
    group = SecondaryIndicator.objects.get(primary__template=template, name="预算管理")
    add(made, TARGETS, {"name": "甲"}, {"name": "乙"}, group=group)
    before = stored()
    move(made, TARGETS, "预算执行率", 1)
    move(made, TARGETS, "甲", -1)
    assert stored() == before
    move(made, TARGETS, "乙", -1)
    assert [row.name for row in targets(group, made)] == ["预算执行率", "乙", "甲"]


@pytest.mark.parametrize("section", [GOALS, TASKS, TARGETS])
@pytest.mark.parametrize("name", ["甲", "乙", "丙"])
def test_undo_puts_a_deleted_row_back_in_its_place(db, section, name):
    made = with_rows(section, "甲乙丙")
    before = [(row.key, row.position) for row in rows(made, section) if getattr(row, section.fields[0])]
    undo(made, section, delete(made, section, name))
    after = [(row.key, row.position) for row in rows(made, section) if getattr(row, section.fields[0])]
    assert after == before


def test_undo_puts_the_row_at_the_end_where_its_place_was_taken(db):
    made = with_rows(TASKS, "甲乙丙")
    deleted = delete(made, TASKS, "丙")
    add(made, TASKS, {"name": "丁"})
    undo(made, TASKS, deleted)
    assert names(made) == "甲乙丁丙"


@pytest.mark.parametrize("position", [-1, 3, 2**31 - 1])
def test_place_beyond_the_ends_means_the_end(db, position):
    made = with_rows(TASKS, "甲乙")
    save(made, TASKS, RowEdit(uuid4(), 0, {"name": "丙"}, position=position))
    add(made, TASKS, {"name": "丁"})
    assert [(row.name, row.position) for row in rows(made, TASKS)] == [("甲", 0), ("乙", 1), ("丙", 2), ("丁", 3)]


def order(declaration: Declaration, section: Section, letters: str) -> None:
    keys = [row_named(declaration, section, letter).key for letter in letters]
    services.order_rows(*where(declaration), section, keys, **now(declaration))


@pytest.mark.parametrize(
    ("letters", "result"),
    [("甲乙丙丁", "甲乙丙丁"), ("丁丙乙甲", "丁丙乙甲"), ("丙", "丙甲乙丁"), ("丁乙", "丁乙甲丙")],
)
def test_rows_are_put_into_the_order_that_is_asked_for(db, letters, result):
    made = with_rows(TASKS, "甲乙丙丁")
    order(made, TASKS, letters)
    assert names(made) == result
    assert [(row.position, row.version) for row in rows(made, TASKS)] == [(0, 1), (1, 1), (2, 1), (3, 1)]


def test_targets_are_ordered_within_their_group_behind_the_common_ones(db):
    template = builders.template(published=False)
    SecondaryIndicator.objects.filter(primary__template=template).update(allows_own=True)
    builders.publish(template)
    made = builders.declaration(filled=False, round=builders.round_(template=template))
    group = SecondaryIndicator.objects.get(primary__template=template, name="预算管理")
    other = own_groups(made)[-1]
    add(made, TARGETS, {"name": "甲"}, {"name": "乙"}, group=group)
    add(made, TARGETS, {"name": "丙"}, {"name": "丁"}, group=other)
    keys = [row_named(made, TARGETS, name).key for name in ("乙", "预算执行率", "甲")]
    services.order_rows(*where(made), TARGETS, keys, **now(made))
    assert [row.name for row in targets(group, made)] == ["预算执行率", "乙", "甲"]
    assert [row.name for row in targets(other, made)] == ["丙", "丁"]


def test_order_of_rows_that_are_gone_changes_nothing(db):
    made = with_rows(TASKS, "甲乙")
    before = stored()
    services.order_rows(*where(made), TASKS, [uuid4()], **now(made))
    assert stored() == before
