from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.numbers import (
    fits_amount,
    format_number,
    normalise,
    parse_amount,
    print_amount,
    read_number,
    storable_amount,
)

amounts = st.decimals(min_value=0, max_value=Decimal("999999999.999999"), places=6)
FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("１２３．４５", "123.45"),
        ("12。5", "12.5"),
        ("12。", "12."),
        ("完成。", "完成。"),
        ("　－5 ", "-5"),
        ("−5", "-5"),
    ],
)
def test_normalise(text, expected):
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2677.7", "2677.7"),
        ("２６７７．７０", "2677.70"),
        ("2677。7", "2677.7"),
        ("1,234,567.5", "1234567.5"),
        ("１，２３４", "1234"),
        (" 1 234.5 ", "1234.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-3", "-3"),
        ("+3", "3"),
        ("72807.384975", "72807.384975"),
    ],
)
def test_parse_amount_of_a_number(text, number):
    assert parse_amount(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "-",
        "12,34",
        "1,2345",
        ",123",
        "1_000",
        "1e5",
        "NaN",
        "Infinity",
        "--5",
        "1.2.3",
        "10万元",
        "约10",
        "=1",
    ],
)
def test_parse_amount_of_anything_else(text):
    assert parse_amount(text) is None


@settings(derandomize=True)
@given(number=amounts, full_width=st.booleans(), thousands=st.booleans())
def test_parse_amount_reads_back_what_was_typed(number, full_width, thousands):
    typed = f"{number:,f}" if thousands else f"{number:f}"
    assert parse_amount(typed.translate(FULL_WIDTH) if full_width else typed) == number


@settings(derandomize=True)
@given(text=st.text(alphabet="0123456789.,。，＋－-+ 　万_eE１", max_size=50))
def test_numbers_are_read_without_errors(text):
    amount = storable_amount(text)
    assert amount is None or (amount == parse_amount(text) and 0 <= amount < 10**9)
    assert print_amount(text) == (text if parse_amount(text) is None else format_number(parse_amount(text)))
    read_number(text)


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("0", True),
        ("999999999.999999", True),
        ("1000000000", False),
        ("-999999999.999999", True),
        ("-1000000000", False),
        ("0.000001", True),
        ("0.0000001", False),
        ("0.1000000000", True),
        ("9" * 40, False),
        ("0." + "9" * 40, False),
    ],
)
def test_fits_amount(number, fits):
    assert fits_amount(Decimal(number)) is fits


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", Decimal(0)),
        ("1.5", Decimal("1.5")),
        ("-0.000001", None),
        ("1.0000001", None),
        ("1000000000", None),
        ("无", None),
    ],
)
def test_storable_amount(text, amount):
    assert storable_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("≥190元每人每月", "190"),
        ("50000", "50000"),
        ("≧95%", "95"),
        ("1600人、200人", "1600"),
        ("约5.5万人次", "5.5"),
        ("不低于60户/人.月", "60"),
        ("9月前", "9"),
        ("≤90万元", "90"),
        ("100%", "100"),
        ("0.95", "0.95"),
        (".95", "0.95"),
        ("-0.5", "-0.5"),
        ("10891.615675", "10891.615675"),
        ("１２，３４５．６元", "12345.6"),
        ("2,000,000元", "2000000"),
        ("1,2345", "1"),
        ("达标。5次", "5"),
    ],
)
def test_read_number(text, number):
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "按时办结", "不低于上年度水平", "根据下达任务目标要求确定", "百分之九十", "-", "无", "."]
)
def test_read_number_of_a_text_without_one(text):
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("2677.70", "2677.7"),
        ("2677.700000", "2677.7"),
        ("1,839.56", "1839.56"),
        ("0.00", "0"),
        ("", ""),
        ("约10", "约10"),
    ],
)
def test_print_amount(text, printed):
    assert print_amount(text) == printed


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("2677.700000", "2677.7"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("1E-6", "0.000001"),
        ("-0.0", "0"),
        ("-2.50", "-2.5"),
    ],
)
def test_format_number(number, text):
    assert format_number(Decimal(number)) == text


@settings(derandomize=True)
@given(number=amounts)
def test_format_number_keeps_the_number(number):
    text = format_number(number)
    assert Decimal(text) == number
    assert "." not in text or not text.endswith(("0", "."))
