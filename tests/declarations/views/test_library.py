"""The page of the indicator library."""

import pytest
from django.urls import reverse

from declarations.enums import Status
from declarations.models import Declaration, Target
from perfgoals import paging
from perfgoals.accounts.enums import DepartmentKind, Role
from tests.declarations import builders
from tests.declarations.builders import client_of
from tests.declarations.libraries import declared
from tests.declarations.services.edits import own_group, own_groups
from tests.declarations.situations import READ_ONLY, read_only, stored
from tests.declarations.views.pages import section_url
from tests.queries import queries_of


def address(made: Declaration) -> str:
    return reverse("declarations:library", args=[made.pk])


def listed(person, made: Declaration, **parameters) -> list[str]:
    response = client_of(person).get(address(made), parameters)
    assert response.status_code == 200
    return [item["entry"].name for item in response.context.get("entries", [])]


def key_of(person, made: Declaration, name: str) -> str:
    response = client_of(person).get(address(made), {"q": name})
    (key,) = [item["entry"].key for item in response.context["entries"] if item["entry"].name == name]
    return key


def send(person, made: Declaration, query: str = "", **data):
    response = client_of(person).post(f"{address(made)}{query}", data, follow=True)
    return response, "".join(response.content.decode().split())


def test_page_shows_uses_and_range_of_each_indicator(declaration, preparer):
    declared("群众满意度", texts={"value": "85"})
    declared("群众满意度", texts={"value": "90.50"})
    page = client_of(preparer).get(address(declaration), {"q": "群众"}).content.decode()
    plain = "".join(page.split())
    assert "85～90.5%" in page
    assert '<tddata-label="使用次数"class="number">2</td>' in plain
    assert ("每降低1%扣1分。" in page, "反映服务对象的评价。" in page, "≥ %" in page) == (True, True, True)
    # What departments make of it stays theirs.
    assert "5分" not in page


def test_page_never_says_whose_an_indicator_was(declaration, preparer):
    for status in Status:
        department = builders.department(name=f"机密局{status}", code=f"777{status.label.encode().hex()[:8]}")
        declared(f"指标{status}", status=status, department=department)
    page = client_of(preparer).get(address(declaration)).content.decode()
    assert ("机密局" in page, "777" in page) == (False, False)
    assert [f"指标{status}" in page for status in Status] == [status == Status.APPROVED for status in Status]


def test_words_group_and_kind_narrow_together(declaration, preparer):
    school = builders.department(kind=DepartmentKind.EDUCATION)
    declared("群众满意度", "床位数", department=school)
    declared("群众安全感", department=builders.department(kind=DepartmentKind.SECURITY))
    wanted = {"q": " 群众　评价 ", "under": "重点工作任务完成", "kind": "education"}
    assert listed(preparer, declaration, **wanted) == ["群众满意度"]
    assert listed(preparer, declaration, **wanted | {"kind": ""}) == ["群众安全感", "群众满意度"]
    assert listed(preparer, declaration, **wanted | {"under": "履职效益"}) == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"q": "a\0b"},
        {"q": "长" * 101},
        {"under": "没有的分组"},
        {"kind": "gone"},
        {"group": "9" * 21},
    ],
)
def test_bad_parameter_shows_nothing_and_says_so(declaration, preparer, parameters):
    declared("甲")
    assert listed(preparer, declaration, **parameters) == []
    page = client_of(preparer).get(address(declaration), parameters).content.decode()
    assert "查询条件有误，请核对后重新查询。" in page


@pytest.mark.parametrize("group", ["x", "0", "-1", "9" * 20, "\0"])
def test_group_that_there_is_not_is_not_chosen(declaration, preparer, group):
    client = client_of(preparer)
    assert client.get(address(declaration), {"group": group}).status_code == 200
    page = client.get(address(declaration), {"group": group}).content.decode()
    assert "selected>产出指标" not in page


def test_group_of_the_address_is_chosen_and_kept_by_the_filters(declaration, preparer):
    group = own_groups(declaration)[1]
    page = client_of(preparer).get(address(declaration), {"group": group.pk}).content.decode()
    assert f'<option value="{group.pk}" selected>效益指标 › 履职效益</option>' in page
    assert f'<input type="hidden" name="group" value="{group.pk}"' in page
    assert f'href="{address(declaration)}?group={group.pk}"' in page


def test_nothing_found_says_so(declaration, preparer):
    page = client_of(preparer).get(address(declaration), {"q": "查无此指标"}).content.decode()
    assert "没有符合条件的指标。" in page


