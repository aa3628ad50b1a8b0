from datetime import timedelta
from uuid import uuid4

import pytest

from declarations import selectors, services
from declarations.models import Declaration
from declarations.services import GOALS, TARGETS, TASKS, NotEditable, RowEdit
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.services.edits import add, changed, new, now, own_group, rows, save, where
from tests.declarations.situations import stored

TEXTS_OF = [
    (GOALS, {"text": "一、做好办文办会工作；"}),
    (TASKS, {"name": "保障机关运转", "content": "按时支付水电费。", "amount": "838.14"}),
]


def empty() -> Declaration:
    return builders.declaration(filled=False)


@pytest.mark.parametrize(("section", "texts"), TEXTS_OF)
def test_new_rows_stand_at_the_end_in_the_order_they_were_sent(db, section, texts):
    made = empty()
    edits = [new(**texts), new(), new(**texts)]
    outcome = save(made, section, *edits)
    stored_rows = rows(made, section)
    assert outcome.saved == stored_rows
    assert outcome.conflicts == {}
    assert [(row.key, row.position, row.version, row.updated_by) for row in stored_rows] == [
        (edit.key, position, 1, where(made)[1]) for position, edit in enumerate(edits)
    ]
    nothing = dict.fromkeys(texts, "")
    assert [{name: getattr(row, name) for name in texts} for row in stored_rows] == [texts, nothing, texts]


def test_only_the_named_rows_and_texts_change(db):
    made = empty()
    first, second, third = add(made, TASKS, *({"name": name, "content": f"{name}的内容"} for name in "甲乙丙"))
    before = {row["id"]: row for row in stored("declarations.MainTask")["declarations.MainTask"]}
    outcome = save(made, TASKS, changed(second, name="丁"))
    assert [(row.pk, row.version) for row in outcome.saved] == [(second.pk, 2)]
    after = {row["id"]: row for row in stored("declarations.MainTask")["declarations.MainTask"]}
    assert [after[row.pk] for row in (first, third)] == [before[row.pk] for row in (first, third)]
    assert after[second.pk].pop("updated_at") >= before[second.pk].pop("updated_at")
    assert after[second.pk] == before[second.pk] | {"name": "丁", "version": 2}


def test_saved_row_names_who_saved_it(db):
    made = empty()
    (row,) = add(made, GOALS, {"text": "甲"})
    colleague = builders.user(Role.PREPARER, department=made.department)
    services.save_rows(made.pk, colleague, GOALS, [changed(row, text="乙")], **now(made))
    row.refresh_from_db()
    assert row.updated_by == colleague


def test_save_of_what_is_stored_writes_nothing(db):
    made = empty()
    (row,) = add(made, GOALS, {"text": "甲"})
    before = stored()
    outcome = save(made, GOALS, changed(row, text="甲"), changed(row))
    assert (outcome.saved, outcome.unchanged, outcome.conflicts) == ([], [row, row], {})
    assert stored() == before


def test_save_of_a_row_that_somebody_has_changed_is_a_conflict(db):
    made = empty()
    row, other = add(made, GOALS, {"text": "甲"}, {"text": "丙"})
    save(made, GOALS, changed(row, text="他人所改"))
    outcome = save(made, GOALS, changed(row, text="乙"), changed(other, text="丁"))
    assert outcome.saved == [other]
    (conflict,) = outcome.conflicts.values()
    assert list(outcome.conflicts) == [row.key]
    assert (conflict.text, conflict.version, conflict.updated_by) == ("他人所改", 2, where(made)[1])
    assert [goal.text for goal in rows(made, GOALS)] == ["他人所改", "丁"]


def test_save_of_the_same_text_from_an_old_page_is_no_conflict(db):
    made = empty()
    (row,) = add(made, GOALS, {"text": "甲"})
    save(made, GOALS, changed(row, text="乙"))
    outcome = save(made, GOALS, changed(row, text="乙"))
    assert (outcome.saved, outcome.unchanged, outcome.conflicts) == ([], [row], {})


def test_version_that_was_never_there_is_a_conflict(db):
    made = empty()
    (row,) = add(made, GOALS, {"text": "甲"})
    outcome = save(made, GOALS, RowEdit(row.key, 7, {"text": "乙"}))
    assert outcome.conflicts == {row.key: row}
    assert rows(made, GOALS)[0].text == "甲"


def test_save_of_a_row_that_somebody_has_deleted_is_a_conflict(db):
    made = empty()
    (row,) = add(made, GOALS, {"text": "甲"})
    services.delete_row(*where(made), GOALS, row.key, row.version, **now(made))
    outcome = save(made, GOALS, changed(row, text="乙"))
    assert (outcome.saved, outcome.conflicts) == ([], {row.key: None})
    assert rows(made, GOALS) == []


def test_deleted_row_is_made_again_under_its_key(db):
    made = empty()
    (row,) = add(made, GOALS, {"text": "甲"})
    services.delete_row(*where(made), GOALS, row.key, row.version, **now(made))
    save(made, GOALS, new(row.key, text="甲"))
    assert [(goal.key, goal.text, goal.version) for goal in rows(made, GOALS)] == [(row.key, "甲", 1)]


def test_repeated_request_for_a_new_row_adds_no_second_one(db):
    made = empty()
    edit = new(text="甲")
    save(made, GOALS, edit)
    before = stored()
    outcome = save(made, GOALS, edit)
    assert (outcome.saved, [row.key for row in outcome.unchanged], outcome.conflicts) == ([], [edit.key], {})
    assert stored() == before


