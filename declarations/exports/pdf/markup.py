"""What WeasyPrint is given: the pages as HTML. Texts reach it escaped by the template, and in no other way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import segno
from django.template.loader import render_to_string

from declarations.document import Document
from declarations.exports.imprint import Imprint
from declarations.exports.pdf.fonts import GETA, Face, advance
from declarations.exports.pdf.pages import Page, first_line
from declarations.exports.pdf.sheet import FONT_SIZE
from declarations.exports.table import Cell, Row, Style, Table, printable, shares
from declarations.numbers import parse_amount

TEMPLATE = "declarations/table_pdf.html"
# How many signs of the digest are printed, and how many stand together.
DIGEST_SIGNS = 16
DIGEST_GROUP = 4
# The white around a QR code, in modules; readers ask for four, of which paper gives two.
QUIET = 2
# The sections above the indicators, of which each has a bookmark.
_SECTIONS = frozenset({"年度履职目标", "年度主要任务", "预算情况"})


@dataclass(frozen=True)
class PrintedCell:
    """A cell as the template draws it; `bookmark` is its level in the outline, or 0."""

    cell: Cell
    text: str
    bookmark: int
    after_point: str

    @property
    def tag(self) -> str:
        """The name of the element."""
        return "th" if self.cell.scope else "td"

    @property
    def scope(self) -> str:
        """What the cell is the header of, in the words that WeasyPrint understands."""
        scope = self.cell.scope
        return "row" if scope == "rowgroup" else scope


@dataclass(frozen=True)
class PrintedRow:
    """A row with its id; `continued` where an earlier page has its first lines."""

    name: str
    continued: bool
    cells: tuple[PrintedCell, ...]


@dataclass(frozen=True)
class PrintedPage:
    head: tuple[PrintedRow, ...]
    body: tuple[PrintedRow, ...]


@dataclass(frozen=True)
class Code:
    """A QR code as one path of unit squares, `size` wide with the white around it."""

    path: str
    size: int


def html_of(
    document: Document,
    table: Table,
    pages: Sequence[Page],
    imprint: Imprint,
    face: Face,
    missing: Iterable[str],
    *,
    small_title: bool,
) -> str:
    """The whole table as HTML, with `GETA` for the `missing` characters."""
    missing = tuple(missing)
    hide = {ord(character): GETA for character in missing}
    amounts = _AmountsAligned(table, face)
    context = {
        "title": table.title.text.translate(hide),
        "small_title": small_title,
        "subtitle": table.subtitle.text.translate(hide),
        "document_title": f"{document.department}{document.fiscal_year}年度{document.title}",
        "department": document.department,
        "footer": f"{printable(table.department)}　{table.fiscal_year} 年度".translate(hide),
        "shares": [f"{share:g}" for share in shares(table.columns)],
        "header": _printed(table.header, "", amounts, hide),
        "pages": [_printed_page(page, amounts, hide) for page in pages],
        "imprint": imprint,
        "status": printable(imprint.status).translate(hide),
        "digest": spaced_digest(imprint.digest),
        "code": code_of(imprint.address) if imprint.address else None,
        "signatures": document.printing.signatures,
        "note": missing_note(missing),
    }
    return render_to_string(TEMPLATE, context)


def spaced_digest(digest: str) -> str:
    """The signs of a digest that are printed, in groups."""
    short = digest[:DIGEST_SIGNS]
    return " ".join(short[start : start + DIGEST_GROUP] for start in range(0, len(short), DIGEST_GROUP))


def missing_note(missing: Sequence[str]) -> str:
    """What is told below the table of characters that no font has."""
    codes = "、".join(f"U+{ord(character):04X}" for character in missing)
    return f"注：表中“{GETA}”处的文字（{codes}）未收入本机字库，原文见本文件所附 declaration.json。" if missing else ""


def code_of(address: str) -> Code:
    """The QR code of `address`."""
    matrix = segno.make(address, error="m", micro=False).matrix
    squares = "".join(
        f"M{column + QUIET},{row + QUIET}h1v1h-1z"
        for row, modules in enumerate(matrix)
        for column, module in enumerate(modules)
        if module
    )
    return Code(squares, len(matrix) + 2 * QUIET)


def _printed_page(page: Page, amounts: "_AmountsAligned", hide: dict[int, str]) -> PrintedPage:
    names = iter(page.names)
    head = tuple(_printed(row, next(names), amounts, hide) for row in page.head)
    return PrintedPage(head, tuple(_printed(row, next(names), amounts, hide) for row in page.body))


def _printed(row: Row, name: str, amounts: "_AmountsAligned", hide: dict[int, str]) -> PrintedRow:
    return PrintedRow(
        name,
        bool(name) and first_line(name) > 0,
        tuple(
            PrintedCell(cell, cell.text.translate(hide), _bookmark(cell), amounts.room_after(cell))
            for cell in row.cells
        ),
    )


def _bookmark(cell: Cell) -> int:
    if cell.repeated or not cell.text.strip():
        return 0
    if (cell.text in _SECTIONS and cell.style == Style.LABEL) or cell.path.startswith("primaries/"):
        return 1
    if cell.path.startswith("groups/") and cell.style == Style.LABEL:
        return 2
    return 2 if cell.path.startswith("tasks/") and cell.style == Style.NAME else 0


class _AmountsAligned:
    """Puts the decimal points of the amounts of one column below each other, in the middle of the column.

    Behind a number stands the room that the longest fraction of its column takes more; before it the same of the
    integers, so that the widest number stands in the middle.
    """

    def __init__(self, table: Table, face: Face) -> None:
        self.face = face
        self.rooms: dict[tuple[int, str], str] = {}
        columns: dict[int, list[str]] = {}
        for cell in _amounts(table):
            columns.setdefault(cell.column, []).append(cell.text)
        for column, texts in columns.items():
            parts = {text: self._parts(text) for text in texts}
            before = max(part[0] for part in parts.values())
            after = max(part[1] for part in parts.values())
            for text, (integer, fraction) in parts.items():
                left, right = before - integer, after - fraction
                self.rooms[column, text] = f"padding: 0 {self._points(right)} 0 {self._points(left)}"

    def room_after(self, cell: Cell) -> str:
        """The style of the number in `cell`; empty where there is nothing to align."""
        return self.rooms.get((cell.column, cell.text), "") if cell.style == Style.AMOUNT else ""

    def _parts(self, text: str) -> tuple[int, int]:
        integer, point, fraction = text.partition(".")
        return advance(integer, self.face), advance(point + fraction, self.face)

    def _points(self, advance: int) -> str:
        return f"{Decimal(advance) * FONT_SIZE / 1000:.2f}pt"


def _amounts(table: Table) -> Iterator[Cell]:
    return (cell for cell in table.cells() if cell.style == Style.AMOUNT and parse_amount(cell.text) is not None)
