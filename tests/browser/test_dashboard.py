"""The statistics page in a browser: on the screen one drawing for each width, on paper all that is folded away."""

import pytest
from django.urls import reverse

from declarations.enums import Status
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.standings import round_, standing

DETAILS = "details => details.map((one) => one.open)"


@pytest.fixture
def dashboard(open_page, transactional_db):
    standing(Status.APPROVED, round_(), total="1")
    page = open_page(builders.user(Role.AUDITOR))
    page.goto(reverse("declarations:dashboard"))
    page.get_by_role("button", name="打印").wait_for()
    return page


def test_everything_is_open_while_it_is_printed_and_as_it_was_afterwards(dashboard):
    dashboard.locator("summary").first.click()
    before = dashboard.eval_on_selector_all("main details", DETAILS)
    assert before[:2] == [True, False]

    dashboard.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert set(dashboard.eval_on_selector_all("main details", DETAILS)) == {True}
    dashboard.evaluate("dispatchEvent(new Event('beforeprint'))")
    dashboard.evaluate("dispatchEvent(new Event('afterprint'))")
    assert dashboard.eval_on_selector_all("main details", DETAILS) == before


def test_the_button_prints(dashboard):
    dashboard.evaluate("window.print = () => { document.title = 'printed'; }")
    dashboard.get_by_role("button", name="打印").click()
    assert dashboard.title() == "printed"


def test_paper_shows_charts_and_tables_without_what_is_only_for_the_screen(dashboard):
    dashboard.evaluate("dispatchEvent(new Event('beforeprint'))")
    dashboard.emulate_media(media="print")

    def shown(selector):
        return [one.is_visible() for one in dashboard.locator(selector).all()]

    assert set(shown(".statistics-table, .bars, .line-chart-wide, .figures")) == {True}
    assert set(shown(".site-header, .filters, .statistics-download, summary, [data-print], .line-chart-narrow")) == {
        False
    }


@pytest.mark.parametrize(("width", "drawing"), [(1280, "wide"), (390, "narrow")])
def test_each_width_has_one_drawing_of_the_line(dashboard, width, drawing):
    dashboard.set_viewport_size({"width": width, "height": 800})
    seen = {size: dashboard.locator(f".line-chart-{size}").is_visible() for size in ("wide", "narrow")}
    assert seen == {"wide": drawing == "wide", "narrow": drawing == "narrow"}
