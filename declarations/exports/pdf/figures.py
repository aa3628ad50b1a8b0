"""Amounts of money below each other by their decimal points."""

from collections.abc import Iterator

from declarations.exports.pdf.fonts import Face, advance
from declarations.exports.pdf.sheet import FONT_SIZE
from declarations.exports.table import Cell, Style, Table
from declarations.numbers import parse_amount


class Figures:
    """Puts the decimal points of the amounts of one column below each other.

    Around a number stands the room that the widest integer and fraction of its column take more, so that the column
    of numbers stands in the middle of the cells.
    """

    def __init__(self, table: Table, face: Face) -> None:
        self.numbers: dict[tuple[int, str], int] = {}
        self.rules: list[str] = []
        columns: dict[int, dict[str, tuple[int, int]]] = {}
        for cell in _amounts(table):
            columns.setdefault(cell.column, {})[cell.text] = _widths(cell.text, face)
        for column, widths in columns.items():
            before, after = (max(side) for side in zip(*widths.values(), strict=True))
            for text, (integer, fraction) in widths.items():
                self.numbers[column, text] = number = len(self.rules) + 1
                right, left = _points(after - fraction), _points(before - integer)
                self.rules.append(f".figure-{number} {{ padding: 0 {right} 0 {left} }}")

    def number(self, cell: Cell) -> int:
        """The number of the rule for the amount in `cell`; 0 where it is none."""
        return self.numbers.get((cell.column, cell.text), 0) if cell.style == Style.AMOUNT else 0


def _amounts(table: Table) -> Iterator[Cell]:
    return (cell for cell in table.cells() if cell.style == Style.AMOUNT and parse_amount(cell.text) is not None)


def _widths(text: str, face: Face) -> tuple[int, int]:
    """How wide a number is before its point and from there on, in thousandths of the font size."""
    integer, point, fraction = text.partition(".")
    return advance(integer, face), advance(point + fraction, face)


def _points(advance: int) -> str:
    return f"{advance * FONT_SIZE / 1000:.2f}pt"
