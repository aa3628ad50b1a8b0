"""Reads the form that a department downloaded as a workbook (`exports.form_workbook`), laid out by `form_layout`."""

from collections.abc import Iterable

from declarations.document import BUDGET_LABELS
from declarations.form_layout import (
    BUDGET_SHEET,
    GOALS_SHEET,
    HEADER_ROW,
    IDENTITY_NAMES,
    IDENTITY_SHEET,
    KEY,
    LAYOUT_VERSION,
    SHEETS,
    TARGETS_SHEET,
    TASKS_SHEET,
)
from declarations.imports.cell_texts import one_line, plain_label
from declarations.imports.guard import Unreadable
from declarations.imports.reading import Identity, Location, Problem, Reading, ReadRow, Source
from declarations.imports.sheet_reader import SheetReader
from declarations.imports.targets import check_comparison, locations_of, printed_texts, typed_texts
from declarations.imports.workbook import Sheet
from declarations.services import GOALS, TARGETS, TASKS

SPOILT = "该工作簿中用于识别的内容已被改动，无法读取。请重新下载工作簿，将填写的内容复制过去后再上传。"
OTHER_LAYOUT = "该工作簿由其他版本的系统生成，无法读取。请重新下载工作簿，将填写的内容复制过去后再上传。"

_FIELDS = {GOALS_SHEET: GOALS.fields, TASKS_SHEET: TASKS.fields, TARGETS_SHEET: TARGETS.fields}
_GROUPS = ("primary", "secondary")


def is_form(sheets: Iterable[Sheet]) -> bool:
    """Whether the workbook is one that we handed out."""
    return any(sheet.name == IDENTITY_SHEET for sheet in sheets)


def read_form(sheets: Iterable[Sheet]) -> Reading:
    """What was filled in. A part whose sheet is gone is None. Raises Unreadable where the identity cannot be read."""
    by_name = {sheet.name: sheet for sheet in sheets}
    identity = _identity(by_name[IDENTITY_SHEET])
    readers = {name: SheetReader(by_name[name]) for name in SHEETS if name in by_name}
    if not readers:
        raise Unreadable(SPOILT)
    problems = [
        Problem(level="hint", message=f"没有工作表“{name}”，该部分不作改动") for name in SHEETS if name not in readers
    ]
    rows = {name: tuple(_rows(reader, name)) for name, reader in readers.items() if name in _FIELDS}
    budget = dict(_figures(readers[BUDGET_SHEET])) if BUDGET_SHEET in readers else None
    return Reading(
        source=Source.FORM,
        identity=identity,
        goals=rows.get(GOALS_SHEET),
        tasks=rows.get(TASKS_SHEET),
        budget=None if budget is None else {figure: text for figure, (text, _) in budget.items()},
        budget_locations={figure: location for figure, (_, location) in (budget or {}).items()},
        targets=rows.get(TARGETS_SHEET),
        problems=(*problems, *(problem for reader in readers.values() for problem in reader.problems)),
    )


def _identity(sheet: Sheet) -> Identity:
    cells = {row[1].text: row[2].text for row in sheet.rows.values() if 1 in row and 2 in row}
    texts = {name: cells[name] for name in IDENTITY_NAMES if name in cells}
    if texts.pop("layout", str(LAYOUT_VERSION)) != str(LAYOUT_VERSION):
        raise Unreadable(OTHER_LAYOUT)
    try:
        return Identity.model_validate(texts)
    except ValueError:
        raise Unreadable(SPOILT) from None


def _columns(reader: SheetReader, name: str) -> dict[str, int]:
    """The columns by the names of what they hold, found by their headings. Unreadable without that of the keys."""
    cells = reader.sheet.rows.get(HEADER_ROW, {})
    headings = {plain_label(cell.text): column for column, cell in sorted(cells.items(), reverse=True)}
    columns = {
        column.name: headings[plain_label(column.heading)]
        for column in SHEETS[name]
        if plain_label(column.heading) in headings
    }
    if KEY not in columns:
        raise Unreadable(SPOILT)
    return columns


def _rows(reader: SheetReader, sheet_name: str) -> Iterable[ReadRow]:
    columns = _columns(reader, sheet_name)
    fields = {name: column for name, column in columns.items() if name in _FIELDS[sheet_name]}
    groups = {name: column for name, column in columns.items() if name in _GROUPS}
    if not fields:
        raise Unreadable(SPOILT)
    seen: set[str] = set()
    for row in reader.sheet.rows:
        if row == HEADER_ROW:
            continue
        key = _key(reader, row, columns[KEY], seen)
        cells = reader.texts(row, fields)
        # A row that is only prepared, with its groups, is not one yet.
        if not key and not any(text.strip() for text in cells.values()):
            continue
        if "comparison" in fields:
            check_comparison(reader, row, fields["comparison"], cells["comparison"])
        texts = _texts(cells, sheet_name, new=not key)
        yield ReadRow(
            key=key,
            **{name: one_line(text).strip() for name, text in reader.texts(row, groups).items()},
            texts=texts,
            location=reader.sheet.location(row),
            locations=locations_of(reader, row, fields, texts),
        )


def _texts(cells: dict[str, str], sheet_name: str, *, new: bool) -> dict[str, str]:
    """The texts of a row. A value such as ≥95% is taken apart in new rows only: elsewhere it stood there before."""
    match sheet_name:
        case _ if sheet_name == TARGETS_SHEET:
            return printed_texts(cells) if new and "unit" in cells and "value" in cells else typed_texts(cells)
        case _ if sheet_name == TASKS_SHEET:
            return {name: text if name == "content" else one_line(text) for name, text in cells.items()}
        case _:
            return cells


def _key(reader: SheetReader, row: int, column: int, seen: set[str]) -> str | None:
    """The row's key; None for a new row, and for a copy, which brings along the key of the row it was copied from."""
    key = reader.text(row, column).strip()
    if key in seen:
        reader.hint("该行由另一行复制而来，作为新增的一行读取", row)
        return None
    if key:
        seen.add(key)
    return key or None


def _figures(reader: SheetReader) -> Iterable[tuple[str, tuple[str, Location]]]:
    columns = _columns(reader, BUDGET_SHEET)
    if "figure" not in columns:
        raise Unreadable(SPOILT)
    for row in reader.sheet.rows:
        name = reader.text(row, columns[KEY]).strip()
        if name in BUDGET_LABELS:
            text = one_line(reader.text(row, columns["figure"]))
            yield name, (text, reader.sheet.location(row, columns["figure"]))
