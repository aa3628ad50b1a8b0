from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.checks import Finding, Level
from declarations.comparison import Kind
from declarations.exports.table import layout
from declarations.review_table import Passage, ReviewRow, ReviewTable, review_table
from declarations.wording import Part
from tests.declarations import documents
from tests.declarations.generated import generated_documents, rearranged


def text_of(passage: Passage, *parts: Part) -> str:
    return "".join(piece.text for piece in passage.pieces if piece.part in parts)


def now(passage: Passage) -> str:
    return text_of(passage, Part.SAME, Part.ADDED)


def contents(review: ReviewTable, *without: Kind) -> list[Passage]:
    """The passages with a path but those that are one of `without`."""
    return [passage for passage in review.passages() if passage.path and passage.kind not in without]


def marked(passage: Passage) -> list[tuple[str, str]]:
    return [(piece.part.value, piece.text) for piece in passage.pieces]


def passage_at(review: ReviewTable, path: str) -> Passage:
    [passage] = [passage for passage in review.passages() if passage.path == path]
    return passage


def differing(review: ReviewTable) -> list[tuple[str, str]]:
    """The path of each text that differs, with what became of it."""
    return [(passage.path, passage.kind.value) for passage in review.passages() if passage.kind is not Kind.UNCHANGED]


def moves(review: ReviewTable) -> list[tuple[str, str, int]]:
    """The path of each row that moved, with where from."""
    return [
        (passage.path, passage.row.moved_from, passage.row.number_before)
        for passage in review.passages()
        if passage.row and passage.row.moved
    ]


def finding(path: str) -> Finding:
    return Finding(Level.WARNING, "code", path, "位置", f"说明 {path}")


def notes(review: ReviewTable) -> list[tuple[str, list[str], list[object]]]:
    return [
        (passage.path, [finding.path for finding in passage.findings], list(passage.remarks))
        for passage in review.passages()
        if passage.is_noted
    ]


def grid_of(rows: tuple[ReviewRow, ...], *, only_changed: bool) -> Iterator[tuple[int, int]]:
    """The row and column of each place that a cell of the page takes, the rows of notes among them."""
    line = 0
    for row in rows:
        if only_changed and not row.stays:
            continue
        for cell in row.cells:
            height = cell.rowspan_changed if only_changed else cell.rowspan
            for offset in range(height):
                for column in range(cell.cell.column, cell.cell.column + cell.cell.colspan):
                    yield line + offset, column
        if row.noted:
            yield from ((line + 1, column) for column in range(3, 9))
        line += row.height


@settings(max_examples=25, deadline=None)
@given(generated_documents())
def test_without_marks_it_is_the_official_table(document):
    rows = review_table(document).rows
    assert [[cell.cell for cell in row.cells] for row in rows] == [list(row.cells) for row in layout(document).rows[2:]]
    for row in rows:
        for cell in row.cells:
            texts = [now(passage) for passage in cell.goals] if cell.goals else [now(cell.passage)]
            assert "\n".join(texts) == cell.cell.text
    assert {piece.part for row in rows for cell in row.cells for p in cell.passages for piece in p.pieces} == {
        Part.SAME
    }


@settings(max_examples=40, deadline=None)
@given(generated_documents(), generated_documents())
def test_without_what_was_removed_it_is_the_new_table_and_without_what_was_added_the_old_one(old, new):
    review = review_table(new, previous=old)
    assert [(p.path, now(p)) for p in contents(review, Kind.GONE)] == [
        (p.path, p.text) for p in contents(review_table(new))
    ]
    # Goals are numbered anew; the number is no part of what the department wrote.
    texts = {f"goals/{goal.key}/text": goal.text for goal in old.duty_goals}
    before = {p.path: texts.get(p.path, p.text) for p in contents(review_table(old))}
    found = {p.path: text_of(p, Part.SAME, Part.REMOVED) for p in contents(review, Kind.NEW)}
    assert found.keys() == before.keys()
    assert {path: text for path, text in found.items() if path not in texts} == {
        path: text for path, text in before.items() if path not in texts
    }
    assert all(found[path].endswith(text) for path, text in texts.items())


