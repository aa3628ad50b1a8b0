"""What the cells of one target mean, whichever sheet they stand in."""

from declarations.exports.table import NO_STANDARD, PLACEHOLDER_UNITS
from declarations.imports.cell_texts import one_line
from declarations.imports.reading import Location
from declarations.imports.sheet_reader import SheetReader
from declarations.imports.values import is_unit, read_comparison, split_unit, take_apart
from indicators.enums import Comparison

# As in the form: a line break within them comes from the width of the cell.
_LINES = ("name", "comparison", "value", "unit")
_SIGNS = "、".join(Comparison.labels)


def check_comparison(reader: SheetReader, row: int, column: int, text: str) -> None:
    """A problem at the cell where its text names no comparison."""
    if read_comparison(text) is None:
        reader.error(f"指标值类型“{one_line(text)[:20]}”无法识别，应为 {_SIGNS} 之一。", row, column)


def typed_texts(cells: dict[str, str]) -> dict[str, str]:
    """The texts of a target as they were typed, its comparison as code; empty where that cannot be read."""
    texts = {name: one_line(text) if name in _LINES else text for name, text in cells.items()}
    if "comparison" in texts:
        texts["comparison"] = read_comparison(texts["comparison"]) or ""
    return texts


def printed_texts(cells: dict[str, str]) -> dict[str, str]:
    """The texts of a target whose cells hold several of them, undoing `exports.table` where that is certain.

    A value such as ≥95% is taken apart where no comparison is chosen. "-" stands for no standard in a qualitative
    target. Where there is no cell for the unit, a standard that is only a unit is the unit; beside a standard, or where
    standards are not printed, the value ends with its unit.
    """
    texts = typed_texts(cells)
    parts = take_apart(texts["value"]) if not cells.get("comparison", "").strip() else None
    if parts and parts.unit in ("", texts.get("unit", "").strip() or parts.unit):
        texts |= {"comparison": parts.comparison, "value": parts.value}
        if parts.unit:
            texts["unit"] = parts.unit
    standard = texts.get("scoring_standard", "").strip()
    if "unit" in cells:
        if is_unit(standard) and not texts["unit"].strip():
            texts |= {"unit": standard, "scoring_standard": ""}
        elif standard == NO_STANDARD and texts.get("comparison") == Comparison.QUALITATIVE:
            texts["scoring_standard"] = ""
    elif standard in PLACEHOLDER_UNITS and texts.get("comparison") == Comparison.QUALITATIVE:
        texts |= {"unit": "", "scoring_standard": ""}
    elif is_unit(standard) or standard in PLACEHOLDER_UNITS:
        if texts.get("unit", standard) == standard:
            texts |= {"unit": standard, "scoring_standard": ""}
    elif "unit" not in texts and "scoring_standard" in cells:
        quantity = split_unit(texts["value"]) if standard else None
        value, unit = quantity or (texts["value"], "")
        texts |= {"value": value, "unit": unit}
    elif "unit" not in texts and (quantity := split_unit(texts["value"])):
        texts |= {"value": quantity[0], "unit": quantity[1]}
    return texts


def locations_of(reader: SheetReader, row: int, columns: dict[str, int], texts: dict[str, str]) -> dict[str, Location]:
    """Where each text stands; a unit without a column of its own was read from the standard or else from the value."""
    source = "value" if texts.get("scoring_standard", "").strip() else "scoring_standard"
    where = {"unit": columns.get(source, columns.get("value", 0)), **columns}
    return {name: reader.sheet.location(row, column) for name, column in where.items() if name in texts}
