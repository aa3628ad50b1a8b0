from decimal import Decimal
from uuid import uuid4

import pytest

from declarations import services
from declarations.models import Declaration
from declarations.services import TARGETS, NotEditable, RowEdit
from indicators.models import IndicatorTemplate, SecondaryIndicator
from tests.declarations import builders
from tests.declarations.services.edits import add, changed, new, now, own_group, own_groups, save, targets, where
from tests.declarations.situations import stored

OTHER_TEXTS = {
    "name": "改名",
    "comparison": "le",
    "value": "90",
    "unit": "件",
    "scoring_standard": "改",
    "explanation": "改",
    "remark": "备注",
}


def empty(**fields: IndicatorTemplate) -> Declaration:
    return builders.declaration(filled=False, round=builders.round_(**fields))


def common_group(made: Declaration) -> SecondaryIndicator:
    return SecondaryIndicator.objects.get(primary__template=made.round.template, allows_own=False)


def test_own_targets_stand_in_their_groups(db):
    made = empty()
    outputs, benefits = own_groups(made)
    add(made, TARGETS, {"name": "甲"}, {"name": "乙"}, group=outputs)
    add(made, TARGETS, {"name": "丙"}, group=benefits)
    placed = [[(row.name, row.position, row.tertiary) for row in targets(group, made)] for group in (outputs, benefits)]
    assert placed == [[("甲", 0, None), ("乙", 1, None)], [("丙", 0, None)]]


def test_number_is_read_from_the_value_at_every_save(db):
    made = empty()
    (row,) = add(made, TARGETS, {"value": "约5.5万人次"}, group=own_group(made))
    numbers = [row.number]
    for value in ("≥190元每人每月", "不低于上年度水平", "１２３．４５", "1234567890", "-3", ""):
        (row,) = save(made, TARGETS, changed(row, value=value)).saved
        row.refresh_from_db()
        numbers.append(row.number)
    assert numbers == [Decimal("5.5"), Decimal(190), None, Decimal("123.45"), None, Decimal(-3), None]


def test_number_stays_where_the_value_was_not_sent(db):
    made = empty()
    (row,) = add(made, TARGETS, {"value": "95"}, group=own_group(made))
    save(made, TARGETS, changed(row, name="甲"))
    row.refresh_from_db()
    assert (row.value, row.number, row.name) == ("95", 95, "甲")


def test_group_that_takes_no_own_indicators_is_refused(db):
    made, other = empty(), empty()
    refused = [common_group(made).pk, own_group(other).pk, common_group(other).pk, 10**9, None]
    good = new(group=own_group(made), name="甲")
    before = stored()
    for group in refused:
        with pytest.raises(NotEditable, match=r"^该二级指标不能增加个性指标。$"):
            save(made, TARGETS, good, RowEdit(uuid4(), 0, {}, group))
        with pytest.raises(NotEditable, match=r"^该二级指标不能增加个性指标。$"):
            services.add_row(*where(made), TARGETS, group, **now(made))
    assert stored() == before


def test_group_of_an_existing_target_does_not_change(db):
    made = empty()
    outputs, benefits = own_groups(made)
    (row,) = add(made, TARGETS, {"name": "甲"}, group=outputs)
    save(made, TARGETS, RowEdit(row.key, row.version, {"name": "乙"}, benefits.pk))
    assert [target.name for target in targets(outputs, made)] == ["乙"]
    assert targets(benefits, made) == []


@pytest.mark.parametrize(
    ("value_editable", "written"),
    [(True, {"value": "90", "number": 90, "remark": "备注"}), (False, {"remark": "备注"})],
)
def test_of_a_common_indicator_only_the_open_texts_are_written(db, value_editable, written):
    made = empty(template=builders.template(common={"value_editable": value_editable}))
    (row,) = targets(common_group(made), made)
    (before,) = stored("declarations.Target")["declarations.Target"]
    outcome = save(made, TARGETS, changed(row, **OTHER_TEXTS))
    assert outcome.saved == [row]
    (after,) = stored("declarations.Target")["declarations.Target"]
    del before["updated_at"], after["updated_at"]
    assert after == before | written | {"version": 2, "updated_by_id": where(made)[1].pk}


def test_locked_texts_of_a_common_indicator_alone_write_nothing_and_conflict_with_nothing(db):
    made = empty(template=builders.template(common={"value_editable": False}))
    (row,) = targets(common_group(made), made)
    locked = {name: text for name, text in OTHER_TEXTS.items() if name != "remark"}
    before = stored()
    outcome = save(made, TARGETS, RowEdit(row.key, 99, locked))
    assert (outcome.saved, outcome.conflicts) == ([], {})
    assert stored() == before


def test_common_indicator_cannot_be_deleted(db):
    made = empty()
    (row,) = targets(common_group(made), made)
    before = stored()
    with pytest.raises(NotEditable, match=r"^共性指标由模板统一设置，不能删除。$"):
        services.delete_row(*where(made), TARGETS, row.key, row.version, **now(made))
    assert stored() == before


def test_hundred_and_twenty_targets_in_one_group(db):
    made = empty()
    names = [f"指标{number}" for number in range(120)]
    add(made, TARGETS, *({"name": name, "value": name} for name in names), group=own_group(made))
    stored_rows = targets(own_group(made), made)
    assert [(row.name, row.position, row.number) for row in stored_rows] == [
        (name, number, number) for number, name in enumerate(names)
    ]
