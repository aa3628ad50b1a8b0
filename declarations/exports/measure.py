"""How many lines a text takes, near enough for what can't measure fonts."""

from math import ceil
from unicodedata import east_asian_width


def text_width(text: str) -> float:
    """The width of one line of `text` in full-width characters; signs of unclear width count as wide."""
    return sum(1.0 if east_asian_width(character) in "WFA" else 0.5 for character in text)


def line_count(text: str, width: float) -> int:
    """The lines that `text` takes in a column as wide as `width` full-width characters; rather too many than too few.

    A line may end a character early, because no line begins with a comma or a full stop.
    """
    return sum(
        1 if text_width(line) <= width else ceil(text_width(line) / max(width - 1, 1)) for line in text.split("\n")
    )
