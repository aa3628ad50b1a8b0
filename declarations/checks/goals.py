"""Rules of the duty goals (年度履职目标)."""

import re
from collections.abc import Iterator

from declarations.checks.findings import Finding
from declarations.checks.numerals import CHINESE_NUMERAL, parse_integer
from declarations.checks.places import GOALS, goal_rows
from declarations.document import Document
from declarations.numbers import normalise

# 目标3： · 目标三 · 3. · 3、 · (三) · 三、 but not 3.5万人 or 三大任务.
_OWN_NUMBER = re.compile(
    rf"(?:目标\s*)?[(【\[]?(?P<number>\d{{1,3}}|{CHINESE_NUMERAL})(?:[)】\]]|\s*[、:,]|\s*\.(?!\d))"
    rf"|目标\s*(?P<bare>\d{{1,3}}|{CHINESE_NUMERAL})(?=\s)"
)


def goals_present(document: Document) -> Iterator[Finding]:
    """There is a goal."""
    if not document.duty_goals:
        yield GOALS.error("goals_missing", "尚未填报年度履职目标，请至少填写一条。")


def goals_filled(document: Document) -> Iterator[Finding]:
    """No goal is left empty."""
    for place, goal in goal_rows(document):
        if not goal.text.strip():
            yield place.error("goal_empty", "该条年度履职目标内容为空，请填写目标内容，或删除该条。")


def goals_numbered_without_gaps(document: Document) -> Iterator[Finding]:
    """Goals whose texts begin with numbers of their own begin with those that the form gives them."""
    numbers = [own_number(goal.text) for goal in document.duty_goals]
    for position, (number, (place, _)) in enumerate(zip(numbers, goal_rows(document), strict=True), 1):
        if number not in (None, position):
            found = "、".join("无" if number is None else str(number) for number in numbers)
            expected = "、".join(str(n) for n in range(1, len(numbers) + 1))
            yield place.warning(
                "goal_numbers_with_gaps",
                f"目标内容自带的序号依次为 {found}，与应有的 {expected} 不符，请核对是否遗漏目标或序号有误；"
                "打印时表格会自动编号，序号可以不填。",
            )
            return


def own_number(text: str) -> int | None:
    """The number that a goal's text itself begins with, as 3 in 目标3：…; None where it has none."""
    found = _OWN_NUMBER.match(normalise(text))
    return parse_integer(found["number"] or found["bare"]) if found else None
