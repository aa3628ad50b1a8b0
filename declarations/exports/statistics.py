"""A table of statistics as an Excel workbook."""

from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.properties import PageSetupProperties

from declarations.exports.cells import CHARSET, FONT
from declarations.statistics.sections import Section
from declarations.statistics.table import Kind, Value
from perfgoals.workbooks import write_text

_FORMATS = {
    Kind.NUMBER: "0",
    Kind.MONEY: "0.######",
    Kind.DAYS: "0.0",
    Kind.SHARE: "0.0%",
    Kind.DATE: "yyyy-mm-dd",
    Kind.TIME: "yyyy-mm-dd hh:mm",
}
_NAME_WIDTH, _WIDTH = 40, 16
_BOLD = Font(name=FONT, size=11, bold=True, charset=CHARSET)
_HEAD = Alignment(wrap_text=True, vertical="center", horizontal="center")


def render_statistics(section: Section, heading: str) -> bytes:
    """The section's table as an .xlsx file under `heading`: numbers as numbers, dates as dates, nothing a formula."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(section.title)
    columns = section.table.columns
    for number in range(1, len(columns) + 1):
        width = _NAME_WIDTH if number == 1 else _WIDTH
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "B3"
    _set_up_printing(sheet)
    sheet.append([_bold(_cell(sheet, heading, Kind.TEXT))])
    head = [_bold(_cell(sheet, column.label, Kind.TEXT)) for column in columns]
    for cell in head:
        cell.alignment = _HEAD
    sheet.append(head)
    for line in section.table.lines:
        cells = [_cell(sheet, value, column.kind) for column, value in zip(columns, line.values, strict=True)]
        sheet.append([_bold(cell) for cell in cells] if line.is_total else cells)
    contents = BytesIO()
    workbook.save(contents)
    return contents.getvalue()


def _cell(sheet: WriteOnlyWorksheet, value: Value, kind: Kind) -> Cell:
    cell = WriteOnlyCell(sheet)
    if value is None or value == "":
        return cell
    if isinstance(value, str):
        write_text(cell, value)
        return cell
    cell.value = timezone.make_naive(value) if isinstance(value, datetime) else value
    is_whole = isinstance(value, Decimal) and value == value.to_integral_value()
    # The format with decimals leaves a point behind a whole amount.
    cell.number_format = "0" if kind == Kind.MONEY and is_whole else _FORMATS[kind]
    return cell


def _bold(cell: Cell) -> Cell:
    cell.font = _BOLD
    return cell


# The stubs of openpyxl know nothing of how such a sheet is printed.
def _set_up_printing(sheet: Any) -> None:
    sheet.print_title_rows = "2:2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
