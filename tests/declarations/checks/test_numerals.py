import re

import pytest

from declarations.checks.numerals import CHINESE_NUMERAL, parse_integer


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("12", 12), ("一", 1), ("两", 2), ("九", 9), ("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99)],
)
def test_parse_integer(text, number):
    assert parse_integer(text) == number


@pytest.mark.parametrize(
    ("text", "matches"), [("十二", True), ("两", True), ("九十九", True), ("百", False), ("一二", False)]
)
def test_chinese_numeral(text, matches):
    assert bool(re.fullmatch(CHINESE_NUMERAL, text)) is matches
