"""What pasting cells of a spreadsheet into the form would do: a plan, shown before anything is changed.

Nothing is lost in silence: what cannot be pasted is named in a notice.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from declarations.clipboard import Cells
from declarations.comparison import in_words
from declarations.imports.cell_texts import plain_label
from declarations.imports.values import is_unit, read_comparison, split_unit, take_apart
from declarations.numbers import normalise
from indicators.enums import Comparison

# 得5分, 扣1分, or a sentence: nothing of it stands in a unit.
_READS_AS_STANDARD = re.compile(r"[得扣，。；\n]")
# What the official table prints where a target has neither scoring standard nor unit.
_NO_STANDARD = frozenset({"-", "—", "－"})
_QUOTED_LENGTH = 40


class Layout(StrEnum):
    """Which columns a block without headings has: those of the form, or the official table's, which has no 度量单位."""

    FORM = "form"
    OFFICIAL = "official"


@dataclass(frozen=True)
class Column:
    """A field of the form's rows, in the order of the form. `limit` in characters; a comparison has none."""

    name: str
    heading: str
    limit: int | None = None
    one_line: bool = False


@dataclass(frozen=True)
class PresentRow:
    """A row of the form with its texts as they stand now, and the fields that the department may change."""

    key: str
    texts: Mapping[str, str]
    writable: Collection[str]


@dataclass(frozen=True)
class Change:
    """A text of a row before and after; a comparison by its code."""

    name: str
    heading: str
    before: str
    after: str

    @property
    def printed_before(self) -> str:
        return in_words(self.name, self.before)

    @property
    def printed_after(self) -> str:
        return in_words(self.name, self.after)


@dataclass(frozen=True)
class PlannedRow:
    """What becomes of one row; `key` is None for a row that is yet to be made, `number` is shown to people."""

    key: str | None
    number: int
    changes: tuple[Change, ...]
    notices: tuple[str, ...]

    @property
    def texts(self) -> dict[str, str]:
        """The new texts by field."""
        return {change.name: change.after for change in self.changes}


@dataclass(frozen=True)
class Plan:
    """What pasting would do: the rows that change or have something to tell, and what concerns the block as a whole.

    `layout` is how the columns were taken, None where there is no doubt about them.
    """

    rows: tuple[PlannedRow, ...]
    notices: tuple[str, ...]
    layout: Layout | None

    @property
    def touched(self) -> int:
        """The number of rows that change or are added."""
        return sum(bool(row.changes) for row in self.rows)

    @property
    def added(self) -> int:
        """The number of rows that are added."""
        return sum(row.key is None and bool(row.changes) for row in self.rows)

    @property
    def changed(self) -> int:
        """The number of rows that are there and change."""
        return self.touched - self.added

    @property
    def needs_preview(self) -> bool:
        """Whether somebody has to look at it first: at several rows, a notice or a doubt about the columns."""
        return bool(self.touched > 1 or self.notices or self.layout or any(row.notices for row in self.rows))


def lay_out(
    cells: Cells,
    columns: Sequence[Column],
    start: str,
    rows: Sequence[PresentRow],
    first_number: int,
    *,
    adds_rows: bool = True,
    layout: Layout | None = None,
) -> Plan:
    """What pasting `cells` would do with the cursor in the field `start` of the first of `rows`.

    `columns` are all fields of the section, `rows` those of the section or level-2 group from the cursor down, of which
    the first has the number `first_number`. A first row of headings names the columns, whatever `start` is. An empty
    row leaves the row in its place as it is. Rows beyond the last are new where `adds_rows` says so. `layout` is the
    answer to a doubt about the columns; without it the texts decide.
    """
    cells = _without_empty_end(cells)
    headed = _has_headings(cells, columns)
    block = _by_headings(cells, columns) if headed else _by_position(cells, columns, start, layout)
    planned: list[PlannedRow] = []
    refused = 0
    number = first_number
    for pasted, present in zip_longest(block.rows, rows[: len(block.rows)]):
        if _is_empty(pasted.values()):
            number += present is not None
        elif present is None and not adds_rows:
            refused += 1
        else:
            row = _planned_row(pasted, present, number, columns)
            number += 1
            if row.changes or row.notices:
                planned.append(row)
    notices = [*block.notices]
    if refused:
        notices.append(f"本二级指标不能增加个性指标，多出的 {refused} 行未粘贴。")
    return Plan(tuple(planned), tuple(notices), block.layout)


