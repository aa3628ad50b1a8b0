"""What the form's script sends, read: what can be stored, what cannot, and what no script of ours sends."""

import json
from uuid import UUID

import pytest
from pydantic import ValidationError

from declarations.changes import BudgetEdit, Changes, Deletion, Placement
from declarations.forms.autosave import Autosave, Sorted
from declarations.services import GOALS, MAX_ROWS, TARGETS, TASKS, RowEdit

KEY = "0b7f1c9e-0000-4000-8000-000000000001"
OTHER = "0b7f1c9e-0000-4000-8000-000000000002"


def row(key=KEY, section="tasks", version=1, **fields):
    return {"section": section, "key": key, "version": version, "texts": {}, **fields}


def read(**fields) -> Autosave:
    return Autosave.model_validate_json(json.dumps({"user": 1, "page": "goals", **fields}))


def changes_of(**fields) -> Changes:
    return Sorted(read(**fields)).changes


def errors_of(**fields):
    errors = Sorted(read(**fields)).errors
    return {key: {cell.name: (cell.cell, cell.label, cell.messages) for cell in cells} for key, cells in errors.items()}


def test_request_without_changes_asks_for_none():
    asked = read(seen="2022-03-01T01:00:00+00:00")

    assert not asked.asks_for_changes
    assert Sorted(asked).changes == Changes(edits={}, deletions=[], placements=[], budget=None)


def test_rows_are_sorted_by_section_in_the_order_sent():
    assert changes_of(
        rows=[
            row(OTHER, texts={"name": "乙", "amount": "1"}),
            row(section="targets", version=0, group=7, texts={"comparison": "ge"}),
            row(KEY, version=3, texts={"content": "一\n二"}),
            row(section="goals", texts={"text": " 甲 "}),
        ],
        deleted=[{"section": "goals", "key": OTHER, "version": 2}],
        placed=[{"section": "tasks", "key": KEY, "after": OTHER}, {"section": "targets", "key": KEY, "after": None}],
        budget={"version": 4, "texts": {"total": "1,000"}},
    ) == Changes(
        edits={
            TASKS: [
                RowEdit(UUID(OTHER), 1, {"name": "乙", "amount": "1"}),
                RowEdit(UUID(KEY), 3, {"content": "一\n二"}),
            ],
            TARGETS: [RowEdit(UUID(KEY), 0, {"comparison": "ge"}, group=7)],
            GOALS: [RowEdit(UUID(KEY), 1, {"text": " 甲 "})],
        },
        deletions=[Deletion(GOALS, UUID(OTHER), 2)],
        placements=[Placement(TASKS, UUID(KEY), UUID(OTHER)), Placement(TARGETS, UUID(KEY), None)],
        budget=BudgetEdit(4, {"total": "1,000"}),
    )


def test_line_loses_its_line_breaks_and_a_text_only_its_carriage_returns():
    assert changes_of(rows=[row(texts={"name": "甲\r\n乙\n", "content": "一\r\n二\n"})]).edits == {
        TASKS: [RowEdit(UUID(KEY), 1, {"name": "甲乙", "content": "一\n二\n"})]
    }


def test_text_that_cannot_be_stored_is_told_and_the_others_of_the_row_are_stored():
    sent = [row(texts={"name": "长" * 201, "content": "a\0b", "amount": "1"})]

    assert changes_of(rows=sent).edits == {TASKS: [RowEdit(UUID(KEY), 1, {"amount": "1"})]}
    assert errors_of(rows=sent) == {
        KEY: {
            "name": (f"tasks-{KEY}-name", "任务名称", ["不能超过 200 字，现有 201 字，请精简后再保存。"]),
            "content": (f"tasks-{KEY}-content", "主要内容", ["含有不可见的空字符，请删除后重新输入。"]),
        }
    }


