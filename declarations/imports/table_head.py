"""Reads what stands above the indicators of the official table: title, department, goals, tasks and budget."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from unicodedata import normalize

from declarations.checks.numerals import CHINESE_NUMERAL, parse_integer
from declarations.imports.cell_texts import one_line, plain_label
from declarations.imports.reading import Location, ReadRow
from declarations.imports.sheet_reader import SheetReader
from declarations.imports.workbook import MAX_COLUMNS
from declarations.numbers import parse_amount


class Section(StrEnum):
    """The parts of the table above the indicators; the title is what stands above all labels."""

    TITLE = "title"
    DEPARTMENT = "department"
    GOALS = "goals"
    TASKS = "tasks"
    BUDGET = "budget"


# Labels and headings as `plain_label` gives them.
_SECTIONS = {
    "部门(单位)名称": Section.DEPARTMENT,
    "部门名称": Section.DEPARTMENT,
    "单位名称": Section.DEPARTMENT,
    "填报单位": Section.DEPARTMENT,
    "申报单位": Section.DEPARTMENT,
    "年度履职目标": Section.GOALS,
    "履职目标": Section.GOALS,
    "年度主要任务": Section.TASKS,
    "主要任务": Section.TASKS,
    "预算情况": Section.BUDGET,
    "部门预算情况": Section.BUDGET,
    "年度预算情况": Section.BUDGET,
}
_TASK_HEADINGS = {
    "任务名称": "name",
    "主要任务名称": "name",
    "主要内容": "content",
    "任务内容": "content",
    "金额(万元)": "amount",
    "金额": "amount",
    "预算金额(万元)": "amount",
    "预算金额": "amount",
}
# Words of the labels, in the order in which they are looked for.
_BUDGET_WORDS = {
    "财政性资金": "fiscal_funds",
    "其他资金": "other_funds",
    "基本支出": "basic_expenditure",
    "项目支出": "project_expenditure",
    "预算总额": "total",
}
_YEAR = re.compile(r"(?<!\d)(20\d\d)年度")
# A goal as `exports.table.goal_line` writes it, or as somebody types it.
_GOAL = re.compile(rf"\s*目标\s*(\d{{1,3}}|{CHINESE_NUMERAL})\s*[：:]")
_LISTED = re.compile(r"\s*[(（]?(\d+)(?:[)）]|[、.．](?!\d))\s*")
_WITH_UNIT = re.compile(r"(.+?)\s*万元")


@dataclass(frozen=True)
class _Line:
    """A line of the goals with the cell that it stands in."""

    row: int
    column: int
    text: str


@dataclass
class Head:
    """What was found; None for a part that is not there."""

    department: str | None = None
    fiscal_year: int | None = None
    goals: list[ReadRow] | None = None
    tasks: list[ReadRow] | None = None
    budget: dict[str, str] | None = None
    budget_locations: dict[str, Location] = field(default_factory=dict)


def section_of(text: str) -> tuple[Section | None, str]:
    """The section that a cell is the label of, if it is one, and what stands behind its colon."""
    label, _, value = normalize("NFKC", text).partition(":")
    return _SECTIONS.get(plain_label(label)), value.strip()


def read_head(cells: SheetReader, rows: list[int]) -> Head:
    """What the rows above the headings of the indicators hold."""
    return _HeadReader(cells).read(rows)


class _HeadReader:
    def __init__(self, cells: SheetReader) -> None:
        self.cells = cells
        self.head = Head()
        self._task_columns: dict[str, range] = {}

    def read(self, rows: list[int]) -> Head:
        """The title, then sections that each begin with their label in the same column."""
        section, label_column = Section.TITLE, None
        goal_lines: list[_Line] = []
        for row in rows:
            columns = list(self.cells.filled(row))
            begun, value = section_of(self.cells.sheet.rows[row][columns[0]].text)
            if begun and label_column in (None, columns[0]):
                section, label_column = begun, columns[0]
                columns = columns[1:]
                if section is Section.DEPARTMENT:
                    self.head.department = value or None
            match section:
                case Section.TITLE:
                    self._read_title(row, columns)
                case Section.DEPARTMENT:
                    self._read_department(row, columns)
                case Section.GOALS:
                    self.head.goals = []
                    goal_lines += (
                        _Line(row, column, line)
                        for column in columns
                        for line in self.cells.text(row, column).split("\n")
                    )
                case Section.TASKS:
                    self._read_task(row, columns)
                case Section.BUDGET:
                    self._read_budget(row, columns)
        if self.head.goals is not None:
            self.head.goals = self._goals(goal_lines)
        return self.head

    def _read_title(self, row: int, columns: list[int]) -> None:
        years = (_YEAR.search(self.cells.label(row, column)) for column in columns)
        self.head.fiscal_year = self.head.fiscal_year or next((int(year[1]) for year in years if year), None)

    def _read_department(self, row: int, columns: list[int]) -> None:
        if self.head.department is None and columns:
            self.head.department = one_line(self.cells.text(row, columns[0])).strip()
        elif columns:
            self.cells.leave_out(row, columns[0])

    def _goals(self, lines: list[_Line]) -> list[ReadRow]:
        """One goal for each 目标1：, or for each line where none is numbered so."""
        if not any(_GOAL.match(line.text) for line in lines):
            return self._goals_by_line([line for line in lines if line.text.strip()])
        pieces: list[_Line] = []
        for line in lines:
            # Blank lines above the first number belong to it.
            if not pieces or (_GOAL.match(line.text) and pieces[-1].text.strip()):
                pieces.append(line)
            else:
                pieces[-1] = replace(pieces[-1], text=f"{pieces[-1].text}\n{line.text}")
        return [self._numbered_goal(number, piece) for number, piece in enumerate(pieces, 1)]

    def _numbered_goal(self, number: int, piece: _Line) -> ReadRow:
        """The goal without its number, where that is the one that it would be printed with."""
        found = _GOAL.match(piece.text)
        return self._goal(piece, found.end() if found and parse_integer(found[1]) == number else 0)

    def _goals_by_line(self, lines: list[_Line]) -> list[ReadRow]:
        """A goal from each line, without the 1、 that may begin it."""
        numbers = [_LISTED.match(line.text) for line in lines]
        if all(found and int(found[1]) == number for number, found in enumerate(numbers, 1)):
            return [self._goal(line, found.end() if found else 0) for line, found in zip(lines, numbers, strict=True)]
        if len(lines) > 1:
            message = f"没有“目标1：”等编号，已按行分为 {len(lines)} 条目标，请核对"
            self.cells.hint(message, lines[0].row, lines[0].column)
        return [self._goal(line, 0) for line in lines]

    def _goal(self, line: _Line, start: int) -> ReadRow:
        return self._row(line.row, {"text": line.column}, {"text": line.text[start:]}, {"text": line.text})

    def _read_task(self, row: int, columns: list[int]) -> None:
        if self.head.tasks is None:
            self.head.tasks = []
            self._task_columns = self._task_headings(row, columns)
            if self._task_columns:
                return
        if not columns:
            return
        places = self._task_places(columns)
        texts = self.cells.texts(row, places)
        printed = dict(texts)
        texts |= {name: one_line(texts[name]) for name in ("name", "amount") if name in texts}
        if "amount" in texts:
            texts["amount"] = _amount(texts["amount"])
        if any(text.strip() for text in texts.values()):
            self.head.tasks.append(self._row(row, places, texts, printed))

    def _task_headings(self, row: int, columns: list[int]) -> dict[str, range]:
        """The columns from each heading to the next one; none where the row holds no headings."""
        starts = [(column, _TASK_HEADINGS.get(self.cells.label(row, column), "")) for column in columns]
        if "name" not in dict(starts).values():
            return {}
        ends = [column for column, _ in starts[1:]] + [MAX_COLUMNS + 1]
        return {name: range(column, end) for (column, name), end in zip(starts, ends, strict=True) if name}

    def _task_places(self, columns: list[int]) -> dict[str, int]:
        """The column of each text of a task: the first that is filled below its heading."""
        if self._task_columns:
            return {
                name: next((column for column in columns if column in span), span.start)
                for name, span in self._task_columns.items()
            }
        return dict(zip(("name", "content"), [*columns, columns[0] + 1], strict=False))

    def _read_budget(self, row: int, columns: list[int]) -> None:
        """Each figure stands right of its label."""
        self.head.budget = self.head.budget or {}
        figures = {column: _figure_of(self.cells.label(row, column)) for column in columns}
        for column, figure in figures.items():
            if not figure:
                continue
            right = next((other for other in columns if other > column), None)
            value = right if right is not None and not figures[right] else None
            if figure not in self.head.budget:
                self.head.budget[figure] = _amount(one_line(self.cells.text(row, value))) if value else ""
                self.head.budget_locations[figure] = self.cells.sheet.location(row, value)
            if "(元)" in self.cells.label(row, column):
                self.cells.error("预算情况应以万元为单位，请换算后再上传", row, column)
        if columns and not any(figures.values()):
            self.cells.leave_out(row, columns[0])

    def _row(self, row: int, places: Mapping[str, int], texts: dict[str, str], printed: dict[str, str]) -> ReadRow:
        location = self.cells.sheet.location
        locations = {name: location(row, column) for name, column in places.items()}
        return ReadRow(texts=texts, printed=printed, location=location(row), locations=locations)


def _figure_of(label: str) -> str:
    return next((figure for word, figure in _BUDGET_WORDS.items() if word in label), "")


def _amount(text: str) -> str:
    """An amount without the 万元 behind it; anything else as it stands."""
    found = _WITH_UNIT.fullmatch(text.strip())
    return found[1] if found and parse_amount(found[1]) is not None else text
