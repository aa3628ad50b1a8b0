"""What page and workbook say, read back as the same plain cells; `drawn` reads the PDF."""

from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO

import pypdfium2
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from declarations.exports.table import Table
from declarations.numbers import format_number, group_amount, parse_amount


@dataclass(frozen=True, order=True)
class Plain:
    row: int
    column: int
    rowspan: int
    colspan: int
    text: str


def plain_cells(table: Table) -> list[Plain]:
    return [Plain(cell.row, cell.column, cell.rowspan, cell.colspan, cell.text) for cell in table.cells()]


class _TableReader(HTMLParser):
    """Places the cells of all tables on one grid; title and year of the caption are the first two rows."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[Plain] = []
        self.taken: set[tuple[int, int]] = set()
        self.row = 0
        self.open: tuple[int, int, int] | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in ("tr", "span"):
            self.row += 1
        if tag == "span":
            self.open, self.text = (1, 1, 8), ""
        if tag in ("td", "th"):
            column = next(c for c in range(1, 10) if (self.row, c) not in self.taken)
            rowspan, colspan = int(attributes["rowspan"] or 1), int(attributes["colspan"] or 1)
            self.taken |= {(self.row + r, column + c) for r in range(rowspan) for c in range(colspan)}
            self.open, self.text = (column, rowspan, colspan), ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "span") and self.open:
            column, rowspan, colspan = self.open
            self.cells.append(Plain(self.row, column, rowspan, colspan, self.text))
            self.open = None


def cells_of_html(html: str) -> list[Plain]:
    reader = _TableReader()
    reader.feed(html)
    return reader.cells


def _shown(cell: Cell) -> str:
    if cell.value is None or isinstance(cell.value, str):
        return cell.value or ""
    number = f"{Decimal(str(cell.value)):f}"
    return group_amount(number) if cell.number_format == "#,##0.00" else format_number(parse_amount(number))


def sheet_of(workbook: bytes) -> Worksheet:
    return load_workbook(BytesIO(workbook)).worksheets[0]


def cells_of_workbook(workbook: bytes) -> list[Plain]:
    """The cells of the sheet; an amount with thousands separators where its format shows them."""
    sheet = sheet_of(workbook)
    merged = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}
    hidden = {cell for area in merged.values() for row in area.rows for cell in row} - set(merged)
    cells = []
    for row in range(1, sheet.max_row + 1):
        for column in range(1, sheet.max_column + 1):
            if (row, column) in hidden:
                continue
            area = merged.get((row, column))
            text = _shown(sheet.cell(row, column))
            rows, columns = (area.size["rows"], area.size["columns"]) if area else (1, 1)
            cells.append(Plain(row, column, rows, columns, text))
    return cells


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page without white space; `drawn` tells where it stands."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]
