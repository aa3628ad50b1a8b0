"""Rows as the browser sends them."""

from uuid import UUID

import pytest
from django.core.exceptions import BadRequest
from django.http import QueryDict

from declarations.forms.rows import BudgetForm, GoalForm, TargetForm, TaskForm, changed_texts, fingerprint, posted_rows
from declarations.services import RowEdit

KEY = "0b7f1c9e-0000-4000-8000-000000000001"
OTHER = "0b7f1c9e-0000-4000-8000-000000000002"


def sent(*fields):
    data = QueryDict(mutable=True)
    for name, value in fields:
        data.appendlist(name, value)
    return data


def task(key=KEY, **fields):
    return [("row", key), *((f"{key}-{name}", value) for name, value in fields.items())]


def edits(*fields, form_class=TaskForm):
    rows = posted_rows(sent(*fields), form_class)
    assert all(row.form.is_valid() for row in rows)
    return [row.edit() for row in rows]


def test_rows_are_read_in_the_order_sent_with_all_that_they_say():
    assert edits(
        *task(OTHER, version="3", name="乙", content="二", amount="1"),
        *task(version="0", name="甲", content="一", amount="", group="7", position="2"),
    ) == [
        RowEdit(UUID(OTHER), 3, {"name": "乙", "content": "二", "amount": "1"}),
        RowEdit(UUID(KEY), 0, {"name": "甲", "content": "一", "amount": ""}, group=7, position=2),
    ]


def test_row_named_twice_is_read_once():
    assert edits(*task(version="1", name="甲"), ("row", KEY)) == [RowEdit(UUID(KEY), 1, {"name": "甲"})]


def test_texts_that_were_not_sent_or_came_back_as_they_were_shown_are_left_out():
    seen = fingerprint(["甲", "一\n二", "1"])

    assert edits(*task(version="1", seen=seen, name="乙", content="一\r\n二")) == [
        RowEdit(UUID(KEY), 1, {"name": "乙"})
    ]


@pytest.mark.parametrize("seen", ["", "x", "\0", "a b c d e f g h"])
def test_without_a_proper_fingerprint_all_texts_count_as_changed(seen):
    assert edits(*task(version="1", seen=seen, name="甲", content="")) == [
        RowEdit(UUID(KEY), 1, {"name": "甲", "content": ""})
    ]


@pytest.mark.parametrize(("text", "read"), [(" 甲\r\n乙\n ", " 甲\n乙\n "), ("１。５", "１。５"), ("　", "　")])
def test_text_is_kept_as_typed_save_for_line_ends(text, read):
    assert edits(*task(version="1", content=text)) == [RowEdit(UUID(KEY), 1, {"content": read})]


def test_line_loses_the_line_breaks_of_a_pasted_cell():
    assert edits(*task(version="1", name="甲\r\n乙\n")) == [RowEdit(UUID(KEY), 1, {"name": "甲乙"})]


@pytest.mark.parametrize(
    ("form_class", "name", "limit"),
    [
        (GoalForm, "text", 2000),
        (TaskForm, "name", 200),
        (TaskForm, "content", 2000),
        (TaskForm, "amount", 50),
        (TargetForm, "name", 200),
        (TargetForm, "value", 200),
        (TargetForm, "unit", 50),
        (TargetForm, "scoring_standard", 2000),
        (TargetForm, "explanation", 5000),
        (TargetForm, "remark", 2000),
    ],
)
def test_text_longer_than_the_database_holds_is_refused(form_class, name, limit):
    key = UUID(KEY)

    assert form_class({f"{KEY}-{name}": "字" * limit}, key=key).errors == {}
    assert form_class({f"{KEY}-{name}": "字" * (limit + 1)}, key=key).errors == {
        name: [f"不能超过 {limit} 字，现有 {limit + 1} 字，请精简后再保存。"]
    }


def test_fields_name_their_row_and_do_not_cut_a_paste():
    html = str(GoalForm(key=UUID(KEY), place="第2行")["text"])

    assert 'aria-label="第2行 年度履职目标"' in html
    assert f'id="goals-{KEY}-text"' in html
    assert "maxlength" not in html


@pytest.mark.parametrize("version", ["", "x", "-1", str(2**31)])
def test_row_without_a_proper_version_is_refused(version):
    with pytest.raises(BadRequest):
        posted_rows(sent(("row", KEY), (f"{KEY}-version", version)), GoalForm)


def test_budget_says_which_figures_were_changed():
    seen = fingerprint(["1", "1", "0", "", ""])
    form = BudgetForm({"version": "1", "seen": seen, "total": "2", "fiscal_funds": "1", "basic_expenditure": " 1 "})

    assert form.is_valid()
    assert form.figures() == {"total": "2", "basic_expenditure": " 1 "}


def test_changed_texts_compares_each_text_with_its_own_fingerprint():
    form = TaskForm({f"{KEY}-name": "一", f"{KEY}-content": "甲"}, key=UUID(KEY))

    assert form.is_valid()
    assert changed_texts(form, ["name", "content"], fingerprint(["甲", "一"])) == {"name": "一", "content": "甲"}
    assert changed_texts(form, ["name", "content"], fingerprint(["一", "甲"])) == {}
