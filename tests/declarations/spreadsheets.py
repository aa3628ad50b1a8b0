"""Cells as a spreadsheet puts them on the clipboard."""

from collections.abc import Iterable


def copied(*rows: Iterable[str]) -> str:
    """The clipboard's text for these cells, written as Excel does: only a tab or a line break makes it quote a cell."""
    return "".join("\t".join(_cell(text) for text in row) + "\r\n" for row in rows)


def _cell(text: str) -> str:
    if "\n" in text or "\t" in text:
        return '"' + text.replace('"', '""') + '"'
    return text
