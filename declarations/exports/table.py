"""The official table, laid out once as cells on a grid; page, PDF and workbook print these cells.

The official form has eight columns. A template can print fewer, or one for the unit, which the official form lacks.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import chain

from declarations.checks.places import INDICATORS, TASKS
from declarations.document import (
    OFFICIAL,
    Budget,
    Document,
    Goal,
    PrimaryGroup,
    Printing,
    SecondaryGroup,
    Target,
    Task,
)
from declarations.numbers import group_amount, print_amount, printable_amount
from indicators.enums import Comparison


@dataclass(frozen=True)
class Column:
    """A column of the indicators; `share` is that of the table's width, in percent, and 0 for what the others leave."""

    field: str
    heading: str
    share: float


PRIMARY = Column("primary", "一级指标", 6)
GROUP = Column("group", "二级指标", 6)
NAME = Column("name", "*三级指标", 15)
COMPARISON = Column("comparison", "*指标值类型", 7.5)
VALUE = Column("value", "*指标值", 8)
UNIT = Column("unit", "*度量单位", 6)
STANDARD = Column("scoring_standard", "*评/扣分标准", 14.5)
EXPLANATION = Column("explanation", "*指标值说明", 0)
REMARK = Column("remark", "备注", 10)

OFFICIAL_COLUMNS = (PRIMARY, GROUP, NAME, COMPARISON, VALUE, STANDARD, EXPLANATION, REMARK)
HEADINGS = tuple(column.heading for column in OFFICIAL_COLUMNS)
BUDGET_ITEMS = (
    ("total", "部门预算总额（万元）"),
    ("fiscal_funds", "1、资金来源：（1）财政性资金"),
    ("other_funds", "（2）其他资金"),
    ("basic_expenditure", "2、资金结构：（1）基本支出"),
    ("project_expenditure", "（2）项目支出"),
)
SIGNS = {"": "", **{comparison.value: comparison.label for comparison in Comparison}}
# Units that say that there is none.
PLACEHOLDER_UNITS = frozenset({"-", "/", "无"})

# The lines for signatures and seal below the table.
SIGNATURES = (
    ("单位负责人（签字）：", "填报人（签字）：", "联系电话："),
    ("单位（盖章）：", "填报日期：　　　　年　　月　　日"),
)

# What a qualitative target without a standard has in its place.
NO_STANDARD = "-"
# What stands before the imprint, below the table.
IMPRINT_LABEL = "核验信息："

# A label of more characters is set smaller: in the usual size, on a portrait sheet, two characters fill a line.
LONG_LABEL = 30

# The labels of the rows above the indicators stand in as many columns.
_LABEL_COLUMNS = 2
_NUMBERED_GOAL = re.compile(r"\s*目标\s*[\d一二三四五六七八九十]+\s*[：:]")
# What XML and HTML can't carry: control characters but tab and line feed, lone surrogates, non-characters.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class Style(StrEnum):
    """What a cell is, and with it how the renderers draw it."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    LABEL = "label"
    HEADING = "heading"
    ITEM = "item"
    SUBITEM = "subitem"
    AMOUNT = "amount"
    NAME = "name"
    TEXT = "text"
    CENTRED = "centred"


class RowKind(StrEnum):
    """HEADER is repeated on every page; GROUP opens a level-2 group and stays with the row after it."""

    HEADER = "header"
    GROUP = "group"
    PLAIN = "plain"


@dataclass(frozen=True)
class Cell:
    """One cell; rows and columns count from 1.

    `path` names what the text stands for, as in a finding: "goals", "budget/total", "targets/<key>/value"; it is
    empty for fixed texts. The headings of the tasks and of the indicators stand for the whole section. `repeated` marks
    a label that stands on an earlier page already. `amount` is the number of a cell of money with all its digits, also
    where the text is rounded.
    """

    row: int
    column: int
    text: str
    style: Style
    rowspan: int = 1
    colspan: int = 1
    path: str = ""
    repeated: bool = False
    amount: Decimal | None = None

    @property
    def anchor(self) -> str:
        """The cell's id in a page, unique in the table; empty where nothing links to it."""
        return anchor_of(self.path) if self.path and not self.repeated else ""

    @property
    def is_long_label(self) -> bool:
        return self.style == Style.LABEL and len(self.text) > LONG_LABEL

    @property
    def scope(self) -> str:
        """What the cell is the header of, in the words of HTML; empty for a cell of contents."""
        if not self.text.strip():
            return ""
        match self.style:
            case Style.HEADING:
                return "col"
            case Style.LABEL if self.rowspan > 1:
                return "rowgroup"
            case Style.LABEL | Style.ITEM | Style.SUBITEM | Style.NAME:
                return "row"
            case _:
                return ""


