"""Texts in the cells of workbooks."""

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from perfgoals.workbooks import saved, write_text

# As pasted from Word, and worse.
NOT_IN_XML = "\x00\x07\x0b\x0c\x1f\ud800\udfff\ufffe\uffff"


@pytest.mark.parametrize(
    ("text", "read"), [(f"上{NOT_IN_XML}下", "上下"), (f"{NOT_IN_XML}=1+1", "=1+1"), (NOT_IN_XML, None)]
)
def test_what_no_workbook_can_carry_is_left_out_of_a_text(text, read):
    workbook = Workbook()
    write_text(workbook.worksheets[0]["A1"], text)

    cell = load_workbook(BytesIO(saved(workbook))).worksheets[0]["A1"]

    assert cell.value == read
    assert cell.data_type != "f"


def test_text_like_a_formula_is_marked_as_text_also_behind_what_is_left_out():
    cell = Workbook().worksheets[0]["A1"]
    write_text(cell, "\x0b=1+1")

    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
