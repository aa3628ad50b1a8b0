"""What is answered when cells are pasted: the new texts of the rows, a preview of them, and nothing is changed."""

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from declarations.enums import Status
from declarations.services import GOALS, MAX_ROWS, TARGETS, TASKS
from indicators.models import SecondaryIndicator
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.services import edits
from tests.declarations.situations import stored
from tests.declarations.spreadsheets import copied
from tests.declarations.views.pages import Page, section_url


def url_of(declaration):
    return reverse("declarations:paste", args=[declaration.pk])


def asked(section="goals", *rows, at="text", text="新", **changes):
    """What the script sends: the rows from the cursor down with all their texts."""
    shown = [{"key": str(row.key), "texts": {name: getattr(row, name) for name in FIELDS[section]}} for row in rows]
    return {"section": section, "field": at, "number": 1, "rows": shown, "text": text, **changes}


FIELDS = {"goals": GOALS.fields, "tasks": ("name", "content"), "targets": TARGETS.fields}


def send(declaration, body, person=None):
    client = builders.client_of(person or builders.preparer_of(declaration))
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(url_of(declaration), data, content_type="application/json")


def answer(declaration, body):
    """What becomes of the rows, and whether there is a preview; nothing is changed by asking for it."""
    before = stored()
    response = send(declaration, body)
    assert response.status_code == 200
    assert stored() == before
    answer = response.json()
    return answer | {"preview": bool(answer["preview"])}


def preview(declaration, body):
    """The words of the preview, without white space."""
    return Page(HttpResponse(send(declaration, body).json()["preview"])).text


def common_group(declaration):
    return SecondaryIndicator.objects.get(primary__template=declaration.round.template_id, allows_own=False)


def test_goals_are_pasted_over_those_that_stand_there_and_the_rest_is_new(declaration):
    (goal,) = edits.add(declaration, GOALS, {"text": "旧"})

    assert answer(declaration, asked("goals", goal, text=copied(["一；\n二。"], ["三"]))) == {
        "preview": True,
        "touched": 2,
        "rows": [{"key": str(goal.key), "texts": {"text": "一；\n二。"}}, {"key": None, "texts": {"text": "三"}}],
    }


def test_one_row_without_doubts_needs_no_preview(declaration):
    body = asked("tasks", at="name", text=copied(["办会", "按时"]))

    assert answer(declaration, body)["preview"] is False


def test_one_row_with_a_notice_needs_a_preview(declaration):
    body = asked("tasks", at="name", text=copied(["办会", "按时", "5"]))

    assert "所复制的内容超出表格右边界，最右1列未粘贴。" in preview(declaration, body)


def test_amounts_of_tasks_are_pasted_where_the_template_asks_for_them(db):
    declaration = builders.declaration(
        round=builders.round_(template=builders.template(with_task_amounts=True)), filled=False
    )

    assert answer(declaration, asked("tasks", at="name", text=copied(["办会", "按时", "5"])))["rows"] == [
        {"key": None, "texts": {"name": "办会", "content": "按时", "amount": "5"}}
    ]


def test_targets_are_pasted_into_their_group(declaration):
    group = edits.own_group(declaration)
    (target,) = edits.add(declaration, TARGETS, {"name": "旧", "comparison": "le"}, group=group)

    assert answer(
        declaration, asked("targets", target, at="name", group=group.pk, text=copied(["新", "", "≥95%"]))
    ) == {
        "preview": True,
        "touched": 1,
        "rows": [{"key": str(target.key), "texts": {"name": "新", "comparison": "ge", "value": "95", "unit": "%"}}],
    }


def test_texts_in_the_browser_count_and_not_those_that_are_stored(declaration):
    (goal,) = edits.add(declaration, GOALS, {"text": "存"})
    body = asked("goals", goal, text="新")
    body["rows"][0]["texts"]["text"] = "新"

    assert answer(declaration, body)["rows"] == []


