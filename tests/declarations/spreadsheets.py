"""Cells as they are put on the clipboard."""

import re
from collections.abc import Iterable


def copied(*rows: Iterable[str]) -> str:
    """The clipboard's text for these cells, written as Excel does: only a tab or a line break makes it quote a cell."""
    return _written(rows, r"[\t\n]")


def copied_from_the_form(*rows: Iterable[str]) -> str:
    """The same as our own script (static/js/filling/cells.js) writes it: a quote in front makes it quote a cell too."""
    return _written(rows, r'^"|[\t\r\n]')


def _written(rows: Iterable[Iterable[str]], reason_to_quote: str) -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if re.search(reason_to_quote, text) else text

    return "".join("\t".join(map(cell, row)) + "\r\n" for row in rows)
