"""The official table as an Excel workbook, written by openpyxl."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from math import ceil

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from declarations.document import Document
from declarations.exports.cells import CHARSET, FONT, MAX_ROW_HEIGHT, column_points, text_height
from declarations.exports.imprint import UNMARKED, Imprint
from declarations.exports.table import Cell, Style, Table, layout, shares
from declarations.numbers import fits_amount, parse_amount
from perfgoals.workbooks import MAX_TEXT_UNITS, fits_cell, write_text

SHEET_NAME = "绩效目标申报表"

# Of the whole table, in characters of the default font.
WIDTH = 155.5
FONT_SIZES = {Style.TITLE: 18, Style.SUBTITLE: 10.5}
FONT_SIZE = 10

_LINE = Side(style="thin", color="FF000000")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_LEFT = frozenset({Style.TEXT, Style.NAME, Style.ITEM, Style.SUBITEM})
# Under the bracket of the row above it, "1、资金来源：（".
_SUBITEM_INDENT = 9


class TextTooLongError(ValueError):
    """A text that no Excel cell holds; the message says which, for people."""

    def __init__(self, cell: Cell) -> None:
        super().__init__(
            f"第 {cell.row} 行第 {cell.column} 列的文字超过 Excel 单元格 {MAX_TEXT_UNITS} 个字符的上限，"
            "无法完整导出。请改为导出 PDF，或精简文字。"
        )


@dataclass(frozen=True)
class Span:
    """The sheet rows that one row of the table takes, each `height` points high; a very tall row takes several."""

    first: int
    count: int
    height: float

    @property
    def last(self) -> int:
        return self.first + self.count - 1


def render_workbook(document: Document, imprint: Imprint = UNMARKED) -> bytes:
    """The official table of `document` as an .xlsx file. `TextTooLongError` where a text does not fit a cell."""
    table = layout(document, document.printing)
    widths = [WIDTH * share / 100 for share in shares(table.columns)]
    workbook = Workbook()
    workbook.properties.title = document.title
    workbook.properties.creator = document.department
    sheet: Worksheet = workbook.worksheets[0]
    sheet.title = SHEET_NAME
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    spans = _spans(table, widths)
    for span in spans.values():
        for row in range(span.first, span.last + 1):
            sheet.row_dimensions[row].height = span.height
    for cell in table.cells():
        _write(sheet, cell, spans)
    _set_up_printing(sheet, table, spans)
    contents = BytesIO()
    workbook.save(contents)
    return contents.getvalue()


def _spans(table: Table, widths: Sequence[float]) -> dict[int, Span]:
    """The sheet rows of each row of the table."""
    heights = {row.number: 0.0 for row in table.rows}
    # Merged cells last: they need what the rows they span do not have already.
    for cell in sorted(table.cells(), key=lambda cell: cell.rowspan):
        last = cell.row + cell.rowspan - 1
        missing = _height(cell, widths) - sum(heights[number] for number in range(cell.row, last + 1))
        heights[last] += max(missing, 0)
    spans = {}
    first = 1
    for number, height in heights.items():
        count = ceil(height / MAX_ROW_HEIGHT)
        spans[number] = Span(first, count, round(height / count, 2))
        first += count
    return spans


def _height(cell: Cell, widths: Sequence[float]) -> float:
    """What the cell needs, in points, as Excel, WPS and LibreOffice draw it."""
    size = FONT_SIZES.get(cell.style, FONT_SIZE)
    points = sum(column_points(width) for width in widths[cell.column - 1 : cell.column - 1 + cell.colspan])
    return text_height(cell.text, points, size)


def _write(sheet: Worksheet, cell: Cell, spans: dict[int, Span]) -> None:
    first, last = spans[cell.row].first, spans[cell.row + cell.rowspan - 1].last
    last_column = cell.column + cell.colspan - 1
    written = sheet.cell(first, cell.column)
    if cell.style not in (Style.TITLE, Style.SUBTITLE):
        written.border = _BORDER
    written.font = Font(
        name=FONT, size=FONT_SIZES.get(cell.style, FONT_SIZE), bold=cell.style == Style.TITLE, charset=CHARSET
    )
    written.alignment = Alignment(
        horizontal="left" if cell.style in _LEFT else "center",
        vertical="center",
        wrap_text=True,
        indent=_SUBITEM_INDENT if cell.style == Style.SUBITEM else 0,
    )
    amount = parse_amount(cell.text) if cell.style == Style.AMOUNT else None
    if amount is not None and fits_amount(amount):
        written.value = amount
        written.number_format = _number_format(amount)
    elif cell.text:
        if not fits_cell(cell.text):
            raise TextTooLongError(cell)
        write_text(written, cell.text)
    if (first, cell.column) != (last, last_column):
        sheet.merge_cells(start_row=first, end_row=last, start_column=cell.column, end_column=last_column)


def _number_format(amount: Decimal) -> str:
    """As many decimals as the amount has: "General" shows only eleven characters of it."""
    decimals = -int(amount.as_tuple().exponent)
    return f"0.{'0' * decimals}" if decimals > 0 else "0"


def _set_up_printing(sheet: Worksheet, table: Table, spans: dict[int, Span]) -> None:
    header = spans[table.header.number]
    sheet.print_title_rows = f"{header.first}:{header.last}"
    sheet.print_area = f"A1:{get_column_letter(len(table.columns))}{spans[len(table.rows)].last}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.55
    margins.top = margins.bottom = 0.65
    margins.header = margins.footer = 0.3
    department = table.department.replace("&", "&&")
    footer = sheet.oddFooter
    footer.left.text = f"{department}　{table.fiscal_year} 年度"  # type: ignore[union-attr]  # a sheet always has one
    footer.right.text = "第 &P 页 共 &N 页"  # type: ignore[union-attr]
