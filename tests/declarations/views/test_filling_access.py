"""Who sees the form, who can change it, and what becomes of requests that no form of ours has made."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from declarations.enums import Status
from perfgoals.accounts.enums import DEPARTMENT_ROLES, Role
from tests.declarations import builders
from tests.declarations.builders import client_of
from tests.declarations.situations import stored
from tests.declarations.views.pages import CHECK, SECTIONS, Desk, section_url

ABSENT = str(uuid4())
# The ends of the names of fields with a text.
WRITTEN = ("text", "content", "total", "remark", "project_expenditure")


@pytest.fixture
def declaration(db):
    return builders.declaration()


@pytest.mark.parametrize("section", [*SECTIONS, CHECK])
@pytest.mark.parametrize("role", [role for role in Role if role not in DEPARTMENT_ROLES])
def test_form_does_not_exist_for_those_outside_departments(declaration, role, section):
    offices = {"office": declaration.department.office} if role == Role.REVIEWER else {}
    builders.submit(declaration)
    client = client_of(builders.user(role, **offices))

    assert client.get(section_url(declaration, *section)).status_code == 404
    assert client.post(section_url(declaration, *section), {"action": "add"}).status_code == 404


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("role", sorted(DEPARTMENT_ROLES))
def test_form_does_not_exist_for_another_department(declaration, role, section):
    client = client_of(builders.user(role, department=builders.department(office=declaration.department.office)))

    assert client.get(section_url(declaration, *section)).status_code == 404
    assert client.post(section_url(declaration, *section), {"action": "add"}).status_code == 404
    assert client.get(section_url(declaration, "check")).status_code == 404


def test_section_of_another_template_does_not_exist(declaration, preparer):
    other = builders.template().primaries.first()

    assert client_of(preparer).get(f"/declarations/{declaration.pk}/indicators/{other.pk}/").status_code == 404


@pytest.mark.parametrize("section", SECTIONS)
def test_head_of_the_department_sees_the_form_and_can_change_nothing(declaration, section):
    head = Desk(builders.person_of(declaration.department, Role.DEPARTMENT_HEAD), section_url(declaration, *section))

    assert (head.page.fields[1:], head.page.buttons) == ([], [])
    assert "您只能查看本申报表。" in head.page.text


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("action", ["save", "add", "next", "delete:{key}", "up:{key}", "undo"])
def test_what_the_head_sends_is_not_written(declaration, preparer, section, action):
    url = section_url(declaration, *section)
    mine = Desk(preparer, url)
    key = mine.keys[0] if mine.keys else ABSENT
    changed = {name: "改" for name, _ in mine.page.fields if name.endswith(WRITTEN)}
    before = stored()

    head = Desk(builders.person_of(declaration.department, Role.DEPARTMENT_HEAD), url)
    response = head.send(mine.page.data | changed | {"action": action.format(key=key)})

    assert response.status_code == 200
    assert stored() == before
    assert "您只能查看本申报表。" in head.page.text


@pytest.mark.parametrize("section", SECTIONS)
def test_closed_round_is_read_only_and_the_page_says_since_when(declaration, preparer, section):
    closed = builders.close(declaration)
    desk = Desk(preparer, section_url(declaration, *section))

    assert (desk.page.fields[1:], desk.page.buttons) == ([], [])
    assert f"本批次已于{closed:%Y年%m月%d日%H:%M}截止，只能查看。" in desk.page.text


def test_round_not_yet_open_is_read_only_and_the_page_says_until_when(declaration, preparer):
    declaration.round.opens_at = opens = timezone.now() + timedelta(hours=2)
    declaration.round.save(update_fields=["opens_at"])
    desk = Desk(preparer, section_url(declaration, "goals"))

    assert desk.page.buttons == []
    assert f"本批次将于{timezone.localtime(opens):%Y年%m月%d日%H:%M}开始填报，只能查看。" in desk.page.text


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.APPROVED])
def test_submitted_declaration_is_read_only(db, status):
    declaration = builders.declaration(status)
    desk = Desk(builders.preparer_of(declaration), section_url(declaration, "goals"))

    assert desk.page.buttons == []
    assert f"申报表当前状态为“{status.label}”，不能修改。" in desk.page.text


def test_returned_declaration_can_be_changed_and_says_why_it_was_returned(db):
    declaration = builders.declaration(Status.RETURNED)
    desk = Desk(builders.preparer_of(declaration), section_url(declaration, "goals"))

    desk.press("save", desk.type(0, text="按意见改过"))

    assert declaration.dutygoal_rows.get().text == "按意见改过"
    assert "请细化指标值。" in desk.page.text


@pytest.mark.parametrize("section", SECTIONS)
def test_what_comes_after_closing_is_not_written_and_stays_on_the_page(declaration, preparer, section):
    desk = Desk(preparer, section_url(declaration, *section))
    typed = {name: f"{value} 晚了一步" for name, (value,) in desk.page.data.items() if name.endswith(WRITTEN)}
    before = stored()
    builders.close(declaration)
    before["declarations.Round"] = stored("declarations.Round")["declarations.Round"]

    desk.press("next", typed)

    assert typed
    assert stored() == before
    assert {name: desk.page.data[name] for name in typed} == {name: [text] for name, text in typed.items()}
    assert "截止，只能查看。您刚才填写的内容未保存，仍保留在下面，可先复制留存。" in desk.page.text
    assert desk.page.buttons == []


@pytest.mark.parametrize(
    "data",
    [
        {"row": "1"},
        {"row": "' OR 1=1"},
        {"row": "\0"},
        {"row": ABSENT},
        {"row": ABSENT.upper(), f"{ABSENT.upper()}-version": "0"},
        {"row": f"{{{ABSENT}}}", f"{{{ABSENT}}}-version": "0"},
        {"row": ABSENT, f"{ABSENT}-version": "one"},
        {"row": ABSENT, f"{ABSENT}-version": "-1"},
        {"row": ABSENT, f"{ABSENT}-version": "9" * 5000},
        {"row": ABSENT, f"{ABSENT}-version": str(2**31)},
        {"row": ABSENT, f"{ABSENT}-version": "0", f"{ABSENT}-group": "x"},
        {"row": ABSENT, f"{ABSENT}-version": "0", f"{ABSENT}-group": str(2**63)},
        {"row": ABSENT, f"{ABSENT}-version": "0", f"{ABSENT}-position": "x"},
        {"row": ABSENT, f"{ABSENT}-version": "0", f"{ABSENT}-position": "-1"},
        {"row": ABSENT, f"{ABSENT}-version": "0", f"{ABSENT}-position": str(2**31)},
        {"action": "delete:1"},
        {"action": "delete:"},
        {"action": "up:\0"},
        {"action": "down:" + "9" * 50},
        {"action": "undo", "undo": "1"},
        {"action": "undo", "undo": ABSENT},
    ],
)
def test_request_that_no_form_makes_is_refused(declaration, preparer, data):
    before = stored()
    client = client_of(preparer)

    for section in (("goals",), ("tasks",), ("indicators", 1)):
        assert client.post(section_url(declaration, *section), data).status_code == 400
    assert stored() == before


@pytest.mark.parametrize("action", ["add:x", "add:1_", "add:" + "9" * 5000])
def test_group_that_is_no_number_is_refused(declaration, preparer, action):
    assert client_of(preparer).post(section_url(declaration, "indicators", 1), {"action": action}).status_code == 400


@pytest.mark.parametrize("action", ["add", "add:0", "add:-1", "add:" + "9" * 50, "add:common", "add:other"])
def test_own_indicator_is_added_only_to_groups_that_allow_it(declaration, preparer, action):
    common = declaration.round.template.primaries.get(position=0).secondaries.get().pk
    other = builders.template().primaries.get(position=1).secondaries.get().pk
    desk = Desk(preparer, section_url(declaration, "indicators", 1))
    before = stored()

    response = desk.send({"action": action.replace("common", str(common)).replace("other", str(other))})

    assert response.status_code == 200
    assert "该二级指标不能增加个性指标。" in desk.page.text
    assert stored() == before


def test_action_that_does_not_exist_saves_the_rows(declaration, preparer):
    desk = Desk(preparer, section_url(declaration, "goals"))

    desk.send(desk.page.data | desk.type(0, text="改过的") | {"action": "explode"})

    assert declaration.dutygoal_rows.get().text == "改过的"


@pytest.mark.parametrize("section", [("goals",), ("tasks",), ("indicators", 1)])
@pytest.mark.parametrize("action", ["save", "delete:{key}", "up:{key}", "down:{key}"])
def test_row_of_another_declaration_is_neither_changed_nor_shown(declaration, preparer, section, action):
    other = builders.declaration(round=declaration.round)
    hers = Desk(builders.preparer_of(other), section_url(other, *section))
    secret = {name: "机密" for name, _ in hers.page.fields if name.endswith(("text", "content", "remark"))}
    hers.press("save", secret)
    key = hers.keys[0]
    before = stored()

    mine = Desk(preparer, section_url(declaration, *section))
    response = mine.send({"row": key, f"{key}-version": "2", "action": action.format(key=key)})

    assert response.status_code == 200
    assert stored() == before
    assert "机密" not in mine.page.text
