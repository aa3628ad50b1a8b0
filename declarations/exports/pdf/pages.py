"""Divides the rows of the official table into pages before they are drawn.

How high a row becomes is reckoned from where its lines end. A label that is merged over rows of two pages stands on
both; a row that is higher than a third of a page may be divided between two of its lines; a level-2 group begins with
its first target; the last page is never left with a few lines. What the drawn pages show otherwise comes back as
`Corrections`.
"""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from declarations.exports.pdf.breaks import line_starts
from declarations.exports.pdf.fonts import Face
from declarations.exports.pdf.sheet import (
    BORDER,
    FONT_SIZE,
    LABEL_PADDING_X,
    LINE,
    LONG_LABEL_LINE,
    LONG_LABEL_SIZE,
    PADDING_X,
    PADDING_Y,
    Sheet,
)
from declarations.exports.table import Cell, Row, RowKind, Style, Table, shares

# Under the bracket of the row above: "1、资金来源：" is six and a half characters wide.
SUBITEM_INDENT = 6.9 * FONT_SIZE
# A row may be divided that is higher than this part of a page, into parts of at least so many lines.
KEPT_TOGETHER = 1 / 3
LEAST_LINES = 3
# What the last page has at least, in points, without the header.
LEAST_ON_LAST_PAGE = 100.0
# Reckoned heights may be a little too low.
RESERVE = 2.0
# How often the last pages are balanced.
BALANCINGS = 6

_AROUND = 2 * PADDING_Y + BORDER


@dataclass(frozen=True)
class Text:
    """The text of a cell with where its lines begin."""

    cell: Cell
    starts: tuple[int, ...]

    def lines(self, first: int, stop: int) -> str:
        """The lines from `first` to before `stop`."""
        if first >= len(self.starts):
            return ""
        end = self.starts[stop] if stop < len(self.starts) else len(self.cell.text)
        text = self.cell.text[self.starts[first] : end]
        return text.removesuffix("\n") if stop < len(self.starts) else text


@dataclass(frozen=True)
class Piece:
    """A row of the table, or those of its lines that stand on one page, without the labels beside it."""

    row: Row
    texts: tuple[Text, ...]
    first: int
    stop: int
    measured: float = 0

    @property
    def name(self) -> str:
        """The piece's id among those of all pages."""
        return f"row-{self.row.number}-{self.first}-{self.stop}"

    @property
    def height(self) -> float:
        return self.measured or (self.stop - self.first) * LINE + _AROUND

    @property
    def lines(self) -> int:
        return self.stop - self.first

    def cells(self) -> Iterator[Cell]:
        """The cells with what stands on this page of their texts; the name of a row that goes on stands here again."""
        for text in self.texts:
            if self.first == 0 and self.stop >= len(text.starts):
                yield text.cell
            elif text.cell.style == Style.NAME and len(text.starts) <= min(self.first, self.lines):
                yield replace(text.cell, repeated=True)
            else:
                yield replace(text.cell, text=text.lines(self.first, self.stop))

    def divided(self, lines: int) -> tuple["Piece", "Piece"]:
        """The piece in two, the first of so many lines."""
        middle = self.first + lines
        return replace(self, stop=middle, measured=0), replace(self, first=middle, measured=0)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces with the parts of one row put together again."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].row.number == piece.row.number:
            piece = replace(piece, first=joined.pop().first)
        joined.append(piece)
    return joined


def first_line(name: str) -> int:
    """The number of the first line of the piece of that name in its row, from 0."""
    return int(name.split("-")[2])


@dataclass(frozen=True)
class Label:
    """A label that stands beside the rows from `first` to before `stop`, and how high its own text is."""

    cell: Cell
    first: int
    stop: int
    height: float