@settings(max_examples=40, deadline=None)
@given(generated_documents(), generated_documents())
def test_each_text_stands_once_and_what_both_documents_have_is_neither_gone_nor_new(old, new):
    review = review_table(new, previous=old)
    paths = [passage.path for passage in contents(review)]
    assert len(paths) == len(set(paths))
    both = {p.path for p in contents(review_table(old))} & {p.path for p in contents(review_table(new))}
    assert {p.path for p in contents(review, Kind.NEW, Kind.GONE)} == both


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_rows_that_only_stand_elsewhere_are_moved_and_nothing_else(data):
    old = data.draw(generated_documents())
    new = data.draw(rearranged(old))
    review = review_table(new, previous=old)
    assert differing(review) == []
    assert bool(moves(review)) == review.differs == (old != new)


@settings(max_examples=40, deadline=None)
@given(generated_documents(), generated_documents(), st.data())
def test_cells_cover_the_page_once_with_notes_and_with_changes_alone(old, new, data):
    paths = [passage.path for passage in contents(review_table(new, previous=old))]
    noted = data.draw(st.lists(st.sampled_from(paths), unique=True))
    review = review_table(new, previous=old, findings=[finding(path) for path in noted])
    for part in (review.head, (review.header,), review.body):
        for only_changed in (False, True):
            rows = [row for row in part if row.stays or not only_changed]
            places = [(line, column) for line in range(sum(row.height for row in rows)) for column in range(1, 9)]
            assert sorted(grid_of(part, only_changed=only_changed)) == places


def test_without_a_previous_submission_nothing_is_marked():
    review = review_table(documents.reference_document())
    assert (review.comparison, review.differs, moves(review)) == (None, False, [])


def test_new_changed_and_gone_rows():
    stays, goes = documents.target(), documents.target(key="target-2", name="删去的指标")
    old = documents.document_with(stays, goes)
    new = documents.document_with(
        stays.model_copy(update={"explanation": "调研情况"}), documents.target(key="target-3", name="新增的指标")
    )
    review = review_table(new, previous=old)
    fields = ("name", "comparison", "value", "scoring_standard", "explanation", "remark")
    assert differing(review) == [
        ("targets/target-1/explanation", "changed"),
        *((f"targets/target-2/{field}", "gone") for field in fields),
        *((f"targets/target-3/{field}", "new") for field in fields),
    ]
    assert marked(passage_at(review, "targets/target-1/explanation")) == [("removed", "考察"), ("same", "调研情况")]
    assert marked(passage_at(review, "targets/target-2/name")) == [("removed", "删去的指标")]
    assert marked(passage_at(review, "targets/target-3/value")) == [("added", "5篇")]
    # Of a row that is new or gone its first cell says so, of a changed one each changed cell.
    assert [(p.path, p.mark.value) for p in review.passages() if p.mark is not Kind.UNCHANGED] == [
        ("targets/target-1/explanation", "changed"),
        ("targets/target-2/name", "gone"),
        ("targets/target-3/name", "new"),
    ]


def test_row_that_moved_to_another_group_says_from_where():
    stays, goes = documents.target(key="stays"), documents.target(key="goes")
    old = documents.document_with(stays, goes)
    new = documents.document(
        indicators=(
            documents.primary(documents.group(stays)),
            documents.benefit(goes.model_copy(update={"remark": "新"})),
        )
    )
    review = review_table(new, previous=old)
    assert moves(review) == [("targets/goes/name", "产出指标 › 重点工作任务完成", 2)]
    assert [path for path, kind in differing(review) if kind == "changed"] == ["targets/goes/remark"]
    assert {path.split("/")[1] for path, kind in differing(review) if kind != "changed"} == {"benefit-1"}


def test_goals_are_lines_of_one_cell_and_their_numbers_are_not_compared():
    goals = [documents.goal(key=str(number), text=text) for number, text in enumerate(("办文", "办会", "督查"), 1)]
    old = documents.document(duty_goals=tuple(goals))
    new = documents.document(
        duty_goals=(documents.goal(key="4", text="调研"), goals[2], goals[0].model_copy(update={"text": "办文件"}))
    )
    review = review_table(new, previous=old)
    [cell] = [cell for row in review.rows for cell in row.cells if cell.goals]
    assert [(p.anchor, p.mark.value, p.moved, marked(p)) for p in cell.goals] == [
        ("cell-goals-4-text", "new", False, [("added", "目标1：调研")]),
        ("cell-goals-3-text", "unchanged", True, [("same", "目标2：督查")]),
        ("cell-goals-1-text", "changed", False, [("same", "目标3："), ("same", "办文"), ("added", "件")]),
        ("cell-goals-2-text", "gone", False, [("removed", "目标2：办会")]),
    ]


