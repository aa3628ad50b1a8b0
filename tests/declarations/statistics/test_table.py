from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from declarations.statistics.table import Column, Field, Kind, Line, StatisticsTable, Value, printed


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("甲局", Kind.TEXT, "甲局"),
        ("", Kind.TEXT, "—"),
        (None, Kind.NUMBER, "—"),
        (0, Kind.NUMBER, "0"),
        (1234567, Kind.NUMBER, "1234567"),
        (Decimal(0), Kind.MONEY, "0"),
        (Decimal("2677.700000"), Kind.MONEY, "2677.7"),
        (Decimal("0.000001"), Kind.MONEY, "0.000001"),
        (Decimal("1"), Kind.SHARE, "100.0%"),
        (Decimal("0.667"), Kind.SHARE, "66.7%"),
        (Decimal("3"), Kind.DAYS, "3.0"),
        (date(2026, 3, 1), Kind.DATE, "2026-03-01"),
        (datetime(2026, 3, 1, 16, 30, tzinfo=UTC), Kind.TIME, "2026-03-02 00:30"),
    ],
)
def test_a_value_is_printed_as_its_column_wants(value: Value, kind: Kind, text: str) -> None:
    assert printed(value, kind) == text


def test_a_table_prints_each_row_under_its_columns() -> None:
    name, number = Column("科室", Kind.TEXT), Column("应申报")
    lines = (Line(("甲科", 3), "/here/"), Line(("合计", 3), is_total=True))

    assert list(StatisticsTable((name, number), lines).printed()) == [
        (lines[0], [Field(name, "甲科"), Field(number, "3")]),
        (lines[1], [Field(name, "合计"), Field(number, "3")]),
    ]


def test_only_numbers_are_set_as_numbers() -> None:
    assert {kind for kind in Kind if kind.is_numeric} == {Kind.NUMBER, Kind.MONEY, Kind.DAYS, Kind.SHARE}