@dataclass(frozen=True)
class Page:
    """The rows of one page, labels included: first those above the header of the indicators, then those below it."""

    head: tuple[Row, ...]
    body: tuple[Row, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Corrections:
    """What the drawn pages had otherwise: heights by the name of the piece, and how much narrower cells are taken."""

    heights: Mapping[str, float] = field(default_factory=dict)
    narrower: float = 0


@dataclass(frozen=True)
class Frame:
    """What stands above the table on its first page and below it on its last, in points."""

    above: float = 0
    below: float = 0


def divide(table: Table, sheet: Sheet, face: Face, frame: Frame, corrections: Corrections) -> list[Page]:
    """The pages of `table`."""
    return _Divider(table, sheet, face, frame, corrections).pages()


class _Divider:
    def __init__(self, table: Table, sheet: Sheet, face: Face, frame: Frame, corrections: Corrections) -> None:
        self.table = table
        self.sheet = sheet
        self.face = face
        self.frame = frame
        self.corrections = corrections
        self.edges = [0.0, *accumulate(sheet.content_width * share / 100 for share in shares(table.columns))]
        self.header = self._piece(table.header)
        labels = [label for row in (*table.head, *table.body) for label in self._labels(row)]
        # Those of level 2 first: level 1 stands beside them, as high as they have made their rows.
        self.labels = sorted(labels, key=lambda label: -label.cell.column)

    def pages(self) -> list[Page]:
        filled = self._fill([self._piece(row) for row in (*self.table.head, *self.table.body)], 0, 0)
        return [self._page(pieces) for pieces in self._balanced(filled)]

    def _balanced(self, filled: list[list[Piece]]) -> list[list[Piece]]:
        """The pages with enough on the last one: the one before ends earlier, by what the last one lacks."""
        kept_free = 0.0
        for _ in range(BALANCINGS):
            lacking = LEAST_ON_LAST_PAGE - sum(piece.height for piece in filled[-1])
            if len(filled) == 1 or lacking <= 0:
                break
            *others, before, last = filled
            kept_free = max(kept_free, self._room(len(others)) - self._used(before)) + lacking
            filled = [*others, *self._fill(_joined([*before, *last]), len(others), kept_free)]
        return filled

    def _fill(self, pieces: Iterable[Piece], number: int, kept_free: float) -> list[list[Piece]]:
        """The pieces on pages, the first of which is that of the given number, where so many points are kept free."""
        waiting = deque(pieces)
        filled: list[list[Piece]] = []
        page: list[Piece] = []
        room = self._room(number) - kept_free
        while waiting:
            piece = waiting[0]
            if self._used([*page, piece, *self._kept_with(waiting)]) <= room:
                page.append(waiting.popleft())
                continue
            lines = self._lines_that_fit(page, piece, room)
            if lines:
                first, waiting[0] = piece.divided(lines)
                page.append(first)
            elif not page:
                page.append(waiting.popleft())
            filled.append(page)
            page = []
            room = self._room(number + len(filled))
        if page:
            filled.append(page)
        if self._used(filled[-1]) + self.frame.below > self._room(number + len(filled) - 1):
            filled.append([])
        return filled

    def _room(self, number: int) -> float:
        """What the rows of a page may take; `number` counts from 0."""
        return self.sheet.content_height - RESERVE - (self.frame.above if number == 0 else 0)

    def _used(self, pieces: Sequence[Piece]) -> float:
        """What the pieces take on one page, with the header and with labels that are higher than their rows."""
        heights = [piece.height for piece in pieces]
        for label in self._labels_beside(pieces):
            beside = [n for n, piece in enumerate(pieces) if label.first <= piece.row.number < label.stop]
            heights[beside[-1]] += max(label.height - sum(heights[n] for n in beside), 0)
        has_header = bool(pieces) and pieces[-1].row.number > self.header.row.number
        return sum(heights) + BORDER + (self.header.height if has_header else 0)

    def _kept_with(self, waiting: Sequence[Piece]) -> list[Piece]:
        """What must stand on the same page as the first piece that waits: the first target of a group."""
        if waiting[0].row.kind != RowKind.GROUP or len(waiting) == 1 or waiting[1].row.kind == RowKind.GROUP:
            return []
        following = waiting[1]
        return [following.divided(LEAST_LINES)[0] if self._is_divisible(following) else following]

    def _is_divisible(self, piece: Piece) -> bool:
        return piece.height > self.sheet.content_height * KEPT_TOGETHER

    def _lines_that_fit(self, page: list[Piece], piece: Piece, room: float) -> int:
        """After how many lines the piece is divided so that the first part ends the page; 0 where it is not."""
        if not self._is_divisible(piece):
            return 0
        possible = range(LEAST_LINES, piece.lines - LEAST_LINES + 1)
        fitting = bisect_right(possible, room, key=lambda lines: self._used([*page, piece.divided(lines)[0]]))
        return possible[fitting - 1] if fitting else 0

    def _labels_beside(self, pieces: Sequence[Piece]) -> Iterable[Label]:
        if not pieces:
            return ()
        first, last = pieces[0].row.number, pieces[-1].row.number
        return (label for label in self.labels if label.first <= last and label.stop > first)

    def _page(self, pieces: Sequence[Piece]) -> Page:
        labels: dict[int, list[Cell]] = defaultdict(list)
        for label in self._labels_beside(pieces):
            beside = [n for n, piece in enumerate(pieces) if label.first <= piece.row.number < label.stop]
            start = pieces[beside[0]]
            repeated = start.row.number > label.first or start.first > 0
            labels[beside[0]].append(replace(label.cell, rowspan=len(beside), repeated=repeated))
        rows = [
            replace(piece.row, cells=tuple(sorted([*labels[n], *piece.cells()], key=lambda cell: cell.column)))
            for n, piece in enumerate(pieces)
        ]
        head = [row for row in rows if row.number < self.header.row.number]
        return Page(tuple(head), tuple(rows[len(head) :]), tuple(piece.name for piece in pieces))

    def _piece(self, row: Row) -> Piece:
        texts = tuple(Text(cell, tuple(self._starts(cell))) for cell in row.cells if cell.style != Style.LABEL)
        piece = Piece(row, texts, 0, max((len(text.starts) for text in texts), default=1))
        return replace(piece, measured=self.corrections.heights.get(piece.name, 0))

    def _labels(self, row: Row) -> Iterator[Label]:
        for cell in row.cells:
            if cell.style == Style.LABEL:
                line = LONG_LABEL_LINE if cell.is_long_label else LINE
                height = len(self._starts(cell)) * line + _AROUND
                yield Label(cell, cell.row, cell.row + cell.rowspan, height)

    def _starts(self, cell: Cell) -> list[int]:
        width = self.edges[cell.column - 1 + cell.colspan] - self.edges[cell.column - 1] - BORDER
        match cell.style:
            case Style.HEADING | Style.LABEL:
                width -= 2 * LABEL_PADDING_X
            case Style.SUBITEM:
                width -= SUBITEM_INDENT + PADDING_X
            case _:
                width -= 2 * PADDING_X
        size = LONG_LABEL_SIZE if cell.is_long_label else FONT_SIZE
        return line_starts(cell.text, (width - self.corrections.narrower) * 1000 / size, self.face)
