"""The sheets of a workbook as texts, read from its XML; formulas are their values, numbers as people see them."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from unicodedata import category
from zipfile import ZipFile

from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries

from declarations.imports.guard import Unreadable
from declarations.imports.number_formats import FORMATS, GENERAL, print_number
from declarations.imports.reading import Location
from declarations.imports.xml_parts import Handler, Parts
from perfgoals.workbooks import MAX_TEXT_UNITS

MAX_ROWS = 2_000
MAX_COLUMNS = 64
MAX_SHEETS = 100
# Three times what a declaration may hold in all.
MAX_CHARACTERS = 3_000_000
# Those over more than one row: the official table of 500 targets, each too tall for one row, has 3,000.
MAX_MERGED_CELLS = 5_000
# Excel's own limit.
MAX_FORMAT_LENGTH = 255

NO_RESULT = "公式没有计算结果，请用 Excel 打开保存后再上传"
_ERRORS = {
    "#REF!": "公式引用的单元格已不存在",
    "#N/A": "公式没有找到数据",
    "#VALUE!": "公式用到的数据类型不符",
    "#DIV/0!": "公式中除数为零",
    "#NAME?": "公式名称有误",
    "#NUM!": "公式中的数值无效",
    "#NULL!": "公式引用的区域有误",
}
_REFERENCE = re.compile(r"([A-Z]{1,3})\d{1,7}")
# How OOXML writes characters that XML does not: _x000D_ is a carriage return, _x005F_ the underscore itself.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Cell:
    """What a cell shows. `fault` says in Chinese why its text cannot be used; then that is empty."""

    text: str
    fault: str = ""


@dataclass
class Sheet:
    """The rows of a sheet that have contents, by number, each with its cells by column; both count from 1.

    `too_large` says in Chinese what was left out because it lies beyond what is read; empty where nothing was.
    """

    name: str
    hidden: bool = False
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    too_large: str = ""
    _merged_down: dict[tuple[int, int], Cell] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell there or, where that has none of its own, the one that is merged over it from above."""
        return self.rows[row].get(column) or self._merged_down.get((row, column))

    def location(self, row: int, column: int | None = None) -> Location:
        return Location(sheet=self.name, row=row, column=get_column_letter(column) if column else "")

    def finish(self, merged: list[tuple[int, int, int]]) -> None:
        """Put the rows in order, and the cells merged over several rows (column, first and last row) into each."""
        self.rows = dict(sorted(self.rows.items()))
        numbers = list(self.rows)
        for column, first, last in merged:
            cell = self.rows.get(first, {}).get(column)
            if cell:
                covered = numbers[bisect_right(numbers, first) : bisect_right(numbers, last)]
                self._merged_down |= {(row, column): cell for row in covered}


def read_sheets(package: ZipFile) -> list[Sheet]:
    """The worksheets in their order. Raises Unreadable where the workbook is broken or holds too much."""
    parts = Parts(package)
    root = _Relationships("")
    parts.read("_rels/.rels", root)
    book_name = root.target_of_type("officeDocument")
    book = _Book()
    parts.read(book_name, book)
    links = _Relationships(book_name)
    parts.read(_relationships_of(book_name), links)
    if len(book.sheets) > MAX_SHEETS:
        raise Unreadable(f"工作簿有 {len(book.sheets)} 个工作表，超过 {MAX_SHEETS} 个。请删除无关的工作表后再上传。")
    for kind, handler in (("sharedStrings", book.strings), ("styles", book.styles)):
        name = links.target_of_type(kind)
        if name in parts:
            parts.read(name, handler)
    sheets = []
    for sheet, link in book.sheets:
        if link in links.of_type("worksheet"):
            parts.read(links.targets[link], _SheetPart(sheet, book))
            sheets.append(sheet)
    return sheets


def _relationships_of(part: str) -> str:
    return join(dirname(part), "_rels", part.rpartition("/")[2] + ".rels")


class _Relationships(Handler):
    """The parts that a part names, by the ids that it gives them."""

    def __init__(self, part: str) -> None:
        self._folder = dirname(part)
        self.targets: dict[str, str] = {}
        self._types: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            self.targets[attributes["Id"]] = normpath(join("/", self._folder, attributes["Target"])).lstrip("/")
            self._types[attributes["Id"]] = attributes["Type"].rpartition("/")[2]

    def of_type(self, kind: str) -> list[str]:
        return [key for key, value in self._types.items() if value == kind]

    def target_of_type(self, kind: str) -> str:
        """The first part of the kind; empty where there is none."""
        return next((self.targets[key] for key in self.of_type(kind)), "")


class _Texts(Handler):
    """Collects the text of one element after the other: <t> of a string, <v> of a cell, not <t> within <rPh>."""

    def __init__(self) -> None:
        self._pieces: list[str] | None = None
        self._length = 0
        self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("si", "c"):
            self._length = 0
        elif name == "rPh":
            self._phonetic = True
        elif name in ("t", "v") and not self._phonetic:
            self._pieces = []

    def text(self, data: str) -> None:
        if self._pieces is not None:
            self._length += len(data)
            if self._length > MAX_TEXT_UNITS:
                raise ValueError("a text that no cell of Excel could hold")
            self._pieces.append(data)

    def end(self, name: str) -> None:
        if name == "rPh":
            self._phonetic = False
        elif name in ("t", "v") and self._pieces is not None:
            self.found("".join(self._pieces))
            self._pieces = None

    def found(self, text: str) -> None: ...


