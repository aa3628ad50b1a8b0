"""Reads the cells of one sheet and keeps what is wrong with them."""

from collections.abc import Iterator, Mapping

from declarations.imports.cell_texts import one_line, plain_label
from declarations.imports.guard import Unreadable
from declarations.imports.reading import Level, Problem
from declarations.imports.workbook import Sheet

_MAX_ROWS_NAMED = 10


class SheetReader:
    """The texts of a sheet by row and column; each cell with a fault that was asked for is a problem, once.

    Raises Unreadable where the sheet holds more than is read.
    """

    def __init__(self, sheet: Sheet) -> None:
        if sheet.too_large:
            raise Unreadable(sheet.too_large)
        self.sheet = sheet
        self._problems: dict[tuple[int, int, str], Problem] = {}
        if sheet.hidden_rows:
            rows = "、".join(str(row) for row in sorted(sheet.hidden_rows)[:_MAX_ROWS_NAMED])
            more = f"等 {len(sheet.hidden_rows)} " if len(sheet.hidden_rows) > _MAX_ROWS_NAMED else ""
            self.hint(f"工作表“{sheet.name}”中隐藏的第 {rows} {more}行也已读取，请一并核对", 0)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """In the order of the sheet."""
        return tuple(self._problems[place] for place in sorted(self._problems))

    def text(self, row: int, column: int) -> str:
        """What the cell shows, as it stands there; empty where it cannot be used."""
        cell = self.sheet.cell(row, column)
        if cell and cell.fault:
            self.error(cell.fault, row, column)
        return cell.text if cell else ""

    def texts(self, row: int, columns: Mapping[str, int]) -> dict[str, str]:
        """The texts of a row by the names that its columns have."""
        return {name: self.text(row, column) for name, column in columns.items()}

    def filled(self, row: int) -> Iterator[int]:
        """The columns of the row that have contents of their own, from the left."""
        cells = self.sheet.rows[row]
        yield from (column for column in sorted(cells) if cells[column].text.strip() or cells[column].fault)

    def label(self, row: int, column: int) -> str:
        """The text of a cell as it is compared with headings: half-width, without space and asterisk."""
        cell = self.sheet.rows[row].get(column)
        return plain_label(cell.text) if cell else ""

    def error(self, message: str, row: int, column: int | None = None) -> None:
        self._add("error", message, row, column)

    def hint(self, message: str, row: int, column: int | None = None) -> None:
        """Row 0 stands for the whole sheet."""
        self._add("hint", message, row, column)

    def leave_out(self, row: int, column: int) -> None:
        """A hint that the row, which begins in `column`, was not read."""
        self.hint(f"“{one_line(self.text(row, column)).strip()[:20]}”一行未读取", row)

    def _add(self, level: Level, message: str, row: int, column: int | None) -> None:
        location = self.sheet.location(row, column) if row else None
        self._problems[row, column or 0, message] = Problem(level=level, message=message, location=location)