def test_row_of_which_nothing_can_be_stored_is_left_out_unless_it_is_new():
    texts = {"comparison": "about"}
    sent = [row(section="targets", texts=texts), row(OTHER, "targets", 0, group=7, texts=texts)]

    assert changes_of(rows=sent).edits == {TARGETS: [RowEdit(UUID(OTHER), 0, {}, group=7)]}
    assert {key: list(cells) for key, cells in errors_of(rows=sent).items()} == {
        KEY: ["comparison"],
        OTHER: ["comparison"],
    }


@pytest.mark.parametrize(("length", "stored"), [(50, True), (51, False)])
def test_figures_that_can_be_stored_are_stored_beside_those_that_cannot(length, stored):
    budget = {"version": 1, "texts": {"total": "1" * length, "other_funds": "0"}}
    told = {"budget": {"total": ("budget-total", "部门预算总额", ["不能超过 50 字，现有 51 字，请精简后再保存。"])}}

    assert changes_of(budget=budget).budget == BudgetEdit(
        1, ({"total": "1" * 50} if stored else {}) | {"other_funds": "0"}
    )
    assert errors_of(budget=budget) == ({} if stored else told)


def test_budget_of_which_nothing_can_be_stored_is_left_out():
    assert changes_of(budget={"version": 1, "texts": {"total": "1\0"}}).budget is None


@pytest.mark.parametrize(
    "fields",
    [
        {"rows": [row(texts={"text": "甲"})]},
        {"rows": [row(section="goals", texts={"name": "甲"})]},
        {"rows": [row(texts={"version": "9"})]},
        {"rows": [row(texts={"name": "甲", "declaration_id": "1"})]},
        {"rows": [row(texts={"": ""})]},
        {"budget": {"version": 1, "texts": {"version": "9"}}},
        {"budget": {"version": 1, "texts": {"total_amount": "9"}}},
    ],
)
def test_text_of_a_field_that_the_row_does_not_have_is_refused(fields):
    with pytest.raises(ValueError, match="no such fields"):
        Sorted(read(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"user": None},
        {"user": "x"},
        {"page": 1},
        {"seen": None},
        {"unknown": 1},
        {"rows": {}},
        {"rows": [[]]},
        {"rows": [row(section="budget")]},
        {"rows": [row(key="1")]},
        {"rows": [row(key=KEY + "0")]},
        {"rows": [row(version=-1)]},
        {"rows": [row(version=2**31)]},
        {"rows": [row(version=10**50)]},
        {"rows": [row(version=1.5)]},
        {"rows": [row(version=None)]},
        {"rows": [row(group=-1)]},
        {"rows": [row(group=2**63)]},
        {"rows": [row(texts=[])]},
        {"rows": [row(texts={"name": 1})]},
        {"rows": [row(texts={"name": None})]},
        {"rows": [row(position=1)]},
        {"deleted": [{"section": "goals", "key": KEY}]},
        {"deleted": [{"section": "goals", "key": KEY, "version": 2**31}]},
        {"placed": [{"section": "goals", "key": KEY}]},
        {"placed": [{"section": "goals", "key": KEY, "after": ""}]},
        {"budget": []},
        {"budget": {"version": -1, "texts": {}}},
        {"budget": {"version": 2**31, "texts": {}}},
        {"budget": {"texts": {}}},
    ],
)
def test_what_no_script_of_ours_sends_is_refused(fields):
    with pytest.raises(ValidationError):
        read(**fields)


@pytest.mark.parametrize("fields", [{"version": 0}, {"version": 2**31 - 1}, {"group": 2**63 - 1}])
def test_numbers_at_the_ends_of_what_the_database_holds_are_read(fields):
    assert read(rows=[row(**fields)]).asks_for_changes


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("rows", row()),
        ("deleted", {"section": "goals", "key": KEY, "version": 1}),
        ("placed", {"section": "goals", "key": KEY, "after": None}),
    ],
)
def test_as_many_rows_as_two_full_sections_are_read_and_no_more(name, item):
    assert len(getattr(read(**{name: [item] * (2 * MAX_ROWS)}), name)) == 2 * MAX_ROWS
    with pytest.raises(ValidationError):
        read(**{name: [item] * (2 * MAX_ROWS + 1)})
