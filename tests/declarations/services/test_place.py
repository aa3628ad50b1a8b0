"""Putting a row behind another one, as somebody does who drags it or presses its keys several times."""

from itertools import permutations
from uuid import uuid4

import pytest

from declarations import services
from declarations.models import Declaration
from declarations.services import GOALS, TARGETS, TASKS, Section
from indicators.models import SecondaryIndicator
from tests.declarations import builders
from tests.declarations.services.edits import add, now, own_group, own_groups, rows, targets, where
from tests.declarations.situations import stored


def with_rows(section: Section, letters: str) -> Declaration:
    made = builders.declaration(filled=False)
    group = own_group(made) if section is TARGETS else None
    add(made, section, *({section.fields[0]: letter} for letter in letters), group=group)
    return made


def own_rows(declaration: Declaration, section: Section):
    return [row for row in rows(declaration, section) if getattr(row, "tertiary_id", None) is None]


def names(declaration: Declaration, section: Section) -> str:
    return "".join(getattr(row, section.fields[0]) for row in own_rows(declaration, section))


def key_of(declaration: Declaration, section: Section, name: str):
    return next(row.key for row in rows(declaration, section) if getattr(row, section.fields[0]) == name)


def place(declaration: Declaration, section: Section, name: str, after: str | None) -> None:
    """Put the row of that name behind the one named `after`."""
    behind = after and key_of(declaration, section, after)
    services.place_row(*where(declaration), section, key_of(declaration, section, name), behind, **now(declaration))


@pytest.mark.parametrize("section", [GOALS, TASKS, TARGETS])
@pytest.mark.parametrize(
    ("name", "after", "order"),
    [
        ("甲", "乙", "乙甲丙丁"),
        ("甲", "丁", "乙丙丁甲"),
        ("丙", None, "丙甲乙丁"),
        ("丁", None, "丁甲乙丙"),
        ("丁", "甲", "甲丁乙丙"),
        ("乙", "丙", "甲丙乙丁"),
    ],
)
def test_row_stands_behind_the_named_one(db, section, name, after, order):
    made = with_rows(section, "甲乙丙丁")
    place(made, section, name, after)
    assert names(made, section) == order
    assert [row.position for row in own_rows(made, section)] == [0, 1, 2, 3]
    # Nobody has typed: what others have open stays good.
    assert [row.version for row in own_rows(made, section)] == [1] * 4


@pytest.mark.parametrize(("name", "after"), [("甲", None), ("乙", "甲"), ("丙", "乙")])
def test_row_that_stands_there_already_is_not_written(db, name, after):
    made = with_rows(TASKS, "甲乙丙")
    before = stored()
    place(made, TASKS, name, after)
    assert stored() == before


@pytest.mark.parametrize("section", [GOALS, TARGETS])
def test_row_behind_itself_or_behind_one_that_is_gone_stays(db, section):
    made = with_rows(section, "甲乙丙")
    before = stored()
    place(made, section, "丙", "丙")
    services.place_row(*where(made), section, key_of(made, section, "丙"), uuid4(), **now(made))
    assert stored() == before


def test_row_that_is_gone_moves_nothing(db):
    made = with_rows(TASKS, "甲乙")
    before = stored()
    for after in (None, key_of(made, TASKS, "甲"), uuid4()):
        services.place_row(*where(made), TASKS, uuid4(), after, **now(made))
    assert stored() == before


def test_gap_that_a_deleted_row_left_is_kept(db):
    made = with_rows(TASKS, "甲乙丙丁")
    row = next(row for row in rows(made, TASKS) if row.name == "乙")
    services.delete_row(*where(made), TASKS, row.key, row.version, **now(made))
    place(made, TASKS, "丁", None)
    assert [(row.name, row.position) for row in rows(made, TASKS)] == [("丁", 0), ("甲", 2), ("丙", 3)]


@pytest.mark.parametrize("order", ["".join(order) for order in permutations("甲乙丙")])
def test_every_order_is_reached_by_placing_row_after_row(db, order):
    made = with_rows(GOALS, "甲乙丙")
    for after, name in zip([None, *order], order, strict=False):
        place(made, GOALS, name, after)
    assert names(made, GOALS) == order


def test_target_stays_in_its_group(db):
    made = builders.declaration(filled=False)
    outputs, benefits = own_groups(made)
    add(made, TARGETS, {"name": "甲"}, {"name": "乙"}, group=outputs)
    add(made, TARGETS, {"name": "丙"}, {"name": "丁"}, group=benefits)
    before = stored()
    place(made, TARGETS, "甲", "丁")
    place(made, TARGETS, "丙", "甲")
    assert stored() == before
    place(made, TARGETS, "丁", None)
    assert [[row.name for row in targets(group, made)] for group in (outputs, benefits)] == [["甲", "乙"], ["丁", "丙"]]


def test_common_indicators_keep_their_places(db):
    template = builders.template(published=False)
    SecondaryIndicator.objects.filter(primary__template=template).update(allows_own=True)
    builders.publish(template)
    made = builders.declaration(filled=False, round=builders.round_(template=template))
    group = SecondaryIndicator.objects.get(primary__template=template, name="预算管理")
    add(made, TARGETS, {"name": "甲"}, {"name": "乙"}, {"name": "丙"}, group=group)
    before = stored()
    place(made, TARGETS, "预算执行率", "乙")
    place(made, TARGETS, "乙", "预算执行率")
    assert stored() == before
    place(made, TARGETS, "丙", None)
    assert [row.name for row in targets(group, made)] == ["预算执行率", "丙", "甲", "乙"]


def test_rows_of_another_declaration_are_neither_moved_nor_places_to_stand_behind(db):
    made = with_rows(GOALS, "甲乙")
    theirs = with_rows(GOALS, "丙丁")
    mine, their = key_of(made, GOALS, "乙"), key_of(theirs, GOALS, "丁")
    before = stored()
    for key, after in ((their, None), (their, mine), (mine, their)):
        services.place_row(*where(made), GOALS, key, after, **now(made))
    assert stored() == before
