"""The official table, laid out once as cells on a grid of eight columns; page, PDF and workbook print these cells."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, pairwise

from declarations.checks.places import INDICATORS, TASKS
from declarations.document import Budget, Document, Goal, PrimaryGroup, SecondaryGroup, Target, Task
from declarations.numbers import print_amount
from indicators.enums import Comparison

COLUMNS = 8
HEADINGS = (
    "一级指标",
    "二级指标",
    "*三级指标",
    "*指标值类型",
    "*指标值",
    "*评/扣分标准",
    "*指标值说明",
    "备注",
)
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

_NAME_COLUMN = HEADINGS.index("*三级指标") + 1
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
    the rest of a merged cell that `cut` has cut.
    """

    row: int
    column: int
    text: str
    style: Style
    rowspan: int = 1
    colspan: int = 1
    path: str = ""
    repeated: bool = False

    @property
    def anchor(self) -> str:
        """The cell's id in a page, unique in the table; empty where nothing links to it."""
        return anchor_of(self.path) if self.path and not self.repeated else ""

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
    """The rows from the title to the last indicator. The first two are the title and the year."""

    department: str
    fiscal_year: int
    rows: tuple[Row, ...]

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


def layout(document: Document) -> Table:
    """The official table of `document`."""
    rows = [
        _row(_cell(1, document.title, Style.TITLE, colspan=COLUMNS)),
        _row(_cell(1, f"({document.fiscal_year} 年度)", Style.SUBTITLE, colspan=COLUMNS)),
        _row(_label("部门（单位）名称"), _cell(3, document.department, Style.TEXT, colspan=6, path="department")),
        _row(_label("年度履职目标"), _cell(3, _goals(document.duty_goals), Style.TEXT, colspan=6, path="goals")),
        *_task_rows(document.main_tasks, document.with_task_amounts),
        *_budget_rows(document.budget),
        _row(
            *(
                _cell(column, text, Style.HEADING, path=INDICATORS.path if column == _NAME_COLUMN else "")
                for column, text in enumerate(HEADINGS, start=1)
            ),
            kind=RowKind.HEADER,
        ),
        *chain.from_iterable(_primary_rows(primary) for primary in document.indicators),
    ]
    return Table(document.department, document.fiscal_year, tuple(_numbered(rows)))


def cut(table: Table, starts: Iterable[int]) -> Table:
    """`table` with every merged cell that runs into a row of `starts` cut there.

    The rest is a cell of its own with the same text, so that a page that begins with one of these rows shows it again.
    """
    starts = sorted(set(starts))
    pieces: dict[int, list[Cell]] = {row.number: [] for row in table.rows}
    for cell in table.cells():
        end = cell.row + cell.rowspan
        edges = [cell.row, *(start for start in starts if cell.row < start < end), end]
        for start, stop in pairwise(edges):
            repeated = cell.repeated or start > cell.row
            pieces[start].append(replace(cell, row=start, rowspan=stop - start, repeated=repeated))
    rows = tuple(
        replace(row, cells=tuple(sorted(pieces[row.number], key=lambda cell: cell.column))) for row in table.rows
    )
    return replace(table, rows=rows)


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


def printed_value(target: Target) -> str:
    """指标值: the value as typed, with its unit where the unit has no cell of its own."""
    return value_with_unit(target.value, target.unit) if target.scoring_standard.strip() else target.value


def value_with_unit(value: str, unit: str) -> str:
    """The value as typed with its unit behind it, where there is one and the value does not end with it already."""
    unit = unit.strip()
    return value if not value.strip() or unit in PLACEHOLDER_UNITS or value.strip().endswith(unit) else value + unit


def printed_standard(target: Target) -> str:
    """评/扣分标准: the standard, else the unit, else "-" for a qualitative target."""
    if target.scoring_standard.strip():
        return target.scoring_standard
    if target.unit.strip():
        return target.unit
    return "-" if target.comparison == Comparison.QUALITATIVE.value else ""


def _cell(column: int, text: str, style: Style, *, colspan: int = 1, rowspan: int = 1, path: str = "") -> Cell:
    return Cell(0, column, printable(text), style, rowspan, colspan, path)


