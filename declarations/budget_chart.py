"""The budget beside that of the year before: figures, differences and the lengths of the bars of a small chart."""

from dataclasses import dataclass
from decimal import Decimal

from declarations.document import BUDGET_LABELS, Document
from declarations.numbers import format_number, parse_amount, print_amount

# The length of the longest bar, in the units of the drawing.
LONGEST = 200


@dataclass(frozen=True)
class BudgetLine:
    """One figure of both years in 万元 as printed, and how it differs, as +12.5 and +3.1%.

    What can't be reckoned is an empty text; where a text is no number or is negative, its bar has the length 0.
    """

    label: str
    now: str
    before: str
    difference: str
    percent: str
    bar_now: int
    bar_before: int


@dataclass(frozen=True)
class BudgetChart:
    """The five figures; `year_before` is None where nothing was approved before."""

    year: int
    year_before: int | None
    lines: tuple[BudgetLine, ...]
    longest: int = LONGEST


def budget_chart(document: Document, last_year: Document | None) -> BudgetChart:
    """The budget of `document` beside that of `last_year`, which may be missing."""
    texts = {
        figure: (getattr(document.budget, figure), getattr(last_year.budget, figure) if last_year else "")
        for figure in BUDGET_LABELS
    }
    amounts = [number for pair in texts.values() for text in pair if (number := parse_amount(text)) is not None]
    largest = max(amounts, default=Decimal(0))
    return BudgetChart(
        document.fiscal_year,
        last_year.fiscal_year if last_year else None,
        tuple(_line(label, *texts[figure], largest) for figure, label in BUDGET_LABELS.items()),
    )


def _line(label: str, text: str, text_before: str, largest: Decimal) -> BudgetLine:
    now, before = parse_amount(text), parse_amount(text_before)
    difference = None if now is None or before is None else now - before
    return BudgetLine(
        label=label,
        now=print_amount(text),
        before=print_amount(text_before),
        difference="" if difference is None else _signed(difference, format_number(difference)),
        percent=_percent(difference, before) if difference is not None and before else "",
        bar_now=_length(now, largest),
        bar_before=_length(before, largest),
    )


def _percent(difference: Decimal, before: Decimal) -> str:
    percent = 100 * difference / abs(before)
    return f"{_signed(difference, f'{percent:.1f}' if percent else '0')}%"


def _signed(number: Decimal, text: str) -> str:
    return f"+{text}" if number > 0 else text


def _length(number: Decimal | None, largest: Decimal) -> int:
    """How long the bar of `number` is; any amount but 0 has one that can be seen."""
    return max(round(LONGEST * number / largest), 1) if number is not None and number > 0 else 0
