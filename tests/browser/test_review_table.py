"""The table of a review shows everything or only what changed; a browser without scripts asks for another page."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from declarations.models import Declaration
from declarations.services import GOALS, TARGETS
from indicators.enums import Comparison
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.services.edits import add, changed, own_group, save

# How many rows of each table are covered by cells from edge to edge, and how many are not.
GRID = """
() => [...document.querySelectorAll(".review-table table")].map((table) => {
  const rows = [...table.rows].filter((row) => !row.hidden);
  const width = rows.map(() => 0);
  rows.forEach((row, line) => {
    for (const cell of row.cells) {
      for (let below = 0; below < cell.rowSpan; below++) width[line + below] += cell.colSpan;
    }
  });
  return width.every((columns) => columns === 8) && width.length === rows.length;
})
"""


@pytest.fixture
def declaration(transactional_db) -> Declaration:
    """Submitted anew with a goal more and another explanation of the second of three outputs."""
    made = builders.declaration()
    texts = {"comparison": Comparison.AT_LEAST, "value": "1", "unit": "项", "scoring_standard": "少1项扣1分。"}
    add(made, TARGETS, *({"name": name, **texts} for name in ("第二项", "第三项")), group=own_group(made))
    builders.submit(made)
    builders.return_(made)
    add(made, GOALS, {"text": "督查督办；"})
    save(made, TARGETS, changed(made.target_rows.get(name="第二项"), explanation="改过的说明"))
    builders.submit(made)
    return made


def review_of(declaration: Declaration) -> str:
    return reverse("declarations:review", args=[declaration.pk])


def row_of(page: Page, name: str):
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))


def expect_changes_alone(page: Page) -> None:
    expect(row_of(page, "第二项")).to_be_visible()
    expect(row_of(page, "第三项")).to_have_count(0)
    expect(page.get_by_text("目标2：督查督办；")).to_be_visible()
    expect(page.get_by_text("目标1：做好办文办会工作；")).to_be_hidden()


def test_switch_shows_what_changed_and_all_again(open_page, declaration):
    page = open_page(builders.person_of(declaration.department.office, Role.REVIEWER))
    page.goto(review_of(declaration))
    switch = page.get_by_role("switch", name="只看改动")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(row_of(page, "第三项")).to_be_visible()
    assert page.evaluate(GRID) == [True, True]

    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(page).to_have_url(re.compile(r"\?only=changed$"))
    expect_changes_alone(page)
    assert page.evaluate(GRID) == [True, True]

    page.reload()
    expect_changes_alone(page)
    assert page.evaluate(GRID) == [True, True]

    switch.focus()
    page.keyboard.press("Space")
    expect(row_of(page, "第三项")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/review/$"))
    assert page.evaluate(GRID) == [True, True]


def test_link_to_a_place_that_is_hidden_shows_it(open_page, declaration):
    third = declaration.target_rows.get(name="第三项")
    page = open_page(builders.person_of(declaration.department.office, Role.REVIEWER))
    page.goto(f"{review_of(declaration)}?only=changed#cell-targets-{third.key}-name")
    expect(row_of(page, "第三项")).to_be_in_viewport()
    expect(page.get_by_role("switch", name="只看改动")).to_have_attribute("aria-checked", "false")


def test_without_scripts_a_link_leads_to_the_changes_and_back(open_page, declaration):
    page = open_page(
        builders.person_of(declaration.department.office, Role.REVIEWER), java_script_enabled=False, width=390
    )
    page.goto(review_of(declaration))
    page.get_by_role("link", name="只看改动").click()
    expect_changes_alone(page)
    page.get_by_role("link", name="显示全部").click()
    expect(row_of(page, "第三项")).to_be_visible()
