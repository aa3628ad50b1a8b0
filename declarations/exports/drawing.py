"""The official table of a sealed document as a file, drawn apart from the process that asks for it."""

from declarations.document import Document
from declarations.exports import Format, render
from declarations.exports.imprint import Imprint
from declarations.exports.workbook import TextTooLongError


class DrawingRefused(Exception):
    """A file that cannot be drawn; its message, in Chinese, is for people."""


def draw(sealed: str, format: Format, imprint: Imprint) -> bytes:
    """The file of the sealed document with its imprint. Raises DrawingRefused."""
    try:
        return render(Document.model_validate_json(sealed), format, imprint)
    except TextTooLongError as refusal:
        raise DrawingRefused(str(refusal)) from refusal