def test_row_that_is_not_stored_yet_can_be_pasted_over(declaration):
    key = str(uuid4())
    body = asked("goals", text="新") | {"rows": [{"key": key, "texts": {"text": "未存"}}]}

    assert answer(declaration, body)["rows"] == [{"key": key, "texts": {"text": "新"}}]


def test_common_indicator_takes_its_remark_and_nothing_else(declaration):
    group = common_group(declaration)
    (common,) = edits.targets(group, declaration)
    body = asked("targets", common, at="name", group=group.pk, text=copied(["改", "", "96", *[""] * 3, "5分"], ["新"]))
    # The browser cannot type there; what it says of these texts does not matter.
    body["rows"][0]["texts"]["name"] = "改"

    assert answer(declaration, body) == {
        "preview": True,
        "touched": 1,
        "rows": [{"key": str(common.key), "texts": {"value": "96", "remark": "5分"}}],
    }


def test_chosen_layout_counts(declaration):
    group = edits.own_group(declaration)
    body = asked("targets", at="name", group=group.pk, text=copied(["调研", "≥", "5", "篇", "考察", ""]))

    form, official = answer(declaration, body), answer(declaration, body | {"layout": "official"})

    assert form["rows"][0]["texts"]["scoring_standard"] == "考察"
    assert official["rows"][0]["texts"] == {
        "name": "调研",
        "comparison": "ge",
        "value": "5",
        "unit": "篇",
        "explanation": "考察",
    }


def test_preview_shows_each_row_before_and_after(declaration):
    group = edits.own_group(declaration)
    (target,) = edits.add(declaration, TARGETS, {"comparison": "le", "unit": "次"}, group=group)
    text = copied(["≥", "5", ""], ["<script>", "1", ""])
    words = preview(declaration, asked("targets", target, at="comparison", group=group.pk, number=7, text=text))

    assert words.startswith("粘贴预览：重点工作任务完成将修改1行、新增1行。粘贴后自动保存，可以撤销。")
    assert "第7行修改指标值类型≤≥指标值（空）5度量单位次（清空）" in words
    assert "第8行新增提示指标值类型“<script>”无法识别，未粘贴，请在列表中选择。指标值（空）1" in words
    assert words.endswith("取消粘贴")


def test_preview_of_nothing_can_only_be_closed(declaration):
    group = common_group(declaration)
    (common,) = edits.targets(group, declaration)
    words = preview(declaration, asked("targets", common, at="name", group=group.pk, text="改"))

    assert words == (
        f"粘贴预览：{group.name}没有可以粘贴的内容。栏目原内容粘贴后第1行"
        "提示本行为共性指标，以下内容由模板统一设置，未粘贴：三级指标“改”。关闭"
    )


def test_stranger_finds_nothing(declaration):
    stranger = builders.user(Role.PREPARER, department=builders.department(office=declaration.department.office))

    assert send(declaration, asked(), stranger).status_code == 404


def test_keys_of_another_department_tell_nothing_about_its_rows(declaration):
    other = builders.declaration()
    (theirs,) = edits.rows(other, GOALS)
    body = asked("goals", text="新\r\n又") | {"rows": [{"key": str(theirs.key), "texts": {}}]}
    response = send(declaration, body)

    assert response.json()["rows"] == [
        {"key": str(theirs.key), "texts": {"text": "新"}},
        {"key": None, "texts": {"text": "又"}},
    ]
    assert theirs.text not in response.content.decode()
    assert theirs.text not in response.json()["preview"]


def refused(message):
    return (422, {"message": message})


def status_and_json(response):
    return response.status_code, response.json()


def test_head_who_can_only_look_is_refused(declaration):
    head = builders.person_of(declaration.department, Role.DEPARTMENT_HEAD)

    assert status_and_json(send(declaration, asked(), head)) == refused("您只能查看本申报表。")


def test_nothing_is_pasted_after_the_end(declaration):
    builders.close(declaration)

    assert send(declaration, asked()).status_code == 422


