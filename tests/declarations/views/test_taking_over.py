"""The page on which rows of an earlier year are picked and taken over."""

import pytest
from django.urls import reverse

from declarations.enums import Status
from declarations.models import Declaration
from declarations.services import GOALS, TARGETS, TASKS
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.builders import client_of
from tests.declarations.services.edits import add, own_group, rows
from tests.declarations.situations import READ_ONLY, read_only, stored
from tests.declarations.views.pages import section_url
from tests.queries import queries_of


@pytest.fixture
def approved(db):
    """The declaration of the year before, of which everything can be taken over."""
    return builders.declaration(Status.APPROVED)


@pytest.fixture
def declaration(approved):
    return builders.next_year(approved)


def address(made: Declaration) -> str:
    return reverse("declarations:take_over", args=[made.pk])


def own_keys(made: Declaration) -> list[str]:
    return [
        str(row.key)
        for section in (GOALS, TASKS, TARGETS)
        for row in rows(made, section)
        if getattr(row, "tertiary_id", None) is None
    ]


def send(person, made: Declaration, keys, **data):
    """The answer to the form, and the page that it leads to as text."""
    year = made.department.declarations.order_by("round__fiscal_year").first().round.fiscal_year
    response = client_of(person).post(address(made), {"year": year, "row": keys, **data}, follow=True)
    return response, "".join(response.content.decode().split())


def shown(response) -> dict[str, list[tuple[str, bool]]]:
    """The texts of the rows that the page shows by section or group, and whether they are here already."""
    return {part["title"]: [(row["text"], row["here"]) for row in part["rows"]] for part in response.context["parts"]}


def test_page_shows_everything_of_the_latest_year_ticked(declaration, approved, preparer):
    response = client_of(preparer).get(address(declaration))
    page = response.content.decode()
    assert shown(response) == {
        "年度履职目标": [("做好办文办会工作；", False)],
        "年度主要任务": [("保障机关运转", False)],
        "产出指标 › 重点工作任务完成": [("完成调研报告", False)],
        "效益指标 › 履职效益": [("完成调研报告", False)],
    }
    assert f"{approved.round.fiscal_year} 年度已批复的申报表" in page
    assert ("≥5篇" in page, "考察调研情况" in page, "按时支付水电费。" in page) == (True, True, True)
    assert page.count('type="checkbox"') == page.count("checked") == 4
    # Money is not even shown, lest it be thought to come over.
    assert ("838.14" in page, "2677.7" in page) == (False, False)


def test_nothing_is_ticked_where_that_was_asked_for_without_script(declaration, preparer):
    page = client_of(preparer).get(address(declaration), {"picked": "none"}).content.decode()
    assert (page.count('type="checkbox"'), page.count("checked")) == (4, 0)


def test_everything_that_is_ticked_is_taken_and_the_form_says_so(declaration, approved, preparer):
    response, page = send(preparer, declaration, own_keys(approved))
    first = rows(declaration, GOALS)[0]
    assert response.redirect_chain == [(f"{section_url(declaration, 'goals')}#row-{first.key}", 302)]
    assert "已带入4行，请逐行确认。" in page
    assert len(own_keys(declaration)) == 4


def test_targets_alone_lead_to_their_section(declaration, approved, preparer):
    (target,) = approved.target_rows.filter(secondary=own_group(approved))
    response, page = send(preparer, declaration, [str(target.key)])
    taken = declaration.target_rows.get(origin=target.key)
    assert response.redirect_chain == [(f"{section_url(declaration, 'indicators', 1)}#row-{taken.key}", 302)]
    assert "已带入1行" in page


def test_second_time_everything_is_here_and_nothing_can_be_ticked(declaration, approved, preparer):
    send(preparer, declaration, own_keys(approved))
    before = stored()
    response = client_of(preparer).get(address(declaration))
    page = response.content.decode()
    assert {here for part in shown(response).values() for _, here in part} == {True}
    assert (page.count("row-mark"), page.count("disabled"), page.count("checked")) == (4, 4, 0)
    assert "可以带入的内容均已在本申报表中" in page
    _, answer = send(preparer, declaration, own_keys(approved))
    assert "所选内容均已在本申报表中，未重复带入。" in answer
    assert stored() == before


def test_nothing_ticked_says_so_and_changes_nothing(declaration, preparer):
    before = stored()
    response, page = send(preparer, declaration, [])
    assert response.redirect_chain[0][0].startswith(address(declaration))
    assert "请先选择要带入的内容。" in page
    assert stored() == before