@dataclass(frozen=True)
class Row:
    number: int
    cells: tuple[Cell, ...]
    kind: RowKind = RowKind.PLAIN


@dataclass(frozen=True)
class Table:
    """The rows from the title to the last indicator. The first two are the title and the year.

    `signatures` are the lines below the table, each of several places to sign; empty where the template wants none.
    """

    department: str
    fiscal_year: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    signatures: tuple[tuple[str, ...], ...] = ()

    @property
    def title(self) -> Cell:
        return self.rows[0].cells[0]

    @property
    def subtitle(self) -> Cell:
        return self.rows[1].cells[0]

    @property
    def header(self) -> Row:
        """The row of column headings that each page repeats."""
        return next(row for row in self.rows if row.kind == RowKind.HEADER)

    @property
    def head(self) -> tuple[Row, ...]:
        """The bordered rows above the header: department, goals, tasks, budget."""
        return self.rows[2 : self.header.number - 1]

    @property
    def body(self) -> tuple[Row, ...]:
        """The rows of the indicators, below the header."""
        return self.rows[self.header.number :]

    def cells(self) -> Iterator[Cell]:
        """Every cell, row by row."""
        for row in self.rows:
            yield from row.cells


def layout(document: Document, printing: Printing = OFFICIAL) -> Table:
    """The official table of `document`; with `document.printing`, as its template wants it printed."""
    columns = columns_of(printing)
    grid = _Grid(len(columns))
    amount = group_amount if printing.amounts == "grouped" else print_amount
    rows = [
        _row(grid.whole(document.title, Style.TITLE)),
        _row(grid.whole(f"({document.fiscal_year} 年度)", Style.SUBTITLE)),
        _row(grid.label("部门（单位）名称"), grid.beside_label(document.department, path="department")),
        _row(grid.label("年度履职目标"), grid.beside_label(_goals(document.duty_goals), path="goals")),
        *_task_rows(grid, document, amount),
        *_budget_rows(grid, document.budget, amount),
        _row(
            *(
                _cell(number, column.heading, Style.HEADING, path=INDICATORS.path if column is NAME else "")
                for number, column in enumerate(columns, start=1)
            ),
            kind=RowKind.HEADER,
        ),
        *chain.from_iterable(_primary_rows(columns, primary) for primary in document.indicators),
    ]
    signatures = SIGNATURES if printing.signatures else ()
    return Table(document.department, document.fiscal_year, columns, tuple(_numbered(rows)), signatures)


def columns_of(printing: Printing) -> tuple[Column, ...]:
    """The columns of the indicators as the template wants them printed."""
    left_out = {
        UNIT: not printing.unit_column,
        STANDARD: not printing.standard_column,
        REMARK: not printing.remark_column,
    }
    every = (PRIMARY, GROUP, NAME, COMPARISON, VALUE, UNIT, STANDARD, EXPLANATION, REMARK)
    return tuple(column for column in every if not left_out.get(column))


def shares(columns: Iterable[Column]) -> tuple[float, ...]:
    """How wide each column is, in percent of the table."""
    columns = tuple(columns)
    rest = 100 - sum(column.share for column in columns)
    return tuple(column.share or rest for column in columns)


def anchor_of(path: str) -> str:
    """The id in a page of the place that a finding's `path` names."""
    return f"cell-{path.replace('/', '-')}"


