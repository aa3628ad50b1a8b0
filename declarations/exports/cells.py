"""What the cells of our workbooks have in common: texts that stay texts, and how high they are."""

import re

from openpyxl.cell import Cell, MergedCell

from declarations.exports.measure import line_count

FONT = "宋体"
# Of the fonts of East Asia, for Excel: GB 2312.
CHARSET = 134
PADDING = 8
LINE_HEIGHT = 1.35
# Excel's limits: a row's height in points, a cell's text in UTF-16 units.
MAX_ROW_HEIGHT = 409
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


def column_points(width: float) -> float:
    """A column's width in points: seven pixels a digit of the default font and five around."""
    return (width * 7 + 5) * 0.75


def text_height(text: str, points: float, size: float) -> float:
    """What a text of that font size needs in a cell as wide as `points`, in points, as Excel and WPS draw it."""
    return line_count(text, (points - PADDING) / size) * size * LINE_HEIGHT + PADDING
