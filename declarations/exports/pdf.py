"""The official table as PDF, drawn by WeasyPrint."""

from functools import cache
from pathlib import Path
from threading import Lock
from typing import NoReturn

import weasyprint
from django.conf import settings
from django.template.loader import render_to_string
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from declarations.document import Document
from declarations.exports.imprint import UNMARKED, Imprint
from declarations.exports.measure import line_count
from declarations.exports.table import Cell, Table, cut, layout, shares

STYLES = (settings.BASE_DIR / "static" / "css" / "official-table.css", Path(__file__).with_name("print.css"))
# Two were enough for every document measured; a repeated label that makes its row taller can ask for one more.
MAX_PASSES = 4
# What fits on a line of the whole table, in full-width characters, and how many lines a page break never divides.
TABLE_CHARACTERS = 82
LINES_KEPT_TOGETHER = 24

_rendering = Lock()


class NothingFetched(URLFetcher):
    """Refuses every address: texts, style sheets and fonts are all given, so whatever asks is not ours."""

    def fetch(self, url: str, headers: object = None) -> NoReturn:
        raise ValueError("The official table loads nothing.")


def render_pdf(document: Document, imprint: Imprint = UNMARKED) -> bytes:
    """The official table of `document` as a PDF file.

    A merged cell that a page break cuts is closed there and its label repeated: the first row of each page is read
    from the pages as drawn, the merged cells are cut there and the pages drawn again, until they begin as foreseen.
    """
    table = layout(document, document.printing)
    starts: frozenset[int] = frozenset()
    with _rendering:  # one font configuration for all threads
        for _ in range(MAX_PASSES):
            pages = _draw(cut(table, starts))
            found = _page_starts(pages)
            if found == starts:
                break
            starts = found
        pdf: bytes = pages.write_pdf()
    return pdf


def _draw(table: Table) -> weasyprint.Document:
    fonts, styles = _fonts_and_styles()
    widths = [TABLE_CHARACTERS * share / 100 for share in shares(table.columns)]
    tall = sorted({cell.row for cell in table.cells() if _is_tall(cell, widths)})
    if tall:
        rows = ", ".join(f"#row-{number}" for number in tall)
        styles = [*styles, weasyprint.CSS(string=f"{rows} {{ break-inside: auto }}", font_config=fonts)]
    html = render_to_string("declarations/table_pdf.html", {"table": table, "closes_broken_rows": bool(tall)})
    return weasyprint.HTML(string=html, url_fetcher=NothingFetched()).render(font_config=fonts, stylesheets=styles)


def _is_tall(cell: Cell, widths: list[float]) -> bool:
    """Whether a page break may divide the cell's row, because half a page could stay empty otherwise."""
    width = sum(widths[cell.column - 1 : cell.column - 1 + cell.colspan])
    return cell.rowspan == 1 and line_count(cell.text, width) > LINES_KEPT_TOGETHER


def _page_starts(pages: weasyprint.Document) -> frozenset[int]:
    """The numbers of the rows that are the first to begin on a page after the first page."""
    starts: set[int] = set()
    last_seen = 0
    for page in pages.pages:
        rows = [int(anchor.removeprefix("row-")) for anchor in page.anchors if anchor.startswith("row-")]
        begun = [number for number in rows if number > last_seen]
        if last_seen and begun:
            starts.add(min(begun))
        last_seen = max([last_seen, *begun])
    return frozenset(starts)


@cache
def _fonts_and_styles() -> tuple[FontConfiguration, list[weasyprint.CSS]]:
    fonts = FontConfiguration()
    return fonts, [
        weasyprint.CSS(string=sheet.read_text(encoding="utf-8"), font_config=fonts, url_fetcher=NothingFetched())
        for sheet in STYLES
    ]
