"""Two people of one department in one section, and the row that both of them changed."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from declarations.models import DutyGoal, Target
from indicators.enums import Comparison
from tests.declarations import builders
from tests.declarations.views.pages import Desk, section_url

CHANGED_AT = datetime(2026, 3, 5, 9, 7, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def declaration(db):
    with time_machine.travel(CHANGED_AT, tick=False):
        yield builders.declaration(filled=False)


@pytest.fixture
def two(desk_of):
    """Li and Wang, both with the same two goals before them."""
    li = desk_of("李一", "goals")
    for text in ("第一", "第二"):
        li.press("add")
        li.press("save", li.type(-1, text=text))
    wang = desk_of("王二", "goals")
    li.open()
    return li, wang


def stored(declaration):
    return list(declaration.dutygoal_rows.values_list("text", flat=True))


def test_different_rows_do_not_disturb_each_other(two, declaration):
    li, wang = two

    li.press("save", li.type(0, text="李改第一"))
    wang.press("save", wang.type(1, text="王改第二"))

    assert stored(declaration) == ["李改第一", "王改第二"]
    assert wang.texts("text") == ["李改第一", "王改第二"]
    assert "未保存" not in wang.page.text


def test_row_changed_by_another_is_not_overwritten_and_both_texts_are_shown(two, declaration):
    li, wang = two
    li.press("save", li.type(0, text="李改第一"))

    wang.press("save", wang.type(0, text="王改第一"), wang.type(1, text="王改第二"))

    assert stored(declaration) == ["李改第一", "王改第二"]
    assert wang.texts("text") == ["王改第一", "王改第二"]
    assert wang.page.differences == {wang.keys[0]: {"text": ("王改第一", "李改第一")}}
    assert "本行已由李一于3月5日09:07修改，您的修改未保存。" in wang.page.text


def test_second_save_overwrites_knowingly(two, declaration):
    li, wang = two
    li.press("save", li.type(0, text="李改第一"))
    wang.press("save", wang.type(0, text="王改第一"))

    wang.press("save")

    assert stored(declaration) == ["王改第一", "第二"]
    assert "未保存" not in wang.page.text


@pytest.mark.parametrize("changed", ["changed", "deleted"])
def test_theirs_gives_up_ones_own_change_of_that_row_and_saves_the_others(two, declaration, changed):
    li, wang = two
    if changed == "changed":
        li.press("save", li.type(0, text="李改第一"))
    else:
        li.press(f"delete:{li.keys[0]}")
    key = wang.keys[0]
    wang.press("save", wang.type(0, text="王改第一"))

    wang.press(f"theirs:{key}", wang.type(wang.keys.index(key) - 1, text="王改第二"))

    assert stored(declaration) == wang.texts("text") == (["李改第一"] if changed == "changed" else []) + ["王改第二"]
    assert "未保存" not in wang.page.text


def test_theirs_of_one_row_leaves_the_conflict_of_another(two, declaration):
    li, wang = two
    li.press("save", li.type(0, text="李改第一"), li.type(1, text="李改第二"))
    wang.press("save", wang.type(0, text="王改第一"), wang.type(1, text="王改第二"))
    # To save knowingly is to overwrite both; the other row was changed again in between.
    li.press("save", li.type(1, text="李又改第二"))

    wang.press(f"theirs:{wang.keys[0]}")

    assert stored(declaration) == ["李改第一", "李又改第二"]
    assert wang.texts("text") == ["李改第一", "王改第二"]
    assert wang.page.differences == {wang.keys[1]: {"text": ("王改第二", "李又改第二")}}


@pytest.mark.parametrize("key", ["", "1", "budget", "\0", "9" * 50])
def test_theirs_of_what_is_no_row_is_refused(two, declaration, key):
    _, wang = two

    assert wang.client.post(wang.url, {"action": f"theirs:{key}"}).status_code == 400
    assert stored(declaration) == ["第一", "第二"]


def test_second_save_does_not_overwrite_what_changed_again_in_between(two, declaration):
    li, wang = two
    li.press("save", li.type(0, text="李改第一"))
    wang.press("save", wang.type(0, text="王改第一"))
    li.press("save", li.type(0, text="李又改"))

    wang.press("save")

    assert stored(declaration) == ["李又改", "第二"]
    assert wang.page.differences == {wang.keys[0]: {"text": ("王改第一", "李又改")}}


def test_same_change_by_both_is_no_conflict(two, declaration):
    li, wang = two

    li.press("save", li.type(0, text="一样\n两行"))
    wang.press("save", wang.type(0, text="一样\r\n两行"))

    assert stored(declaration) == ["一样\n两行", "第二"]
    assert "未保存" not in wang.page.text


def test_conflict_marks_only_the_texts_that_differ(desk_of, declaration):
    li = desk_of("李一", "tasks")
    li.press("add")
    li.press("save", li.type(0, name="名称", content="两\n行"))
    wang = desk_of("王二", "tasks")
    li.press("save", li.type(0, name="李的名称"))

    wang.press("save", wang.type(0, name="王的名称"))

    assert wang.page.differences == {wang.keys[0]: {"name": ("王的名称", "李的名称")}}


def test_row_deleted_by_another_keeps_what_was_typed_and_comes_back_with_the_next_save(two, declaration):
    li, wang = two
    li.press(f"delete:{li.keys[0]}")

    wang.press("save", wang.type(0, text="王改第一"), wang.type(1, text="王改第二"))

    assert stored(declaration) == ["王改第二"]
    assert wang.texts("text") == ["王改第二", "王改第一"]
    assert "本行已由李一于3月5日09:07删除，您的修改未保存。请选择：恢复本行放弃我的修改" in wang.page.text

    wang.press("save")

    assert stored(declaration) == ["王改第二", "王改第一"]
    assert "未保存" not in wang.page.text


def test_row_of_which_nobody_knows_who_deleted_it_keeps_what_was_typed(two, declaration):
    _, wang = two
    declaration.dutygoal_rows.get(text="第一").delete()

    wang.press("save", wang.type(0, text="王改第一"))

    assert "本行已被他人删除，您的修改未保存。请选择：恢复本行放弃我的修改" in wang.page.text


@pytest.fixture
def windows(preparer, declaration):
    """Two windows of one person, both with the same two goals."""
    url = section_url(declaration, "goals")
    first = Desk(preparer, url)
    for text in ("第一", "第二"):
        first.press("add")
        first.press("save", first.type(-1, text=text))
    second = Desk(preparer, url)
    first.open()
    return first, second


def test_row_changed_by_oneself_in_another_window_names_nobody_else(windows, declaration):
    first, second = windows
    first.press("save", first.type(0, text="先改"))

    second.press("save", second.type(0, text="后改"))

    assert stored(declaration) == ["先改", "第二"]
    assert second.page.differences == {second.keys[0]: {"text": ("后改", "先改")}}
    assert (
        "本行已由本人在其他窗口于3月5日09:07修改，本窗口的修改未保存。请核对后选择："
        "项目本窗口填写的其他窗口填写的年度履职目标后改先改用本窗口的用其他窗口的"
    ) in second.page.text
    assert "对方" not in second.page.text


def test_row_deleted_by_oneself_in_another_window_names_nobody_else(windows, declaration):
    first, second = windows
    first.press(f"delete:{first.keys[0]}")

    second.press("save", second.type(0, text="后改"))

    assert stored(declaration) == ["第二"]
    assert (
        "本行已由本人在其他窗口于3月5日09:07删除，本窗口的修改未保存。请选择：恢复本行放弃本窗口的修改"
    ) in second.page.text


def test_row_changed_by_oneself_in_another_window_is_not_deleted(windows, declaration):
    first, second = windows
    first.press("save", first.type(0, text="先改"))

    second.press(f"delete:{second.keys[0]}")

    assert stored(declaration) == ["先改", "第二"]
    assert "该行刚由本人在其他窗口修改，未删除。" in second.page.text


def test_own_indicator_deleted_by_another_keeps_what_was_typed_and_comes_back_in_its_group(desk_of, declaration):
    li = desk_of("李一", "indicators", 1)
    add = next(button for button in li.page.buttons if button.startswith("add:"))
    li.press(add)
    wang = desk_of("王二", "indicators", 1)
    li.press(f"delete:{li.keys[0]}")

    wang.press("save", wang.type(0, name="王的指标", comparison=Comparison.AT_LEAST, value="约5.5万人次"))
    assert (wang.texts("name"), wang.texts("value")) == (["王的指标"], ["约5.5万人次"])
    assert Target.objects.filter(tertiary=None).count() == 0

    wang.press("save")

    group = int(add.removeprefix("add:"))
    assert Target.objects.filter(tertiary=None).values_list("secondary", "name", "comparison", "value").get() == (
        group,
        "王的指标",
        "ge",
        "约5.5万人次",
    )


def test_conflict_on_common_indicator_marks_only_what_the_department_may_change(desk_of, declaration):
    li, wang = desk_of("李一", "indicators", 0), desk_of("王二", "indicators", 0)
    li.press("save", li.type(0, remark="李的备注"))

    wang.press("save", wang.type(0, remark="王的备注"))

    assert wang.page.differences == {wang.keys[0]: {"remark": ("王的备注", "李的备注")}}
    assert Target.objects.get(tertiary__isnull=False).remark == "李的备注"


def test_comparison_changed_by_another_is_shown_by_its_sign(desk_of):
    li = desk_of("李一", "indicators", 1)
    li.press(next(button for button in li.page.buttons if button.startswith("add:")))
    wang = desk_of("王二", "indicators", 1)
    li.press("save", li.type(0, comparison=Comparison.AT_LEAST))

    wang.press("save", wang.type(0, comparison=Comparison.AT_MOST))

    assert wang.page.differences == {wang.keys[0]: {"comparison": ("≤", "≥")}}
    assert wang.texts("comparison") == ["le"]


def test_row_changed_by_another_is_not_deleted(two, declaration):
    li, wang = two
    li.press("save", li.type(0, text="李改第一"))

    wang.press(f"delete:{wang.keys[0]}")

    assert stored(declaration) == ["李改第一", "第二"]
    assert "该行刚被他人修改，未删除。" in wang.page.text


def test_row_deleted_by_another_can_be_deleted_and_moved_without_a_word(two, declaration):
    li, wang = two
    key = wang.keys[0]
    data = {name: value for name, value in wang.page.data.items() if key not in (name[:36], value[0])}
    li.press(f"delete:{key}")

    for action in ("delete", "up", "down"):
        assert wang.send({**data, "action": f"{action}:{key}"}).status_code == 200
        assert stored(declaration) == ["第二"]


def test_moves_of_two_people_follow_each_other(two, declaration):
    li, wang = two

    li.press(f"down:{li.keys[0]}")
    wang.press(f"down:{wang.keys[0]}")

    assert stored(declaration) == ["第二", "第一"]
    assert sorted(DutyGoal.objects.values_list("position", flat=True)) == [0, 1]


def test_row_deleted_by_another_is_gone_where_it_was_not_touched(two, declaration):
    li, wang = two
    li.press(f"delete:{li.keys[0]}")

    wang.press("save", wang.type(1, text="王改第二"))

    assert stored(declaration) == wang.texts("text") == ["王改第二"]
    assert "未保存" not in wang.page.text


def test_conflict_leaves_what_another_wrote_where_nothing_was_typed(desk_of, declaration):
    li = desk_of("李一", "tasks")
    li.press("add")
    li.press("save", li.type(0, name="名称", content="内容"))
    wang = desk_of("王二", "tasks")
    li.press("save", li.type(0, name="李的名称", content="李的内容"))
    wang.press("save", wang.type(0, name="王的名称"))
    assert (wang.texts("name"), wang.texts("content")) == (["王的名称"], ["李的内容"])

    wang.press("save")

    assert declaration.maintask_rows.values_list("name", "content").get() == ("王的名称", "李的内容")
