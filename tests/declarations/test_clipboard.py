import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.clipboard import parse_cells
from tests.declarations.spreadsheets import copied, copied_from_the_form

texts = st.text(alphabet='"\t\r\n a率≥', max_size=8) | st.text(max_size=8)
rows_of_cells = st.lists(st.lists(texts, min_size=1, max_size=4), max_size=5)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", ()),
        ("95", (("95",),)),
        ("95\r\n", (("95",),)),
        ("a\tb\r\nc\td\r\n", (("a", "b"), ("c", "d"))),
        ("a\nb\n", (("a",), ("b",))),
        ("a\rb\r", (("a",), ("b",))),
        ("a\tb\r\nc\r\n", (("a", "b"), ("c",))),
        ("\t\r\n", (("", ""),)),
        ("a\t", (("a", ""),)),
        ("a\t\t", (("a", "", ""),)),
        ("a\r\n\r\nb", (("a",), ("",), ("b",))),
        ("\r\n", (("",),)),
        (" a \t　b", ((" a ", "　b"),)),
    ],
)
def test_parse_cells_parts_rows_and_cells(text, cells):
    assert parse_cells(text) == cells


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('"1.一；\n2.二。"\tb\r\n', (("1.一；\n2.二。", "b"),)),
        ('a\t"1\r\n2"', (("a", "1\r\n2"),)),
        ('"a\tb"\tc', (("a\tb", "c"),)),
        ('"称""先进""的\n单位"', (('称"先进"的\n单位',),)),
        ('"""三公""\n经费"', (('"三公"\n经费',),)),
        ('"""重点"""\t1', (('"重点"', "1"),)),
        ('"a\n"\r\n"b\n"', (("a\n",), ("b\n",))),
    ],
)
def test_parse_cells_takes_the_quotes_off_a_cell_that_needs_them(text, cells):
    assert parse_cells(text) == cells


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('5"屏\t1', (('5"屏', "1"),)),
        ('"重点"\t1', (('"重点"', "1"),)),
        ('"三公"经费\t1', (('"三公"经费', "1"),)),
        ('""\t1', (('""', "1"),)),
        ('a "b" c', (('a "b" c',),)),
        ('"从不结束\t1\r\nb\tc', (('"从不结束', "1"), ("b", "c"))),
        ('a\t"', (("a", '"'),)),
        ('"A\t"B', (('"A', '"B'),)),
    ],
)
def test_parse_cells_keeps_a_quote_that_belongs_to_the_text(text, cells):
    assert parse_cells(text) == cells


@given(rows_of_cells)
def test_parse_cells_reads_what_the_form_writes(rows):
    assert parse_cells(copied_from_the_form(*rows)) == tuple(map(tuple, rows))


@given(st.lists(st.lists(texts.filter(lambda text: text[:1] != '"' and "\r" not in text), min_size=1, max_size=4)))
def test_parse_cells_reads_what_excel_writes(rows):
    assert parse_cells(copied(*rows)) == tuple(map(tuple, rows))


@given(st.text(alphabet='"\t\r\na率', max_size=30))
def test_parse_cells_loses_nothing_but_separators_and_quotes(text):
    def kept(text):
        return "".join(character for character in text if character not in '"\t\r\n')

    assert "".join(kept(cell) for row in parse_cells(text) for cell in row) == kept(text)
