"""The rule that the points of the own indicators sum to what the template says."""

import re
from collections.abc import Iterator
from decimal import Decimal

from declarations.checks.findings import Finding
from declarations.checks.numerals import CHINESE_NUMERAL, parse_integer
from declarations.checks.places import INDICATORS
from declarations.document import Document
from declarations.numbers import format_number, normalise

_NAMES_SHOWN = 5

_NUMBER = rf"\d+(?:\.\d+)?|{CHINESE_NUMERAL}"
_POINTS = r"\s*分(?![钟之数])"
# None of these is a target's worth: 扣1分 · 扣该项2分 · 减0.5~1分 · 口1分 (a slip for 扣) · 加1分 · 每完成一项得1分.
_NOT_WORTH = re.compile(
    r"(?:扣[^,，。;；、\n\d得计共满]{0,6}?|[口减加]少?|每[^,，。;；\n]{0,40}?)"
    rf"(?:{_NUMBER})(?:\s*[-~至到—]\s*(?:{_NUMBER}))?{_POINTS}"
)
# From the plainest statement to the least plain; each reads the largest number that it finds.
_WORTH = (
    re.compile(rf"(?:共计|合计|总计|总分|满分|分值|权重|共)[】\]):：为是值得计\s]*(?P<number>{_NUMBER}){_POINTS}"),
    re.compile(r"(?:分值|权重)[】\]):：为是\s]*(?P<number>\d+(?:\.\d+)?)(?![\d.%分])"),
    re.compile(rf"[得计给](?P<number>{_NUMBER}){_POINTS}"),
    re.compile(r"(?<![\d.])(?P<number>\d+(?:\.\d+)?)\s*分(?=$|[\s,，。;；、:：)）(（【\]】])"),
)


def points_sum_to_total(document: Document) -> Iterator[Finding]:
    """The points stated with the own indicators sum to the template's; nothing is said where none are stated."""
    if document.points_total is None:
        return
    points = [
        (target.name.strip() or "未命名", read_points(target.remark) or read_points(target.scoring_standard))
        for _, _, target in document.targets()
        if not target.common
    ]
    found = sum((number for _, number in points if number is not None), Decimal(0))
    if found and found != document.points_total:
        expected = document.points_total
        yield INDICATORS.warning(
            "points_unlike_total",
            f"个性指标的备注和评/扣分标准中写明的分值合计 {format_number(found)} 分，"
            f"应为 {format_number(expected)} 分，相差 {format_number(abs(found - expected))} 分，请核对各指标的分值。"
            + _unread([name for name, number in points if number is None]),
        )


def _unread(names: list[str]) -> str:
    if not names:
        return ""
    shown = "、".join(f"“{name}”" for name in names[:_NAMES_SHOWN])
    more = "等" if len(names) > _NAMES_SHOWN else ""
    return f"未写明分值的有 {len(names)} 个指标：{shown}{more}。"


def read_points(text: str) -> Decimal | None:
    """What `text` says a target is worth, as 5 in 达到95%得5分，每降低2%扣1分; None where it does not say."""
    text = _NOT_WORTH.sub("", normalise(text))
    for worth in _WORTH:
        if numbers := [_decimal(found["number"]) for found in worth.finditer(text)]:
            return max(numbers)
    return None


def _decimal(text: str) -> Decimal:
    return Decimal(text) if text[0].isdecimal() else Decimal(parse_integer(text))
