"""What is said of findings, and in which box of the form."""

import pytest

from declarations.checks import Finding
from declarations.checks.findings import Level
from declarations.forms.notes import CellNotes, notes_by_box
from declarations.forms.sections import box_of
from tests.declarations.documents import document, document_with, goal, target, task


def finding(path: str, level: Level = Level.ERROR, message: str = "有误。") -> Finding:
    return Finding(level, "code", path, "某处", message)


@pytest.mark.parametrize(
    ("path", "box"),
    [
        ("goals", "goals"),
        ("goals/1/text", "goals/1"),
        ("tasks/1", "tasks/1"),
        ("tasks/1/name", "tasks/1"),
        ("budget/total", "budget/total"),
        ("indicators", "indicators"),
        ("primaries/7", "primaries/7"),
        ("groups/7", "groups/7"),
        ("targets/1/scoring_standard", "targets/1"),
    ],
)
def test_box_is_named_by_the_first_two_parts_of_the_path(path, box):
    assert box_of(path) == box
    assert list(notes_by_box(document(), [finding(path)])) == [box]


def test_findings_of_one_cell_stand_together_and_cells_of_one_row_in_one_box():
    name, hint, value = (
        finding("targets/target-1/name"),
        finding("targets/target-1/name", Level.WARNING),
        finding("targets/target-1/value", Level.WARNING),
    )
    other = finding("targets/benefit-1/value")

    assert notes_by_box(document(), [name, value, other, hint]) == {
        "targets/target-1": [
            CellNotes("targets-target-1-name", "三级指标", [name, hint]),
            CellNotes("targets-target-1-value", "指标值", [value]),
        ],
        "targets/benefit-1": [CellNotes("targets-benefit-1-value", "指标值", [other])],
    }


@pytest.mark.parametrize(
    ("path", "cell", "label"),
    [
        ("goals/goal-1/text", "goals-goal-1-text", ""),
        ("tasks/task-1", "tasks-task-1", ""),
        ("tasks/task-1/amount", "tasks-task-1-amount", "金额"),
        ("budget/total", "budget-total", ""),
        ("targets/target-1/comparison", "targets-target-1-comparison", "指标值类型"),
        ("groups/group-1", "groups-group-1", ""),
    ],
)
def test_field_is_named_where_a_row_has_several(path, cell, label):
    (((notes),),) = notes_by_box(document(), [finding(path)]).values()

    assert (notes.cell, notes.label, notes.id) == (cell, label, f"{cell}-notes")


@pytest.mark.parametrize(
    ("levels", "errors"), [([Level.WARNING], False), ([Level.ERROR], True), ([Level.WARNING, Level.ERROR], True)]
)
def test_cell_with_an_error_among_its_findings_has_errors(levels, errors):
    assert CellNotes("a", "", [finding("a", level) for level in levels]).has_errors == errors


EMPTY_TARGET = dict.fromkeys(("name", "comparison", "value", "unit", "scoring_standard", "explanation", "remark"), "")


@pytest.mark.parametrize("just_added", ["", "goal-1", "task-1", "target-1"])
def test_empty_rows_are_told_so_once_and_not_when_they_were_just_added(just_added):
    empty = document_with(
        target(**EMPTY_TARGET), duty_goals=(goal(text=""),), main_tasks=(task(name="", content="", amount=""),)
    )
    found = [
        finding("goals/goal-1/text"),
        finding("tasks/task-1/name"),
        finding("tasks/task-1/content"),
        finding("targets/target-1/name"),
        finding("targets/target-1/value"),
    ]
    elsewhere = finding("goals")
    told = {
        box: [CellNotes(cell, "", [finding(path, message="本行尚未填写，请填写内容，或删除本行。")])]
        for box, cell, path in [
            ("goals/goal-1", "goals-goal-1-text", "goals/goal-1/text"),
            ("tasks/task-1", "tasks-task-1-name", "tasks/task-1/name"),
            ("targets/target-1", "targets-target-1-name", "targets/target-1/name"),
        ]
        if not box.endswith(f"/{just_added}")
    }

    assert notes_by_box(empty, [*found, elsewhere], just_added) == {
        "goals": [CellNotes("goals", "", [elsewhere])],
        **told,
    }


def test_row_that_was_just_added_is_told_what_is_missing_once_it_is_not_empty():
    begun = document(duty_goals=(goal(text=" "),))

    assert list(notes_by_box(begun, [finding("goals/goal-1/text")], "goal-1")) == ["goals/goal-1"]


@pytest.mark.parametrize(
    ("path", "filled"),
    [
        ("goals/goal-1/text", {"duty_goals": (goal(text=" "),)}),
        *(
            (f"tasks/task-1/{field}", {"main_tasks": (task(**{"name": "", "content": "", "amount": "", field: "1"}),)})
            for field in ("name", "content", "amount")
        ),
    ],
)
def test_row_with_a_single_text_is_told(path, filled):
    assert list(notes_by_box(document(**filled), [finding(path)])) == [box_of(path)]


@pytest.mark.parametrize("field", EMPTY_TARGET)
def test_target_with_a_single_text_is_told(field):
    almost_empty = document_with(target(**{**EMPTY_TARGET, field: "ge"}))

    assert list(notes_by_box(almost_empty, [finding("targets/target-1/name")])) == ["targets/target-1"]
