"""The continuous page numbers of a bound book, "— 37 —" at the foot of each page, in the font of the tables."""

import re
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Page, Pdf

from declarations.bundles.front import draw
from declarations.exports.pdf.sheet import LANDSCAPE

SIZE = 10.0
# From the lower edge of the paper, in points: in line with the tables' own footers, which leave room for it.
HEIGHT = 32.5
# Under the middle of the table, which the margin for the binder moves to the right of the middle of the paper.
SHIFT = (LANDSCAPE.left - LANDSCAPE.right) / 2
CHARACTERS = "0123456789 —"
FONT_NAME = "/BookPageNumber"
_PAIR = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]{4})>")


class PageNumbers:
    """Stamps the pages of one file, into which it brings its font."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        with pikepdf.open(BytesIO(_drawn())) as drawn:
            (font,) = (value for _, value in drawn.pages[0].Resources.Font.items())
            self.glyphs = {
                chr(int(character, 16)): int(glyph, 16)
                for glyph, character in _PAIR.findall(font.ToUnicode.read_bytes().split(b"beginbfchar")[1])
            }
            self.widths = _widths(font.DescendantFonts[0].W)
            self.font = pdf.copy_foreign(font)
            # Its streams are copied now, while the file that they come from is open.
            descriptor = self.font.DescendantFonts[0].FontDescriptor
            descriptor.FontFile3.write(descriptor.FontFile3.read_bytes())
            self.font.ToUnicode.write(self.font.ToUnicode.read_bytes())
        self.before = pdf.make_stream(b"q\n")

    def stamp(self, page: Page, number: int) -> None:
        """Print the number onto the page, on top of all that is there."""
        text = f"— {number} —"
        codes = [self.glyphs[character] for character in text]
        width = sum(self.widths[code] for code in codes) * SIZE / 1000
        left, bottom, right, _ = (float(edge) for edge in page.mediabox)
        x, y = (left + right - width) / 2 + SHIFT, bottom + HEIGHT
        shown = "".join(f"{code:04x}" for code in codes)
        # What is drawn before leaves the page's co-ordinates turned over; for screen readers the number is no text.
        content = f"\nQ /Artifact BMC q 0 g BT {FONT_NAME} {SIZE} Tf {x:.2f} {y:.2f} Td <{shown}> Tj ET Q EMC\n"
        drawn = page.Contents
        streams = list(drawn) if isinstance(drawn, Array) else [drawn]
        page.Contents = Array([self.before, *streams, self.pdf.make_stream(content.encode())])
        fonts = page.resources.get("/Font")
        if fonts is None:
            fonts = page.resources.Font = Dictionary()
        fonts[FONT_NAME] = self.font


@cache
def _drawn() -> bytes:
    """A PDF with one line of the characters, from which font and glyphs are taken."""
    return draw(f'<html lang="zh-CN"><body>{CHARACTERS}</body></html>', "")


def _widths(entries: Any) -> dict[int, float]:
    """The widths of the glyphs, in thousandths of the size: `[first [width width …] …]`."""
    widths = {}
    for first, run in zip(entries[0::2], entries[1::2], strict=True):
        for offset, width in enumerate(run):
            widths[int(first) + offset] = float(width)
    return widths
