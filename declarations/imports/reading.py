"""What was read from a workbook, before it is compared with the declaration: rows as texts, and what could not be read.

It knows nothing of the database and goes to and from JSON, so that it is kept between preview and confirmation.
"""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

Level = Literal["error", "hint"]


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(StrEnum):
    """What kind of workbook it is: the form that we hand out, or a table in the official layout."""

    FORM = "form"
    TABLE = "table"


class Location(Value):
    """A place of the workbook; rows count from 1, `column` is a letter as in Excel, empty for a whole row."""

    sheet: str
    row: int
    column: str = ""

    def __str__(self) -> str:
        return f"工作表“{self.sheet}”第 {self.row} 行" + (f" {self.column} 列" if self.column else "")


class Problem(Value):
    """What is wrong at a place, in Chinese. An error hinders the import; a hint says what was assumed or left out."""

    level: Level
    message: str
    location: Location | None = None


class Identity(Value):
    """What the form workbook says of itself: for whom, from which template and from which document it was made."""

    declaration: int
    fiscal_year: int
    department_code: str
    template: int
    digest: str = ""


class ReadRow(Value):
    """A goal, task or target with its texts by field name (those of the section, as in `services`).

    `key` is the row's where the workbook names it. `primary` and `secondary` are the names of the level-1 and level-2
    groups that a target stands under, as read. A field that the workbook has no column for is missing from `texts`;
    `locations` says where each text stands.

    `printed` is for the official table, which prints a goal with its number and a unit within other cells: the texts
    as they stand there, by the same names ("value" and "scoring_standard" as `exports.table.printed_value` and
    `printed_standard` write them, "text" as `goal_line`; there is no "unit"). `texts` is what was read from them. A row
    whose printed texts are those of a stored row is that row unchanged, whatever `texts` says; it is empty where
    nothing was interpreted, as in the form.
    """

    key: str | None = None
    primary: str = ""
    secondary: str = ""
    texts: dict[str, str]
    printed: dict[str, str] = {}
    location: Location
    locations: dict[str, Location] = {}


class Reading(Value):
    """A whole workbook. A part that the workbook does not have at all (say, no budget) is None.

    What it is for, the form says in `identity`, a table by its `department` and `fiscal_year`, as far as it does.
    """

    source: Source
    identity: Identity | None = None
    department: str | None = None
    fiscal_year: int | None = None
    goals: tuple[ReadRow, ...] | None = None
    tasks: tuple[ReadRow, ...] | None = None
    budget: dict[str, str] | None = None
    budget_locations: dict[str, Location] = {}
    targets: tuple[ReadRow, ...] | None = None
    problems: tuple[Problem, ...] = ()
