"""The text in which Excel and WPS put cells on the clipboard."""

import re

Cells = tuple[tuple[str, ...], ...]

# The closing quote stands before a separator. A quote may stand within only where it is doubled.
_QUOTED_CELL = re.compile(r'"((?:[^"]|"")*+)"(?=[\t\r\n]|\Z)')
_SEPARATOR = re.compile(r"[\t\r\n]")
_ROW_END = re.compile(r"\r\n|\r|\n")
# Spreadsheets quote a cell for one of these within it, and for nothing else.
_REASON_TO_QUOTE = re.compile(r'[\t\r\n]|""')


def parse_cells(text: str) -> Cells:
    """The rows of cells in a spreadsheet's clipboard text; rows may differ in length, an empty text has none.

    A cell is quoted where it holds a tab, a line break or a doubled quote; any other quote is part of the text.
    """
    rows: list[tuple[str, ...]] = []
    row: list[str] = []
    position = 0
    while position < len(text):
        cell, position = _cell_at(text, position)
        row.append(cell)
        if text[position : position + 1] == "\t":
            position += 1
            if position < len(text):
                continue
            row.append("")
        rows.append(tuple(row))
        row = []
        if row_end := _ROW_END.match(text, position):
            position = row_end.end()
    return tuple(rows)


def _cell_at(text: str, position: int) -> tuple[str, int]:
    """The cell that begins at `position` and where it ends."""
    quoted = _QUOTED_CELL.match(text, position)
    if quoted and _REASON_TO_QUOTE.search(quoted[1]):
        return quoted[1].replace('""', '"'), quoted.end()
    separator = _SEPARATOR.search(text, position)
    end = separator.start() if separator else len(text)
    return text[position:end], end
