"""What the checks found and reviewers wrote, by the box of the form in which it is said.

There is a box for each row, figure, group and section.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from declarations.checks.findings import Finding, Level
from declarations.checks.places import TARGET_LABELS, TASK_LABELS
from declarations.commenting import Thread
from declarations.document import Document
from declarations.forms.sections import box_of, element_id

EMPTY_ROW = "本行尚未填写，请填写内容，或删除本行。"

_LABELS = {"tasks": TASK_LABELS, "targets": TARGET_LABELS}


@dataclass(frozen=True)
class CellNotes:
    """The findings at one place. `cell` is the field's id; `label` the field's name, where a row has several."""

    cell: str
    label: str
    findings: Sequence[Finding]

    @property
    def id(self) -> str:
        return f"{self.cell}-notes"

    @property
    def has_errors(self) -> bool:
        return any(finding.level == Level.ERROR for finding in self.findings)


Notes = Mapping[str, Sequence[CellNotes]]


@dataclass(frozen=True)
class RowComment:
    """A comment at its row; `label` is the name of the field that it is on, where a row has several."""

    label: str
    thread: Thread


Comments = Mapping[str, Sequence[RowComment]]


def comments_by_box(threads: Iterable[Thread]) -> Comments:
    """The comments of each box that are not settled, by the first two parts of their paths."""
    boxes: dict[str, list[RowComment]] = defaultdict(list)
    for thread in threads:
        if not thread.is_settled:
            boxes[box_of(thread.path)].append(RowComment(_label(thread.path), thread))
    return boxes


def notes_by_box(document: Document, findings: Iterable[Finding], just_added: str = "") -> Notes:
    """The notes of each box, by the first two parts of the findings' paths: "goals", "targets/<key>", "budget/total".

    A row that is empty is told so once, not at every cell, and not yet where its key is `just_added`.
    """
    empty = set(_empty_rows(document))
    by_path: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_path[finding.path].append(finding)
    boxes: dict[str, list[CellNotes]] = defaultdict(list)
    for path, found in by_path.items():
        box = box_of(path)
        if box not in empty:
            boxes[box].append(CellNotes(element_id(path), _label(path), found))
        elif box not in boxes and box.partition("/")[2] != just_added:
            boxes[box].append(CellNotes(element_id(path), "", [replace(found[0], message=EMPTY_ROW)]))
    return boxes


def _label(path: str) -> str:
    section, _, row_and_field = path.partition("/")
    return _LABELS.get(section, {}).get(row_and_field.rpartition("/")[2], "")


def _empty_rows(document: Document) -> Iterator[str]:
    yield from (f"goals/{goal.key}" for goal in document.duty_goals if not goal.text)
    yield from (f"tasks/{task.key}" for task in document.main_tasks if not (task.name or task.content or task.amount))
    for _, _, target in document.targets():
        if not any(getattr(target, field) for field in TARGET_LABELS):
            yield f"targets/{target.key}"