def test_row_that_is_sent_twice_in_one_request_is_made_once(db):
    made = empty()
    key = uuid4()
    outcome = save(made, GOALS, new(key, text="甲"), new(key, text="乙"))
    assert [row.text for row in outcome.saved] == ["甲"]
    assert list(outcome.conflicts) == [key]
    assert [row.text for row in rows(made, GOALS)] == ["甲"]


def test_key_of_another_declarations_row_neither_changes_nor_shows_it(db):
    theirs = empty()
    (row,) = add(theirs, GOALS, {"text": "他人的目标"})
    made = empty()
    before = stored("declarations.DutyGoal", "declarations.Declaration")
    outcome = save(made, GOALS, changed(row, text="改写"))
    assert (outcome.saved, outcome.conflicts) == ([], {row.key: None})
    assert services.delete_row(*where(made), GOALS, row.key, row.version, **now(made)) is None
    services.move_row(*where(made), GOALS, row.key, -1, **now(made))
    assert stored("declarations.DutyGoal", "declarations.Declaration") == before


def test_key_of_another_declarations_row_can_name_a_new_one(db):
    theirs = empty()
    (row,) = add(theirs, GOALS, {"text": "他人的目标"})
    made = empty()
    save(made, GOALS, new(row.key, text="自己的目标"))
    assert [goal.text for goal in (*rows(theirs, GOALS), *rows(made, GOALS))] == ["他人的目标", "自己的目标"]


def test_text_of_another_section_is_ignored(db):
    made = empty()
    (row,) = save(made, GOALS, new(text="甲", name="乙", position="9", declaration_id="1")).saved
    assert selectors.document_of(builders.fresh(made)).duty_goals[0].text == "甲"
    save(made, GOALS, changed(row, version="9", position="9"))
    assert [(goal.position, goal.version) for goal in rows(made, GOALS)] == [(0, 1)]


@pytest.mark.parametrize("section", [GOALS, TASKS])
def test_section_holds_no_more_rows_than_it_may(db, section, monkeypatch):
    monkeypatch.setattr(services, "MAX_ROWS", 3)
    made = empty()
    add(made, section, {}, {})
    before = stored()
    with pytest.raises(NotEditable, match=r"^本部分最多 3 行，不能再增加。$"):
        add(made, section, {}, {})
    assert stored() == before
    services.add_row(*where(made), section, **now(made))
    with pytest.raises(NotEditable, match="最多 3 行"):
        services.add_row(*where(made), section, **now(made))
    assert len(rows(made, section)) == 3


def test_row_limit_counts_the_targets_of_all_groups(db, monkeypatch):
    monkeypatch.setattr(services, "MAX_ROWS", 2)
    made = empty()
    services.add_row(*where(made), TARGETS, own_group(made).pk, **now(made))
    with pytest.raises(NotEditable, match="最多 2 行"):
        services.add_row(*where(made), TARGETS, own_group(made).pk, **now(made))


def test_deleted_row_is_answered_as_it_was(db):
    made = empty()
    first, second = add(made, TASKS, {"name": "甲"}, {"name": "乙", "content": "内容"})
    deleted = services.delete_row(*where(made), TASKS, second.key, second.version, **now(made))
    assert (deleted.key, deleted.name, deleted.content, deleted.position) == (second.key, "乙", "内容", 1)
    assert rows(made, TASKS) == [first]
    assert services.delete_row(*where(made), TASKS, second.key, second.version, **now(made)) is None


@pytest.mark.parametrize(("by_oneself", "changed_by"), [(False, "被他人"), (True, "由本人在其他窗口")])
def test_row_that_was_changed_since_is_not_deleted(db, by_oneself, changed_by):
    made = empty()
    (row,) = add(made, GOALS, {"text": "甲"})
    person = where(made)[1] if by_oneself else builders.user(Role.PREPARER, department=made.department)
    services.save_rows(made.pk, person, GOALS, [changed(row, text="乙")], **now(made))
    before = stored()
    with pytest.raises(NotEditable, match=rf"^该行刚{changed_by}修改，未删除。请核对后再删除。$"):
        services.delete_row(*where(made), GOALS, row.key, row.version, **now(made))
    assert stored() == before


def test_every_change_marks_the_declaration_as_changed(db, time_machine):
    made = empty()
    (row,) = add(made, GOALS, {"text": "甲"})
    last = add(made, GOALS, {"text": "末"})[0]
    later = builders.fresh(made).updated_at
    for change in (
        lambda: save(made, GOALS, changed(row, text="乙")),
        lambda: services.move_row(*where(made), GOALS, last.key, -1, **now(made)),
        lambda: services.place_row(*where(made), GOALS, row.key, None, **now(made)),
        lambda: services.delete_row(*where(made), GOALS, last.key, last.version, **now(made)),
        lambda: services.add_row(*where(made), GOALS, **now(made)),
        lambda: services.save_budget(*where(made), made.budget.version, {"total": "1"}, **now(made)),
    ):
        later += timedelta(minutes=1)
        time_machine.move_to(later, tick=False)
        change()
        assert builders.fresh(made).updated_at == later


def test_section_takes_as_many_characters_as_its_limit_and_not_one_more(db, monkeypatch):
    monkeypatch.setattr(services, "MAX_CHARACTERS", 10)
    made = empty()
    [row] = save(made, GOALS, new(text="字" * 10)).saved
    before = stored()
    with pytest.raises(NotEditable, match="本部分文字合计不能超过"):
        save(made, GOALS, new(text="多"))
    with pytest.raises(NotEditable, match="本部分文字合计不能超过"):
        save(made, GOALS, changed(row, text="字" * 11))
    assert stored() == before