def test_nothing_is_pasted_while_it_is_reviewed(db):
    declaration = builders.declaration(Status.IN_REVIEW)

    assert status_and_json(send(declaration, asked())) == refused("申报表当前状态为“待审核”，不能修改。")


def test_as_many_rows_as_a_section_holds_are_pasted_and_no_more(declaration):
    edits.add(declaration, TASKS, {"name": "在"})

    assert answer(declaration, asked("goals", text="新\n" * MAX_ROWS))["touched"] == MAX_ROWS
    assert status_and_json(send(declaration, asked("goals", text="新\n" * (MAX_ROWS + 1)))) == refused(
        "一次最多粘贴 500 行，所复制的内容有 501 行，请分次粘贴。"
    )
    assert status_and_json(send(declaration, asked("tasks", at="name", text="新\n" * MAX_ROWS))) == refused(
        "本部分最多 500 行，现有 1 行，粘贴将新增 500 行，请减少后再粘贴。"
    )


def test_text_up_to_one_megabyte_is_pasted_and_no_more(declaration):
    assert answer(declaration, asked("goals", text="a" * 1024 * 1024))["touched"] == 1
    for text in ("a" * (1024 * 1024 + 1), "字" * (1024 * 1024 // 3 + 1)):
        assert status_and_json(send(declaration, asked("goals", text=text))) == refused(
            "所复制的内容超过 1 MB，请分次粘贴。"
        )


def test_request_larger_than_the_server_takes_is_refused_in_words(declaration, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    assert status_and_json(send(declaration, asked("goals", text="字" * 100))) == refused(
        "所复制的内容超过 1 MB，请分次粘贴。"
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        b"\xff",
        asked() | {"section": "budget"},
        asked() | {"field": "name"},
        asked() | {"field": "amount"},
        asked() | {"number": 0},
        asked() | {"number": 2**31},
        asked() | {"group": 1},
        asked() | {"layout": "other"},
        asked() | {"rows": [{"key": "1", "texts": {}}]},
        asked() | {"rows": [{"key": str(uuid4()), "texts": {"name": ""}}]},
        asked() | {"rows": [{"key": str(uuid4()), "texts": {}}] * (2 * MAX_ROWS + 1)},
        asked() | {"text": None},
        asked() | {"text": "\ud800"},
        asked() | {"more": 1},
        asked("tasks", at="amount"),
        asked("targets", at="name"),
        asked("targets", at="name", group=0),
        asked("targets", at="name", group=2**63 - 1),
        asked("targets", at="name", group=2**63),
    ],
)
def test_what_the_script_would_not_send_is_a_bad_request(declaration, body):
    assert send(declaration, body).status_code == 400


def test_form_instead_of_json_is_a_bad_request(declaration):
    client = Client(enforce_csrf_checks=True)
    client.force_login(builders.preparer_of(declaration))
    client.get(section_url(declaration, "goals"))
    token = client.cookies["csrftoken"].value

    assert client.post(url_of(declaration), {"csrfmiddlewaretoken": token}).status_code == 400


def test_group_of_another_template_is_a_bad_request(declaration):
    group = edits.own_group(builders.declaration())

    assert send(declaration, asked("targets", at="name", group=group.pk)).status_code == 400


def test_number_of_queries_does_not_depend_on_the_number_of_rows(declaration):
    group = edits.own_group(declaration)
    person = builders.preparer_of(declaration)
    client = builders.client_of(person)

    def queries(body):
        with CaptureQueriesContext(connection) as captured:
            assert client.post(url_of(declaration), json.dumps(body), "application/json").status_code == 200
        return len(captured)

    few = edits.add(declaration, TARGETS, {"name": "甲"}, group=group)
    with_one = queries(asked("targets", *few, at="name", group=group.pk, text="一\n"))
    more = edits.add(declaration, TARGETS, {"name": "乙"}, {"name": "丙"}, group=group)
    with_three = queries(asked("targets", *few, *more, at="name", group=group.pk, text="一\n二\n三\n四\n"))

    assert with_three == with_one
