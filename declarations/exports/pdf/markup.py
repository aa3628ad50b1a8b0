"""What WeasyPrint is given: the pages as HTML. Texts reach it escaped, by the template or in `_Rows`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

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


# What turns the direction of a text around: a figure could be printed backwards.
_TURNING: dict[int, str | None] = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True)
class PrintedPage:
    """The rows of one page, as HTML."""

    head: SafeString
    body: SafeString


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
    hide = {**_TURNING, **{ord(character): GETA for character in missing}}
    rows = _Rows(figures, hide)
    context = {
        "title": table.title.text.translate(hide),
        "small_title": small_title,
        "subtitle": table.subtitle.text.translate(hide),
        "document_title": _plain(f"{document.department}{document.fiscal_year}年度{document.title}"),
        "department": _plain(document.department),
        "footer": f"{printable(table.department)}　{table.fiscal_year} 年度".translate(hide),
        "columns": table.columns,
        "header": SafeString(rows.row(table.header)),
        "pages": [rows.page(page) for page in pages],
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


class _Rows:
    """Writes rows as HTML. Here every text of a cell becomes markup's contents; nothing else comes from outside.

    Without a template it takes 1 ms instead of 10 for 30 rows, of some 350 that drawing takes.
    """

    def __init__(self, figures: Figures, hide: Mapping[int, str | None]) -> None:
        self.figures = figures
        self.hide = hide

    def page(self, page: Page) -> PrintedPage:
        names = iter(page.names)
        head = "".join(self.row(row, next(names)) for row in page.head)
        body = "".join(self.row(row, next(names)) for row in page.body)
        return PrintedPage(SafeString(head), SafeString(body))

    def row(self, row: Row, name: str = "") -> str:
        """`name` is the row's id; the header, which stands on many pages, has none."""
        goes_on = bool(name) and first_line(name) > 0
        cells = "".join(self.cell(cell, goes_on=goes_on) for cell in row.cells)
        return f'<tr id="{name}">{cells}</tr>' if name else f"<tr>{cells}</tr>"

    def cell(self, cell: Cell, *, goes_on: bool) -> str:
        """`goes_on` where an earlier page has the first lines of the row."""
        text = escape(cell.text.translate(self.hide))
        scope, classes, attributes = cell.scope, [cell.style.value], ""
        if goes_on and not cell.repeated and cell.style != Style.LABEL:
            classes.append("continued")
        if cell.is_long_label:
            classes.append("long-label")
        if level := _bookmark(cell):
            classes.append(f"mark-{level}")
            attributes += f' data-mark="{escape(_plain(cell.text))}"'
        if scope:
            # WeasyPrint takes every other header for one of a column.
            attributes += f' scope="{"col" if scope == "col" else "row"}"'
        if cell.rowspan != 1:
            attributes += f' rowspan="{cell.rowspan}"'
        if cell.colspan != 1:
            attributes += f' colspan="{cell.colspan}"'
        if number := self.figures.number(cell):
            text = f'<span class="figure-{number}">{text}</span>'
        tag = "th" if scope else "td"
        return f'<{tag} class="{" ".join(classes)}"{attributes}>{text}</{tag}>'


def _plain(text: str) -> str:
    """The text as the properties and bookmarks of the file carry it; they are XML and know no other direction."""
    return printable(text).translate(_TURNING)


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
