"""What the cells of our workbooks have in common: how they look, and how high they are."""

from declarations.exports.measure import line_count

FONT = "宋体"
# Of the fonts of East Asia, for Excel: GB 2312.
CHARSET = 134
PADDING = 8
LINE_HEIGHT = 1.35
# Excel's limit, in points.
MAX_ROW_HEIGHT = 409


def column_points(width: float) -> float:
    """A column's width in points: seven pixels a digit of the default font and five around."""
    return (width * 7 + 5) * 0.75


def text_height(text: str, points: float, size: float) -> float:
    """What a text of that font size needs in a cell as wide as `points`, in points, as Excel and WPS draw it."""
    return line_count(text, (points - PADDING) / size) * size * LINE_HEIGHT + PADDING