@dataclass(frozen=True)
class _Block:
    """The pasted rows with their texts by field, and what is to be said about the columns."""

    rows: Sequence[Mapping[str, str]]
    notices: Sequence[str] = ()
    layout: Layout | None = None


def _is_empty(texts: Iterable[str]) -> bool:
    return not any(text.strip() for text in texts)


def _without_empty_end(cells: Cells) -> Cells:
    filled = [index for index, row in enumerate(cells, 1) if not _is_empty(row)]
    return cells[: filled[-1]] if filled else ()


def _plain_heading(text: str) -> str:
    """A heading as it is compared, without a remark such as （万元）."""
    return re.sub(r"\([^()]*\)$", "", plain_label(text))


def _has_headings(cells: Cells, columns: Sequence[Column]) -> bool:
    """Whether the first row names columns: two of them, or one that stands alone above something."""
    named = [_plain_heading(text) for text in cells[0] if text.strip()] if cells else []
    known = {_plain_heading(column.heading) for column in columns}.intersection(named)
    return len(known) > 1 or (len(known) == len(named) == 1 and len(cells) > 1)


def _by_headings(cells: Cells, columns: Sequence[Column]) -> _Block:
    headings, contents = cells[0], cells[1:]
    not_yet_named = {_plain_heading(column.heading): column for column in columns}
    column_at: dict[int, Column] = {}
    unknown = []
    for index, text in enumerate(headings):
        column = not_yet_named.pop(_plain_heading(text), None)
        if column:
            column_at[index] = column
        elif text.strip():
            unknown.append(_shortened(text))
    notices = ["已按表头对应各栏，表头不作为内容粘贴。"]
    if unknown:
        notices.append(f"{'、'.join(unknown)}不是本表的栏目或重复出现，该列未粘贴。")
    unnamed = sum(index >= len(headings) or not headings[index].strip() for index in _filled_columns(contents))
    if unnamed:
        notices.append(f"有 {unnamed} 列没有表头，未粘贴。")
    return _Block(_read_rows(contents, column_at), notices)


def _by_position(cells: Cells, columns: Sequence[Column], start: str, layout: Layout | None) -> _Block:
    names = [column.name for column in columns]
    places = columns[names.index(start) :]
    indexes = list(range(max(map(len, cells), default=0)))
    if len(indexes) > len(places):
        # Merged cells come as one text and empty ones beside it.
        indexes = _filled_columns(cells)
    unit = next((place for place, column in enumerate(places) if column.name == "unit"), 0)
    if 0 < unit < len(indexes) < len(places):
        at_unit = [row[indexes[unit]] for row in cells if indexes[unit] < len(row)]
        layout = layout or _likely_layout(at_unit)
    else:
        layout = None
    if layout == Layout.OFFICIAL:
        places = [*places[:unit], *places[unit + 1 :]]
    surplus = len(indexes) - len(places)
    notices = [f"所复制的内容超出表格右边界，最右 {surplus} 列未粘贴。"] if surplus > 0 else []
    return _Block(_read_rows(cells, dict(zip(indexes, places, strict=False))), notices, layout)


def _likely_layout(texts: Iterable[str]) -> Layout:
    """The layout of a block by the texts that stand where the form has the unit."""
    return Layout.OFFICIAL if any(map(_READS_AS_STANDARD.search, texts)) else Layout.FORM


def _filled_columns(cells: Cells) -> list[int]:
    """The indexes of the columns that hold anything."""
    return sorted({index for row in cells for index, text in enumerate(row) if text.strip()})


def _read_rows(cells: Cells, column_at: Mapping[int, Column]) -> list[dict[str, str]]:
    return [
        {column.name: _as_the_form(column, row[index]) for index, column in column_at.items() if index < len(row)}
        for row in cells
    ]


def _as_the_form(column: Column, text: str) -> str:
    """The text with its line breaks as the form takes them."""
    text = text.replace("\r\n", "\n")
    return text.replace("\r", "").replace("\n", "") if column.one_line else text


