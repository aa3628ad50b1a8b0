"""Who may have the form's script store something, and what becomes of requests that no script of ours has made."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from declarations.models import Presence
from declarations.services import GOALS, MAX_ROWS, TASKS
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.services import edits
from tests.declarations.situations import (
    APPROVED,
    EDITABLE,
    EVERY_SITUATION,
    EVERYBODY,
    FIRST_REVIEW,
    SECOND_REVIEW,
    declaration_in,
    people_around,
    stored,
)
from tests.declarations.views.autosaving import Script, sent_deletion, sent_new, sent_placement, sent_row
from tests.declarations.views.pages import section_url

OWN = ("preparer", "head")
KEY = "0b7f1c9e-0000-4000-8000-000000000001"


@pytest.fixture
def declaration(db):
    return builders.declaration()


def everything(declaration):
    """One change of every kind."""
    goal, (task,) = edits.rows(declaration, GOALS)[0], edits.rows(declaration, TASKS)
    return {
        "rows": [sent_row(GOALS, goal, text="改"), sent_new(GOALS, KEY, text="新")],
        "deleted": [sent_deletion(TASKS, task)],
        "placed": [sent_placement(GOALS, goal, None)],
        "budget": {"version": declaration.budget.version, "texts": {"total": "1"}},
    }


def but_for_presence():
    """All that is stored of declarations, but for who is there."""
    return {label: rows for label, rows in stored().items() if label != Presence._meta.label}


@pytest.mark.parametrize("situation", sorted(EVERY_SITUATION))
def test_declaration_does_not_exist_for_those_outside_its_department(db, situation):
    declaration = declaration_in(situation)
    changes = everything(declaration)
    people = people_around(declaration.department)
    before = stored()

    answers = {}
    for who in set(EVERYBODY) - set(OWN):
        script = Script(declaration, people[who])
        answers[who] = [script.post(body).status_code for body in (script.body(**changes), script.body(), "{")]

    assert answers == {who: [404] * 3 for who in set(EVERYBODY) - set(OWN)}
    assert stored() == before


@pytest.mark.parametrize("situation", sorted(EDITABLE))
def test_preparer_stores_while_the_department_holds_the_pen(db, situation):
    declaration = declaration_in(situation)
    others = [goal.text for goal in edits.rows(declaration, GOALS)[1:]]

    answer = Script(declaration).send(**everything(declaration))

    assert (answer["refusal"], answer["readOnly"]) == ("", "")
    assert [goal.text for goal in edits.rows(declaration, GOALS)] == ["改", *others, "新"]
    assert edits.rows(declaration, TASKS) == []


def assert_refused(script, declaration, reason):
    """Changes are refused and change nothing; without changes it is told that nothing can be changed."""
    changes = everything(declaration)
    before = but_for_presence()
    refused, silent = script.send(**changes), script.send()
    assert {name: refused[name] for name in ("refusal", "readOnly", "rows", "stale", "seen")} == {
        "refusal": reason,
        "readOnly": reason,
        "rows": {},
        "stale": False,
        "seen": builders.fresh(declaration).updated_at.isoformat(),
    }
    assert {name: silent[name] for name in ("refusal", "readOnly", "rows")} == {
        "refusal": "",
        "readOnly": reason,
        "rows": {},
    }
    assert "sections" not in refused
    assert but_for_presence() == before


@pytest.mark.parametrize(
    ("situation", "status"), [(FIRST_REVIEW, "待审核"), (SECOND_REVIEW, "待审核"), (APPROVED, "已批复")]
)
def test_nothing_is_stored_after_submission(db, situation, status):
    declaration = declaration_in(situation)
    assert_refused(Script(declaration), declaration, f"申报表当前状态为“{status}”，不能修改。")


def test_nothing_is_stored_after_closing(declaration):
    closed = builders.close(declaration)

    told = f"本批次已于 {closed:%Y年%m月%d日 %H:%M} 截止，只能查看。"
    assert_refused(Script(declaration), declaration, told)


@pytest.mark.parametrize("situation", sorted(EDITABLE))
def test_head_who_can_only_look_stores_nothing(db, situation):
    declaration = declaration_in(situation)
    head = builders.person_of(declaration.department, Role.DEPARTMENT_HEAD)
    assert_refused(Script(declaration, head), declaration, "您只能查看本申报表。")


def test_texts_that_cannot_be_stored_are_refused_too_after_submission(db):
    declaration = declaration_in(FIRST_REVIEW)
    (goal,) = edits.rows(declaration, GOALS)

    answer = Script(declaration).send(rows=[sent_row(GOALS, goal, text="长" * 2001)])

    assert (answer["refusal"], answer["rows"]) == ("申报表当前状态为“待审核”，不能修改。", {})


def test_page_of_another_person_stores_nothing_and_names_who_is_signed_in(declaration):
    colleague = builders.user(Role.PREPARER, department=declaration.department, name="李一")
    script = Script(declaration, colleague)
    script.user = builders.preparer_of(declaration).pk
    before = stored()

    for changes in (everything(declaration), {}):
        response = script.post(script.body(**changes))
        assert response.status_code == 409
        assert response.json() == {"message": "当前登录的是李一，与打开本页时不是同一人。"}

    assert stored() == before


def test_session_that_has_ended_is_told_and_nothing_is_stored(declaration):
    script = Script(declaration)
    body = script.body(**everything(declaration))
    before = stored()
    script.client.logout()

    assert script.post(body).status_code == 401
    assert stored() == before


def test_person_who_was_made_inactive_stores_nothing(declaration):
    person = builders.preparer_of(declaration)
    script = Script(declaration, person)
    body = script.body(**everything(declaration))
    before = stored()
    person.is_active = False
    person.save()

    assert script.post(body).status_code == 401
    assert stored() == before


@pytest.fixture
def strict(declaration):
    """A script whose requests must carry the token, and the token of its page."""
    script = Script(declaration)
    script.client = Client(enforce_csrf_checks=True)
    script.client.force_login(builders.preparer_of(declaration))
    script.client.get(section_url(declaration, "goals"))
    return script, script.client.cookies["csrftoken"].value


def test_request_without_the_token_is_refused(declaration, strict):
    script, token = strict
    body = json.dumps(script.body(**everything(declaration)))
    before = stored()

    for headers in ({}, {"X-CSRFToken": token[::-1]}):
        response = script.client.post(script.url, body, content_type="application/json", headers=headers)
        assert response.status_code == 403
    assert stored() == before

    response = script.client.post(script.url, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert response.status_code == 200
    assert stored() != before


@pytest.mark.parametrize("token_in", ["field", "header"])
def test_form_instead_of_json_is_a_bad_request(strict, token_in):
    script, token = strict
    data, headers = {"user": "1"}, {}
    if token_in == "field":
        data["csrfmiddlewaretoken"] = token
    else:
        headers["X-CSRFToken"] = token
    before = stored()

    assert script.client.post(script.url, data, headers=headers).status_code == 400
    assert stored() == before


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_only_post_is_taken(declaration, method):
    script = Script(declaration)

    assert getattr(script.client, method)(script.url).status_code == 405


def row(**fields):
    return {"section": "goals", "key": KEY, "version": 0, "texts": {"text": "新"}, **fields}


DEEP = 100_000


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "null",
        "1",
        '"x"',
        "[]",
        "{}",
        "{",
        "{'user': 1}",
        "NaN",
        "\0",
        b"\xff",
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        "[" * DEEP,
        "[" * DEEP + "]" * DEEP,
        '{"a":' * DEEP + "1" + "}" * DEEP,
        "9" * 5000,
        "user=1&page=goals",
    ],
)
def test_body_that_is_no_request_of_ours_is_a_bad_request(declaration, body):
    before = stored()

    assert Script(declaration).post(body).status_code == 400
    assert stored() == before


def with_more(script, more):
    """A good request with more at its end; of a name that is there twice the last one counts."""
    return json.dumps(script.body(rows=[row()])).removesuffix("}") + ", " + more + "}"


@pytest.mark.parametrize(
    "changes",
    [
        '"user": null',
        '"user": "x"',
        '"user": 1e400',
        '"user": ' + "9" * 5000,
        '"user": {}',
        '"page": null',
        '"page": "\\ud800"',
        '"seen": 1',
        '"seen": "\\udfff"',
        '"more": 1',
        '"rows": null',
        '"rows": {}',
        '"rows": ' + "[" * DEEP + "]" * DEEP,
        '"rows": [1]',
        '"rows": [null]',
        *(
            f'"rows": [{json.dumps(changed)}]'
            for changed in (
                row(section="budget"),
                row(section="__class__"),
                row(section=["goals"]),
                row(key=""),
                row(key="1"),
                row(key="\0"),
                row(key=KEY + "\0"),
                row(key=None),
                row(version="one"),
                row(version=-1),
                row(version=2**31),
                row(version=10**400),
                row(version=0.5),
                row(group=2**63),
                row(group=-1),
                row(group="x"),
                row(texts=None),
                row(texts=[]),
                row(texts="x"),
                row(texts={"text": None}),
                row(texts={"text": 1}),
                row(texts={"text": ["a"]}),
                row(texts={"text": "\ud800"}),
                row(texts={"text": "好\udc00"}),
                row(texts={"name": "别的栏目"}),
                row(texts={"te\0xt": "新"}),
                row(texts={"version": "1"}),
                row(more=1),
            )
        ),
        '"rows": [{"section": "goals", "key": "' + KEY + '", "version": 0, "texts": ' + '{"text":' * DEEP + "1",
        '"deleted": [1]',
        '"deleted": [{"section": "goals", "key": "1", "version": 1}]',
        '"placed": [{"section": "goals", "key": "' + KEY + '", "after": "x"}]',
        '"placed": [{"section": "goals", "key": "' + KEY + '", "after": 1}]',
        '"budget": 1',
        '"budget": {"version": 1}',
        '"budget": {"version": 1e400, "texts": {}}',
        '"budget": {"version": 1, "texts": {"total": 1}}',
        '"budget": {"version": 1, "texts": {"total_amount": "1"}}',
    ],
)
def test_request_that_the_script_would_not_make_is_a_bad_request(declaration, changes):
    script = Script(declaration)
    before = stored()

    assert script.post(with_more(script, changes)).status_code == 400
    assert stored() == before


def test_request_is_in_order_but_for_what_is_wrong_with_it(declaration):
    script = Script(declaration)

    for more in ('"page": "tasks"', f'"rows": [{json.dumps(row())}]', '"budget": null'):
        assert script.post(with_more(script, more)).status_code == 200


def test_bytes_of_a_lone_surrogate_are_a_bad_request(declaration):
    script = Script(declaration)
    body = json.dumps(script.body(rows=[row(texts={"text": "X"})])).encode().replace(b'"X"', b'"\xed\xa0\x80"')

    assert script.post(body).status_code == 400


def test_more_rows_than_two_full_sections_are_a_bad_request(declaration):
    script = Script(declaration)
    deleted = [{"section": "goals", "key": str(uuid4()), "version": 1}] * (2 * MAX_ROWS + 1)

    assert script.post(script.body(deleted=deleted)).status_code == 400


def test_request_larger_than_the_server_takes_is_a_bad_request(declaration, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    script = Script(declaration)

    assert script.post(script.body(rows=[row(texts={"text": "字" * 100})])).status_code == 400


@pytest.mark.parametrize("page", ["", "goals", "budget", "check", "0", "\0", "'; --", "../", "9" * 5000])
def test_page_that_does_not_exist_only_has_no_findings(declaration, page):
    script = Script(declaration, page=page)

    assert script.send(rows=[row(texts={"text": ""})])["rows"][KEY]["state"] == "stored"


@pytest.mark.parametrize("seen", ["", "x", "\0", "2022-03-01", "9" * 5000])
def test_state_that_never_was_is_stale(declaration, seen):
    script = Script(declaration)
    script.seen = seen

    assert script.send()["stale"]


def test_keys_of_another_departments_rows_do_nothing_and_tell_nothing(declaration):
    other = builders.declaration(round=declaration.round)
    (theirs,), (their_task,) = edits.rows(other, GOALS), edits.rows(other, TASKS)
    edits.save(other, GOALS, edits.changed(theirs, text="机密的目标"))
    (theirs,) = edits.rows(other, GOALS)
    (mine,) = edits.rows(declaration, GOALS)
    script = Script(declaration)
    before = but_for_presence()

    response = script.post(
        script.body(
            rows=[sent_row(GOALS, theirs, text="改写")],
            deleted=[sent_deletion(TASKS, their_task)],
            placed=[
                sent_placement(GOALS, theirs, None),
                sent_placement(GOALS, theirs, mine),
                sent_placement(GOALS, mine, theirs),
            ],
        )
    )

    rows = response.json()["rows"]
    assert {key: (row["state"], row.get("texts"), row.get("version")) for key, row in rows.items()} == {
        str(theirs.key): ("conflict", None, 0),
        str(their_task.key): ("deleted", None, None),
    }
    assert "机密" not in response.content.decode()
    assert builders.preparer_of(other).name not in response.content.decode()
    assert but_for_presence() == before


def test_new_row_under_the_key_of_another_departments_row_leaves_that_one(declaration):
    other = builders.declaration(round=declaration.round)
    (theirs,) = edits.rows(other, GOALS)

    Script(declaration).send(rows=[sent_new(GOALS, str(theirs.key), text="自己的")])

    assert [goal.text for goal in edits.rows(other, GOALS)] == [theirs.text]
    assert [goal.text for goal in edits.rows(declaration, GOALS)][-1] == "自己的"


def test_people_at_another_departments_form_are_not_named(declaration):
    other = builders.declaration(round=declaration.round)
    Script(other).send()

    assert Script(declaration).send()["others"].strip() == ""
