"""The log as an Excel workbook."""

from collections.abc import Iterable
from io import BytesIO

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from perfgoals.audit.models import LogEntry
from perfgoals.workbooks import fits_cell, writable, write_text

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_NAME = "操作日志"
COLUMNS = {
    "编号": 10,
    "时间": 20,
    "姓名": 12,
    "用户名": 16,
    "角色": 16,
    "所属部门或科室": 24,
    "事项": 16,
    "对象": 40,
    "说明": 40,
    "来源": 18,
    "内容指纹": 20,
    "校验值": 20,
}
CUT_TO = 16_000
CUT = "……（文字过长，其余未导出）"


def render_workbook(entries: Iterable[LogEntry]) -> bytes:
    """The entries, which have their actors loaded, as an .xlsx file with a row each."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(SHEET_NAME)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(COLUMNS.values(), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    head = [_text(sheet, name) for name in COLUMNS]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for entry in entries:
        at = WriteOnlyCell(sheet, timezone.make_naive(entry.at))
        at.number_format = "yyyy-mm-dd hh:mm:ss"
        texts = (
            entry.actor_name,
            entry.actor.username if entry.actor else "",
            entry.actor_role,
            entry.actor_place,
            entry.get_action_display(),
            entry.subject,
            entry.text,
            entry.address,
            entry.digest,
            entry.hash,
        )
        sheet.append([entry.number, at, *(_text(sheet, text) if text else None for text in texts)])
    contents = BytesIO()
    workbook.save(contents)
    return contents.getvalue()


def _text(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    cell = WriteOnlyCell(sheet)
    text = writable(text)
    write_text(cell, text if fits_cell(text) else text[:CUT_TO] + CUT)
    return cell
