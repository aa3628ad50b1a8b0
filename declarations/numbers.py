"""Numbers as people type them.

A Chinese keyboard gives full-width digits, 。 for a point and ， between thousands. The form, the import and the checks
all read numbers here; the text as typed is kept elsewhere and never changed.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

MAX_DECIMALS = 6
MAX_INTEGER_DIGITS = 9

_AMOUNT = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|[+-]?\.\d+")
_NUMBER_IN_TEXT = re.compile(r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|(?<!\w)\.\d+)")


def normalise(text: str) -> str:
    """`text` in half-width characters with "." for 。 between digits and without surrounding space."""
    text = unicodedata.normalize("NFKC", text).strip()
    return re.sub(r"。(?=\d)|(?<=\d)。$", ".", text).replace("−", "-")


def parse_amount(text: str) -> Decimal | None:
    """The number that `text` is, sign and all decimals kept; None where it is not one number and nothing else."""
    text = normalise(text).replace(" ", "")
    if not _AMOUNT.fullmatch(text):
        return None
    return Decimal(text.replace(",", ""))


def fits_amount(number: Decimal) -> bool:
    """Whether a money column (15 digits, six of them decimals) holds `number` without rounding."""
    return number.copy_abs() < 10**MAX_INTEGER_DIGITS and number == round(number, MAX_DECIMALS)


def storable_amount(text: str) -> Decimal | None:
    """The amount of `text` where a money column can hold it: a number, not negative, not too long; else None."""
    number = parse_amount(text)
    return number if number is not None and number >= 0 and fits_amount(number) else None


def read_number(text: str) -> Decimal | None:
    """The first number within `text`, as 5.5 in 约5.5万人次; None where it holds none."""
    found = _NUMBER_IN_TEXT.search(normalise(text))
    return Decimal(found.group().replace(",", "")) if found else None


def storable_number(text: str) -> Decimal | None:
    """The first number within `text` where a number column can hold it without rounding; else None."""
    number = read_number(text)
    return number if number is not None and fits_amount(number) else None


def print_amount(text: str) -> str:
    """`text` as it is printed: a number without needless zeros (2677.70 as 2677.7), anything else as typed."""
    number = parse_amount(text)
    return text if number is None else format_number(number)


def printable_amount(text: str) -> Decimal | None:
    """The amount of `text` where it has so few digits that it can be rounded and reckoned with; else None."""
    number = parse_amount(text)
    return number if number is not None and fits_amount(number) else None


def group_amount(text: str) -> str:
    """`text` with two decimals and thousands separators (2677.7 as 2,677.70).

    What is no number is printed as typed, and a number of more digits than a money column holds with all of them.
    """
    number = printable_amount(text)
    if number is None:
        return print_amount(text)
    rounded = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded if rounded else abs(rounded):,f}"


def format_number(number: Decimal) -> str:
    """`number` in plain digits without needless zeros: 2677.7, never 2677.700000 or 2.6777E+3."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
