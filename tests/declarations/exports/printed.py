"""What the three printed forms of a table say, read back as the same plain cells."""

from dataclasses import dataclass
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO

import pypdfium2
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from declarations.exports.table import Row, Table, cut
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
    """The text of each page without white space."""
    document = pypdfium2.PdfDocument(pdf)
    return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def squeezed(rows: tuple[Row, ...]) -> str:
    return "".join("".join(cell.text.split()) for row in rows for cell in row.cells)


def rows_by_page(pages: list[str], table: Table) -> list[int]:
    """The first row of each page, where the pages print every row of `table` whole, in order, and nothing else.

    Each page after the first one begins with the header, and a merged cell that it cuts stands on it again.
    """
    starts, first = [], 1
    for number, page in enumerate(pages, start=1):
        footer = "".join(f"{table.department}{table.fiscal_year}年度第{number}页共{len(pages)}页".split())
        assert page.endswith(footer)
        starts.append(first)
        text = page.removesuffix(footer)
        rows = cut(table, starts).rows
        header = "" if number == 1 else squeezed((table.header,))
        last = next(
            (n for n in range(first, len(rows) + 1) if header + squeezed(rows[first - 1 : n]) == text),
            None,
        )
        assert last is not None, f"page {number} from row {first}: {text}"
        first = last + 1
    assert first == len(table.rows) + 1
    return starts