def test_group_that_is_gone_says_why_and_has_no_boxes(approved):
    template = builders.template(published=False)
    template.primaries.get(position=2).secondaries.update(name="别的")
    builders.publish(template)
    made = builders.declaration(round=builders.round_(template=template), department=approved.department, filled=False)
    page = client_of(builders.preparer_of(made)).get(address(made)).content.decode()
    assert page.count("本年度模板中没有对应的二级指标，不能带入。") == 1
    assert page.count('type="checkbox"') == 3


def test_earlier_year_can_be_chosen(declaration, approved, preparer):
    builders.fill(declaration, preparer)
    builders.submit(declaration)
    builders.approve(declaration)
    made = builders.declaration(round=builders.round_(), department=approved.department, filled=False)
    client = client_of(preparer)
    years = [declaration.round.fiscal_year, approved.round.fiscal_year]
    assert client.get(address(made)).context["offer"].fiscal_year == years[0]
    chosen = client.get(address(made), {"year": years[1]})
    assert (chosen.context["years"], chosen.context["offer"].fiscal_year) == (years, years[1])
    key = str(rows(approved, GOALS)[0].key)
    client.post(address(made), {"year": years[1], "row": [key]})
    assert [str(row.origin) for row in rows(made, GOALS)] == [key]


@pytest.mark.parametrize("year", ["", "x", "1999", "９", "9" * 5000, "\0"])
def test_year_that_there_is_not_does_not_exist(declaration, preparer, year):
    client = client_of(preparer)
    assert client.get(address(declaration), {"year": year}).status_code == 404
    assert client.post(address(declaration), {"year": year, "row": "x"}).status_code == 404


@pytest.mark.parametrize("row", ["", "x", "\0", "9" * 5000])
def test_row_that_is_none_is_passed_over(declaration, preparer, row):
    before = stored()
    response, _ = send(preparer, declaration, [row])
    assert response.status_code == 200
    assert stored() == before


def test_without_an_earlier_approved_declaration_the_page_says_so(db):
    made = builders.declaration(filled=False)
    builders.declaration(Status.APPROVED, round=made.round)
    builders.declaration(Status.IN_REVIEW, round=builders.round_(fiscal_year=2019), department=made.department)
    client = client_of(builders.preparer_of(made))
    assert "本部门以前年度没有已批复的申报表，没有可以带入的内容。" in client.get(address(made)).content.decode()
    assert client.post(address(made), {"row": "x"}).status_code == 404


def test_rows_of_another_department_are_neither_shown_nor_taken(declaration, approved, preparer):
    other = builders.declaration(round=approved.round, filled=False)
    add(other, GOALS, {"text": "机密目标"})
    builders.fill(other, builders.preparer_of(other))
    builders.submit(other)
    builders.approve(other)
    before = stored()
    assert "机密" not in client_of(preparer).get(address(declaration)).content.decode()
    send(preparer, declaration, own_keys(other))
    assert stored() == before


@pytest.mark.parametrize("why", READ_ONLY)
def test_who_cannot_change_the_declaration_sees_why_and_takes_nothing(declaration, approved, why):
    person = read_only(declaration, why)
    before = stored()
    page = client_of(person).get(address(declaration)).content.decode()
    assert (READ_ONLY[why] in page, 'type="checkbox"' in page, "带入所选" in page) == (True, False, False)
    _, answer = send(person, declaration, own_keys(approved))
    assert READ_ONLY[why] in answer
    assert stored() == before


@pytest.mark.parametrize("who", ["other preparer", "administrator", "reviewer"])
def test_page_does_not_exist_for_others(declaration, approved, who):
    person = {
        "other preparer": lambda: builders.user(Role.PREPARER, department=builders.department()),
        "administrator": lambda: builders.user(Role.ADMINISTRATOR),
        "reviewer": lambda: builders.user(Role.REVIEWER, office=declaration.department.office),
    }[who]()
    before = stored()
    client = client_of(person)
    assert client.get(address(declaration)).status_code == 404
    assert client.post(address(declaration), {"row": own_keys(approved)}).status_code == 404
    assert stored() == before


def test_queries_do_not_grow_with_the_rows(db):
    counts = []
    for number in (1, 3, 30):
        earlier = builders.declaration()
        for section in (GOALS, TASKS, TARGETS):
            texts = [{"name": f"甲{index}", "comparison": "ge", "value": "1"} for index in range(number)]
            texts = [{"text": text["name"]} for text in texts] if section is GOALS else texts
            texts = [text | {"content": "内容", "amount": "1"} for text in texts] if section is TASKS else texts
            add(earlier, section, *texts, group=own_group(earlier) if section is TARGETS else None)
        builders.submit(earlier)
        builders.approve(earlier)
        made = builders.declaration(round=builders.round_(), department=earlier.department, filled=False)
        counts.append(len(queries_of(client_of(builders.preparer_of(made)), address(made))))
    assert counts[0] == counts[1] == counts[2]
