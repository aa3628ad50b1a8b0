"""What may be wrong with one amount in 万元, whether of the budget or of a task."""

from dataclasses import dataclass
from decimal import Decimal

from declarations.numbers import MAX_DECIMALS, MAX_INTEGER_DIGITS, fits_amount, parse_amount

# In 万元: amounts that differ by no more count as equal, for each was rounded on its own.
TOLERANCE = Decimal("0.01")


@dataclass(frozen=True)
class Fault:
    code: str
    message: str


def amount_fault(text: str) -> Fault | None:
    """Why `text` can't be taken as an amount; None where it can."""
    if not text.strip():
        return Fault("missing", "未填写金额，请填写以万元为单位的数字；没有此项金额的，请填 0。")
    number = parse_amount(text)
    if number is None:
        return Fault("not_a_number", f"“{text.strip()}”不是数字，请只填写以万元为单位的数字，不填单位或说明文字。")
    if number < 0:
        return Fault("negative", f"“{text.strip()}”为负数，金额不得小于 0，请核对后重新填写。")
    if number >= 10**MAX_INTEGER_DIGITS:
        return Fault(
            "too_large",
            f"“{text.strip()}”超出可填报的范围（整数部分最多 {MAX_INTEGER_DIGITS} 位），请核对是否误将元填作万元。",
        )
    if not fits_amount(number):
        return Fault(
            "too_precise",
            f"“{text.strip()}”的小数超过 {MAX_DECIMALS} 位，请以万元为单位保留至多 {MAX_DECIMALS} 位小数。",
        )
    return None
