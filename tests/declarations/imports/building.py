"""Workbooks for tests: a table in the official layout as somebody types it, and packages put together part by part."""

import re
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

SHEET = "Sheet1"
HEADINGS = ["一级指标", "二级指标", "*三级指标", "*指标值类型", "*指标值", "*评/扣分标准", "*指标值说明", "备注"]
HEADER_ROW = 12
# A typed table: rows 1 to 11 are its head, 12 the headings, 14, 15 and 17 the targets.
ROWS: Sequence[Sequence[Any]] = (
    ["部门（单位）整体绩效目标申报表"],
    ["（2023 年度）"],
    ["部门（单位）名称", None, "市文化局"],
    ["年度履职目标", None, "目标1：办好文化惠民演出；\n目标2：保护文物。"],
    ["年度主要任务", None, "*任务名称", None, None, "*主要内容"],
    [None, None, "送戏下乡", None, None, "全年演出100场"],
    ["预算情况", None, "部门预算总额（万元）", None, None, 120.5],
    [None, None, "1、资金来源：（1）财政性资金", None, None, 120],
    [None, None, "（2）其他资金", None, None, 0.5],
    [None, None, "2、资金结构：（1）基本支出", None, None, 80.25],
    [None, None, "（2）项目支出", None, None, 40.25],
    HEADINGS,
    ["产出指标", "重点工作任务完成", "-", None, None, None, "反映重点工作。"],
    [None, None, "演出场次", "≥", 100, "场", "全年演出", "5分"],
    [None, None, "演出质量", "定性", "优良", "-", "专家评定"],
    ["效益指标", "履职效益", "-", None, None, None, "反映效益。"],
    [None, None, "观众满意度", "≥", "95%", "每降低1%扣1分", "问卷调查", "10分"],
)


def rows_from(row: int, *inserted: Sequence[Any], instead_of: int = 0) -> list[Sequence[Any]]:
    """`ROWS` with other rows from `row` on, in place of so many of them."""
    return [*ROWS[: row - 1], *inserted, *ROWS[row - 1 + instead_of :]]


def sheet_with(
    rows: Sequence[Sequence[Any]] = ROWS, cells: Mapping[str, Any] | None = None, merged: Sequence[str] = ()
) -> Workbook:
    """A workbook with the rows on its one sheet; `cells` are changed, or set to None, after that."""
    workbook = Workbook()
    fill(workbook.worksheets[0], rows, cells)
    workbook.worksheets[0].title = SHEET
    for area in merged:
        workbook.worksheets[0].merge_cells(area)
    return workbook


def fill(sheet: Worksheet, rows: Sequence[Sequence[Any]], cells: Mapping[str, Any] | None = None) -> None:
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value
    for place, value in (cells or {}).items():
        sheet[place] = value


def saved(workbook: Workbook) -> bytes:
    """The workbook as a file."""
    contents = BytesIO()
    workbook.save(contents)
    return contents.getvalue()


def typed(
    rows: Sequence[Sequence[Any]] = ROWS, cells: Mapping[str, Any] | None = None, merged: Sequence[str] = ()
) -> bytes:
    """The typed table as a file, with changes."""
    return saved(sheet_with(rows, cells, merged))


def formatted(cells: Mapping[str, Any], formats: Mapping[str, str]) -> bytes:
    """The typed table with cells that have number formats."""
    workbook = sheet_with(cells=cells)
    for place, number_format in formats.items():
        workbook.worksheets[0][place].number_format = number_format
    return saved(workbook)


def columns_moved(order: Sequence[int]) -> bytes:
    """The typed table with its indicator columns (from 1) in another order; 0 is an empty column."""
    head, table = ROWS[: HEADER_ROW - 1], ROWS[HEADER_ROW - 1 :]
    return typed([*head, *([_at(row, column) for column in order] for row in table)])


def _at(row: Sequence[Any], column: int) -> Any:
    return row[column - 1] if 0 < column <= len(row) else None


def package(parts: Mapping[str, bytes | str], compression: int = ZIP_DEFLATED) -> bytes:
    contents = BytesIO()
    with ZipFile(contents, "w", compression) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return contents.getvalue()


def parts_of(contents: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(contents)) as file:
        return {name: file.read(name) for name in file.namelist()}


def repacked(contents: bytes, changes: Mapping[str, bytes | str | Callable[[str], str]]) -> bytes:
    """The package with other parts, or parts changed by a function of their text."""
    parts: dict[str, bytes | str] = dict(parts_of(contents))
    for name, change in changes.items():
        parts[name] = change(bytes(parts[name]).decode()) if callable(change) else change
    return package(parts)


NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET_PART = "xl/worksheets/sheet1.xml"
STRINGS_PART = "xl/sharedStrings.xml"


def with_shared_strings(contents: bytes) -> bytes:
    """The workbook with the texts of its sheets in one list, as Excel and WPS write them, unlike openpyxl."""
    strings: list[str] = []

    def share(found: re.Match[str]) -> str:
        strings.append(found["text"])
        return f'{found["cell"]}t="s"><v>{len(strings) - 1}</v></c>'

    inline = re.compile(r'(?P<cell><c [^>]*)t="inlineStr"><is>(?P<text>.*?)</is></c>', re.DOTALL)
    sheets = [name for name in parts_of(contents) if name.startswith("xl/worksheets/")]
    shared = repacked(contents, dict.fromkeys(sheets, lambda xml: inline.sub(share, xml)))
    return with_strings_part(shared, "".join(f"<si>{text}</si>" for text in strings))


def with_strings_part(contents: bytes, strings: str, before: str = "") -> bytes:
    """The workbook with a list of shared strings, <si> elements."""
    relationship = (
        '<Relationship Id="strings" Target="sharedStrings.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
    )
    return repacked(
        contents,
        {
            STRINGS_PART: f'{before}<sst xmlns="{NAMESPACE}">{strings}</sst>',
            "xl/_rels/workbook.xml.rels": lambda xml: xml.replace(
                "</Relationships>", f"{relationship}</Relationships>"
            ),
        },
    )


def with_sheet_data(data: str, after: str = "", before: str = "") -> bytes:
    """A workbook whose sheet has these <row> elements, and what stands after them and before all."""
    sheet = f'{before}<worksheet xmlns="{NAMESPACE}"><sheetData>{data}</sheetData>{after}</worksheet>'
    return repacked(typed(), {SHEET_PART: sheet})


def inline_rows(rows: Sequence[Sequence[Any]], *, with_references: bool = True) -> str:
    """The rows as other systems write them: texts in the cells, perhaps without saying which cell that is."""
    written = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, value in enumerate(row, 1):
            place = f' r="{get_column_letter(column)}{number}"' if with_references else ""
            if isinstance(value, str):
                cells.append(f'<c{place} t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>')
            elif value is not None:
                cells.append(f"<c{place}><v>{value}</v></c>")
            elif not with_references:
                cells.append("<c/>")
        place = f' r="{number}"' if with_references else ""
        written.append(f"<row{place}>{''.join(cells)}</row>")
    return "".join(written)
