"""Numbers of cells printed as people see and mean them: 0.95 under the format 0% is 95%, 44805 under a date's a day."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Context, Decimal
from functools import lru_cache

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from declarations.numbers import MAX_DECIMALS, format_number

GENERAL = "General"
# Excel in Chinese has more formats without a text of their own than openpyxl knows: ECMA-376, part 1, 18.8.30.
FORMATS = BUILTIN_FORMATS | {
    27: "yyyy年m月",
    28: "m月d日",
    29: "m月d日",
    30: "m-d-yy",
    31: "yyyy年m月d日",
    32: "h时mm分",
    33: "h时mm分ss秒",
    36: "yyyy年m月",
    50: "yyyy年m月",
    51: "m月d日",
    52: "yyyy年m月",
    53: "m月d日",
    54: "m月d日",
    55: "yyyy年m月",
    56: "m月d日",
    57: "yyyy年m月",
    58: "m月d日",
}

# Excel keeps and shows fifteen digits; the rest is what binary fractions leave, as in 0.30000000000000004.
_EXCEL_DIGITS = Context(prec=15)
_MAX_EXPONENT = 308
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_PADDING = re.compile(r"_.|\*.|\[[^\]]*\]")
# A comparison before the digits, a unit behind them: "≥"0"个"; separators and currencies are left out.
_PICTURE = re.compile(r"(?P<sign>[≥≧≤≦><=]?)[^≥≧≤≦><=#0.]*[#0,]*[#0](?:\.(?P<decimals>[#0]+))?\s*(?P<unit>[^#0,.?/]*)")


@dataclass(frozen=True)
class _Picture:
    """What a format does to a number: multiply, round where there is no end of decimals, put texts around it."""

    factor: int = 1
    decimals: int = MAX_DECIMALS
    sign: str = ""
    unit: str = ""


def print_number(raw: str, number_format: str, *, since_1904: bool = False) -> str:
    """The number of a cell, as XML holds it, as text. ValueError or ArithmeticError where it is none.

    All decimals that were typed are kept, whatever the format shows; a number of more than six was computed and is
    rounded to what is shown.
    """
    number = _EXCEL_DIGITS.create_decimal(Decimal(raw))
    if not number.is_finite() or abs(number.adjusted()) > _MAX_EXPONENT:
        raise ValueError(raw)
    if is_date_format(number_format):
        return _print_date(number, number_format, since_1904)
    picture = _picture(number_format)
    number *= picture.factor
    if -int(number.normalize().as_tuple().exponent) > MAX_DECIMALS:
        number = round(number, picture.decimals)
    return picture.sign + format_number(number) + picture.unit


@lru_cache(maxsize=256)
def _picture(number_format: str) -> _Picture:
    if number_format == GENERAL:
        return _Picture()
    section = _PADDING.sub("", number_format.split(";")[0])
    found = _PICTURE.fullmatch(_LITERAL.sub(r"\1\2", section).strip())
    if found is None:
        return _Picture()
    factor = 100 if "%" in _LITERAL.sub("", section) else 1
    return _Picture(factor, len(found["decimals"] or ""), found["sign"], found["unit"])


def _print_date(number: Decimal, number_format: str, since_1904: bool) -> str:
    """A date or time with the parts that its format shows, in Chinese: 2022年9月1日, 9月, 8:30."""
    if is_timedelta_format(number_format):
        minutes = round(number * 24 * 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    shown = _PADDING.sub("", _LITERAL.sub("", number_format.split(";")[0])).lower()
    moment = from_excel(float(number), MAC_EPOCH if since_1904 else WINDOWS_EPOCH)
    text = ""
    if isinstance(moment, datetime):
        text += f"{moment.year}年" if "y" in shown else ""
        text += f"{moment.month}月" if "m" in shown and ("h" not in shown or "y" in shown or "d" in shown) else ""
        text += f"{moment.day}日" if "d" in shown else ""
    if "h" in shown and isinstance(moment, datetime | time):
        text += f" {moment.hour}:{moment.minute:02}"
    return text.strip() or format_number(number)
