"""The official table as a template wants it printed."""

from decimal import Decimal

import pytest
from hypothesis import given, settings

from declarations.document import Document, Printing
from declarations.exports.table import HEADINGS, SIGNS, Style, layout, printable, shares
from tests.declarations import documents
from tests.declarations.generated import generated_documents
from tests.declarations.printings import EVERY_PRINTING, printing_id

EVERY_WAY = pytest.mark.parametrize("printing", EVERY_PRINTING, ids=printing_id)
# A target's text by the column that prints it; the unit stands in another where it has none of its own.
COLUMNS = ("name", "comparison", "value", "unit", "scoring_standard", "explanation", "remark")


def headings(printing: Printing) -> list[str]:
    return [cell.text for cell in layout(documents.document(), printing).header.cells]


def target_row(printing: Printing, **changes: object) -> dict[str, str]:
    """The texts of a target's cells, by the field of the column."""
    table = layout(documents.document_with(documents.target(**changes)), printing)
    row = table.body[1]
    return {table.columns[cell.column - 1].field: cell.text for cell in row.cells}


def test_official_way_has_the_official_headings():
    assert headings(Printing()) == list(HEADINGS)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"unit_column": True}, [*HEADINGS[:5], "*度量单位", *HEADINGS[5:]]),
        ({"standard_column": False}, [*HEADINGS[:5], *HEADINGS[6:]]),
        ({"remark_column": False}, list(HEADINGS[:7])),
        (
            {"unit_column": True, "standard_column": False, "remark_column": False},
            [*HEADINGS[:5], "*度量单位", "*指标值说明"],
        ),
        ({"standard_column": False, "remark_column": False}, [*HEADINGS[:5], "*指标值说明"]),
    ],
)
def test_columns_are_those_that_the_template_wants(changes, expected):
    assert headings(Printing(**changes)) == expected


@EVERY_WAY
def test_columns_share_the_whole_width(printing):
    columns = layout(documents.document(), printing).columns
    widths = shares(columns)
    assert sum(widths) == 100
    # The explanation has the most to say.
    assert max(widths) == widths[[column.field for column in columns].index("explanation")] >= 27


def covered(document: Document, printing: Printing) -> list[tuple[int, int]]:
    return sorted(
        (row, column)
        for cell in layout(document, printing).cells()
        for row in range(cell.row, cell.row + cell.rowspan)
        for column in range(cell.column, cell.column + cell.colspan)
    )


@EVERY_WAY
@pytest.mark.parametrize("with_task_amounts", [False, True])
def test_cells_cover_the_grid_once(printing, with_task_amounts):
    document = documents.reference_document().model_copy(update={"with_task_amounts": with_task_amounts})
    columns = 6 + printing.unit_column + printing.standard_column + printing.remark_column
    assert covered(document, printing) == [(row, column) for row in range(1, 50) for column in range(1, columns + 1)]


@EVERY_WAY
@pytest.mark.parametrize("with_task_amounts", [False, True])
def test_cells_of_an_empty_declaration_cover_the_grid_once(printing, with_task_amounts):
    empty = documents.document(
        duty_goals=(),
        main_tasks=(),
        with_task_amounts=with_task_amounts,
        indicators=(documents.primary(), documents.primary(documents.group(), key="primary-2")),
    )
    columns = 6 + printing.unit_column + printing.standard_column + printing.remark_column
    assert covered(empty, printing) == [(row, column) for row in range(1, 15) for column in range(1, columns + 1)]


@pytest.mark.parametrize(
    ("unit", "standard", "target", "value", "standard_cell", "unit_cell"),
    [
        # In the official form a unit stands for a missing standard, or else behind the value.
        (False, True, {"scoring_standard": "少1扣1分"}, "5篇", "少1扣1分", None),
        (False, True, {"scoring_standard": ""}, "5", "篇", None),
        (False, True, {"scoring_standard": "", "unit": "", "comparison": "qualitative"}, "5", "-", None),
        (True, True, {"scoring_standard": "少1扣1分"}, "5", "少1扣1分", "篇"),
        (True, True, {"scoring_standard": ""}, "5", "", "篇"),
        (True, True, {"scoring_standard": "", "comparison": "qualitative"}, "5", "-", "篇"),
        (True, True, {"scoring_standard": "少1扣1分", "unit": "无"}, "5", "少1扣1分", "无"),
        (True, False, {"scoring_standard": "少1扣1分"}, "5", None, "篇"),
        (True, False, {"scoring_standard": ""}, "5", None, "篇"),
        (False, False, {"scoring_standard": "少1扣1分"}, "5篇", None, None),
        (False, False, {"scoring_standard": ""}, "5篇", None, None),
        (False, False, {"scoring_standard": "", "value": "5篇"}, "5篇", None, None),
    ],
)
def test_unit_is_printed_once_wherever_it_has_its_place(unit, standard, target, value, standard_cell, unit_cell):
    row = target_row(Printing(unit_column=unit, standard_column=standard), **target)
    assert (row["value"], row.get("scoring_standard"), row.get("unit")) == (value, standard_cell, unit_cell)