def test_long_library_is_paged(declaration, preparer, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    declared("甲", "乙", "丙")
    pages = [listed(preparer, declaration, under="重点工作任务完成", page=page) for page in (1, 2)]
    assert [len(page) for page in pages] == [2, 2]
    assert sorted(pages[0] + pages[1]) == sorted(["甲", "乙", "丙", "完成调研报告"])


def test_indicators_of_the_own_form_are_marked(declaration, preparer):
    page = "".join(client_of(preparer).get(address(declaration)).content.decode().split())
    assert page.count("本表已有") == 1
    assert '预算执行率</label><spanclass="row-mark">共性</span><spanclass="row-mark">本表已有</span>' in page


def test_ticked_indicators_come_into_the_group_and_the_form_says_so(declaration, preparer):
    declared("甲", "乙")
    keys = [key_of(preparer, declaration, name) for name in ("甲", "乙")]
    group = own_group(declaration)
    response, page = send(preparer, declaration, entry=keys, group=group.pk)
    first = declaration.target_rows.get(name="甲")
    assert response.redirect_chain == [(f"{section_url(declaration, 'indicators', 1)}#row-{first.key}", 302)]
    assert "已加入2个指标，请填写指标值。" in page
    assert set(declaration.target_rows.filter(secondary=group).values_list("name", "value")) == {("甲", ""), ("乙", "")}


def test_what_the_group_has_is_told_and_not_added_again(declaration, preparer):
    declared("甲", "乙")
    group = own_group(declaration).pk
    send(preparer, declaration, entry=[key_of(preparer, declaration, "甲")], group=group)
    keys = [key_of(preparer, declaration, name) for name in ("甲", "乙")]
    _, page = send(preparer, declaration, entry=keys, group=group)
    assert ("“甲”在该二级指标下已有，未重复加入。" in page, "已加入1个指标" in page) == (True, True)
    before = stored()
    response, page = send(preparer, declaration, entry=keys, group=group)
    assert (response.redirect_chain, "“甲”、“乙”在该二级指标下已有，未重复加入。" in page) == ([], True)
    assert stored() == before


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"group": "own"}, "请先勾选要加入的指标。"),
        ({"group": "", "entry": "key"}, "请选择加入到哪个二级指标。"),
        ({"group": "x", "entry": "key"}, "请在列表中选择二级指标。"),
        ({"group": "common", "entry": "key"}, "请在列表中选择二级指标。"),
        ({"group": "9" * 30, "entry": "key"}, "请在列表中选择二级指标。"),
        ({"entry": "key"}, "请选择加入到哪个二级指标。"),
    ],
)
def test_incomplete_choice_says_what_is_missing_and_keeps_the_ticks(declaration, preparer, data, message):
    declared("甲")
    common = declaration.round.template.primaries.get(position=0).secondaries.get().pk
    key = key_of(preparer, declaration, "甲")
    known = {"key": key, "own": own_group(declaration).pk, "common": common}
    before = stored()
    response, page = send(
        preparer, declaration, "?q=甲", **{name: known.get(text, text) for name, text in data.items()}
    )
    assert (response.status_code, message in page) == (200, True)
    assert [item["entry"].name for item in response.context["entries"]] == ["甲"]
    assert (f'value="{key}"' in page, page.count('"checked>') == ("entry" in data)) == (True, True)
    assert stored() == before


@pytest.mark.parametrize("entry", ["", "x", "own-0", "common-" + "9" * 40, "\0"])
def test_indicator_that_there_is_not_is_passed_over(declaration, preparer, entry):
    before = stored()
    response, _ = send(preparer, declaration, entry=entry, group=own_group(declaration).pk)
    assert response.status_code == 200
    assert stored() == before


def test_address_holds_what_was_ticked_elsewhere(declaration, preparer):
    declared("甲", "乙")
    keys = {name: key_of(preparer, declaration, name) for name in ("甲", "乙")}
    data = {"q": "甲", "under": "重点工作任务完成", "entry": [*keys.values(), "own-0", "x"]}
    response = client_of(preparer).get(address(declaration), data)
    assert [item["entry"].name for item in response.context["entries"]] == ["甲"]
    assert [row.name for row in response.context["ticked_elsewhere"].values()] == ["乙"]
    page = response.content.decode()
    assert [page.count(f'value="{key}"') for key in keys.values()] == [1, 1]
    assert page.count("checked>") == 2


@pytest.mark.parametrize("why", READ_ONLY)
def test_who_cannot_change_the_declaration_sees_why_and_picks_nothing(declaration, preparer, why):
    declared("甲")
    data = {"entry": key_of(preparer, declaration, "甲"), "group": own_group(declaration).pk}
    person = read_only(declaration, why)
    before = stored()
    page = client_of(person).get(address(declaration)).content.decode()
    assert (READ_ONLY[why] in page, 'type="checkbox"' in page, "加入所选" in page) == (True, False, False)
    _, answer = send(person, declaration, **data)
    assert READ_ONLY[why] in answer
    assert stored() == before


@pytest.mark.parametrize("who", ["other preparer", "administrator", "reviewer"])
def test_page_does_not_exist_for_others(declaration, who):
    declared("甲")
    person = {
        "other preparer": lambda: builders.user(Role.PREPARER, department=builders.department()),
        "administrator": lambda: builders.user(Role.ADMINISTRATOR),
        "reviewer": lambda: builders.user(Role.REVIEWER, office=declaration.department.office),
    }[who]()
    data = {"entry": f"own-{Target.objects.get(name='甲').pk}", "group": own_group(declaration).pk}
    before = stored()
    client = client_of(person)
    assert client.get(address(declaration)).status_code == 404
    assert client.post(address(declaration), data).status_code == 404
    assert stored() == before


def test_queries_do_not_grow_with_the_indicators(declaration, preparer):
    counts = []
    for number in (1, 3, 20):
        declared(*(f"指标{number}-{index}" for index in range(number)))
        counts.append(len(queries_of(client_of(preparer), address(declaration))))
    assert counts[0] == counts[1] == counts[2]
