"""Texts in the cells of Excel workbooks."""

import re

from openpyxl.cell import Cell, MergedCell

# Excel's limit for the text of a cell, in UTF-16 units.
MAX_TEXT_UNITS = 32767
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def fits_cell(text: str) -> bool:
    """Whether a cell holds the whole text."""
    return len(text.encode("utf-16-le")) // 2 <= MAX_TEXT_UNITS


def write_text(cell: Cell | MergedCell, text: str) -> None:
    """Put a text that a cell can hold into it so that it is never read as a formula, a number or a character code."""
    cell.value = _ESCAPE_LIKE.sub("_x005F_", text)
    cell.data_type = "s"
    # It stays a text when somebody edits it.
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
