"""Several edits at once: each row for itself, all of them or nothing where the declaration cannot be changed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from declarations import services
from declarations.changes import BudgetEdit, Changes, Deletion, Placement, apply_changes
from declarations.document import BUDGET_LABELS
from declarations.enums import Status
from declarations.models import Budget, Declaration
from declarations.services import GOALS, TARGETS, TASKS, NotEditable
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.documents import FIGURES
from tests.declarations.services.edits import add, changed, new, now, own_group, rows, save, targets, where
from tests.declarations.situations import stored

FULL = "本部分最多 3 行，不能再增加。"
NO_OWN = "该二级指标不能增加个性指标。"
CHANGED_SINCE = "该行刚被他人修改，未删除。请核对后再删除。"


@pytest.fixture
def made(db) -> Declaration:
    return builders.declaration(filled=False)


def apply(made: Declaration, **changes):
    return apply_changes(*where(made), Changes(**changes), **now(made))


def texts(made: Declaration) -> list[str]:
    return [row.text for row in rows(made, GOALS)]


def test_everything_at_once_is_written(made):
    (goal, gone) = add(made, GOALS, {"text": "甲"}, {"text": "乙"})
    task, target, second = new(name="任务"), new(group=own_group(made), name="指标"), new(text="丙")

    applied = apply(
        made,
        edits={GOALS: [changed(goal, text="甲改"), second], TASKS: [task], TARGETS: [target]},
        deletions=[Deletion(GOALS, gone.key, gone.version)],
        placements=[Placement(GOALS, second.key, None)],
        budget=BudgetEdit(1, FIGURES),
    )

    assert {key: row.version for key, row in applied.stored.items()} == {
        goal.key: 2,
        second.key: 1,
        task.key: 1,
        target.key: 1,
    }
    assert (applied.conflicts, applied.refused, applied.budget_conflict) == ({}, {}, False)
    assert (applied.budget.version, {name: getattr(applied.budget, name) for name in BUDGET_LABELS}) == (2, FIGURES)
    assert texts(made) == ["丙", "甲改"]
    assert [row.name for row in rows(made, TASKS)] == ["任务"]
    assert [row.name for row in targets(own_group(made), made)] == ["指标"]


def test_row_that_is_made_and_placed_behind_another_new_one_stands_there(made):
    add(made, GOALS, {"text": "甲"})
    first, second = new(text="乙"), new(text="丙")

    apply(
        made,
        edits={GOALS: [second, first]},
        placements=[Placement(GOALS, first.key, None), Placement(GOALS, second.key, first.key)],
    )

    assert texts(made) == ["乙", "丙", "甲"]


def test_same_changes_again_are_answered_alike_and_write_nothing(made):
    (goal, gone) = add(made, GOALS, {"text": "甲"}, {"text": "乙"})
    second = new(text="丙")
    again = {
        "edits": {GOALS: [changed(goal, text="甲改"), second]},
        "deletions": [Deletion(GOALS, gone.key, gone.version)],
        "placements": [Placement(GOALS, second.key, None)],
        "budget": BudgetEdit(1, FIGURES),
    }
    first = apply(made, **again)
    before = stored()

    resent = apply(made, **again)

    assert stored() == before
    assert {key: row.version for key, row in resent.stored.items()} == {goal.key: 2, second.key: 1}
    assert (resent.conflicts, resent.refused, resent.budget_conflict) == ({}, {}, False)
    assert resent.budget == first.budget
    assert resent.budget.version == 2
    assert resent.before == resent.after == first.after


def test_conflicts_do_not_hinder_the_other_rows(made):
    mine, theirs, gone = add(made, GOALS, {"text": "甲"}, {"text": "乙"}, {"text": "丙"})
    save(made, GOALS, changed(theirs, text="他人所改"))
    services.delete_row(*where(made), GOALS, gone.key, gone.version, **now(made))

    applied = apply(made, edits={GOALS: [changed(row, text="我改") for row in (theirs, gone, mine)]})

    assert list(applied.stored) == [mine.key]
    assert (applied.conflicts[theirs.key].text, applied.conflicts[theirs.key].version) == ("他人所改", 2)
    assert applied.conflicts[gone.key] is None
    assert texts(made) == ["我改", "他人所改"]


def test_full_section_refuses_the_new_rows_beyond_it_and_takes_all_else(made, monkeypatch):
    monkeypatch.setattr(services, "MAX_ROWS", 3)
    (goal,) = add(made, GOALS, {"text": "甲"})
    fits, fits_too, beyond, task = new(text="乙"), new(text="丙"), new(text="丁"), new(name="任务")

    applied = apply(
        made,
        edits={GOALS: [fits, fits_too, beyond, changed(goal, text="甲改"), changed(goal, text="甲改")], TASKS: [task]},
    )

    assert applied.refused == {beyond.key: FULL}
    assert list(applied.stored) == [fits.key, fits_too.key, goal.key, task.key]
    assert texts(made) == ["甲改", "乙", "丙"]
    assert len(rows(made, TASKS)) == 1


def test_refused_row_does_not_hide_the_conflict_of_another(made, monkeypatch):
    monkeypatch.setattr(services, "MAX_ROWS", 3)
    (goal, *_) = add(made, GOALS, {"text": "甲"}, {"text": "乙"}, {"text": "丙"})
    save(made, GOALS, changed(goal, text="他人所改"))
    beyond = new(text="丁")

    applied = apply(made, edits={GOALS: [changed(goal, text="我改"), beyond]})

    assert applied.refused == {beyond.key: FULL}
    assert {key: row.text for key, row in applied.conflicts.items()} == {goal.key: "他人所改"}
    assert applied.stored == {}


def test_texts_beyond_the_limit_of_a_section_refuse_the_row_that_holds_them(made, monkeypatch):
    monkeypatch.setattr(services, "MAX_CHARACTERS", 10)
    short, long, other = new(text="字" * 4), new(text="字" * 7), new(text="字" * 6)

    applied = apply(made, edits={GOALS: [short, long, other]})

    assert list(applied.refused) == [long.key]
    assert applied.refused[long.key].startswith("本部分文字合计不能超过")
    assert texts(made) == ["字" * 4, "字" * 6]


def test_target_is_refused_in_a_group_that_takes_none_or_is_anothers(made):
    common = made.target_rows.get().secondary
    theirs = own_group(builders.declaration(filled=False))
    own, refused = (
        new(group=own_group(made), name="指标"),
        [new(group=common), new(group=theirs), new(group=None)],
    )

    applied = apply(made, edits={TARGETS: [*refused, own]})

    assert applied.refused == {edit.key: NO_OWN for edit in refused}
    assert list(applied.stored) == [own.key]
    assert [row.name for row in targets(own_group(made), made)] == ["指标"]


def test_deletion_of_a_changed_or_common_row_is_refused_and_the_others_are_deleted(made):
    theirs, mine = add(made, GOALS, {"text": "甲"}, {"text": "乙"})
    colleague = builders.user(Role.PREPARER, department=made.department)
    services.save_rows(made.pk, colleague, GOALS, [changed(theirs, text="他人所改")], **now(made))
    common = made.target_rows.get()

    applied = apply(
        made,
        deletions=[
            Deletion(GOALS, theirs.key, theirs.version),
            Deletion(TARGETS, common.key, common.version),
            Deletion(GOALS, uuid4(), 1),
            Deletion(GOALS, mine.key, mine.version),
        ],
    )

    assert applied.refused == {theirs.key: CHANGED_SINCE, common.key: "共性指标由模板统一设置，不能删除。"}
    assert texts(made) == ["他人所改"]
    assert made.target_rows.get() == common


def test_row_behind_one_that_is_gone_stays_and_the_others_are_placed(made):
    first, second, third = add(made, GOALS, {"text": "甲"}, {"text": "乙"}, {"text": "丙"})

    apply(
        made,
        deletions=[Deletion(GOALS, third.key, third.version)],
        placements=[Placement(GOALS, first.key, third.key), Placement(GOALS, second.key, None)],
    )

    assert texts(made) == ["乙", "甲"]


def test_budget_that_another_has_changed_is_a_conflict_and_does_not_hinder_the_rows(made):
    colleague = builders.user(Role.PREPARER, department=made.department)
    services.save_budget(made.pk, colleague, 1, {"total": "1"}, **now(made))

    applied = apply(made, edits={GOALS: [new(text="甲")]}, budget=BudgetEdit(1, {"total": "2"}))

    assert applied.budget_conflict
    assert (applied.budget.total, applied.budget.version, applied.budget.updated_by) == ("1", 2, colleague)
    assert Budget.objects.get(declaration=made).total == "1"
    assert texts(made) == ["甲"]


def test_without_the_budget_nothing_is_said_of_it(made):
    applied = apply(made, edits={GOALS: [new(text="甲")]})

    assert (applied.budget, applied.budget_conflict) == (None, False)


def test_times_are_those_before_and_after_the_changes(made, time_machine):
    moment = builders.fresh(made).updated_at + timedelta(minutes=1)
    time_machine.move_to(moment, tick=False)
    first = apply(made, edits={GOALS: [new(text="甲")]})
    time_machine.move_to(moment + timedelta(minutes=1), tick=False)
    nothing = apply(made, edits={GOALS: [changed(rows(made, GOALS)[0], text="甲")]})

    assert (first.before, first.after) == (made.updated_at, moment)
    assert (nothing.before, nothing.after) == (moment, moment)
    assert builders.fresh(made).updated_at == moment


def everything(made: Declaration) -> Changes:
    """One change of every kind on a filled declaration."""
    goal, task = rows(made, GOALS)[0], rows(made, TASKS)[0]
    return Changes(
        edits={GOALS: [changed(goal, text="改"), new(text="新")]},
        deletions=[Deletion(TASKS, task.key, task.version)],
        placements=[Placement(GOALS, goal.key, None)],
        budget=BudgetEdit(made.budget.version, {"total": "1"}),
    )


@pytest.mark.parametrize("refused", ["head", "stranger", "closed", "in review", "approved"])
def test_nothing_is_changed_where_the_declaration_cannot_be(db, refused):
    status = {"in review": Status.IN_REVIEW, "approved": Status.APPROVED}.get(refused, Status.DRAFT)
    made = builders.declaration(status)
    person = {
        "head": builders.person_of(made.department, Role.DEPARTMENT_HEAD),
        "stranger": builders.user(Role.PREPARER),
    }.get(refused, builders.preparer_of(made))
    moment = made.round.closes_at if refused == "closed" else made.round.opens_at
    before = stored()

    for changes in (everything(made), Changes()):
        with pytest.raises(NotEditable):
            apply_changes(made.pk, person, changes, moment)

    assert stored() == before


def test_rows_of_another_declaration_are_neither_changed_nor_shown(made):
    other = builders.declaration(round=made.round)
    (goal, task) = rows(other, GOALS)[0], rows(other, TASKS)[0]
    mine = add(made, GOALS, {"text": "甲"})[0]
    before = stored()

    applied = apply(
        made,
        edits={GOALS: [changed(goal, text="改写")]},
        deletions=[Deletion(TASKS, task.key, task.version)],
        placements=[Placement(GOALS, goal.key, None), Placement(GOALS, mine.key, goal.key)],
    )

    assert stored() == before
    assert (applied.stored, applied.conflicts, applied.refused) == ({}, {goal.key: None}, {})
    assert applied.before == applied.after