@EVERY_WAY
@settings(max_examples=5, deadline=None)
@given(document=generated_documents())
def test_what_was_typed_is_printed_but_in_columns_that_are_switched_off(printing, document):
    table = layout(document, printing)
    fields = {column.field for column in table.columns}
    texts = {cell.path: cell.text for cell in table.cells() if cell.path}
    for _, _, target in document.targets():
        cells = {name: texts.get(f"targets/{target.key}/{name}") for name in COLUMNS}
        for name in fields & {"name", "explanation", "remark", "unit"}:
            assert cells[name] == printable(getattr(target, name))
        assert cells["comparison"] == SIGNS[target.comparison]
        assert cells["value"].startswith(printable(target.value))
        if "scoring_standard" in fields and target.scoring_standard.strip():
            assert cells["scoring_standard"] == printable(target.scoring_standard)
        # Without a value there is nothing that the unit is the unit of; and some units say that there is none.
        if target.value.strip() and target.unit.strip() not in ("-", "/", "无"):
            places = (cells["value"], cells["unit"] or "", cells["scoring_standard"] or "")
            assert any(printable(target.unit).strip() in place for place in places)
    assert set(texts) >= {"department", "goals", *(f"budget/{figure}" for figure in documents.FIGURES)}
    for task in document.main_tasks:
        assert texts[f"tasks/{task.key}/name"] == printable(task.name)
        assert texts[f"tasks/{task.key}/content"] == printable(task.content)


@pytest.mark.parametrize(
    ("typed", "plain", "grouped", "number"),
    [
        ("2677.7", "2677.7", "2,677.70", Decimal("2677.7")),
        ("2,677.70", "2677.7", "2,677.70", Decimal("2677.70")),
        ("72807.384975", "72807.384975", "72,807.38", Decimal("72807.384975")),
        ("0.005", "0.005", "0.01", Decimal("0.005")),
        ("-0.001", "-0.001", "0.00", Decimal("-0.001")),
        ("-1234.5", "-1234.5", "-1,234.50", Decimal("-1234.5")),
        ("999999999.999999", "999999999.999999", "1,000,000,000.00", Decimal("999999999.999999")),
        ("0", "0", "0.00", Decimal(0)),
        ("１２３．４５", "123.45", "123.45", Decimal("123.45")),
        ("", "", "", None),
        ("约100", "约100", "约100", None),
        # Too long to be rounded or reckoned with: nothing of it is left out.
        ("1234567890123.123456789", "1234567890123.123456789", "1234567890123.123456789", None),
        ("9" * 50, "9" * 50, "9" * 50, None),
    ],
)
def test_amounts_are_printed_as_typed_or_grouped_and_keep_their_number(typed, plain, grouped, number):
    document = documents.document(
        budget=documents.budget(total=typed), main_tasks=(documents.task(amount=typed),), with_task_amounts=True
    )
    for amounts, text in (("typed", plain), ("grouped", grouped)):
        table = layout(document, Printing(amounts=amounts))
        cells = {cell.path: (cell.text, cell.amount) for cell in table.cells() if cell.style == Style.AMOUNT}
        assert cells["budget/total"] == (text, number)
        assert cells["tasks/task-1/amount"] == (text, number)


def test_signatures_stand_below_the_table_where_the_template_wants_them():
    document = documents.document()
    assert layout(document).signatures == ()
    assert layout(document, Printing(signatures=True)).signatures == (
        ("单位负责人（签字）：", "填报人（签字）：", "联系电话："),
        ("单位（盖章）：", "填报日期：　　　　年　　月　　日"),
    )
    assert layout(document, Printing(signatures=True)).rows == layout(document).rows
