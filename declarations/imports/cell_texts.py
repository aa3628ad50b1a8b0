"""Texts of cells, however they are laid out: lines that only the width of a cell has made, headings, names."""

import re
from unicodedata import normalize

from declarations.checks.indicators import plain

_MARKS = re.compile(r"[\s*★☆]")
# A heading or label is short; long texts need not be looked at.
_MAX_LABEL = 60


def one_line(text: str) -> str:
    """`text` without line breaks, which in a name or value come from the width of the cell."""
    return text.replace("\n", "")


def plain_label(text: str) -> str:
    """A heading as it is compared: half-width, without space and asterisk; empty where it is too long for one."""
    return _MARKS.sub("", normalize("NFKC", text)) if len(text) <= _MAX_LABEL else ""


def squeezed(name: str) -> str:
    """A name as it is compared: in half-width characters and without any space."""
    return "".join(plain(name).split())
