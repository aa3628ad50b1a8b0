"""Where the lines of a text end, found without drawing it: Pango's rules and the advances of our fonts.

WeasyPrint asks Pango line by line; here Pango only says once a text where a line may begin, which no ，or 。 does.
"""

import ctypes
from bisect import bisect_right
from functools import cache
from itertools import accumulate

from declarations.exports.pdf.fonts import Face, advances_of

LANGUAGE = b"zh-cn"

# The first two bits of a PangoLogAttr.
_MAY_BREAK = 1
_MUST_BREAK = 2
# Advances are whole thousandths, widths are not.
_ROUNDING = 0.01


def line_starts(text: str, width: float, face: Face) -> list[int]:
    """Where each line of `text` begins in a column that is `width` thousandths of the font size wide."""
    if not text:
        return [0]
    attributes = _attributes(text)
    ends = list(accumulate(advances_of(text, face)))
    starts = [0]
    start = 0
    must = [n for n, attribute in enumerate(attributes) if n and attribute & _MUST_BREAK and n < len(text)]
    for stop in [*must, len(text)]:
        while start < stop:
            start = _next_start(text, attributes, ends, start, stop, width)
            if start < stop:
                starts.append(start)
        if stop < len(text):
            starts.append(stop)
    # Behind a last line feed there is one more line, an empty one.
    return starts


def _next_start(text: str, attributes: list[int], ends: list[int], start: int, stop: int, width: float) -> int:
    """Where the line after the one that begins at `start` begins; `stop` where none does before it."""
    before = ends[start - 1] if start else 0
    fitting = bisect_right(ends, before + width + _ROUNDING, start, stop)
    # Spaces hang over the end of a line.
    while fitting < stop and text[fitting] in " \n":
        fitting += 1
    if fitting >= stop:
        return stop
    for position in range(fitting, start, -1):
        if attributes[position] & _MAY_BREAK:
            return position
    # A word wider than the column is broken anywhere.
    return max(fitting, start + 1)


def _attributes(text: str) -> list[int]:
    """For each place between two characters of `text` whether a line may or must begin there."""
    encoded = text.encode()
    found = (ctypes.c_uint32 * (len(text) + 1))()
    pango = _pango()
    pango.pango_get_log_attrs(encoded, len(encoded), -1, _language(), found, len(text) + 1)
    return list(found)


@cache
def _pango() -> ctypes.CDLL:
    pango = ctypes.CDLL("libpango-1.0.so.0")
    pango.pango_language_from_string.restype = ctypes.c_void_p
    return pango


@cache
def _language() -> ctypes.c_void_p:
    return ctypes.c_void_p(_pango().pango_language_from_string(LANGUAGE))