def _planned_row(
    pasted: Mapping[str, str], present: PresentRow | None, number: int, columns: Sequence[Column]
) -> PlannedRow:
    names = [column.name for column in columns]
    row = present or PresentRow("", {}, names)
    before = {name: row.texts.get(name, "") for name in names}
    after, notices = _interpreted(pasted, row, columns)
    locked = {
        name: text
        for name, text in after.items()
        if name not in row.writable and text.strip() and _differs(name, after, before)
    }
    if locked:
        notices.append(f"本行为共性指标，以下内容由模板统一设置，未粘贴：{_quoted(locked, columns)}。")
    changes = []
    for column in columns:
        if column.name not in row.writable or not _differs(column.name, after, before):
            continue
        text = after[column.name]
        changes.append(Change(column.name, column.heading, before[column.name], text))
        if column.limit is not None and len(text) > column.limit:
            notices.append(f"{column.heading}不能超过 {column.limit} 字，现有 {len(text)} 字，请粘贴后精简。")
    return PlannedRow(present.key if present else None, number, tuple(changes), tuple(notices))


def _differs(name: str, after: Mapping[str, str], before: Mapping[str, str]) -> bool:
    return name in after and after[name] != before.get(name, "")


def _interpreted(
    pasted: Mapping[str, str], row: PresentRow, columns: Sequence[Column]
) -> tuple[dict[str, str], list[str]]:
    """The pasted texts as the fields hold them, with what is to be said about it."""
    texts, notices = dict(pasted), list[str]()
    if "comparison" in pasted:
        comparison = read_comparison(pasted["comparison"])
        if comparison is None:
            del texts["comparison"]
            notices.append(f"指标值类型{_shortened(pasted['comparison'])}无法识别，未粘贴，请在列表中选择。")
        else:
            texts["comparison"] = comparison
    if "value" in pasted:
        if "scoring_standard" in pasted and "unit" not in pasted:
            _read_official_standard(texts, row)
        if taken_apart := _taken_apart(texts, row):
            texts |= taken_apart
            if "value" in row.writable and any(_differs(name, texts, row.texts) for name in taken_apart):
                notices.append(f"指标值{_shortened(pasted['value'])}识别为：{_quoted(taken_apart, columns)}。")
    return texts, notices


def _read_official_standard(texts: dict[str, str], row: PresentRow) -> None:
    """Read 评/扣分标准 as the official table has it: it prints the unit there, or "-", where there is no standard."""
    if texts.get("name", "") not in ("", row.texts.get("name", "")):
        # The unit of the indicator that stood there says nothing about this one.
        texts["unit"] = ""
    standard = texts["scoring_standard"]
    if is_unit(standard):
        texts |= {"unit": standard.strip(), "scoring_standard": ""}
    elif standard.strip() in _NO_STANDARD:
        texts["scoring_standard"] = ""


def _taken_apart(texts: Mapping[str, str], row: PresentRow) -> dict[str, str]:
    """Comparison, value and unit of a value that holds more than the value; empty where that is not certain.

    What stands beside the value, pasted with it or set by the template, must not say anything else.
    """
    parts = take_apart(texts["value"])
    if parts:
        comparison, value, unit = str(parts.comparison), parts.value, parts.unit
    elif (halves := split_unit(texts["value"])) and _beside("comparison", texts, row) != Comparison.QUALITATIVE:
        comparison, (value, unit) = "", halves
    else:
        return {}
    read = {"value": value}
    for name, part in (("comparison", comparison), ("unit", unit)):
        fixed = name not in row.writable
        given = row.texts.get(name, "") if fixed else texts.get(name, "")
        if part and given and normalise(given) != normalise(part):
            return {}
        if part and not given:
            if fixed:
                return {}
            read[name] = part
    return read


def _beside(name: str, texts: Mapping[str, str], row: PresentRow) -> str:
    """The field of the row as it will be."""
    return (texts.get(name, "") if name in row.writable else "") or row.texts.get(name, "")


def _quoted(texts: Mapping[str, str], columns: Sequence[Column]) -> str:
    named = [column for column in columns if column.name in texts]
    return "、".join(f"{column.heading}{_shortened(in_words(column.name, texts[column.name]))}" for column in named)


def _shortened(text: str) -> str:
    """The text in quotation marks on one line, cut where it is long."""
    text = " ".join(text.split())
    return f"“{text[:_QUOTED_LENGTH]}……”" if len(text) > _QUOTED_LENGTH else f"“{text}”"
