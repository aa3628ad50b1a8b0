"""What comes into the system as a workbook: read here into a `Reading`, matched with the declaration in `matching`."""

from declarations.imports.form_workbook import is_form, read_form
from declarations.imports.guard import Unreadable, open_package
from declarations.imports.official_table import read_table
from declarations.imports.reading import Reading
from declarations.imports.workbook import read_sheets

__all__ = ["Unreadable", "read_workbook"]


def read_workbook(contents: bytes, file_name: str) -> Reading:
    """What an uploaded workbook holds: our form or a table in the official layout.

    Raises Unreadable, with a Chinese message that names the file, where it is no workbook or holds no such table.
    """
    try:
        sheets = read_sheets(open_package(contents))
        return read_form(sheets) if is_form(sheets) else read_table(sheets)
    except Unreadable as reason:
        raise Unreadable(f"“{file_name}”无法导入：{reason}") from None
