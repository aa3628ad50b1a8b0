"""What leaves the system: the official table of a document as a file."""

import re
from enum import StrEnum

from declarations.document import Document
from declarations.exports.imprint import UNMARKED, Imprint

# A file name may have 255 bytes on the usual file systems.
MAX_NAME_BYTES = 255
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')


class Format(StrEnum):
    """The kinds of file, each by its ending."""

    PDF = "pdf"
    WORKBOOK = "xlsx"
    JSON = "json"
    HTML = "html"

    @property
    def is_compressed(self) -> bool:
        """Whether the files are compressed in themselves."""
        return self in (Format.PDF, Format.WORKBOOK)

    @property
    def content_type(self) -> str:
        match self:
            case Format.PDF:
                return "application/pdf"
            case Format.WORKBOOK:
                return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            case Format.JSON:
                return "application/json"
            case Format.HTML:
                return "text/html; charset=utf-8"


def render(document: Document, format: Format, imprint: Imprint = UNMARKED) -> bytes:
    """The file of `document` with its imprint. `workbook.TextTooLongError` where a text does not fit Excel."""
    # Imported here: the pages that export nothing start without WeasyPrint and Pango.
    match format:
        case Format.PDF:
            from declarations.exports.pdf import render_pdf

            return render_pdf(document, imprint)
        case Format.WORKBOOK:
            from declarations.exports.workbook import render_workbook

            return render_workbook(document, imprint)
        case Format.JSON:
            return document.sealed().encode()
        case Format.HTML:
            from declarations.exports.html import render_html

            return render_html(document, imprint)


def file_name(document: Document, format: Format, mark: str = "") -> str:
    """A name such as 2022_430400001_衡阳市人民政府办公室_整体绩效目标申报表.pdf, fit for every file system.

    `mark` says what is special about this file, such as （草稿）.
    """
    before = f"{document.fiscal_year}_{_NOT_IN_NAMES.sub('_', document.department_code)}_"
    after = f"_整体绩效目标申报表{mark}.{format}"
    return name_that_fits(before, _NOT_IN_NAMES.sub("_", document.department), after)


def name_that_fits(before: str, name: str, after: str) -> str:
    """The parts as one file name, of `name` as much as there is room for."""
    room = MAX_NAME_BYTES - len((before + after).encode())
    return before + name.encode()[:room].decode(errors="ignore") + after
