"""The form as a workbook that a department fills in offline; `form_layout` says where what stands.

What the template sets is locked, without a password: the import does not take changes of it anyway. All cells to be
filled in are texts, so that 95%, 9月 and 2,677.70 stay as they are typed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

from django.db.models import Field
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from declarations import form_layout
from declarations.document import BUDGET_LABELS, Document
from declarations.exports.cells import CHARSET, FONT, MAX_ROW_HEIGHT, column_points, text_height
from declarations.exports.table import SIGNS, printable
from declarations.form_layout import COMMON, HEADER_ROW, KEY, OWN
from declarations.models import Budget, Row
from declarations.numbers import MAX_DECIMALS
from declarations.offline_form import OfflineForm
from declarations.services import GOALS, MAX_ROWS, TARGETS, TASKS, Section
from indicators.enums import Comparison
from perfgoals.workbooks import write_text

# Empty rows below those that are there, for what the department adds; others can be inserted.
SPARE_GOALS = SPARE_TASKS = 30
SPARE_TARGETS = 100
# The names to choose from, on a sheet that Excel does not offer to show.
LISTS_SHEET = "_lists"

WIDTHS = {
    KEY: 10,
    "text": 110,
    "content": 80,
    "amount": 18,
    "label": 30,
    "figure": 24,
    "primary": 14,
    "secondary": 18,
    "kind": 7,
    "name": 26,
    "comparison": 11,
    "value": 15,
    "unit": 10,
    "scoring_standard": 30,
    "explanation": 44,
    "remark": 18,
}
INSTRUCTION_HEADINGS = ("一级指标", "二级指标", "可否增加个性指标", "指标值说明", "填报提示")
INSTRUCTION_WIDTHS = (16, 20, 18, 46, 40)
FONT_SIZE = 10.5

_TEXT_FORMAT = "@"
_LINE = Side(style="thin", color="FFB4BCC8")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEADING = PatternFill("solid", fgColor="FFDCE6F1")
_LOCKED = PatternFill("solid", fgColor="FFEDEDED")
_WHITE = PatternFill("solid", fgColor="FFFFFFFF")
_UNLOCKED = Protection(locked=False)
_CENTRED = frozenset({"kind", "comparison", "value", "unit"})

_STEPS = (
    "白色单元格由本部门填写；灰色单元格由申报模板或系统设置，不能修改。",
    "增加一行：在已有内容下方的空白行中填写，也可以插入行。",
    "增加三级指标须选择“二级指标”；不同一级指标下有同名的二级指标时，还须选择“一级指标”。",
    "删除一行：清空该行全部内容，或删除整行。共性指标不能删除。",
    "本部门填写的各行，导入后按工作表中的先后顺序排列。",
    f"“指标值类型”从下拉列表中选择：{'、'.join(Comparison.labels)}。",
    f"金额以万元为单位，最多 {MAX_DECIMALS} 位小数。部门预算总额 = 财政性资金 + 其他资金 = 基本支出 + 项目支出。",
    "请不要修改工作表的名称和表头。单元格内换行请按 Alt+Enter。",
    "填好后保存为 Excel 工作簿（.xlsx），在申报系统中点击“导入 Excel”上传。系统先逐行列出改动，经确认后才写入申报表。",
)


@dataclass(frozen=True)
class FormRow:
    """A row of a sheet: its texts by column and the columns that can be written in; all of them where that is None."""

    texts: Mapping[str, str]
    writable: Collection[str] | None = None


def render_form_workbook(form: OfflineForm) -> bytes:
    """The form as an .xlsx file: instructions, goals, tasks, budget and indicators, each on a sheet of its own."""
    document = form.document
    workbook = Workbook()
    workbook.properties.title = f"{printable(document.title)}（填报表格）"
    workbook.properties.creator = printable(document.department)
    _write_instructions(workbook.worksheets[0], form)
    goals = [FormRow({KEY: goal.key, "text": goal.text}) for goal in document.duty_goals]
    _write_rows(workbook, form_layout.GOALS_SHEET, [*goals, *_spare(SPARE_GOALS)], _limits(GOALS))
    tasks = [
        FormRow({KEY: task.key, "name": task.name, "content": task.content, "amount": task.amount})
        for task in document.main_tasks
    ]
    without = () if document.with_task_amounts else ("amount",)
    _write_rows(workbook, form_layout.TASKS_SHEET, [*tasks, *_spare(SPARE_TASKS)], _limits(TASKS), without)
    budget = [
        FormRow({KEY: figure, "label": label, "figure": getattr(document.budget, figure)}, writable=("figure",))
        for figure, label in BUDGET_LABELS.items()
    ]
    _write_rows(workbook, form_layout.BUDGET_SHEET, budget, {"figure": _limit(Budget, "total")})
    targets = [*_targets(form), *_spare(SPARE_TARGETS)]
    sheet = _write_rows(workbook, form_layout.TARGETS_SHEET, targets, _limits(TARGETS))
    _offer(sheet, "comparison", f'"{",".join(Comparison.labels)}"')
    _offer_groups(workbook, sheet, document)
    _write_identity(workbook, form)
    contents = BytesIO()
    workbook.save(contents)
    return contents.getvalue()


def _spare(count: int) -> list[FormRow]:
    return [FormRow({})] * count


def _targets(form: OfflineForm) -> Iterator[FormRow]:
    for primary, group, target in form.document.targets():
        texts = {KEY: target.key, "primary": primary.name, "secondary": group.name}
        texts |= {"kind": COMMON if target.common else OWN}
        texts |= {name: getattr(target, name) for name in TARGETS.fields}
        texts |= {"comparison": SIGNS[target.comparison]}
        yield FormRow(texts, writable=form.writable[target.key] if target.common else None)


def _limits(section: Section) -> dict[str, int]:
    """The most characters that each text of the section may have; a comparison is chosen."""
    return {name: _limit(section.model, name) for name in section.fields if name != "comparison"}


def _limit(model: type[Row | Budget], name: str) -> int:
    column = cast("Field[Any, Any]", model._meta.get_field(name))
    return cast(int, column.max_length)


def _write_rows(
    workbook: Workbook, title: str, rows: Sequence[FormRow], limits: Mapping[str, int], without: Collection[str] = ()
) -> Worksheet:
    """A sheet with headings that stay in view and the rows; Excel tells who types more characters than `limits`."""
    sheet: Worksheet = workbook.create_sheet(title)
    columns = [column for column in form_layout.SHEETS[title] if column.name not in without]
    for number, column in enumerate(columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.hidden = WIDTHS[column.name], column.name == KEY
        _write(sheet, HEADER_ROW, number, column.heading, _HEADING, centred=True)
    for row_number, row in enumerate(rows, HEADER_ROW + 1):
        if row.writable is None:
            # Excel deletes a row of a protected sheet only where no cell of it is locked, empty ones included.
            sheet.row_dimensions[row_number].protection = _UNLOCKED
        for number, column in enumerate(columns, 1):
            fill = None if row.writable is None or column.name in row.writable else _LOCKED
            text = row.texts.get(column.name, "")
            _write(sheet, row_number, number, text, fill, centred=column.name in _CENTRED)
        if row.texts:
            shown = [column.name for column in columns if column.name != KEY]
            _set_height(sheet, row_number, ((row.texts[name], WIDTHS[name]) for name in shown))
    for name, limit in limits.items():
        if name not in without:
            rule = DataValidation("textLength", operator="lessThanOrEqual", formula1=str(limit))
            _validate(sheet, name, rule, f"此处最多填写 {limit} 字，请精简。")
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    _protect(sheet)
    _set_up_printing(sheet)
    return sheet


def _write(
    sheet: Worksheet, row: int, column: int, text: str, fill: PatternFill | None = None, *, centred: bool = False
) -> None:
    """A cell with a border, locked where it is filled with a colour."""
    cell = sheet.cell(row, column)
    cell.font = Font(name=FONT, size=FONT_SIZE, charset=CHARSET, bold=fill is _HEADING)
    cell.alignment = Alignment(horizontal="center" if centred else "left", vertical="center", wrap_text=True)
    cell.border = _BORDER
    cell.number_format = _TEXT_FORMAT
    if fill:
        cell.fill = fill
    else:
        cell.protection = _UNLOCKED
    if printed := printable(text):
        write_text(cell, printed)


def _offer(sheet: Worksheet, name: str, source: str) -> None:
    """Let people choose the texts of the column from a list."""
    _validate(sheet, name, DataValidation("list", formula1=source), "请在下拉列表中选择。")


def _validate(sheet: Worksheet, name: str, rule: DataValidation, refusal: str) -> None:
    """Have Excel refuse what breaks the rule in the column, with room for rows that are inserted."""
    number = next(n for n, column in enumerate(form_layout.SHEETS[sheet.title], 1) if column.name == name)
    letter = get_column_letter(number)
    rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{HEADER_ROW + 2 * MAX_ROWS}")
    rule.allow_blank = rule.showErrorMessage = True
    rule.errorTitle, rule.error = "填写有误", refusal
    sheet.add_data_validation(rule)


def _offer_groups(workbook: Workbook, sheet: Worksheet, document: Document) -> None:
    """Lists of the groups that take own indicators, by way of cells: a list in the rule itself holds 255 characters."""
    own = [(primary.name, group.name) for primary, group in document.groups() if group.allows_own]
    lists: Worksheet = workbook.create_sheet(LISTS_SHEET)
    lists.sheet_state = "veryHidden"
    for number, (column, names) in enumerate(zip(("primary", "secondary"), zip(*own, strict=True), strict=False), 1):
        texts = list(dict.fromkeys(names))
        for row, text in enumerate(texts, 1):
            write_text(lists.cell(row, number), printable(text))
        letter = get_column_letter(number)
        _offer(sheet, column, f"{LISTS_SHEET}!${letter}$1:${letter}${len(texts)}")


def _write_identity(workbook: Workbook, form: OfflineForm) -> None:
    document = form.document
    sheet: Worksheet = workbook.create_sheet(form_layout.IDENTITY_SHEET)
    sheet.sheet_state = "veryHidden"
    values = (
        form_layout.LAYOUT_VERSION,
        form.declaration,
        document.fiscal_year,
        document.department_code,
        form.template,
        document.digest(),
    )
    for row, (name, value) in enumerate(zip(form_layout.IDENTITY_NAMES, values, strict=True), 1):
        write_text(sheet.cell(row, 1), name)
        write_text(sheet.cell(row, 2), str(value))


def _write_instructions(sheet: Worksheet, form: OfflineForm) -> None:
    """For whom the workbook is, how it is filled in, and what each level-2 group is for."""
    document = form.document
    sheet.title = form_layout.INSTRUCTIONS_SHEET
    sheet.sheet_view.showGridLines = False
    for number, width in enumerate(INSTRUCTION_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    lines = [
        (f"{document.title}填报表格（{document.fiscal_year} 年度）", 16),
        (f"部门（单位）：{document.department}（{document.department_code}）", FONT_SIZE),
        (f"申报批次：{form.round}", FONT_SIZE),
        ("一、怎样填写", 12),
        *((f"{number}. {step}", FONT_SIZE) for number, step in enumerate(_STEPS, 1)),
        ("二、各二级指标的说明", 12),
    ]
    if form.guidance:
        lines[-1:-1] = [("二、填报要求", 12), (form.guidance, FONT_SIZE)]
        lines[-1] = ("三、各二级指标的说明", 12)
    for row, (text, size) in enumerate(lines, 1):
        _write_across(sheet, row, printable(text), size)
    first = len(lines) + 1
    for number, heading in enumerate(INSTRUCTION_HEADINGS, 1):
        _write(sheet, first, number, heading, _HEADING, centred=True)
    for row, (primary, group) in enumerate(document.groups(), first + 1):
        allowed = "可以" if group.allows_own else "不可以"
        texts = (primary.name, group.name, allowed, group.explanation, form.group_guidance[group.key])
        for number, text in enumerate(texts, 1):
            _write(sheet, row, number, text, _WHITE, centred=number <= 3)
        _set_height(sheet, row, zip(texts, INSTRUCTION_WIDTHS, strict=True))
    _protect(sheet)
    _set_up_printing(sheet)


def _write_across(sheet: Worksheet, row: int, text: str, size: float) -> None:
    """A text over the whole width."""
    cell = sheet.cell(row, 1)
    cell.font = Font(name=FONT, size=size, charset=CHARSET, bold=size > FONT_SIZE)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    write_text(cell, text)
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(INSTRUCTION_WIDTHS))
    points = sum(column_points(width) for width in INSTRUCTION_WIDTHS)
    sheet.row_dimensions[row].height = min(text_height(text, points, size), MAX_ROW_HEIGHT)


def _set_height(sheet: Worksheet, row: int, texts: Iterable[tuple[str, float]]) -> None:
    """Make the row as high as its texts need, each in a column of the width beside it."""
    heights = (text_height(text, column_points(width), FONT_SIZE) for text, width in texts)
    sheet.row_dimensions[row].height = min(max(heights), MAX_ROW_HEIGHT)


def _protect(sheet: Worksheet) -> None:
    """Lock what is not unlocked, but let rows be added, deleted and made higher, and columns wider."""
    protection = sheet.protection
    protection.sheet = True
    protection.insertRows = protection.deleteRows = False
    protection.formatRows = protection.formatColumns = protection.formatCells = False


def _set_up_printing(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
