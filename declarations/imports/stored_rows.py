"""How a stored row stands in a workbook, and what a row of a workbook says of it.

A text that reads as the stored one is printed stays as it is stored, so that a workbook that nobody changed changes
nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import product

from declarations.document import AnyRow, Goal, Target, Task
from declarations.exports.table import SIGNS, goal_line, printable, printed_standard, printed_value
from declarations.imports.cell_texts import squeezed
from declarations.imports.reading import ReadRow
from declarations.numbers import print_amount
from declarations.services import GOALS, TARGETS, TASKS

_FIELDS: Mapping[type[AnyRow], Sequence[str]] = {Goal: GOALS.fields, Task: TASKS.fields, Target: TARGETS.fields}


def stored_texts(row: AnyRow) -> dict[str, str]:
    """The texts of the row that people type, by field name."""
    return {name: getattr(row, name) for name in _FIELDS[type(row)]}


def is_blank(row: AnyRow) -> bool:
    """Whether nothing is typed in the stored row."""
    return not any(text.strip() for text in stored_texts(row).values())


def holds_text(read: ReadRow) -> bool:
    """Whether anything stands in the row of the workbook."""
    return any(text.strip() for text in read.texts.values())


def _typed(row: AnyRow) -> dict[str, str]:
    """The texts of a stored row as they are read where each has a cell of its own."""
    return {name: printable(text) for name, text in stored_texts(row).items()}


def _printed(row: AnyRow, number: int, columns: Collection[str]) -> dict[str, str]:
    """The texts of a stored row as an official table with these columns prints them."""
    match row:
        case Goal():
            texts = {"text": goal_line(number, row.text)}
        case Task():
            texts = {"name": row.name, "content": row.content, "amount": print_amount(row.amount)}
        case Target():
            texts = {
                "name": row.name,
                "comparison": SIGNS[row.comparison],
                "value": _value_cell(row, columns),
                "unit": row.unit,
                "scoring_standard": printed_standard(row, has_unit_column="unit" in columns),
                "explanation": row.explanation,
                "remark": row.remark,
            }
    return {name: printable(text) for name, text in texts.items()}


def _value_cell(row: Target, columns: Collection[str]) -> str:
    """指标值 as a table with these columns prints it: with the unit where that has no place of its own."""
    return row.value if "unit" in columns else printed_value(row, has_standard_column="scoring_standard" in columns)


def cells_of(read: ReadRow) -> Mapping[str, str]:
    """What stands in the cells of a row of the workbook."""
    return read.printed or read.texts


def cells_if_unchanged(read: ReadRow, row: AnyRow, number: int) -> dict[str, str]:
    """What would stand in the cells of a row of the workbook if it were the stored one."""
    return _printed(row, number, read.printed) if read.printed else _typed(row)


def name_of(row: AnyRow) -> str:
    """The name of a stored row as it is compared; that of a goal is its whole text."""
    return squeezed(row.text if isinstance(row, Goal) else row.name)


def name_in(read: ReadRow) -> str | None:
    """The name of a row of the workbook as it is compared; None where it has none."""
    return squeezed(read.texts.get("name", read.texts.get("text", ""))) or None


def prints_as(reads: Sequence[ReadRow], goals: Sequence[Goal]) -> bool:
    """Whether both lists of goals are printed alike, in whatever way the one cell that holds them was divided."""
    lines = [_printed(goal, number, ())["text"] for number, goal in enumerate(goals, 1)]
    return any(read.printed for read in reads) and "\n".join(lines) == "\n".join(read.printed["text"] for read in reads)


def is_same_amount(stored: str, text: str, from_table: bool) -> bool:
    """Whether the text is how the stored amount is written there; the official table prints 2677.70 as 2677.7."""
    return text == printable(stored) or (from_table and print_amount(text) == print_amount(printable(stored)))


def texts_in(read: ReadRow, row: AnyRow, number: int = 0) -> dict[str, str]:
    """The texts of a stored row as the workbook has them; those that are only written otherwise there, as stored."""
    cells, unchanged = cells_of(read), cells_if_unchanged(read, row, number)
    typed = _typed(row)
    texts = {
        name: getattr(row, name) if text == typed[name] or (name in cells and cells[name] == unchanged[name]) else text
        for name, text in read.texts.items()
    }
    if isinstance(row, Task) and "amount" in texts and is_same_amount(row.amount, texts["amount"], bool(read.printed)):
        texts["amount"] = row.amount
    if isinstance(row, Target) and "value" in read.printed and "unit" not in read.printed:
        texts |= _quantity(read, row)
    return texts


def _quantity(read: ReadRow, row: Target) -> dict[str, str]:
    """Value, unit and standard of a stored target, which the official table prints in two cells, or in one.

    The unit is the stored one wherever the table can have been printed from it.
    """
    cells = read.printed
    changed = row.model_copy(update={"comparison": read.texts.get("comparison", row.comparison)})
    values = (row.value, cells["value"].removesuffix(row.unit.strip()), cells["value"])
    standards = (row.scoring_standard, read.texts.get("scoring_standard", row.scoring_standard))
    for value, standard in product(values, standards):
        target = changed.model_copy(update={"value": value, "scoring_standard": standard})
        printed = _printed(target, 0, cells)
        if all(printed[name] == cells[name] for name in ("value", "scoring_standard") if name in cells):
            known = {"value": value, "unit": row.unit, "scoring_standard": standard}
            return {name: text for name, text in known.items() if name == "unit" or name in cells}
    return {name: read.texts[name] for name in ("value", "unit", "scoring_standard") if name in read.texts}
