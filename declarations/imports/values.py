"""One text such as "≧ 95％" or "不低于95%" taken apart into comparison, value and unit, as paste and import need it.

Only what can mean one thing is taken apart: a sign or a word of comparison, one number, and a unit known to be one.
Everything else (约5.5万人次, 1600人、200人, ≤9月, 不低于上年度水平, 达到95%) is left as it was typed; nothing is lost
by that, for a value may hold any text.
"""

import re
from dataclasses import dataclass
from typing import cast

from declarations.checks.indicators import COMPARISON_OF_SIGN
from declarations.document import ComparisonCode
from declarations.numbers import normalise

# 超过 and 不满 exclude the number; 以上, 以下 and 以内 include it: 民法典, art. 1259.
_WORDS: dict[str, ComparisonCode] = {
    "大于等于": "ge",
    "大于或等于": "ge",
    "高于或等于": "ge",
    "不得低于": "ge",
    "不得少于": "ge",
    "不低于": "ge",
    "不少于": "ge",
    "不小于": "ge",
    "至少": "ge",
    "小于等于": "le",
    "小于或等于": "le",
    "低于或等于": "le",
    "不得超过": "le",
    "不得高于": "le",
    "不超过": "le",
    "不高于": "le",
    "不大于": "le",
    "不多于": "le",
    "至多": "le",
    "最多": "le",
    "大于": "gt",
    "高于": "gt",
    "多于": "gt",
    "超过": "gt",
    "小于": "lt",
    "低于": "lt",
    "少于": "lt",
    "不满": "lt",
    "等于": "eq",
}
_ENDINGS: dict[str, ComparisonCode] = {"以上": "ge", "以下": "le", "以内": "le"}
_COMPARISONS: dict[str, ComparisonCode] = (
    {sign: cast(ComparisonCode, comparison.value) for sign, comparison in COMPARISON_OF_SIGN.items()}
    | _WORDS
    | {"定性": "qualitative", "定性指标": "qualitative"}
)

# Regular expressions. A number with 月, 年, 日 or 季度 behind it may be a date: they count as units only in a cell of
# their own and behind "per".
_COUNTED = (
    "%|‰|倍|分|百分点|个百分点|个|次|人|人次|人天|人日|名|位|户|户次|家|所|座|处|间|栋|套|台|辆|艘|架|部|件|项|篇|份|本|册|期|场"
    "|起|例|宗|批|批次|条|张|幅|支|只|头|羽|尾|株|棵|盏|块|根|类|种|门|节|课时|学时|学分|班|班次|车次|航次|趟|村|乡镇|街道|社区"
    "|天|周|小时|分钟|秒|个月|个季度|工作日|个工作日|元|美元|米|公里|千米|平方米|平方公里|立方米|㎡|m²|m³|km|km²|亩|公顷"
    "|吨|公斤|千克|克|毫克|微克|升|毫升|度|千瓦|千瓦时|兆瓦|℃|分贝|mg|μg|L"
)
_PERIOD = "月|年|年度|日|季|季度"
_SCALED = f"(?:(?:百|千)?(?:万|亿)|百|千)?(?:{_COUNTED})"
_UNIT_PATTERN = rf"{_SCALED}(?:[/每·・.](?:{_SCALED}|{_PERIOD}))*"
_QUANTITY_PATTERN = rf"(?P<value>[+-]?(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:[.。]\d+)?)\s*(?P<unit>{_UNIT_PATTERN})?"

_UNIT = re.compile(rf"{_UNIT_PATTERN}|{_PERIOD}")
_QUANTITY = re.compile(_QUANTITY_PATTERN)
_WITH_SIGN = re.compile(rf"(?P<sign>{'|'.join([*COMPARISON_OF_SIGN, *_WORDS])})\s*{_QUANTITY_PATTERN}")
_WITH_ENDING = re.compile(rf"{_QUANTITY_PATTERN}\s*(?:及|或|\(含\))?(?P<ending>{'|'.join(_ENDINGS)})")

# Character by character, unlike NFKC, which would turn the unit ㎡ into m2.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans("　﹤﹥﹦﹪", " <>=%")


@dataclass(frozen=True)
class Parts:
    """What one text says; `unit` is empty where it names none."""

    comparison: ComparisonCode
    value: str
    unit: str


def take_apart(text: str) -> Parts | None:
    """The parts of a text that holds a comparison, one number and perhaps a unit; None where that is not certain."""
    text = _half_width(text)
    found = _WITH_SIGN.fullmatch(text)
    if found:
        return Parts(_COMPARISONS[found["sign"]], *_value_and_unit(found))
    found = _WITH_ENDING.fullmatch(text)
    if found:
        return Parts(_ENDINGS[found["ending"]], *_value_and_unit(found))
    return None


def split_unit(text: str) -> tuple[str, str] | None:
    """Value and unit of a text such as 95% or 5次/年; None where it is not one number with a unit that is known."""
    found = _QUANTITY.fullmatch(_half_width(text))
    return _value_and_unit(found) if found and found["unit"] else None


def is_unit(text: str) -> bool:
    """Whether a cell holds a unit and nothing else: %, 人次, 元/人·月, 年."""
    return _UNIT.fullmatch(_half_width(text)) is not None


def read_comparison(text: str) -> ComparisonCode | None:
    """The comparison that a cell names by any sign or word for it, "" where it is empty; None where it names none."""
    text = re.sub(r"\s", "", _half_width(text))
    return _COMPARISONS.get(text) if text else ""


def _half_width(text: str) -> str:
    """In half-width characters, without surrounding space and without space within ">="."""
    return re.sub(r"(?<=[<>])\s+(?==)", "", text.translate(_HALF_WIDTH)).strip()


def _value_and_unit(found: re.Match[str]) -> tuple[str, str]:
    return normalise(found["value"]), found["unit"] or ""
