"""What WeasyPrint is given: the pages as HTML. Texts reach it escaped by the template, and in no other way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import segno
from django.template.loader import render_to_string

from declarations.document import Document
from declarations.exports.imprint import Imprint
from declarations.exports.pdf.figures import Figures
from declarations.exports.pdf.fonts import FAMILY, GETA, SOURCE
from declarations.exports.pdf.pages import Page, first_line
from declarations.exports.pdf.sheet import Sheet
from declarations.exports.table import Cell, Row, Style, Table, printable, shares

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
    """A cell as the template draws it.

    `bookmark` is its level in the outline, `figure` the number of the rule that aligns it; 0 where there is none.
    """

    cell: Cell
    text: str
    bookmark: int
    figure: int

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
    figures: Figures,
    missing: Iterable[str],
    *,
    small_title: bool,
) -> str:
    """The whole table as HTML, with `GETA` for the `missing` characters."""
    missing = tuple(missing)
    hide = {ord(character): GETA for character in missing}
    context = {
        "title": table.title.text.translate(hide),
        "small_title": small_title,
        "subtitle": table.subtitle.text.translate(hide),
        "document_title": f"{document.department}{document.fiscal_year}年度{document.title}",
        "department": document.department,
        "footer": f"{printable(table.department)}　{table.fiscal_year} 年度".translate(hide),
        "columns": table.columns,
        "header": _printed(table.header, "", figures, hide),
        "pages": [_printed_page(page, figures, hide) for page in pages],
        "imprint": imprint,
        "status": printable(imprint.status).translate(hide),
        "digest": spaced_digest(imprint.digest),
        "code": code_of(imprint.address) if imprint.address else None,
        "signatures": document.printing.signatures,
        "note": missing_note(missing),
    }
    return render_to_string(TEMPLATE, context)


def style_of(table: Table, sheet: Sheet, figures: Figures, families: Iterable[str]) -> str:
    """The rules that differ from table to table: sheet, columns, amounts, and fonts for rare characters."""
    rules = [
        f"@page {{ size: {sheet.width:.2f}pt {sheet.height:.2f}pt }}",
        # As wide as the sheet; without the margin it would end where the table begins.
        f"@page {{ @left-middle {{ width: {sheet.width:.2f}pt; margin-right: {sheet.left - sheet.width:.2f}pt }} }}",
        *(
            f".column-{column.field} {{ width: {share:g}% }}"
            for column, share in zip(table.columns, shares(table.columns), strict=True)
        ),
        *figures.rules,
    ]
    if families := tuple(families):
        names = ", ".join(f'"{_quoted(name)}"' for name in (FAMILY, SOURCE, *families))
        rules += [f"html {{ font-family: {names} }}", f"@page {{ font-family: {names} }}"]
    return "\n".join(rules)


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


def _printed_page(page: Page, figures: Figures, hide: dict[int, str]) -> PrintedPage:
    names = iter(page.names)
    head = tuple(_printed(row, next(names), figures, hide) for row in page.head)
    return PrintedPage(head, tuple(_printed(row, next(names), figures, hide) for row in page.body))


def _printed(row: Row, name: str, figures: Figures, hide: dict[int, str]) -> PrintedRow:
    return PrintedRow(
        name,
        bool(name) and first_line(name) > 0,
        tuple(
            PrintedCell(cell, cell.text.translate(hide), _bookmark(cell), figures.number(cell)) for cell in row.cells
        ),
    )


def _quoted(family: str) -> str:
    return family.replace("\\", "\\\\").replace('"', '\\"')


def _bookmark(cell: Cell) -> int:
    if cell.repeated or not cell.text.strip():
        return 0
    if (cell.text in _SECTIONS and cell.style == Style.LABEL) or cell.path.startswith("primaries/"):
        return 1
    if cell.path.startswith("groups/") and cell.style == Style.LABEL:
        return 2
    return 2 if cell.path.startswith("tasks/") and cell.style == Style.NAME else 0
