"""Texts in the cells of Excel workbooks, and workbooks as files."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.writer.excel import ExcelWriter

# Excel's limit for the text of a cell, in UTF-16 units.
MAX_TEXT_UNITS = 32767
# Word puts some between lines; one in one text would be the end of a workbook of two thousand departments.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# What begins a formula where somebody types it, also from a Chinese keyboard, perhaps behind white space.
_FORMULA_LIKE = re.compile(r"\s*[=+\-@＝＋－＠]")


def fits_cell(text: str) -> bool:
    """Whether a cell holds the whole text."""
    return len(text.encode("utf-16-le")) // 2 <= MAX_TEXT_UNITS


def writable(text: str) -> str:
    """The text without the characters that no workbook can carry."""
    return _NOT_IN_XML.sub("", text)


def write_text(cell: Cell | MergedCell, text: str) -> None:
    """Put a text that a cell can hold into it so that it is never read as a formula, a number or a character code."""
    text = writable(text)
    cell.value = _ESCAPE_LIKE.sub("_x005F_", text)
    cell.data_type = "s"
    # It stays a text when somebody edits it.
    cell.quotePrefix = _FORMULA_LIKE.match(text) is not None


class _Undated(ZipFile):
    """Writes every part under the same date, so that the same workbook makes the same file."""

    def writestr(self, zinfo_or_arcname: str | ZipInfo, data: Any, *args: Any, **options: Any) -> None:
        name = zinfo_or_arcname
        super().writestr(ZipInfo(name) if isinstance(name, str) else name, data, ZIP_DEFLATED)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **options: Any) -> None:
        self.writestr(str(arcname or filename), Path(filename).read_bytes())


def saved(workbook: Workbook) -> bytes:
    """The workbook as a file; the same for the same contents, whenever it is made."""
    properties = workbook.properties
    properties.__elements__ = tuple(name for name in properties.__elements__ if name not in ("created", "modified"))
    contents = BytesIO()
    with _Undated(contents, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(workbook, archive).save()
    return contents.getvalue()
