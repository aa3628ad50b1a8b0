"""The form as a workbook that departments fill in offline: its sheets and columns, for writing and for reading it.

Each sheet of rows has its headings in row 1 and one row below for each row of the form. Column A, which is hidden, says
which row of the declaration that is: its key, or the figure of the budget; it is empty for a row that somebody added.
"""

from dataclasses import dataclass

from declarations.checks.places import TARGET_LABELS, TASK_LABELS

LAYOUT_VERSION = 1

INSTRUCTIONS_SHEET = "填表说明"
GOALS_SHEET = "履职目标"
TASKS_SHEET = "主要任务"
BUDGET_SHEET = "预算情况"
TARGETS_SHEET = "绩效指标"

# Names in column A and their values in column B of a sheet that Excel does not offer to show ("veryHidden").
IDENTITY_SHEET = "_perfgoals"
IDENTITY_NAMES = ("layout", "declaration", "fiscal_year", "department_code", "template", "digest")

HEADER_ROW = 1
KEY = "key"
COMMON, OWN = "共性", "个性"


@dataclass(frozen=True)
class Column:
    """A column by the name of the field that it holds, with the heading that is printed above it."""

    name: str
    heading: str


_KEY_COLUMN = Column(KEY, "行标识（请勿修改）")

GOAL_COLUMNS = (_KEY_COLUMN, Column("text", "年度履职目标"))
# The amount stands only where the template asks for it.
TASK_COLUMNS = (
    _KEY_COLUMN,
    Column("name", TASK_LABELS["name"]),
    Column("content", TASK_LABELS["content"]),
    Column("amount", "金额（万元）"),
)
# One row for each figure of `BUDGET_LABELS`, its name in column A.
BUDGET_COLUMNS = (_KEY_COLUMN, Column("label", "预算项目"), Column("figure", "金额（万元）"))
TARGET_COLUMNS = (
    _KEY_COLUMN,
    Column("primary", "一级指标"),
    Column("secondary", "二级指标"),
    Column("kind", f"{COMMON}/{OWN}"),
    *(Column(name, heading) for name, heading in TARGET_LABELS.items()),
)
# Sheet by sheet, in the order of the workbook.
SHEETS = {
    GOALS_SHEET: GOAL_COLUMNS,
    TASKS_SHEET: TASK_COLUMNS,
    BUDGET_SHEET: BUDGET_COLUMNS,
    TARGETS_SHEET: TARGET_COLUMNS,
}