def printable(text: str) -> str:
    """`text` with line feeds as line ends and without what XML and HTML can't carry."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def goal_line(number: int, text: str) -> str:
    """A goal as it is printed: numbered, unless its text is already."""
    return goal_number(number, text) + text


def goal_number(number: int, text: str) -> str:
    """What is printed before the text of a goal: its number; nothing where the text is numbered already."""
    return "" if _NUMBERED_GOAL.match(text) else f"目标{number}："


def printed_value(target: Target, *, has_standard_column: bool = True) -> str:
    """指标值: the value as typed, with its unit where the unit has no cell of its own."""
    has_cell = has_standard_column and not target.scoring_standard.strip()
    return target.value if has_cell else value_with_unit(target.value, target.unit)


def value_with_unit(value: str, unit: str) -> str:
    """The value as typed with its unit behind it, where there is one and the value does not end with it already."""
    unit = unit.strip()
    return value if not value.strip() or unit in PLACEHOLDER_UNITS or value.strip().endswith(unit) else value + unit


def printed_standard(target: Target, *, has_unit_column: bool = False) -> str:
    """评/扣分标准: the standard, else the unit that has no column of its own, else "-" for a qualitative target."""
    if target.scoring_standard.strip():
        return target.scoring_standard
    if target.unit.strip() and not has_unit_column:
        return target.unit
    return NO_STANDARD if target.comparison == Comparison.QUALITATIVE.value else ""


def _cell(column: int, text: str, style: Style, *, colspan: int = 1, rowspan: int = 1, path: str = "") -> Cell:
    return Cell(0, column, printable(text), style, rowspan, colspan, path)


def _with_amount(cell: Cell, typed: str) -> Cell:
    return replace(cell, amount=printable_amount(typed))


def _row(*cells: Cell, kind: RowKind = RowKind.PLAIN) -> Row:
    return Row(0, cells, kind)


@dataclass(frozen=True)
class _Grid:
    """Where the cells above the indicators stand: label, item and what is said of it share the table's columns."""

    columns: int

    @property
    def items(self) -> int:
        """How many columns an item spans: three of the official eight."""
        return 3 if self.columns >= len(OFFICIAL_COLUMNS) else 2

    @property
    def after_items(self) -> int:
        """The first column behind an item."""
        return _LABEL_COLUMNS + self.items + 1

    def whole(self, text: str, style: Style) -> Cell:
        return _cell(1, text, style, colspan=self.columns)

    def label(self, text: str, rowspan: int = 1) -> Cell:
        return _cell(1, text, Style.LABEL, colspan=_LABEL_COLUMNS, rowspan=rowspan)

    def beside_label(self, text: str, path: str) -> Cell:
        return _cell(_LABEL_COLUMNS + 1, text, Style.TEXT, colspan=self.columns - _LABEL_COLUMNS, path=path)

    def item(self, text: str, style: Style, path: str = "") -> Cell:
        return _cell(_LABEL_COLUMNS + 1, text, style, colspan=self.items, path=path)

    def beside_item(self, text: str, style: Style, path: str = "", *, leaving: int = 0) -> Cell:
        """The cell behind an item; `leaving` columns stay free at the right edge."""
        colspan = self.columns - self.after_items + 1 - leaving
        return _cell(self.after_items, text, style, colspan=colspan, path=path)

    def last(self, text: str, style: Style, path: str = "") -> Cell:
        return _cell(self.columns, text, style, path=path)


