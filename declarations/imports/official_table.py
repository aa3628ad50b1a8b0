"""Reads a table in the official layout: our own export, or one typed by hand or by another system.

Everything is found by its headings and labels. Hidden sheets are not looked at; hidden rows are, because a filter that
somebody forgot would otherwise delete indicators.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from declarations.checks.places import TARGET_LABELS
from declarations.exports.table import IMPRINT_LABEL, SIGNATURES
from declarations.imports.cell_texts import one_line, plain_label
from declarations.imports.guard import Unreadable
from declarations.imports.reading import Reading, ReadRow, Source
from declarations.imports.sheet_reader import SheetReader
from declarations.imports.table_head import Section, read_head, section_of
from declarations.imports.targets import check_comparison, locations_of, printed_texts
from declarations.imports.workbook import Sheet

NO_TABLE = (
    "没有找到绩效指标表：应有一行表头，含“三级指标”“指标值类型”“指标值”等列名。"
    "请上传从本系统下载的工作簿，或按申报表的格式填写后再上传。"
)
TWO_TABLES = "工作表“{}”中有多张申报表，请只保留一张后再上传。"

# Headings as `plain_label` gives them.
_TARGET_HEADINGS = {
    "一级指标": "primary",
    "二级指标": "secondary",
    "三级指标": "name",
    "三级指标名称": "name",
    "指标名称": "name",
    "指标值类型": "comparison",
    "指标类型": "comparison",
    "指标值符号": "comparison",
    "比较符号": "comparison",
    "符号": "comparison",
    "指标值": "value",
    "年度指标值": "value",
    "目标值": "value",
    "度量单位": "unit",
    "计量单位": "unit",
    "指标值单位": "unit",
    "单位": "unit",
    "评/扣分标准": "scoring_standard",
    "评(扣)分标准": "scoring_standard",
    "评扣分标准": "scoring_standard",
    "评分标准": "scoring_standard",
    "扣分标准": "scoring_standard",
    "指标值说明": "explanation",
    "指标说明": "explanation",
    "指标解释": "explanation",
    "备注": "remark",
}
_LEVELS = frozenset({"primary", "secondary"})
# Without these it is another table.
_NEEDED = frozenset({"name", "value"})
_NUMBERING = "序号"
_DASHES = frozenset({"", "-", "—", "——", "–", "--", "/"})
_FOOTER = re.compile(
    r"(填报人|填表人|填报日期|填表日期|制表人|经办人|联系人|联系电话|审核人|单位负责人|合计|总计|备?注:|说明:)"
)
# What our own export says below the table begins with these, as `plain_label` gives them.
_BELOW_OUR_TABLE = tuple(plain_label(text) for text in (*(line[0] for line in SIGNATURES), IMPRINT_LABEL))


@dataclass
class _Table:
    """Where a table of indicators stands: its sheet, the row of its headings and the columns of what it holds."""

    sheet: Sheet
    header: int
    columns: dict[str, int]
    unknown: dict[int, str] = field(default_factory=dict)


def read_table(sheets: Iterable[Sheet]) -> Reading:
    """What the one official table among the sheets holds. Raises Unreadable where there is none, or more than one."""
    sheets = [sheet for sheet in sheets if not sheet.hidden]
    tables = [table for table in map(_find_table, sheets) if table]
    if not tables:
        raise Unreadable(next((sheet.too_large for sheet in sheets if sheet.too_large), NO_TABLE))
    whole = [table for table in tables if _has_goals(table)] if len(tables) > 1 else tables
    if len(whole) != 1:
        names = "、".join(f"“{table.sheet.name}”" for table in tables)
        raise Unreadable(f"工作表{names}中各有一张申报表，无法确定读取哪一张。请只保留一张后再上传。")
    reader = _TableReader(whole[0])
    for table in tables:
        if table is not whole[0]:
            reader.cells.hint(f"工作表“{table.sheet.name}”不是整体绩效目标申报表，未读取", 0)
    return reader.read()


def _find_table(sheet: Sheet) -> _Table | None:
    for row in sheet.rows:
        table = _header_at(sheet, row)
        if table:
            return table
    return None


def _header_at(sheet: Sheet, row: int) -> _Table | None:
    """The table whose headings stand in the row, if they do; the first of several equal headings counts."""
    table = _Table(sheet, row, {})
    for column, cell in sorted(sheet.rows[row].items()):
        heading = plain_label(cell.text)
        # Perhaps with a remark behind it: 三级指标（必填）.
        name = _TARGET_HEADINGS.get(heading) or _TARGET_HEADINGS.get(heading.partition("(")[0])
        if name and name not in table.columns:
            table.columns[name] = column
        elif heading and heading != _NUMBERING:
            table.unknown[column] = one_line(cell.text).strip()
    return table if table.columns.keys() >= _NEEDED and len(table.columns) > len(_NEEDED) else None


def _has_goals(table: _Table) -> bool:
    above = (cells for row, cells in table.sheet.rows.items() if row < table.header)
    return any(section_of(cell.text)[0] is Section.GOALS for cells in above for cell in cells.values())


class _TableReader:
    def __init__(self, table: _Table) -> None:
        self.table = table
        self.cells = SheetReader(table.sheet)

    def read(self) -> Reading:
        rows = list(self.table.sheet.rows)
        index = rows.index(self.table.header)
        head = read_head(self.cells, rows[:index])
        self._check_columns()
        targets = tuple(self._targets(rows[index + 1 :]))
        return Reading(
            source=Source.TABLE,
            department=head.department,
            fiscal_year=head.fiscal_year,
            goals=None if head.goals is None else tuple(head.goals),
            tasks=None if head.tasks is None else tuple(head.tasks),
            budget=head.budget,
            budget_locations=head.budget_locations,
            targets=targets,
            problems=self.cells.problems,
        )

    def _check_columns(self) -> None:
        """Hints at columns that are missing and at those that nobody knows."""
        for column, heading in self.table.unknown.items():
            self.cells.hint(f"“{heading[:20]}”列不属于申报表，未读取", self.table.header, column)
        missing = [label for name, label in TARGET_LABELS.items() if name not in {*self.table.columns, "unit"}]
        if missing:
            self.cells.hint(f"表中没有“{'”“'.join(missing)}”列，这些内容不作改动", self.table.header)

    def _targets(self, rows: list[int]) -> Iterable[ReadRow]:
        columns = {name: column for name, column in self.table.columns.items() if name not in _LEVELS}
        groups = {name: column for name, column in self.table.columns.items() if name in _LEVELS}
        first = min(self.table.columns.values())
        labels = {"primary": "", "secondary": ""}
        for row in rows:
            own = list(self.cells.filled(row))
            again = _header_at(self.table.sheet, row)
            if again and again.columns == self.table.columns:
                continue
            if again:
                raise Unreadable(TWO_TABLES.format(self.table.sheet.name))
            if own[0] < first or own[0] in groups.values():
                if section_of(self.cells.sheet.rows[row][own[0]].text)[0] is Section.DEPARTMENT:
                    raise Unreadable(TWO_TABLES.format(self.table.sheet.name))
                if self._is_below_our_table(row, own[0]):
                    continue
                if _FOOTER.match(self.cells.label(row, own[0])):
                    self.cells.leave_out(row, own[0])
                    continue
            self._read_groups(row, groups, labels)
            cells = self.cells.texts(row, columns)
            if self._is_group_row(cells, any(column in own for column in groups.values())):
                continue
            if "comparison" in columns:
                check_comparison(self.cells, row, columns["comparison"], cells["comparison"])
            texts = printed_texts(cells)
            yield ReadRow(
                **labels,
                texts=texts,
                printed=cells,
                location=self.cells.sheet.location(row),
                locations=locations_of(self.cells, row, columns, texts),
            )

    def _is_below_our_table(self, row: int, column: int) -> bool:
        """Whether the cell holds signatures, which stand far apart in one cell, or the label of the imprint."""
        first = self.cells.sheet.rows[row][column].text.partition("　")[0]
        return plain_label(first).startswith(_BELOW_OUR_TABLE)

    def _read_groups(self, row: int, columns: Mapping[str, int], labels: dict[str, str]) -> None:
        """The names of the groups, which stand in the first of their rows, in each, or merged over them."""
        texts = {name: one_line(text).strip() for name, text in self.cells.texts(row, columns).items()}
        if texts.get("primary") and texts["primary"] != labels["primary"]:
            labels |= {"primary": texts["primary"], "secondary": ""}
        if texts.get("secondary"):
            labels["secondary"] = texts["secondary"]

    def _is_group_row(self, cells: dict[str, str], labelled: bool) -> bool:
        """Whether the row is the first one of a level-2 group, with "-" or nothing as its target, or has no target."""
        told = (cells.get(name, "").strip() for name in ("name", "comparison", "value", "scoring_standard"))
        return (labelled and _DASHES.issuperset(told)) or not any(text.strip() for text in cells.values())