class _Strings(_Texts):
    """The texts that the cells of all sheets share."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if name == "si":
            self.texts.append("")

    def found(self, text: str) -> None:
        self.texts[-1] += text


class _Styles(Handler):
    """The number format of each cell style."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = dict(FORMATS)
        self._of_cells = False
        self._formats: list[int] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and len(attributes["formatCode"]) <= MAX_FORMAT_LENGTH:
            self._texts[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name == "cellXfs":
            self._of_cells = True
        elif name == "xf" and self._of_cells:
            self._formats.append(int(attributes.get("numFmtId", 0)))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._of_cells = False

    def format_of(self, style: int) -> str:
        return self._texts.get(self._formats[style], GENERAL) if style < len(self._formats) else GENERAL


class _Book(Handler):
    """What the sheets share; `sheets` holds each with the id of its part."""

    def __init__(self) -> None:
        self.sheets: list[tuple[Sheet, str]] = []
        self.since_1904 = False
        self.strings = _Strings()
        self.styles = _Styles()
        self.characters = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((Sheet(attributes["name"], hidden), attributes["id"]))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")


class _SheetPart(_Texts):
    """Fills a sheet from its part."""

    def __init__(self, sheet: Sheet, book: _Book) -> None:
        super().__init__()
        self._sheet = sheet
        self._book = book
        self._row = self._column = 0
        self._row_hidden = False
        self._cells: dict[int, Cell] = {}
        self._type, self._style = "n", 0
        self._value: str | None = None
        self._formula = False
        self._merged: list[tuple[int, int, int]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            self._row_hidden = attributes.get("hidden") in ("1", "true")
            self._cells = {}
        elif name == "c":
            self._column = _column_of(attributes["r"]) if "r" in attributes else self._column + 1
            self._type, self._style = attributes.get("t", "n"), int(attributes.get("s", 0))
            self._value, self._formula = None, False
        elif name == "f":
            self._formula = True
        elif name == "mergeCell":
            self._merge(attributes["ref"])

    def found(self, text: str) -> None:
        self._value = (self._value or "") + text

    def end(self, name: str) -> None:
        super().end(name)
        if name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "worksheet":
            self._sheet.finish(self._merged)

    def _end_cell(self) -> None:
        if self._value is None and not self._formula:
            return
        cell = self._shown()
        self._book.characters += len(cell.text)
        if self._book.characters > MAX_CHARACTERS:
            raise Unreadable(f"工作簿中的文字超过 {MAX_CHARACTERS // 10_000} 万字。请删除无关的内容后再上传。")
        if not cell.text.strip() and not cell.fault:
            # White space alone fills no place, but is kept beside other contents.
            if cell.text and self._column <= MAX_COLUMNS:
                self._cells[self._column] = cell
        elif self._column <= MAX_COLUMNS:
            self._cells[self._column] = cell
        else:
            place = self._sheet.location(self._row, self._column)
            self._sheet.too_large = (
                f"{place}有内容，超出可读取的范围（{MAX_COLUMNS} 列）。请删除该单元格及其所在列后再上传。"
            )

    def _end_row(self) -> None:
        if not any(cell.text.strip() or cell.fault for cell in self._cells.values()):
            return
        if self._row not in self._sheet.rows and len(self._sheet.rows) == MAX_ROWS:
            self._sheet.too_large = f"工作表“{self._sheet.name}”有内容的行超过 {MAX_ROWS} 行。请删除无关的行后再上传。"
            return
        self._sheet.rows.setdefault(self._row, {}).update(self._cells)
        if self._row_hidden:
            self._sheet.hidden_rows.add(self._row)

    def _shown(self) -> Cell:
        value = self._value or ""
        if self._formula and (self._value is None or (not value and self._type != "str")):
            return Cell("", NO_RESULT)
        match self._type:
            case "s":
                return Cell(_unescaped(self._book.strings.texts[int(value)]))
            case "str" | "inlineStr":
                return Cell(_unescaped(value))
            case "b":
                return Cell("TRUE" if value == "1" else "FALSE")
            case "e":
                meaning = _ERRORS.get(value)
                return Cell("", f"单元格是错误值 {value[:20]}" + (f"（{meaning}）" if meaning else ""))
            case "d":
                return Cell(value.removesuffix("T00:00:00").replace("T", " "))
            case _:
                return self._number(value)

    def _number(self, value: str) -> Cell:
        if not value.strip():
            return Cell("")
        try:
            number_format = self._book.styles.format_of(self._style)
            return Cell(print_number(value, number_format, since_1904=self._book.since_1904))
        except (ValueError, ArithmeticError):
            return Cell("", f"单元格的数值“{value[:20]}”不是有效的数字或日期")

    def _merge(self, ref: str) -> None:
        column, first, _, last = range_boundaries(ref)
        if column is None or first is None or last is None:
            raise ValueError(ref)
        if last == first or column > MAX_COLUMNS:
            return
        if len(self._merged) == MAX_MERGED_CELLS:
            raise Unreadable(f"工作表“{self._sheet.name}”的合并单元格超过 {MAX_MERGED_CELLS} 个，无法读取。")
        self._merged.append((column, first, last))


def _column_of(reference: str) -> int:
    """The column of a cell such as XFD1048576. ValueError where it is none."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(reference)
    return column_index_from_string(found[1])


def _unescaped(text: str) -> str:
    """`text` with the characters that it names by their codes; those that no page can show are left out."""
    text = _ESCAPE.sub(_named_character, text) if "_x" in text else text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _named_character(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in "\t\n\r" or category(character) not in ("Cc", "Cs") else ""