def _label(text: str, rowspan: int = 1) -> Cell:
    return _cell(1, text, Style.LABEL, colspan=2, rowspan=rowspan)


def _row(*cells: Cell, kind: RowKind = RowKind.PLAIN) -> Row:
    return Row(0, cells, kind)


def _numbered(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        yield replace(row, number=number, cells=tuple(replace(cell, row=number) for cell in row.cells))


def _goals(goals: tuple[Goal, ...]) -> str:
    return "\n".join(goal_line(number, goal.text) for number, goal in enumerate(goals, start=1))


def _task_rows(tasks: tuple[Task, ...], with_amounts: bool) -> Iterator[Row]:
    """The headings, then the tasks; a declaration without tasks has one empty row."""
    content_columns = 2 if with_amounts else 3
    headings = [
        _label("年度主要任务", rowspan=1 + max(len(tasks), 1)),
        _cell(3, "*任务名称", Style.HEADING, colspan=3, path=TASKS.path),
        _cell(6, "*主要内容", Style.HEADING, colspan=content_columns),
    ]
    if with_amounts:
        headings.append(_cell(8, "金额（万元）", Style.HEADING))
    yield _row(*headings)
    for task in tasks or (Task(key="", name="", content=""),):
        paths = {field: f"tasks/{task.key}/{field}" if task.key else "" for field in ("name", "content", "amount")}
        cells = [
            _cell(3, task.name, Style.NAME, colspan=3, path=paths["name"]),
            _cell(6, task.content, Style.TEXT, colspan=content_columns, path=paths["content"]),
        ]
        if with_amounts:
            cells.append(_cell(8, print_amount(task.amount), Style.AMOUNT, path=paths["amount"]))
        yield _row(*cells)


def _budget_rows(budget: Budget) -> Iterator[Row]:
    for figure, text in BUDGET_ITEMS:
        cells = [
            _cell(3, text, Style.SUBITEM if text.startswith("（") else Style.ITEM, colspan=3),
            _cell(6, print_amount(getattr(budget, figure)), Style.AMOUNT, colspan=3, path=f"budget/{figure}"),
        ]
        if figure == "total":
            cells.insert(0, _label("预算情况", rowspan=len(BUDGET_ITEMS)))
        yield _row(*cells)


def _primary_rows(primary: PrimaryGroup) -> Iterator[Row]:
    """Each level-2 group with its targets; the level-1 name is merged over all of them."""
    rows = [row for group in primary.groups for row in _group_rows(group)]
    rows = rows or [_row(*(_cell(column, "", Style.TEXT) for column in range(2, COLUMNS + 1)))]
    label = _cell(1, primary.name, Style.LABEL, rowspan=len(rows), path=f"primaries/{primary.key}")
    yield replace(rows[0], cells=(label, *rows[0].cells))
    yield from rows[1:]


def _group_rows(group: SecondaryGroup) -> Iterator[Row]:
    path = f"groups/{group.key}"
    yield _row(
        _cell(2, group.name, Style.LABEL, rowspan=1 + len(group.targets), path=path),
        _cell(3, "-", Style.CENTRED),
        _cell(4, "", Style.CENTRED),
        _cell(5, "", Style.CENTRED),
        _cell(6, "", Style.CENTRED),
        _cell(7, group.explanation, Style.TEXT, path=f"{path}/explanation"),
        _cell(8, "", Style.TEXT),
        kind=RowKind.GROUP,
    )
    for target in group.targets:
        yield _target_row(target)


def _target_row(target: Target) -> Row:
    path = f"targets/{target.key}"
    return _row(
        _cell(3, target.name, Style.NAME, path=f"{path}/name"),
        _cell(4, SIGNS[target.comparison], Style.CENTRED, path=f"{path}/comparison"),
        _cell(5, printed_value(target), Style.CENTRED, path=f"{path}/value"),
        _cell(
            6,
            printed_standard(target),
            Style.TEXT if target.scoring_standard.strip() else Style.CENTRED,
            path=f"{path}/scoring_standard",
        ),
        _cell(7, target.explanation, Style.TEXT, path=f"{path}/explanation"),
        _cell(8, target.remark, Style.TEXT, path=f"{path}/remark"),
    )
