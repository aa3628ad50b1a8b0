"""The sheet of paper and what stands at fixed places of it, in points. `print.css` has the same measures."""

from dataclasses import dataclass

from declarations.document import Printing

MILLIMETRE = 72 / 25.4

FONT_SIZE = 9
LINE = 12.15
# Four characters fit the narrowest column.
LONG_LABEL_SIZE = 6.4
LONG_LABEL_LINE = 8.8
# Of a cell, at each side.
PADDING_X = 3.2
LABEL_PADDING_X = 1.2
PADDING_Y = 2.2
BORDER = 0.5

TITLE_SIZE = 22
SMALL_TITLE_SIZE = 18
TITLE_LINE = 31
SUBTITLE_LINE = 21
# Left and right of the title where a QR code stands at its right.
CODE_SIZE = 57
CODE_ROOM = 66

SIGNATURES = 104
NOTE_SIZE = 8
NOTE_LINE = 12
NOTE_SPACE = 6


@dataclass(frozen=True)
class Sheet:
    """A4 with its margins; the left one is the binder's."""

    width: float
    height: float
    top: float = 20 * MILLIMETRE
    right: float = 15 * MILLIMETRE
    bottom: float = 17 * MILLIMETRE
    left: float = 25 * MILLIMETRE

    @property
    def content_width(self) -> float:
        return self.width - self.left - self.right

    @property
    def content_height(self) -> float:
        return self.height - self.top - self.bottom


PORTRAIT = Sheet(210 * MILLIMETRE, 297 * MILLIMETRE)
LANDSCAPE = Sheet(297 * MILLIMETRE, 210 * MILLIMETRE)


def sheet_of(printing: Printing) -> Sheet:
    """The sheet that the template wants."""
    return PORTRAIT if printing.orientation == "portrait" else LANDSCAPE
