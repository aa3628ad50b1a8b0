"""The form after rows were taken over: their marks, who takes these off, and last year's values beside the new ones."""

import pytest
from django.urls import reverse

from declarations import taking_over
from declarations.enums import Status
from declarations.services import GOALS, TASKS
from tests.declarations import builders
from tests.declarations.documents import FIGURES
from tests.declarations.services.edits import now, own_groups, rows, where
from tests.declarations.views.autosaving import Script, sent_deletion, sent_new
from tests.declarations.views.pages import Desk, section_url

MARK = "从上年带入，待确认"


@pytest.fixture
def approved(db):
    return builders.declaration(Status.APPROVED)


@pytest.fixture
def declaration(approved):
    """A draft into which all of last year was taken over."""
    made = builders.next_year(approved)
    keys = {str(row.key) for row in [*rows(approved, GOALS), *rows(approved, TASKS), *approved.target_rows.all()]}
    taking_over.take_over(*where(made), approved.round.fiscal_year, keys, **now(made))
    return made


def desk_at(declaration, preparer, *section):
    return Desk(preparer, section_url(declaration, *section))


@pytest.mark.parametrize("section", [("goals",), ("tasks",), ("indicators", 1)])
def test_each_row_carries_its_mark_until_it_is_confirmed(declaration, preparer, section):
    desk = desk_at(declaration, preparer, *section)
    (key,) = desk.keys
    assert (desk.page.text.count(MARK), "1行从上年带入，尚未确认" in desk.page.text) == (1, True)
    desk.press(f"confirm:{key}")
    assert (MARK in desk.page.text, "全部确认" in desk.page.text) == (False, False)
    assert desk.keys == [key]


def test_changed_row_loses_its_mark(declaration, preparer):
    desk = desk_at(declaration, preparer, "goals")
    desk.press("save")
    assert MARK in desk.page.text
    desk.press("save", desk.type(0, text="今年的目标"))
    assert MARK not in desk.page.text


def test_all_rows_of_a_section_are_confirmed_at_once_and_no_others(declaration, preparer):
    desk_at(declaration, preparer, "indicators", 1).press("confirm")
    benefits = str(own_groups(declaration)[1].primary_id)
    assert taking_over.unconfirmed_counts(declaration) == {"goals": 1, "tasks": 1, benefits: 1}


def test_deletion_undone_brings_the_mark_back(declaration, preparer):
    (goal,) = rows(declaration, GOALS)
    desk = desk_at(declaration, preparer, "goals")
    desk.press(f"delete:{goal.key}")
    desk.press("undo")
    assert [(row.key, row.text, row.origin, row.unconfirmed) for row in rows(declaration, GOALS)] == [
        (goal.key, goal.text, goal.origin, True)
    ]


def test_deletion_undone_by_the_script_brings_the_mark_back(declaration):
    (goal,) = rows(declaration, GOALS)
    script = Script(declaration)
    script.send(deleted=[sent_deletion(GOALS, goal)])
    again = sent_new(GOALS, str(goal.key), text=goal.text) | {"origin": str(goal.origin)}
    assert script.send(rows=[again])["rows"][str(goal.key)]["unconfirmed"] is True
    assert [(row.text, row.origin, row.unconfirmed) for row in rows(declaration, GOALS)] == [
        (goal.text, goal.origin, True)
    ]


def test_confirming_saves_what_was_typed_beside_it(declaration, preparer):
    desk = desk_at(declaration, preparer, "tasks")
    desk.press("confirm", desk.type(0, content="今年的内容"))
    assert [(task.content, task.unconfirmed) for task in rows(declaration, TASKS)] == [("今年的内容", False)]


@pytest.mark.parametrize("action", ["confirm:x", "confirm:1", "confirm:\0"])
def test_row_to_confirm_that_is_no_key_is_refused(declaration, preparer, action):
    client = builders.client_of(preparer)
    assert client.post(section_url(declaration, "goals"), {"action": action}).status_code == 400


def test_last_year_stands_beside_each_target_and_figure(declaration, approved, preparer):
    year = approved.round.fiscal_year
    assert f"{year}年度：≥5篇" in desk_at(declaration, preparer, "indicators", 1).page.text
    assert f"{year}年度：≥95%" in desk_at(declaration, preparer, "indicators", 0).page.text
    budget = desk_at(declaration, preparer, "budget").page
    assert [f"{year}年度：{figure}" in budget.text for figure in FIGURES.values()] == [True] * 5
    assert [budget.data[name] for name in FIGURES] == [[""]] * 5


def test_empty_section_leads_to_last_year(approved):
    made = builders.declaration(round=builders.round_(), department=approved.department, filled=False)
    address = reverse("declarations:take_over", args=[made.pk])
    page = Desk(builders.preparer_of(made), section_url(made, "goals")).page
    assert f"从{approved.round.fiscal_year}年度申报表带入" in page.text
    assert address in page.links


def test_without_an_earlier_year_nothing_leads_there(db):
    made = builders.declaration(filled=False)
    page = Desk(builders.preparer_of(made), section_url(made, "goals")).page
    assert reverse("declarations:take_over", args=[made.pk]) not in page.links


def test_group_leads_to_the_library(declaration, preparer):
    group = own_groups(declaration)[0]
    address = f"{reverse('declarations:library', args=[declaration.pk])}?group={group.pk}&under="
    links = desk_at(declaration, preparer, "indicators", 1).page.links
    assert len([link for link in links if link.startswith(address)]) == 1


def test_check_page_says_what_is_not_confirmed_yet(declaration, preparer):
    desk = desk_at(declaration, preparer, "check")
    assert desk.page.text.count("：1行") == 4
    desk_at(declaration, preparer, "goals").press("confirm")
    desk.open()
    assert desk.page.text.count("：1行") == 3
