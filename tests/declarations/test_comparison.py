import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.comparison import Comparison, Kind, RowComparison, compare, merged_order, moved_keys
from declarations.document import Document, Goal, Target, Task
from tests.declarations import documents
from tests.declarations.generated import COMMON, generated_documents, rearranged

UNCHANGED = {"new": 0, "changed": 0, "gone": 0, "unchanged": 0, "moved": 0}


def applied(old: Document, comparison: Comparison) -> Document:
    """The old document with what the comparison says done to it."""
    old_rows = {("goals", row.key): row for row in old.duty_goals}
    old_rows |= {("tasks", row.key): row for row in old.main_tasks}
    old_rows |= {("groups", row.key): row for _, _, row in old.targets()}
    new_rows = {}
    for section in comparison.sections:
        kind = section.path.partition("/")[0]
        new_rows[section.path] = rows = []
        for row in section.rows:
            changes = {field.name: field.after for field in row.changed_fields}
            match kind, row.kind:
                case _, Kind.GONE:
                    continue
                case "goals", Kind.NEW:
                    rows.append(Goal(**{"key": row.key, "text": "", **changes}))
                case "tasks", Kind.NEW:
                    rows.append(Task(**{"key": row.key, "name": "", "content": "", **changes}))
                case "groups", Kind.NEW:
                    texts = {field.name: field.after for field in row.fields}
                    rows.append(Target(key=row.key, common=row.key in COMMON, **texts))
                case "budget", _:
                    rows.append(old.budget.model_copy(update=changes))
                case _:
                    rows.append(old_rows[kind, row.key].model_copy(update=changes))
    return old.model_copy(
        update={
            "duty_goals": tuple(new_rows["goals"]),
            "main_tasks": tuple(new_rows["tasks"]),
            "budget": new_rows["budget"][0],
            "indicators": tuple(
                primary.model_copy(
                    update={
                        "groups": tuple(
                            group.model_copy(update={"targets": tuple(new_rows[f"groups/{group.key}"])})
                            for group in primary.groups
                        )
                    }
                )
                for primary in old.indicators
            ),
        }
    )


def rows_of(comparison: Comparison) -> list[tuple[str, RowComparison]]:
    """Each row with what it is: "goals", "tasks", "budget", or "groups" for a target."""
    return [(section.path.partition("/")[0], row) for section in comparison.sections for row in section.rows]


def places_of(document: Document) -> dict[tuple[str, str], tuple[str, int]]:
    """For each row the words of its section and its number in it."""
    sections = [("goals", "年度履职目标", document.duty_goals), ("tasks", "年度主要任务", document.main_tasks)]
    sections += [("groups", f"{above.name} › {group.name}", group.targets) for above, group in document.groups()]
    return {(kind, row.key): (words, n) for kind, words, rows in sections for n, row in enumerate(rows, 1)}


def keys_of(document: Document) -> list[tuple[str, str]]:
    return list(places_of(document))


def summary(comparison: Comparison) -> list[tuple[str, str, str, bool]]:
    """What differs: section, row, what became of it, whether it moved."""
    return [
        (section.words, row.title, row.kind.value, row.moved)
        for section in comparison.sections
        for row in section.differing
    ]


@settings(max_examples=40, deadline=None)
@given(generated_documents(), generated_documents())
def test_comparison_applied_to_the_old_document_gives_the_new_one(old, new):
    assert applied(old, compare(old, new)) == new


@settings(max_examples=25, deadline=None)
@given(generated_documents(), generated_documents())
def test_every_row_of_both_documents_stands_in_the_comparison_once(old, new):
    keys = [(kind, row.key) for kind, row in rows_of(compare(old, new))]
    assert sorted(keys) == sorted({("budget", "budget"), *keys_of(old), *keys_of(new)})


@settings(max_examples=40, deadline=None)
@given(generated_documents(), generated_documents())
def test_row_of_both_documents_is_neither_gone_nor_new_and_no_other_is_moved(old, new):
    both = set(keys_of(old)) & set(keys_of(new))
    for kind, row in rows_of(compare(old, new)):
        is_in_both = kind == "budget" or (kind, row.key) in both
        assert (row.kind in (Kind.CHANGED, Kind.UNCHANGED)) == is_in_both
        assert is_in_both or not row.moved


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_rows_that_only_stand_elsewhere_are_moved_from_where_they_stood(data):
    old = data.draw(generated_documents())
    new = data.draw(rearranged(old))
    comparison = compare(old, new)
    assert {kind: comparison.counts[kind] for kind in ("new", "changed", "gone")} == {"new": 0, "changed": 0, "gone": 0}
    assert any(row.moved for row in comparison.rows()) == (old != new)
    stood = places_of(old)
    for section in comparison.sections:
        for row in section.rows:
            if row.moved:
                kind = section.path.partition("/")[0]
                assert stood[kind, row.key] == (row.moved_from or section.words, row.number_before)


@settings(max_examples=25, deadline=None)
@given(generated_documents())
def test_document_does_not_differ_from_itself(document):
    comparison = compare(document, document)
    assert not comparison.differs
    assert (summary(comparison), comparison.told) == ([], "")