def test_figures_and_the_name_of_the_department_are_compared():
    old = documents.document(budget=documents.budget(total=""), department="旧名")
    review = review_table(documents.document(), previous=old)
    assert differing(review) == [("department", "changed"), ("budget/total", "changed")]
    assert marked(passage_at(review, "budget/total")) == [("added", "2677.7")]


@pytest.mark.parametrize(
    ("before", "after", "path", "fields"),
    [
        ({"unit": "无"}, {"unit": "-"}, "value", ["unit"]),
        ({"value": "95", "unit": "%"}, {"value": "95%", "unit": "%"}, "value", ["value"]),
        ({"value": "95%", "unit": ""}, {"value": "95", "unit": "%"}, "value", ["value", "unit"]),
        ({"scoring_standard": " "}, {"scoring_standard": ""}, "scoring_standard", ["scoring_standard"]),
        ({"remark": "甲\r\n乙"}, {"remark": "甲\n乙"}, "remark", ["remark"]),
    ],
)
def test_change_that_is_not_seen_in_print_is_told(before, after, path, fields):
    old, new = (documents.document_with(documents.target(**changes)) for changes in (before, after))
    review = review_table(new, previous=old)
    assert differing(review) == [(f"targets/target-1/{path}", "changed")]
    assert [field.name for field in passage_at(review, f"targets/target-1/{path}").unprinted] == fields


def test_unit_that_changes_what_is_printed_is_told_once():
    old, new = (documents.document_with(documents.target(unit=unit)) for unit in ("篇", "项"))
    passage = passage_at(review_table(new, previous=old), "targets/target-1/value")
    assert (marked(passage), passage.unprinted) == ([("same", "5"), ("removed", "篇"), ("added", "项")], ())


def test_figure_that_is_written_otherwise_is_told():
    review = review_table(documents.document(budget=documents.budget(total="2677.70")), previous=documents.document())
    assert differing(review) == [("budget/total", "changed")]
    [field] = passage_at(review, "budget/total").unprinted
    assert (field.before, field.after) == ("2677.7", "2677.70")


def test_groups_that_only_one_template_has_stand_where_they_stand_there():
    kept = documents.group(documents.target(), key="kept")
    old_only = documents.group(documents.target(key="old"), key="old", name="旧二级")
    new_only = documents.group(documents.target(key="new"), key="new", name="新二级")
    below = documents.group(documents.target(key="below"), key="below", name="旧一级之下")
    old = documents.document(
        indicators=(documents.primary(old_only, kept), documents.primary(below, key="gone", name="旧一级"))
    )
    new = documents.document(indicators=(documents.primary(kept, new_only),))
    review = review_table(new, previous=old)
    assert [
        (cell.passage.text, cell.passage.kind.value, cell.rowspan)
        for row in review.body
        for cell in row.cells
        if cell.cell.column < 3
    ] == [
        ("产出指标", "unchanged", 6),
        ("旧二级", "gone", 2),
        ("重点工作任务完成", "unchanged", 2),
        ("新二级", "new", 2),
        ("旧一级", "gone", 2),
        ("旧一级之下", "gone", 2),
    ]


def test_table_of_changes_keeps_what_its_rows_stand_under():
    rows = [documents.target(key=f"target-{number}", name=f"指标{number}") for number in range(3)]
    old = documents.document_with(*rows)
    new = documents.document_with(*rows[:2], rows[2].model_copy(update={"value": "6"}))
    review = review_table(new, previous=old)
    assert [row.cells[-1].passage.path or row.kind.value for row in review.rows if row.stays] == [
        "header",
        "group",
        "targets/target-2/remark",
    ]
    assert [cell.rowspan_changed for cell in review.body[0].cells[:2]] == [2, 2]


