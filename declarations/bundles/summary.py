"""The summary workbook (汇总表): declarations with their figures, all targets, all tasks, and what is left out.

Texts are texts and amounts are numbers; nothing is a formula. It is written row by row, so its size costs no memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from declarations.bundles.contents import Item
from declarations.bundles.job import Job
from declarations.document import BUDGET_LABELS, Document, check_code
from declarations.exports.cells import CHARSET, FONT, MAX_ROW_HEIGHT, column_points, text_height
from declarations.exports.table import SIGNS
from declarations.numbers import fits_amount, parse_amount
from perfgoals.times import printed_time
from perfgoals.workbooks import MAX_TEXT_UNITS, fits_cell, writable, write_text

# Excel's own limit is 1,048,576; what does not fit goes on in a further sheet.
MAX_ROWS = 1_000_000
HEAD = 2
CUT = "……（此处文字超过 Excel 单元格的上限，未全部列出，全文见申报表）"

Value = str | int | Decimal | datetime | None

_LINE = Side(style="thin", color="FFBFC7D1")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_SIZE = 10
_TITLE = Font(name=FONT, size=14, bold=True, charset=CHARSET)
_PLAIN = Font(name=FONT, size=_SIZE, charset=CHARSET)
_BOLD = Font(name=FONT, size=_SIZE, bold=True, charset=CHARSET)
_HEAD_FILL = PatternFill("solid", fgColor="FFE4EAF2")
_HEAD = Alignment(wrap_text=True, vertical="center", horizontal="center")
_TOP = Alignment(wrap_text=True, vertical="top")
_TOP_CENTRED = Alignment(vertical="top", horizontal="center")


@dataclass(frozen=True)
class Column:
    """A column, as wide as so many digits."""

    label: str
    width: float


FIGURES = tuple(Column(f"{label}（万元）", 20) for label in BUDGET_LABELS.values())
WHOSE = (Column("年度", 7), Column("单位代码", 13), Column("部门（单位）", 28))
DECLARATIONS = (
    Column("序号", 6),
    *WHOSE,
    Column("归口科室", 14),
    Column("主管部门", 22),
    Column("状态", 18),
    Column("版次", 6),
    Column("送审次数", 10),
    Column("送审时间", 18),
    *FIGURES,
    Column("任务（项）", 12),
    Column("指标（项）", 12),
    Column("校验码", 24),
)
TARGETS = (
    *WHOSE,
    Column("一级指标", 14),
    Column("二级指标", 16),
    Column("三级指标", 26),
    Column("类别", 10),
    Column("比较符号", 10),
    Column("指标值", 14),
    Column("度量单位", 10),
    Column("评/扣分标准", 40),
    Column("指标值说明", 50),
    Column("备注", 16),
)
TASKS = (
    *WHOSE,
    Column("序号", 6),
    Column("任务名称", 28),
    Column("主要内容", 60),
    Column("金额（万元）", 16),
)
LEFT_OUT = (*WHOSE, Column("未列入的原因", 60))


class Sheet:
    """A table that is written row by row; past the limit of a sheet it goes on in another one."""

    def __init__(self, workbook: Workbook, name: str, heading: str, columns: Sequence[Column]) -> None:
        self.workbook, self.name, self.heading, self.columns = workbook, name, heading, columns
        self.number = 0
        self._open(place=len(workbook.worksheets))

    def append(self, values: Iterable[Value]) -> None:
        """Write a row."""
        if self.rows == MAX_ROWS:
            self.close()
            self._open(place=self.workbook.index(self.sheet) + 1)
        self.rows += 1
        self._write(HEAD + self.rows, values, _PLAIN)

    def close(self, totals: Sequence[Value] = ()) -> None:
        """End the sheet; `totals` stand below the rows, outside of what the filters hide and sort."""
        last = get_column_letter(len(self.columns))
        self.sheet.auto_filter.ref = f"A{HEAD}:{last}{HEAD + self.rows}"
        if totals:
            self._write(HEAD + self.rows + 1, totals, _BOLD)

    def _open(self, place: int) -> None:
        self.number += 1
        self.rows = 0
        name = f"{self.name}（{self.number}）" if self.number > 1 else self.name
        self.sheet: Any = self.workbook.create_sheet(name, place)
        for number, column in enumerate(self.columns, start=1):
            self.sheet.column_dimensions[get_column_letter(number)].width = column.width
        # Whose a row is stays in view too, whichever way one moves.
        self.sheet.freeze_panes = f"{get_column_letter(self.columns.index(WHOSE[-1]) + 2)}{HEAD + 1}"
        self.sheet.print_title_rows = f"{HEAD}:{HEAD}"
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.paperSize = 9  # A4
        self.sheet.page_setup.fitToWidth = 1
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        self.sheet.oddFooter.right.text = "第 &P 页 共 &N 页"
        title = _cell(self.sheet, self.heading)
        title.font = _TITLE
        self.sheet.append([title])
        head = [_cell(self.sheet, column.label) for column in self.columns]
        for cell in head:
            cell.font, cell.alignment, cell.fill, cell.border = _BOLD, _HEAD, _HEAD_FILL, _BORDER
        self._append(HEAD, head)

    def _write(self, number: int, values: Iterable[Value], font: Font) -> None:
        cells = [_cell(self.sheet, value) for value in values]
        for cell in cells:
            cell.alignment = _TOP_CENTRED if isinstance(cell.value, int | datetime) else _TOP
            cell.font, cell.border = font, _BORDER
        self._append(number, cells)

    def _append(self, number: int, cells: list[Cell]) -> None:
        """Write the cells as the row of that number, as high as its texts need: LibreOffice makes no row higher."""
        points = (column_points(column.width) for column in self.columns)
        texts = [
            (cell.value if isinstance(cell.value, str) else "", width)
            for cell, width in zip(cells, points, strict=True)
        ]
        height = max(text_height(text, width, _SIZE) for text, width in texts)
        self.sheet.row_dimensions[number].height = min(height, MAX_ROW_HEIGHT)
        self.sheet.append(cells)
        # It is written; kept, those of all rows would cost memory.
        del self.sheet.row_dimensions[number]


def make_summary(job: Job) -> Path:
    """Write the workbook."""
    path = job.folder / "summary.xlsx"
    title = job.bundle.title
    workbook = Workbook(write_only=True)
    workbook.properties.title = f"{writable(title)}汇总表"
    workbook.properties.creator = writable(job.bundle.requested_by.name)
    made = f"（{printed_time(job.bundle.created_at)}）"
    declarations = Sheet(workbook, "申报表", f"{title}　申报表汇总{made}", DECLARATIONS)
    targets = Sheet(workbook, "绩效指标", f"{title}　绩效指标汇总{made}", TARGETS)
    tasks = Sheet(workbook, "年度主要任务", f"{title}　年度主要任务汇总{made}", TASKS)
    sums = dict.fromkeys(BUDGET_LABELS, Decimal(0))
    counts = [0, 0]
    number = uncounted = 0
    for number, item in enumerate(job.items(), start=1):
        document = item.document
        figures = [_amount(getattr(document.budget, figure)) for figure in BUDGET_LABELS]
        for figure, amount in zip(sums, figures, strict=True):
            sums[figure] += amount if isinstance(amount, Decimal) else 0
        uncounted += sum(isinstance(amount, str) and amount != "" for amount in figures)
        rows = [len(document.main_tasks), sum(1 for _ in document.targets())]
        counts = [total + more for total, more in zip(counts, rows, strict=True)]
        declarations.append([number, *_standing(item), *figures, *rows, check_code(item.submission.digest)])
        for values in _targets(document):
            targets.append(values)
        for values in _tasks(document):
            tasks.append(values)
    before = len(DECLARATIONS) - len(FIGURES) - len(counts) - 1
    counted = f"{number} 份" + (f"；另有 {uncounted} 处金额不是数字，未计入合计" if uncounted else "")
    declarations.close(["合计", None, None, counted, *[None] * (before - 4), *sums.values(), *counts, None])
    targets.close()
    tasks.close()
    if job.left_out:
        left_out = Sheet(workbook, "未列入", f"{title}　未列入的部门（单位）", LEFT_OUT)
        for left in job.left_out:
            left_out.append([left.year, left.code, left.department, left.why])
        left_out.close()
    # Closed in any case: openpyxl's own `save` leaves a file open that the disk has no room for.
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(workbook, archive).write_data()
    return path


def _standing(item: Item) -> Iterator[Value]:
    document, submission, department = item.document, item.submission, item.declaration.department
    standing = item.standing
    yield from _whose(document)
    yield str(department.office)
    yield str(department.superior or "")
    yield standing.file_words if standing.approval else standing.waiting_words
    yield submission.revision
    yield submission.number
    yield submission.submitted_at


def _whose(document: Document) -> tuple[Value, ...]:
    return document.fiscal_year, document.department_code, document.department


def _targets(document: Document) -> Iterator[Sequence[Value]]:
    for primary, group, target in document.targets():
        yield [
            *_whose(document),
            primary.name,
            group.name,
            target.name,
            "共性指标" if target.common else "个性指标",
            SIGNS[target.comparison],
            target.value,
            target.unit,
            target.scoring_standard,
            target.explanation,
            target.remark,
        ]


def _tasks(document: Document) -> Iterator[Sequence[Value]]:
    for number, task in enumerate(document.main_tasks, start=1):
        yield [*_whose(document), number, task.name, task.content, _amount(task.amount)]


def _amount(text: str) -> Value:
    """The number where the text is one, which a cell holds with all its digits; otherwise the text as it was typed."""
    amount = parse_amount(text)
    return amount if amount is not None and fits_amount(amount) else text


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> Cell:
    cell = WriteOnlyCell(sheet)
    if value is None or value == "":
        return cell
    if isinstance(value, str):
        write_text(cell, value if fits_cell(value) else _cut(value))
        return cell
    if isinstance(value, datetime):
        cell.value = timezone.make_naive(value)
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    cell.value = value
    decimals = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
    cell.number_format = f"0.{'0' * decimals}" if decimals > 0 else "0"
    return cell


def _cut(text: str) -> str:
    # In UTF-16, as Excel counts.
    room = 2 * (MAX_TEXT_UNITS - len(CUT))
    return text.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + CUT