def test_unchanged_reference_form_is_told_row_by_row():
    reference = documents.reference_document()
    comparison = compare(reference, reference)
    assert comparison.counts == UNCHANGED | {"unchanged": 5 + 2 + 1 + 29}
    assert [section.words for section in comparison.sections] == [
        "年度履职目标",
        "年度主要任务",
        "预算情况",
        "投入管理指标 › 工作目标管理",
        "投入管理指标 › 预算和财务管理",
        "投入管理指标 › 绩效管理",
        "产出指标 › 重点工作任务完成",
        "产出指标 › 履职目标实现",
        "效益指标 › 履职效益",
        "效益指标 › 满意度",
    ]


def test_changed_row_names_the_fields_that_differ_with_both_texts_in_words():
    old = documents.document_with(documents.target())
    new = documents.document_with(documents.target(comparison="qualitative", value="按时办结", unit=""))
    comparison = compare(old, new)
    assert summary(comparison) == [("产出指标 › 重点工作任务完成", "第 1 行 完成调研报告", "changed", False)]
    row = comparison.sections[3].rows[0]
    assert [(f.name, f.label, f.shown_before, f.shown_after) for f in row.changed_fields] == [
        ("comparison", "指标值类型", "≥", "定性"),
        ("value", "指标值", "5", "按时办结"),
        ("unit", "度量单位", "篇", ""),
    ]
    assert comparison.counts == UNCHANGED | {"changed": 1, "unchanged": 5}


def test_new_and_gone_rows_stand_where_they_are_or_were():
    one, two, three = (documents.goal(key=key, text=key) for key in "123")
    four = documents.goal(key="4", text="4")
    comparison = compare(
        documents.document(duty_goals=(one, two, three)), documents.document(duty_goals=(one, four, three))
    )
    assert [(row.key, row.title, row.kind.value) for row in comparison.sections[0].rows] == [
        ("1", "第 1 行", "unchanged"),
        ("2", "第 2 行", "gone"),
        ("4", "第 2 行", "new"),
        ("3", "第 3 行", "unchanged"),
    ]
    assert comparison.told == "新增 1 行，删除 1 行"


def test_row_that_moved_is_neither_gone_nor_new():
    rows = [documents.goal(key=key, text=key) for key in "1234"]
    moved = [rows[3], *rows[:3]]
    comparison = compare(documents.document(duty_goals=tuple(rows)), documents.document(duty_goals=tuple(moved)))
    assert summary(comparison) == [("年度履职目标", "第 1 行", "unchanged", True)]
    assert comparison.counts == UNCHANGED | {"unchanged": 4 + 1 + 1 + 2, "moved": 1}
    assert comparison.told == "移动 1 行"


def test_row_that_moved_to_another_group_says_from_where():
    stays, goes = documents.target(key="stays"), documents.target(key="goes")
    last = documents.target(key="last")
    old = documents.document(indicators=(documents.primary(documents.group(stays, goes)), documents.benefit(last)))
    new = documents.document(
        indicators=(
            documents.primary(documents.group(stays)),
            documents.benefit(documents.target(key="goes", remark="新")),
        )
    )
    comparison = compare(old, new)
    assert summary(comparison) == [
        ("效益指标 › 履职效益", "第 1 行 完成调研报告", "gone", False),
        ("效益指标 › 履职效益", "第 1 行 完成调研报告", "changed", True),
    ]
    assert [(row.moved_from, row.number_before) for row in comparison.sections[4].rows] == [
        ("", 1),
        ("产出指标 › 重点工作任务完成", 2),
    ]


def test_budget_is_one_row_with_its_figures():
    comparison = compare(documents.document(), documents.document(budget=documents.budget(total="2677.70")))
    assert summary(comparison) == [("预算情况", "预算情况", "changed", False)]
    assert [(f.label, f.before, f.after) for f in comparison.sections[2].rows[0].changed_fields] == [
        ("部门预算总额", "2677.7", "2677.70")
    ]


def test_groups_of_another_template_are_new_and_gone_with_their_rows():
    old = documents.document(indicators=(documents.primary(documents.group(documents.target(key="old"))),))
    new_group = documents.group(documents.target(key="new"), key="group-9", name="新设二级指标")
    new = documents.document(indicators=(documents.primary(new_group),))
    assert summary(compare(old, new)) == [
        ("产出指标 › 重点工作任务完成", "第 1 行 完成调研报告", "gone", False),
        ("产出指标 › 新设二级指标", "第 1 行 完成调研报告", "new", False),
    ]


@pytest.mark.parametrize(
    ("before", "after", "merged"),
    [
        ("", "", ""),
        ("ab", "", "ab"),
        ("abc", "ac", "abc"),
        ("abcd", "d", "abcd"),
        ("abc", "cxa", "cxab"),
        ("ab", "xa", "xab"),
        ("ab", "xy", "abxy"),
    ],
)
def test_keys_that_are_gone_stand_behind_the_one_they_followed(before, after, merged):
    assert "".join(merged_order(before, after)) == merged


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("", "abc", ""),
        ("abc", "abc", ""),
        ("abc", "xbyc", ""),
        ("abcd", "dabc", "d"),
        ("abcd", "bcda", "a"),
        ("abcdef", "aecdbf", "be"),
        ("abc", "cba", "bc"),
    ],
)
def test_the_fewest_keys_are_moved(before, after, moved):
    assert "".join(sorted(moved_keys(before, after))) == moved