@pytest.mark.parametrize(
    ("path", "stands_at"),
    [
        ("department", "department"),
        ("goals", "goals"),
        ("goals/goal-2", "goals/goal-2/text"),
        ("goals/goal-2/text", "goals/goal-2/text"),
        ("goals/none/text", "goals"),
        ("tasks", "tasks"),
        ("tasks/task-1", "tasks/task-1/name"),
        ("tasks/task-1/content", "tasks/task-1/content"),
        ("tasks/task-1/amount", "tasks/task-1/name"),
        ("budget", "budget/total"),
        ("budget/other_funds", "budget/other_funds"),
        ("indicators", "indicators"),
        ("primaries/primary-1", "primaries/primary-1"),
        ("groups/group-1", "groups/group-1"),
        ("targets/target-1", "targets/target-1/name"),
        ("targets/target-1/unit", "targets/target-1/value"),
        ("targets/target-1/remark", "targets/target-1/remark"),
    ],
)
def test_notes_stand_at_the_nearest_text(path, stands_at):
    review = review_table(documents.document(), findings=[finding(path)], remarks={path: ["意见"]})
    assert notes(review) == [(stands_at, [path], ["意见"])]
    assert review.anchor(path) == f"cell-{stands_at.replace('/', '-')}"


def test_notes_on_a_row_that_is_gone_stand_at_it():
    old = documents.document_with(documents.target(), documents.target(key="gone"))
    review = review_table(documents.document(), previous=old, remarks={"targets/gone/value": ["甲", "乙"]})
    assert notes(review) == [("targets/gone/value", [], ["甲", "乙"])]


def test_remarks_on_the_whole_or_on_no_row_of_the_table_are_not_placed():
    review = review_table(documents.document(), remarks={"": ["全表"], "targets/none/value": ["无处"]})
    assert (notes(review), review.unplaced) == ([], ("全表", "无处"))
    assert (review.anchor(""), review.anchor("targets/none/value")) == ("", "")


def test_notes_below_a_row_heighten_what_stands_left_of_it():
    review = review_table(documents.document(), findings=[finding("targets/target-1/value"), finding("budget/total")])
    assert [
        (cell.passage.text, cell.rowspan)
        for row in review.rows
        for cell in row.cells
        if cell.rowspan > cell.cell.rowspan
    ] == [("预算情况", 6), ("产出指标", 3), ("重点工作任务完成", 3)]


def test_labels_of_notes_say_which_text_they_are_on():
    document = documents.document(with_task_amounts=True)
    labels = {passage.path: passage.label for passage in contents(review_table(document))}
    assert [
        labels[path]
        for path in (
            "department",
            "goals/goal-1/text",
            "tasks",
            "tasks/task-1/amount",
            "budget/total",
            "indicators",
            "primaries/primary-1",
            "groups/group-1",
            "groups/group-1/explanation",
            "targets/target-1/value",
        )
    ] == [
        "部门（单位）名称",
        "年度履职目标",
        "年度主要任务",
        "金额",
        "部门预算总额",
        "绩效指标",
        "产出指标",
        "重点工作任务完成",
        "指标值说明",
        "指标值",
    ]


def test_last_year_stands_at_the_values():
    last_year = documents.document_with(
        documents.target(key="other", name="旧名", value="4"), fiscal_year=2021, duty_goals=(), main_tasks=()
    )
    review = review_table(documents.document(), last_year=last_year, origins={"target-1": "other"})
    assert {p.path: p.last_year for p in review.passages() if p.last_year and not p.path.startswith("budget/")} == {
        "targets/target-1/value": "2021 年度：≥4篇",
        "targets/benefit-1/value": "2021 年度：相同",
    }
    assert passage_at(review, "budget/total").last_year == "2021 年度：2677.7"


def test_group_under_another_level_1_indicator_is_shown_there_alone():
    stays, goes = documents.group(documents.target(), key="stays"), documents.group(key="goes", name="调整的二级")
    benefit = documents.benefit()
    old = documents.document(indicators=(documents.primary(stays, goes), benefit))
    moved_there = benefit.model_copy(update={"groups": (*benefit.groups, goes)})
    review = review_table(documents.document(indicators=(documents.primary(stays), moved_there)), previous=old)
    paths = [cell.cell.path for row in review.body for cell in row.cells if cell.cell.column < 3]
    assert paths == ["primaries/primary-1", "groups/stays", "primaries/primary-2", "groups/group-2", "groups/goes"]
    assert differing(review) == []
