"""What the form's script is answered: what became of each row, who else is there, and what the checks have found."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.http import HttpResponse
from django.utils import timezone

from declarations import services
from declarations.document import BUDGET_LABELS
from declarations.models import Budget, Declaration
from declarations.services import GOALS, TARGETS, TASKS
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.documents import FIGURES
from tests.declarations.services import edits
from tests.declarations.views.autosaving import (
    Script,
    sent_deletion,
    sent_new,
    sent_placement,
    sent_row,
    words,
)
from tests.declarations.views.pages import Page

KEY = "0b7f1c9e-0000-4000-8000-000000000001"
OTHER = "0b7f1c9e-0000-4000-8000-000000000002"
CHANGED_AT = datetime(2026, 3, 5, 9, 7, tzinfo=ZoneInfo("Asia/Shanghai"))
PARTS = {"sections", "findings", "notes"}


@pytest.fixture
def li(declaration: Declaration) -> User:
    """A colleague of the preparer."""
    return builders.user(Role.PREPARER, department=declaration.department, name="李一")


def stored_answer(version: int | None = 1, **changes):
    answer = {"state": "stored", "rejected": [], "trouble": "", "texts": {}, "version": version, "unconfirmed": False}
    if version is None:
        del answer["texts"], answer["version"], answer["unconfirmed"]
    return answer | changes


def texts_of(declaration):
    return [goal.text for goal in edits.rows(declaration, GOALS)]


def test_new_and_changed_rows_are_stored_and_their_versions_told(declaration):
    (goal,) = edits.add(declaration, GOALS, {"text": "甲"})
    group = edits.own_group(declaration).pk

    rows = Script(declaration).rows(
        rows=[
            sent_row(GOALS, goal, text="甲改\n两行 "),
            sent_new(TASKS, KEY, name="任务", content="内容"),
            sent_new(TARGETS, OTHER, group, name="指标", comparison="ge"),
        ]
    )

    assert rows == {str(goal.key): stored_answer(2), KEY: stored_answer(), OTHER: stored_answer()}
    assert texts_of(declaration) == ["甲改\n两行 "]
    assert declaration.maintask_rows.values_list("name", "content").get() == ("任务", "内容")
    assert declaration.target_rows.filter(tertiary=None).values_list("secondary", "name", "comparison").get() == (
        group,
        "指标",
        "ge",
    )


def test_time_of_the_save_is_told_by_the_clock(declaration):
    with time_machine.travel(datetime(2026, 3, 5, 17, 59, 59, tzinfo=ZoneInfo("Asia/Shanghai"))):
        assert Script(declaration).send()["time"] == "17:59"


def test_text_that_is_stored_otherwise_than_it_was_sent_is_told(declaration):
    rows = Script(declaration).rows(
        rows=[sent_new(TASKS, KEY, name="任\n务", content="一\r\n二"), sent_new(GOALS, OTHER, text="不变\n的")]
    )

    assert rows == {KEY: stored_answer(texts={"name": "任务", "content": "一\n二"}), OTHER: stored_answer()}


def test_locked_text_of_a_common_indicator_is_told_as_it_stands(declaration):
    common = declaration.target_rows.get()

    rows = Script(declaration).rows(rows=[sent_row(TARGETS, common, name="改", remark="备注")])

    assert rows == {str(common.key): stored_answer(2, texts={"name": "预算执行率"})}


def test_figures_are_stored_as_typed_and_their_version_told(declaration):
    rows = Script(declaration, page="budget").rows(budget={"version": 1, "texts": FIGURES | {"total": "2,677.7\n"}})

    assert rows == {"budget": stored_answer(2, texts={"total": "2,677.7"})}
    assert Budget.objects.values(*BUDGET_LABELS).get() == FIGURES | {"total": "2,677.7"}


def test_rows_are_deleted_and_placed(declaration):
    first, second, third = edits.add(declaration, GOALS, *({"text": text} for text in "甲乙丙"))

    rows = Script(declaration).rows(deleted=[sent_deletion(GOALS, first)], placed=[sent_placement(GOALS, third, None)])

    assert rows == {str(first.key): {"state": "deleted"}}
    assert texts_of(declaration) == ["丙", "乙"]
    assert [row.version for row in edits.rows(declaration, GOALS)] == [second.version, third.version]


def test_request_sent_again_is_answered_alike_and_writes_nothing(declaration):
    first, second = edits.add(declaration, GOALS, {"text": "甲"}, {"text": "乙"})
    script = Script(declaration)
    body = script.body(
        rows=[
            sent_row(GOALS, first, text="甲改"),
            sent_new(TASKS, KEY, name="任\n务", content="长" * 2001),
            sent_new(GOALS, OTHER, text="丙"),
        ],
        deleted=[sent_deletion(GOALS, second)],
        placed=[{"section": "goals", "key": OTHER, "after": None}],
        budget={"version": 1, "texts": {"total": "1\n", "other_funds": "1" * 51}},
    )
    once = script.post(body).json()
    before = builders.fresh(declaration).updated_at

    again = script.post(body).json()

    assert again["rows"] == once["rows"]
    assert once["rows"][KEY]["version"] == once["rows"][OTHER]["version"] == 1
    assert (once["rows"][str(first.key)]["version"], once["rows"]["budget"]["version"]) == (2, 2)
    assert again["seen"] == once["seen"]
    assert builders.fresh(declaration).updated_at == before
    assert texts_of(declaration) == ["丙", "甲改"]
    assert len(edits.rows(declaration, TASKS)) == 1
    assert Budget.objects.get().version == 2


@pytest.mark.parametrize("length", [2000, 2001])
def test_text_too_long_is_told_and_the_rows_other_texts_are_stored(declaration, length):
    (task,) = edits.add(declaration, TASKS, {"name": "任务", "content": "旧"})

    rows = Script(declaration).rows(rows=[sent_row(TASKS, task, name="改名", content="长" * length)])

    answer = rows[str(task.key)]
    trouble = words(answer.pop("trouble"))
    del rows
    too_long = length == 2001
    assert answer | {"trouble": ""} == stored_answer(2, rejected=["content"] if too_long else [])
    assert trouble == ("未保存主要内容：不能超过2000字，现有2001字，请精简后再保存。" if too_long else "")
    assert declaration.maintask_rows.values_list("name", "content").get() == (
        "改名",
        "旧" if too_long else "长" * 2000,
    )


def test_row_of_which_nothing_can_be_stored_stays_as_it_is(declaration):
    (goal,) = edits.add(declaration, GOALS, {"text": "甲"})
    script = Script(declaration)
    answer = script.send(rows=[sent_row(GOALS, goal, text="a\0b")])

    row = answer["rows"][str(goal.key)]
    trouble = Page(HttpResponse(row["trouble"]))
    assert row | {"trouble": ""} == stored_answer(None, rejected=["text"])
    assert trouble.notes == {f"goals-{goal.key}-text": ["未保存含有不可见的空字符，请删除后重新输入。"]}
    assert not PARTS & answer.keys()
    assert texts_of(declaration) == ["甲"]


def test_new_row_of_which_nothing_can_be_stored_is_made_empty(declaration):
    rows = Script(declaration).rows(rows=[sent_new(GOALS, KEY, text="长" * 2001)])

    assert rows[KEY] | {"trouble": ""} == stored_answer(rejected=["text"])
    assert texts_of(declaration) == [""]


def test_figure_that_cannot_be_stored_is_told_and_the_others_are_stored(declaration):
    rows = Script(declaration).rows(budget={"version": 1, "texts": FIGURES | {"other_funds": "1" * 51}})

    assert words(rows["budget"].pop("trouble")) == "未保存其他资金：不能超过50字，现有51字，请精简后再保存。"
    assert rows["budget"] | {"trouble": ""} == stored_answer(2, rejected=["other_funds"])
    assert Budget.objects.values(*BUDGET_LABELS).get() == FIGURES | {"other_funds": ""}


def test_row_changed_by_another_is_a_conflict_with_both_texts(declaration, li):
    (task,) = edits.add(declaration, TASKS, {"name": "任务", "content": "内容", "amount": "1"})
    with time_machine.travel(CHANGED_AT, tick=False):
        services.save_rows(
            declaration.pk, li, TASKS, [edits.changed(task, name="李改", content="李的内容")], **edits.now(declaration)
        )

    rows = Script(declaration).rows(rows=[sent_row(TASKS, task, name="王改<b>", amount="1")])

    answer = rows[str(task.key)]
    trouble = answer.pop("trouble")
    assert answer == {
        "state": "conflict",
        "version": 2,
        "texts": {"name": "李改", "content": "李的内容", "amount": "1"},
    }
    assert words(trouble) == (
        "本行已由李一于3月5日09:07修改，您的修改未保存。请核对后选择："
        "项目我填写的对方填写的任务名称王改<b>李改用我的用对方的"
    )
    assert f'value="theirs:{task.key}"' in trouble
    assert declaration.maintask_rows.values_list("name", "content").get() == ("李改", "李的内容")


def test_row_deleted_by_another_is_a_conflict_without_texts(declaration, li):
    (goal,) = edits.add(declaration, GOALS, {"text": "甲"})
    with time_machine.travel(CHANGED_AT, tick=False):
        services.delete_row(declaration.pk, li, GOALS, goal.key, 1, **edits.now(declaration))
    script = Script(declaration)

    answer = script.rows(rows=[sent_row(GOALS, goal, text="王改")])[str(goal.key)]

    assert words(answer.pop("trouble")) == (
        "本行已由李一于3月5日09:07删除，您的修改未保存。请选择：恢复本行放弃我的修改"
    )
    assert answer == {"state": "conflict", "version": 0, "texts": None}
    # As the answer says: version 0 brings the row back.
    assert script.rows(rows=[sent_new(GOALS, str(goal.key), text="王改")]) == {str(goal.key): stored_answer()}
    assert texts_of(declaration) == ["王改"]


def test_budget_changed_by_another_is_a_conflict_with_both_figures(declaration, li):
    with time_machine.travel(CHANGED_AT, tick=False):
        services.save_budget(declaration.pk, li, 1, FIGURES, **edits.now(declaration))

    answer = Script(declaration).rows(budget={"version": 1, "texts": {"total": "1", "other_funds": "0"}})["budget"]

    assert words(answer.pop("trouble")) == (
        "预算情况已由李一于3月5日09:07修改，您的修改未保存。请核对后选择："
        "项目我填写的对方填写的部门预算总额12677.7用我的用对方的"
    )
    assert answer == {"state": "conflict", "version": 2, "texts": FIGURES}
    assert Budget.objects.values(*BUDGET_LABELS).get() == FIGURES


def test_row_of_which_nobody_knows_who_deleted_it_is_a_conflict(declaration):
    (goal,) = edits.add(declaration, GOALS, {"text": "甲"})
    declaration.dutygoal_rows.all().delete()

    answer = Script(declaration).rows(rows=[sent_row(GOALS, goal, text="王改")])[str(goal.key)]

    assert words(answer["trouble"]) == "本行已被他人删除，您的修改未保存。请选择：恢复本行放弃我的修改"


def test_rows_and_budget_changed_in_another_window_of_ones_own_name_nobody_else(declaration):
    changed, gone = edits.add(declaration, GOALS, {"text": "甲"}, {"text": "乙"})
    where = edits.where(declaration)
    with time_machine.travel(CHANGED_AT, tick=False):
        edits.save(declaration, GOALS, edits.changed(changed, text="先改"))
        services.delete_row(*where, GOALS, gone.key, 1, **edits.now(declaration))
        services.save_budget(*where, 1, {"total": "1"}, **edits.now(declaration))

    rows = Script(declaration).rows(
        rows=[sent_row(GOALS, changed, text="后改"), sent_row(GOALS, gone, text="后改")],
        budget={"version": 1, "texts": {"total": "2"}},
    )

    choice = "项目本窗口填写的其他窗口填写的{}用本窗口的用其他窗口的"
    assert {key: words(row["trouble"]) for key, row in rows.items()} == {
        str(changed.key): "本行已由本人在其他窗口于3月5日09:07修改，本窗口的修改未保存。请核对后选择："
        + choice.format("年度履职目标后改先改"),
        str(gone.key): "本行已由本人在其他窗口于3月5日09:07删除，本窗口的修改未保存。请选择：恢复本行放弃本窗口的修改",
        "budget": "预算情况已由本人在其他窗口于3月5日09:07修改，本窗口的修改未保存。请核对后选择："
        + choice.format("部门预算总额21"),
    }


def test_what_the_service_refuses_is_told_of_its_row_alone(declaration, li):
    (goal,) = edits.add(declaration, GOALS, {"text": "甲"})
    services.save_rows(declaration.pk, li, GOALS, [edits.changed(goal, text="李改")], **edits.now(declaration))
    common = declaration.target_rows.get()

    answer = Script(declaration).send(
        rows=[sent_new(TARGETS, KEY, common.secondary_id, name="指标"), sent_new(GOALS, OTHER, text="乙")],
        deleted=[sent_deletion(GOALS, goal), sent_deletion(TARGETS, common)],
    )

    assert answer["refusal"] == ""
    assert answer["rows"] == {
        KEY: {"state": "refused", "message": "该二级指标不能增加个性指标。"},
        OTHER: stored_answer(),
        str(goal.key): {"state": "refused", "message": "该行刚被他人修改，未删除。请核对后再删除。"},
        str(common.key): {"state": "refused", "message": "共性指标由模板统一设置，不能删除。"},
    }
    assert texts_of(declaration) == ["李改", "乙"]


def test_page_is_stale_after_somebody_else_has_changed_something_until_it_is_told(declaration, li):
    mine, theirs = Script(declaration), Script(declaration, li)
    assert not mine.send()["stale"]

    assert not theirs.send(rows=[sent_new(GOALS, KEY, text="李的")])["stale"]

    told = mine.send()
    assert (told["stale"], told["seen"]) == (True, theirs.seen)
    assert not mine.send()["stale"]


def test_page_is_stale_when_ones_own_change_came_after_somebody_elses(declaration, li):
    mine, theirs = Script(declaration), Script(declaration, li)
    theirs.send(rows=[sent_new(GOALS, KEY, text="李的")])

    assert mine.send(rows=[sent_new(GOALS, OTHER, text="王的")])["stale"]
    assert not mine.send(rows=[sent_new(TASKS, OTHER, name="王的")])["stale"]


def test_others_who_have_the_form_open_are_named_until_they_are_gone(declaration, li, time_machine):
    mine, theirs = Script(declaration), Script(declaration, li)
    moment = timezone.now()
    time_machine.move_to(moment, tick=False)
    assert words(mine.send()["others"]) == ""
    theirs.send()

    time_machine.move_to(moment + timedelta(seconds=59))
    assert words(mine.send()["others"]) == "现在同时打开本申报表的还有：李一"
    time_machine.move_to(moment + timedelta(seconds=60))
    assert words(mine.send()["others"]) == ""


def test_findings_come_with_a_change_and_only_then(declaration):
    script = Script(declaration)
    change = {"rows": [sent_new(GOALS, KEY, text="___")]}

    changed, same, nothing = script.send(**change), script.send(**change), script.send()

    assert changed.keys() - same.keys() == PARTS
    assert same.keys() == nothing.keys()


def test_change_that_was_refused_or_in_conflict_brings_no_findings(declaration, li):
    (goal,) = edits.add(declaration, GOALS, {"text": "甲"})
    edits.save(declaration, GOALS, edits.changed(goal, text="李改"))

    answer = Script(declaration).send(
        rows=[sent_row(GOALS, goal, text="王改"), sent_new(TARGETS, KEY, name="无处可去")]
    )

    assert {row["state"] for row in answer["rows"].values()} == {"conflict", "refused"}
    assert not PARTS & answer.keys()


def test_notes_are_those_of_the_open_section(declaration):
    (goal,) = edits.add(declaration, GOALS, {"text": "甲"})
    (task,) = edits.add(declaration, TASKS, {"name": "任务"})
    changes = [sent_row(GOALS, goal, text="___"), sent_row(TASKS, task, name="___")]

    goals = Script(declaration, page="goals").send(rows=changes)
    tasks = Script(declaration, page="tasks").send(rows=[sent_new(GOALS, KEY, text="乙")])

    assert list(goals["notes"]) == [f"goals/{goal.key}"]
    assert Page(HttpResponse(goals["notes"][f"goals/{goal.key}"])).notes.keys() == {f"goals-{goal.key}-text"}
    assert list(tasks["notes"]) == [f"tasks/{task.key}"]
    assert Page(HttpResponse(tasks["notes"][f"tasks/{task.key}"])).notes.keys() == {
        f"tasks-{task.key}-name",
        f"tasks-{task.key}-content",
    }


def test_section_list_marks_the_open_section_and_counts_its_findings(declaration):
    answer = Script(declaration, page="goals").send(rows=[sent_new(GOALS, KEY, text="___")])

    sections = answer["sections"]
    assert sections.count('aria-current="page"') == 1
    assert "年度履职目标1处须改" in words(sections)
    assert "本部分检查结果：1处须改正，0处提示" in words(answer["findings"])


def test_finding_that_is_mended_is_gone_from_the_answer(declaration):
    (goal,) = edits.add(declaration, GOALS, {"text": "___"})

    answer = Script(declaration).send(rows=[sent_row(GOALS, goal, text="做好办文办会工作；")])

    assert answer["notes"] == {}
    assert words(answer["findings"]) == ""
    assert "年度履职目标✓完整" in words(answer["sections"])


def test_row_that_is_gone_and_one_that_never_was_are_deleted_without_a_word(declaration):
    (goal,) = edits.add(declaration, GOALS, {"text": "甲"})
    script = Script(declaration)
    never = {"section": "goals", "key": str(uuid4()), "version": 1}
    script.send(deleted=[sent_deletion(GOALS, goal)])

    answer = script.send(deleted=[sent_deletion(GOALS, goal), never])

    assert answer["rows"] == {str(goal.key): {"state": "deleted"}, never["key"]: {"state": "deleted"}}
    assert not PARTS & answer.keys()
