"""A table of statistics as a value: the page prints it, the workbook holds the same numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto

from django.utils import timezone

from declarations.numbers import format_number

Value = str | int | Decimal | date | datetime | None
NOTHING = "—"


class Kind(Enum):
    """What a column holds, and so how it is printed."""

    TEXT = auto()
    NUMBER = auto()
    # In 万元.
    MONEY = auto()
    # With one decimal.
    DAYS = auto()
    # A share of 1.
    SHARE = auto()
    DATE = auto()
    TIME = auto()

    @property
    def is_numeric(self) -> bool:
        return self in (Kind.NUMBER, Kind.MONEY, Kind.DAYS, Kind.SHARE)


@dataclass(frozen=True)
class Column:
    label: str
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True)
class Line:
    """A row of the table, with where its first cell leads to, if anywhere."""

    values: tuple[Value, ...]
    address: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Field:
    """A cell as the page prints it."""

    column: Column
    text: str


@dataclass(frozen=True)
class StatisticsTable:
    """`more` is how many rows are left out."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    more: int = 0

    def printed(self) -> Iterator[tuple[Line, list[Field]]]:
        """Each row with its cells as texts."""
        for line in self.lines:
            pairs = zip(self.columns, line.values, strict=True)
            yield line, [Field(column, printed(value, column.kind)) for column, value in pairs]


def printed(value: Value, kind: Kind) -> str:
    """`value` of a column of that kind as the page prints it."""
    match value:
        case None | "":
            return NOTHING
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        case date():
            return f"{value:%Y-%m-%d}"
        case Decimal() if kind == Kind.SHARE:
            return f"{value:.1%}"
        case Decimal() if kind == Kind.DAYS:
            return f"{value:.1f}"
        case Decimal():
            return format_number(value)
    return str(value)