def _numbered(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        yield replace(row, number=number, cells=tuple(replace(cell, row=number) for cell in row.cells))


def _goals(goals: tuple[Goal, ...]) -> str:
    return "\n".join(goal_line(number, goal.text) for number, goal in enumerate(goals, start=1))


def _task_rows(grid: _Grid, document: Document, amount: Callable[[str], str]) -> Iterator[Row]:
    """The headings, then the tasks; a declaration without tasks has one empty row."""
    tasks = document.main_tasks
    leaving = 1 if document.with_task_amounts else 0
    headings = [
        grid.label("年度主要任务", rowspan=1 + max(len(tasks), 1)),
        grid.item("*任务名称", Style.HEADING, TASKS.path),
        grid.beside_item("*主要内容", Style.HEADING, leaving=leaving),
    ]
    if document.with_task_amounts:
        headings.append(grid.last("金额（万元）", Style.HEADING))
    yield _row(*headings)
    for task in tasks or (Task(key="", name="", content=""),):
        paths = {field: f"tasks/{task.key}/{field}" if task.key else "" for field in ("name", "content", "amount")}
        cells = [
            grid.item(task.name, Style.NAME, paths["name"]),
            grid.beside_item(task.content, Style.TEXT, paths["content"], leaving=leaving),
        ]
        if document.with_task_amounts:
            last = grid.last(amount(task.amount), Style.AMOUNT, paths["amount"])
            cells.append(_with_amount(last, task.amount))
        yield _row(*cells)


def _budget_rows(grid: _Grid, budget: Budget, amount: Callable[[str], str]) -> Iterator[Row]:
    for figure, text in BUDGET_ITEMS:
        typed = getattr(budget, figure)
        cells = [
            grid.item(text, Style.SUBITEM if text.startswith("（") else Style.ITEM),
            _with_amount(grid.beside_item(amount(typed), Style.AMOUNT, f"budget/{figure}"), typed),
        ]
        if figure == "total":
            cells.insert(0, grid.label("预算情况", rowspan=len(BUDGET_ITEMS)))
        yield _row(*cells)


def _primary_rows(columns: tuple[Column, ...], primary: PrimaryGroup) -> Iterator[Row]:
    """Each level-2 group with its targets; the level-1 name is merged over all of them."""
    rows = [row for group in primary.groups for row in _group_rows(columns, group)]
    rows = rows or [_row(*(_cell(number, "", Style.TEXT) for number in range(2, len(columns) + 1)))]
    label = _cell(1, primary.name, Style.LABEL, rowspan=len(rows), path=f"primaries/{primary.key}")
    yield replace(rows[0], cells=(label, *rows[0].cells))
    yield from rows[1:]


def _group_rows(columns: tuple[Column, ...], group: SecondaryGroup) -> Iterator[Row]:
    path = f"groups/{group.key}"
    texts = {NAME: "-", EXPLANATION: group.explanation}
    yield _row(
        _cell(2, group.name, Style.LABEL, rowspan=1 + len(group.targets), path=path),
        *(
            _cell(
                number,
                texts.get(column, ""),
                Style.TEXT if column in (EXPLANATION, REMARK) else Style.CENTRED,
                path=f"{path}/explanation" if column is EXPLANATION else "",
            )
            for number, column in enumerate(columns, start=1)
            if column not in (PRIMARY, GROUP)
        ),
        kind=RowKind.GROUP,
    )
    for target in group.targets:
        yield _target_row(columns, target)


def _target_row(columns: tuple[Column, ...], target: Target) -> Row:
    """Without a column of its own, the unit stands where the official form has it."""
    has_unit, has_standard = UNIT in columns, STANDARD in columns
    styles = {NAME: Style.NAME, COMPARISON: Style.CENTRED, VALUE: Style.CENTRED, UNIT: Style.CENTRED}
    if not target.scoring_standard.strip():
        styles[STANDARD] = Style.CENTRED
    texts = {
        NAME: target.name,
        COMPARISON: SIGNS[target.comparison],
        VALUE: target.value if has_unit else printed_value(target, has_standard_column=has_standard),
        UNIT: target.unit,
        STANDARD: printed_standard(target, has_unit_column=has_unit),
        EXPLANATION: target.explanation,
        REMARK: target.remark,
    }
    return _row(
        *(
            _cell(number, texts[column], styles.get(column, Style.TEXT), path=f"targets/{target.key}/{column.field}")
            for number, column in enumerate(columns, start=1)
            if column in texts
        )
    )
