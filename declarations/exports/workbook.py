"""The official table as an Excel workbook, written by openpyxl."""

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from declarations.document import Document, Printing, check_code
from declarations.exports.cells import CHARSET, FONT, MAX_ROW_HEIGHT, PADDING, column_points, text_height
from declarations.exports.imprint import UNMARKED, Imprint, imprint_line
from declarations.exports.measure import text_width
from declarations.exports.table import IMPRINT_LABEL, Cell, Style, Table, layout, printable, shares
from perfgoals.workbooks import MAX_TEXT_UNITS, fits_cell, saved, write_text

SHEET_NAME = "绩效目标申报表"

FONT_SIZES = {Style.TITLE: 18, Style.SUBTITLE: 10.5}
FONT_SIZE = 10
LONG_LABEL_SIZE = 7
SMALL_FONT_SIZE = 9
SIGNATURE_HEIGHT = 36
_LINE = Side(style="thin", color="FF000000")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_LEFT = frozenset({Style.TEXT, Style.NAME, Style.ITEM, Style.SUBITEM})
# Under the bracket of the row above it, "1、资金来源：（", and as wide in points.
_SUBITEM_INDENT = 9
_SUBITEM_POINTS = 65
_GROUPED_FORMAT = "#,##0.00"


@dataclass(frozen=True)
class Paper:
    """A4 as the template wants it: the table's width in characters of the default font, the margins in inches.

    `first_page` is what surely stands on the first page, in points of the sheet.
    """

    width: float
    margins: PageMargins
    first_page: float


PAPERS = {
    "landscape": Paper(155.5, PageMargins(left=0.6, right=0.6, top=0.8, bottom=0.8, header=0.35, footer=0.35), 450),
    # Room for the binder on the left.
    "portrait": Paper(97, PageMargins(left=0.98, right=0.6, top=0.75, bottom=0.75, header=0.35, footer=0.35), 720),
}


class TextTooLongError(ValueError):
    """A text that no Excel cell holds; the message says which, for people."""

    def __init__(self, text: str) -> None:
        beginning = " ".join(text[:20].split())
        super().__init__(
            f"以“{beginning}”开头的文字超过 Excel 单元格 {MAX_TEXT_UNITS} 个字符的上限，无法完整导出。"
            "请改为导出 PDF，或精简文字。"
        )


@dataclass(frozen=True)
class Span:
    """The sheet rows that one row of the table takes, each `height` points high; a very tall row takes several.

    `bottom` is where they end, in points from the top of the sheet.
    """

    first: int
    count: int
    height: float
    bottom: float

    @property
    def last(self) -> int:
        return self.first + self.count - 1


@dataclass(frozen=True)
class Look:
    """How a cell of the sheet is drawn."""

    size: float = FONT_SIZE
    bold: bool = False
    horizontal: str = "center"
    vertical: str = "center"
    indent: int = 0
    bordered: bool = False
    number_format: str = "General"


def render_workbook(document: Document, imprint: Imprint = UNMARKED) -> bytes:
    """The official table of `document` as an .xlsx file. `TextTooLongError` where a text does not fit a cell."""
    table = layout(document, document.printing)
    workbook = Workbook()
    _set_default_font(workbook)
    _describe(workbook, document, imprint)
    sheet: Worksheet = workbook.worksheets[0]
    sheet.title = SHEET_NAME
    sheet.sheet_view.showGridLines = False
    writer = _SheetWriter(sheet, table, document.printing)
    writer.write_table()
    writer.write_signatures()
    writer.write_imprint(imprint)
    writer.set_up_printing(imprint)
    return saved(workbook)


def _set_default_font(workbook: Workbook) -> None:
    """The font whose digits the widths of columns are counted in; by openpyxl's own one they differ between systems."""
    font = Font(name=FONT, size=FONT_SIZE, charset=CHARSET)
    workbook._fonts = IndexedList([font])  # type: ignore[attr-defined]  # openpyxl has no other way
    workbook._named_styles["Normal"].font = font  # type: ignore[attr-defined]


