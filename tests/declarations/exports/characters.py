"""The characters of a PDF page and where they stand."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

_HYPHEN_AT_LINE_END = "\x02"


@dataclass(frozen=True)
class Character:
    """One character and its place, in points from the bottom left of the page; `item` is what draws it."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    item: object


def characters(page: pypdfium2.PdfPage) -> Iterator[Character]:
    """What is drawn, in the order of the file; without what PDFium adds between words and lines."""
    text = page.get_textpage()
    sides = [ctypes.c_double() for _ in range(4)]
    high = ""
    for index in range(text.count_chars()):
        if raw.FPDFText_IsGenerated(text, index) == 1:
            continue
        character = chr(raw.FPDFText_GetUnicode(text, index)).replace(_HYPHEN_AT_LINE_END, "-")
        if "\ud800" <= character < "\udc00":
            high = character
            continue
        character = (high + character).encode("utf-16", "surrogatepass").decode("utf-16")
        high = ""
        raw.FPDFText_GetCharBox(text, index, *map(ctypes.byref, sides))
        left, right, bottom, top = (side.value for side in sides)
        yield Character(character, left, bottom, right, top, raw.FPDFText_GetTextObject(text, index))
