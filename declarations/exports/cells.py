"""What the cells of our workbooks have in common: how they look, and how high they are."""

import re
from math import ceil

from declarations.exports.measure import text_width

FONT = "宋体"
# Of the fonts of East Asia, for Excel: GB 2312.
CHARSET = 134
# Of a cell, in points, left and right, above and below its text together.
PADDING = 8
PADDING_ABOVE_AND_BELOW = 5
# Of the font size. 宋体 in Excel and WPS needs 1.3; what LibreOffice takes for it where it is missing, 1.45.
LINE_HEIGHT = 1.45
# Excel's limit, in points.
MAX_ROW_HEIGHT = 409

# In fonts other than 宋体, Latin letters are wider than half of a Chinese character.
_LATIN_WIDTH = 0.62
_WIDE_LATIN_WIDTH = 1.0
_WIDE_LATIN = re.compile(r"[MWmw@%&‰]")
# What a line is never divided within: a word, or a character with the signs that begin no line.
_PIECE = re.compile(r"(?:[!-~]+|.)[，。、；：？！）》”’〉】％]*", re.DOTALL)


def column_points(width: float) -> float:
    """A column's width in points: seven pixels a digit of the default font, which has ten points, and five around."""
    return (width * 7 + 5) * 0.75


def text_height(text: str, points: float, size: float) -> float:
    """What a text of that font size needs in a cell as wide as `points`, in points, whatever draws it."""
    width = (points - PADDING) / size
    return sum(_lines(line, width) for line in text.split("\n")) * size * LINE_HEIGHT + PADDING_ABOVE_AND_BELOW


def _lines(line: str, width: float) -> int:
    """How many lines one line of a text takes in a column as wide as `width` full-width characters."""
    if _width(line) <= width:
        return 1
    lines, filled = 1, 0.0
    for piece in _PIECE.findall(line):
        needed = _width(piece)
        if filled + needed <= width:
            filled += needed
        else:
            # A word longer than a line is divided.
            lines += ceil(needed / width) if filled else ceil(needed / width) - 1
            filled = needed % width
    return lines


def _width(text: str) -> float:
    """The width in full-width characters; rather too wide than too narrow."""
    narrow = round((len(text) - text_width(text)) * 2)
    wide_latin = len(_WIDE_LATIN.findall(text))
    return len(text) - narrow + (narrow - wide_latin) * _LATIN_WIDTH + wide_latin * _WIDE_LATIN_WIDTH