def _describe(workbook: Workbook, document: Document, imprint: Imprint) -> None:
    """What the file says of itself: the same for the same table, so no time and no name of a person."""
    properties = workbook.properties
    properties.title = printable(document.title)
    properties.subject = f"{document.fiscal_year} 年度"
    properties.creator = printable(document.department)
    properties.keywords = imprint.digest or None
    properties.description = printable(imprint.status or imprint.watermark) or None
    properties.language = "zh-CN"


class _SheetWriter:
    """Writes the table, and below it what is signed and what the imprint says."""

    def __init__(self, sheet: Worksheet, table: Table, printing: Printing) -> None:
        self._sheet = sheet
        self._table = table
        self._printing = printing
        self._paper = PAPERS[printing.orientation]
        self._widths = [self._paper.width * share / 100 for share in shares(table.columns)]
        self._styles: dict[Look, Any] = {}
        for column, width in enumerate(self._widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        self._spans = _spans(table, self._heights())
        self._last_row = self._spans[len(table.rows)].last

    def write_table(self) -> None:
        for span in self._spans.values():
            for row in range(span.first, span.last + 1):
                self._sheet.row_dimensions[row].height = span.height
        for cell in self._table.cells():
            first, last = self._spans[cell.row].first, self._spans[cell.row + cell.rowspan - 1].last
            place = CellRange(min_row=first, max_row=last, min_col=cell.column, max_col=cell.column + cell.colspan - 1)
            self._write(place, cell.text, self._look(cell), cell)

    def write_signatures(self) -> None:
        """Each line of signatures in one cell over the whole width, for the columns do not stand where people sign."""
        columns = range(1, len(self._widths) + 1)
        characters = (self._points(columns) - PADDING) / FONT_SIZE
        for line in self._table.signatures:
            room = int((characters - text_width("".join(line))) / len(line))
            text = ("　" * max(room, 1)).join(line)
            row = self._add_row(SIGNATURE_HEIGHT)
            self._write(_across(row, columns), text, Look(horizontal="left", vertical="bottom"))

    def write_imprint(self, imprint: Imprint) -> None:
        text = printable(imprint_line(imprint))
        if text:
            label, beside = range(1, 3), range(3, len(self._widths) + 1)
            row = self._add_row(text_height(text, self._points(beside), SMALL_FONT_SIZE))
            for columns, words in ((label, IMPRINT_LABEL), (beside, text)):
                self._write(_across(row, columns), words, Look(size=SMALL_FONT_SIZE, horizontal="left"))

    def set_up_printing(self, imprint: Imprint) -> None:
        sheet, table = self._sheet, self._table
        header = self._spans[table.header.number]
        sheet.print_title_rows = f"{header.first}:{header.last}"
        sheet.print_area = f"A1:{get_column_letter(len(table.columns))}{self._last_row}"
        sheet.page_setup.orientation = self._printing.orientation
        sheet.page_setup.paperSize = 9  # A4
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_options.horizontalCentered = True
        sheet.page_margins = copy(self._paper.margins)
        top, bottom = HeaderFooterItem(), HeaderFooterItem()
        if imprint.watermark:
            top.center.text = _of_header(imprint.watermark, 20)
            top.center.font, top.center.size = f"{FONT},Bold", 16
        if imprint.status:
            top.right.text = _of_header(imprint.status, 120)
        bottom.left.text = f"{_of_header(table.department, 120)}　{table.fiscal_year} 年度"
        bottom.center.text = f"校验码 {check_code(imprint.digest)}" if imprint.digest else None
        bottom.right.text = "第 &P 页 共 &N 页"
        sheet.oddHeader, sheet.oddFooter = top, bottom

    def _heights(self) -> dict[int, float]:
        """What each row of the table needs, in points, so that all its texts are seen."""
        heights = {row.number: 0.0 for row in self._table.rows}
        for cell in self._table.cells():
            # A label is seen whole in the first of the rows that it is merged over.
            heights[cell.row] = max(heights[cell.row], self._height(cell))
        return heights

    def _height(self, cell: Cell) -> float:
        """What the cell needs, in points, as Excel, WPS and LibreOffice draw it."""
        points = self._points(range(cell.column, cell.column + cell.colspan))
        if cell.style == Style.SUBITEM:
            points -= _SUBITEM_POINTS
        return text_height(cell.text, points, _font_size(cell))

    def _points(self, columns: range) -> float:
        return sum(column_points(self._widths[column - 1]) for column in columns)

    def _look(self, cell: Cell) -> Look:
        return Look(
            size=_font_size(cell),
            bold=cell.style == Style.TITLE,
            horizontal="left" if cell.style in _LEFT else "center",
            # Where a page may end within the cell, its text stands at the top: in the middle it could be cut in two.
            vertical="top" if self._may_be_divided(cell) else "center",
            indent=_SUBITEM_INDENT if cell.style == Style.SUBITEM else 0,
            bordered=cell.style not in (Style.TITLE, Style.SUBTITLE),
            number_format="General" if cell.amount is None else self._number_format(cell.text),
        )

    def _may_be_divided(self, cell: Cell) -> bool:
        """Whether a page may end within the cell: several rows of the sheet, not all of them surely on page one."""
        last = self._spans[cell.row + cell.rowspan - 1]
        return (cell.rowspan, last.count) != (1, 1) and last.bottom > self._paper.first_page

    def _number_format(self, text: str) -> str:
        """As the text is printed; as many decimals as it has, for "General" shows only eleven characters."""
        if self._printing.amounts == "grouped":
            return _GROUPED_FORMAT
        decimals = len(text.partition(".")[2])
        return f"0.{'0' * decimals}" if decimals else "0"

    def _write(self, place: CellRange, text: str, look: Look, cell: Cell | None = None) -> None:
        """Put a text, or the amount of `cell`, into the cells of `place`, merged where they are several."""
        style = self._style(look)
        for row, column in place.cells:
            self._sheet.cell(row, column)._style = copy(style)  # type: ignore[union-attr]
        written = self._sheet.cell(place.min_row, place.min_col)
        if cell is not None and cell.amount is not None:
            written.value = cell.amount
        elif text:
            if not fits_cell(text):
                raise TextTooLongError(text)
            write_text(written, text)
        if place.size != {"rows": 1, "columns": 1}:
            self._sheet.merged_cells.add(place)

    def _style(self, look: Look) -> Any:
        """The look as openpyxl keeps it; made once, for it looks through all others each time."""
        if look not in self._styles:
            sample = SheetCell(self._sheet, 1, 1)
            sample.font = Font(name=FONT, size=look.size, bold=look.bold, charset=CHARSET)
            sample.alignment = Alignment(
                horizontal=look.horizontal, vertical=look.vertical, wrap_text=True, indent=look.indent
            )
            if look.bordered:
                sample.border = _BORDER
            sample.number_format = look.number_format
            self._styles[look] = sample._style  # type: ignore[attr-defined]
        return self._styles[look]

    def _add_row(self, height: float) -> int:
        self._last_row += 1
        self._sheet.row_dimensions[self._last_row].height = min(height, MAX_ROW_HEIGHT)
        return self._last_row


def _font_size(cell: Cell) -> float:
    return LONG_LABEL_SIZE if cell.is_long_label else FONT_SIZES.get(cell.style, FONT_SIZE)


def _spans(table: Table, heights: dict[int, float]) -> dict[int, Span]:
    """The sheet rows of each row of the table."""
    spans = {}
    first, bottom = 1, 0.0
    for number, height in heights.items():
        count = ceil(height / MAX_ROW_HEIGHT)
        bottom += height
        spans[number] = Span(first, count, round(height / count, 2), bottom)
        first += count
    return spans


def _across(row: int, columns: Sequence[int]) -> CellRange:
    return CellRange(min_row=row, max_row=row, min_col=columns[0], max_col=columns[-1])


def _of_header(text: str, length: int) -> str:
    """The text as it stands in a header or footer, which has room for few characters and reads codes behind &."""
    text = re.sub(r"[\n\t]+", " ", printable(text)).replace("&", "＆")
    return text if len(text) <= length else f"{text[: length - 1]}…"
