"""Rows of the form: added, typed, deleted, brought back and moved, without a script."""

import pytest

from declarations import services
from declarations.models import DutyGoal, MainTask
from tests.declarations.views.pages import Desk, Page, section_url

ODD = " 一\n\n二  “三”<b>&amp;</b>'\"\\ 🙂𠮷\t１２３。 \n"
GOALS = ("一、办文办会", ODD, "三、督查督办")


@pytest.fixture
def goals(declaration, preparer):
    """The preparer at the goals, of which there are three."""
    desk = Desk(preparer, section_url(declaration, "goals"))
    for text in GOALS:
        desk.press("add")
        desk.press("save", desk.type(-1, text=text))
    desk.open()
    return desk


def stored(declaration):
    return list(declaration.dutygoal_rows.values_list("text", flat=True))


def test_goals_typed_are_stored_and_shown_with_every_character(goals, declaration):
    assert stored(declaration) == list(GOALS)
    assert goals.texts("text") == [text.replace("\n", "\r\n") for text in GOALS]


def test_goals_saved_again_unchanged_are_not_written(goals, declaration):
    before = list(declaration.dutygoal_rows.values())

    goals.press("save")

    assert list(declaration.dutygoal_rows.values()) == before


def test_add_saves_what_was_typed_and_puts_the_cursor_into_the_new_row(goals, declaration):
    response = goals.press("add", goals.type(0, text="改过的"))

    assert stored(declaration) == ["改过的", ODD, "三、督查督办", ""]
    assert response.redirect_chain == [(f"{goals.url}?added={goals.keys[3]}#row-{goals.keys[3]}", 302)]


def test_delete_saves_what_was_typed_elsewhere(goals, declaration):
    goals.press(f"delete:{goals.keys[1]}", goals.type(0, text="改过的"))

    assert stored(declaration) == ["改过的", "三、督查督办"]
    assert goals.texts("text") == ["改过的", "三、督查督办"]


@pytest.mark.parametrize("row", [0, 1, 2])
def test_undo_brings_the_deleted_row_back_to_its_place_with_every_character(goals, declaration, row):
    keys = list(goals.keys)

    goals.press(f"delete:{keys[row]}")
    goals.press("undo", goals.type(0, text=goals.texts("text")[0]))

    assert stored(declaration) == list(GOALS)
    assert goals.keys == keys
    assert "undo" not in goals.page.buttons


def test_undo_sent_twice_brings_the_row_back_once(goals, declaration):
    goals.press(f"delete:{goals.keys[1]}")
    data = goals.page.data | {"action": "undo"}

    goals.send(data)
    goals.send(data)

    assert stored(declaration) == list(GOALS)


def test_undo_after_another_row_took_the_place_puts_the_row_at_the_end(goals, declaration):
    goals.press(f"delete:{goals.keys[2]}")
    undo = goals.page.data | {"action": "undo"}
    goals.press("add")
    goals.press("save", goals.type(2, text="新的"))

    goals.send(undo)

    assert stored(declaration) == [GOALS[0], ODD, "新的", GOALS[2]]


def test_undo_of_task_brings_all_its_texts_back(declaration, preparer):
    desk = Desk(preparer, section_url(declaration, "tasks"))
    desk.press("add")
    desk.press("save", desk.type(0, name="“保障”运转、/ ", content=ODD))
    before = list(MainTask.objects.values("key", "position", "name", "content", "amount"))

    desk.press(f"delete:{desk.keys[0]}")
    assert MainTask.objects.count() == 0
    desk.press("undo")

    assert list(MainTask.objects.values("key", "position", "name", "content", "amount")) == before


@pytest.mark.parametrize(
    ("row", "direction", "order"),
    [
        (1, "up", [1, 0, 2]),
        (1, "down", [0, 2, 1]),
        (0, "up", [0, 1, 2]),
        (2, "down", [0, 1, 2]),
        (2, "up", [0, 2, 1]),
    ],
)
def test_move_exchanges_the_row_with_its_neighbour(goals, declaration, row, direction, order):
    goals.press(f"{direction}:{goals.keys[row]}", goals.type(0, text="改过的"))

    expected = [("改过的", *GOALS[1:])[number] for number in order]
    assert stored(declaration) == expected
    assert goals.texts("text") == [text.replace("\n", "\r\n") for text in expected]


def test_next_saves_and_leads_to_the_next_section(goals, declaration):
    response = goals.press("next", goals.type(0, text="改过的"))

    assert stored(declaration)[0] == "改过的"
    assert response.redirect_chain == [(section_url(declaration, "tasks"), 302)]


