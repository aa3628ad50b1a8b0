"""Finds the stored row that each row of a workbook is: by its key, what is printed in it, its name or its place."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from declarations.document import Goal, Target, Task
from declarations.imports.reading import ReadRow
from declarations.imports.stored_rows import cells_if_unchanged, cells_of, name_in, name_of

RowType = TypeVar("RowType", Goal, Task, Target)


@dataclass(frozen=True)
class Found(Generic[RowType]):
    """A row of the workbook with the stored one that it is, if it is one, and that one's number in its section."""

    read: ReadRow
    row: RowType | None
    number: int = 0


def pair_rows(
    reads: Sequence[ReadRow], rows: Sequence[RowType], elsewhere: Mapping[str, RowType], *, by_place: bool
) -> list[Found[RowType]]:
    """Each row of the workbook with the stored one that it is.

    `elsewhere` are stored rows, by key, that may have come here; `by_place` says whether a row that is found in no
    other way may be the one that stands in its place.
    """
    by_key = {**elsewhere, **{row.key: row for row in rows}}
    numbers = {row.key: number for number, row in enumerate(rows, 1)}
    left = {row.key: row for row in rows}
    found: dict[int, RowType] = {}
    for index, read in enumerate(reads):
        if read.key in by_key:
            found[index] = by_key[read.key]
            left.pop(read.key, None)
    for names, sample in {tuple(cells_of(read)): read for read in reads}.items():
        printed = {row.key: cells_if_unchanged(sample, row, numbers[row.key]) for row in left.values()}
        _pair(
            [tuple(cells_of(read).values()) if tuple(cells_of(read)) == names else None for read in reads],
            {key: tuple(texts[name] for name in names) for key, texts in printed.items()},
            found,
            left,
        )
    _pair([name_in(read) for read in reads], {row.key: name_of(row) for row in left.values()}, found, left)
    if by_place:
        _pair_by_place(len(reads), rows, found, left)
    return [
        Found(read, found.get(index), numbers.get(found[index].key, 0) if index in found else 0)
        for index, read in enumerate(reads)
    ]


def _pair(
    read_keys: Sequence[Hashable], row_keys: Mapping[str, Hashable], found: dict[int, RowType], left: dict[str, RowType]
) -> None:
    """Each row of the workbook that is not found yet is the first one left that has the same key; None is no key."""
    rows_of: dict[Hashable, list[str]] = defaultdict(list)
    for key, row_key in row_keys.items():
        rows_of[row_key].append(key)
    for index, read_key in enumerate(read_keys):
        if index not in found and read_key is not None and rows_of[read_key]:
            found[index] = left.pop(rows_of[read_key].pop(0))


def _pair_by_place(reads: int, rows: Iterable[RowType], found: dict[int, RowType], left: dict[str, RowType]) -> None:
    """What is left on both sides behind the same row is the same, in order."""
    behind: dict[str, list[str]] = defaultdict(list)
    last = ""
    for row in rows:
        if row.key in left:
            behind[last].append(row.key)
        else:
            last = row.key
    last = ""
    for index in range(reads):
        if index in found:
            last = found[index].key
        elif behind[last]:
            found[index] = left.pop(behind[last].pop(0))