def test_next_leads_through_all_sections_to_the_check(declaration, preparer):
    url = section_url(declaration, "goals")
    seen = []
    while not url.endswith("/check/"):
        desk = Desk(preparer, url)
        ((url, _),) = desk.press("next").redirect_chain
        seen.append(url)

    assert seen == [
        section_url(declaration, "tasks"),
        section_url(declaration, "budget"),
        *(section_url(declaration, "indicators", position) for position in range(3)),
        section_url(declaration, "check"),
    ]


def test_only_the_rows_of_the_request_are_changed(goals, declaration):
    key = goals.keys[1]
    version = goals.page.data[f"{key}-version"]

    goals.send({"row": key, f"{key}-version": version, f"{key}-text": "只改这条"})

    assert stored(declaration) == [GOALS[0], "只改这条", GOALS[2]]


def test_texts_that_were_not_sent_stay(declaration, preparer):
    desk = Desk(preparer, section_url(declaration, "tasks"))
    desk.press("add")
    desk.press("save", desk.type(0, name="名称", content="内容"))
    key = desk.keys[0]

    desk.send({"row": key, f"{key}-version": "2", f"{key}-name": "新名称"})
    assert MainTask.objects.values_list("name", "content").get() == ("新名称", "内容")

    desk.send({"row": key, f"{key}-version": "3"})
    assert MainTask.objects.values_list("name", "content").get() == ("新名称", "内容")


def test_texts_too_long_or_with_nul_are_told_at_their_place_and_kept_while_others_are_saved(goals, declaration):
    long = "长" * 2001
    response = goals.press("save", goals.type(0, text=long), goals.type(1, text="a\0b"), goals.type(2, text="存下"))

    first, second, third = (f"goals-{key}-text" for key in goals.keys)
    assert response.status_code == 200
    assert goals.page.notes == {
        first: ["未保存不能超过2000字，现有2001字，请精简后再保存。"],
        second: ["未保存含有不可见的空字符，请删除后重新输入。"],
    }
    assert third in goals.page.ids
    assert goals.texts("text") == [long, "a\0b", "存下"]
    assert stored(declaration) == [GOALS[0], ODD, "存下"]
    assert "以下标出之处所在的行未保存" in goals.page.text


def test_field_with_errors_refers_to_all_of_them(goals):
    goals.press("save", goals.type(0, text="长" * 2000 + "\0"))

    field = f"goals-{goals.keys[0]}-text"
    assert goals.page.descriptions[field] == [f"{field}_error"]
    assert goals.page.ids.count(f"{field}_error") == 1
    assert goals.page.notes == {
        field: ["未保存不能超过2000字，现有2001字，请精简后再保存。", "未保存含有不可见的空字符，请删除后重新输入。"]
    }


def test_text_of_the_greatest_length_is_stored_whatever_its_line_ends(goals, declaration):
    text = "一\n" * 1000

    goals.press("save", goals.type(0, text=text.replace("\n", "\r\n")))

    assert stored(declaration)[0] == text


def test_invalid_text_is_corrected_by_the_next_save(goals, declaration):
    goals.press("save", goals.type(0, text="长" * 2001))
    goals.press("save", goals.type(0, text="短"))

    assert stored(declaration)[0] == "短"
    assert goals.page.notes == {}


def test_new_row_sent_twice_is_one_row(goals, declaration):
    key = "0b7f1c9e-0000-4000-8000-000000000001"
    data = {"row": key, f"{key}-version": "0", f"{key}-text": "一次"}

    goals.send(data)
    goals.send(data)

    assert stored(declaration) == [*GOALS, "一次"]


def test_section_is_full_at_the_greatest_number_of_rows(declaration, preparer):
    DutyGoal.objects.bulk_create(
        DutyGoal(declaration=declaration, position=number, text=f"目标{number}")
        for number in range(services.MAX_ROWS - 1)
    )
    desk = Desk(preparer, section_url(declaration, "goals"))

    desk.press("add")
    assert len(desk.keys) == services.MAX_ROWS
    desk.press("add", desk.type(0, text="改过的"))

    assert len(desk.keys) == services.MAX_ROWS == declaration.dutygoal_rows.count()
    assert "本部分最多500行，不能再增加。" in desk.page.text
    assert stored(declaration)[0] == "改过的"


def test_page_opened_shows_empty_section_with_its_button(declaration, preparer):
    desk = Desk(preparer, section_url(declaration, "goals"))

    assert desk.keys == []
    assert desk.page.buttons == ["save", "add", "save", "next"]
    assert "尚未填写年度履职目标。" in desk.page.text


def test_page_names_no_id_twice(goals):
    page = Page(goals.client.get(goals.url))

    assert len(page.ids) == len(set(page.ids))
