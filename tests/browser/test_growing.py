"""Text boxes grow with their text, also in a browser that does not see to that itself."""

import pytest

from declarations.services import GOALS
from tests.declarations import builders
from tests.declarations.services.edits import add
from tests.declarations.views.pages import section_url

# Chromium before 123 knows nothing of field-sizing.
OLD_BROWSER = """
const supports = CSS.supports.bind(CSS);
CSS.supports = (...asked) => asked[0] !== "field-sizing" && supports(...asked);
const sheet = new CSSStyleSheet();
sheet.replaceSync("textarea { field-sizing: fixed !important; }");
document.adoptedStyleSheets = [sheet];
"""
LONG = "很长的目标，" * 100
IS_WHOLE = "(field) => field.scrollHeight <= field.clientHeight"


@pytest.fixture
def page_of_old_browser(open_page, transactional_db):
    declaration = builders.declaration()
    add(declaration, GOALS, {"text": LONG})
    page = open_page(builders.preparer_of(declaration))
    page.add_init_script(OLD_BROWSER)
    page.goto(section_url(declaration, "goals"))
    page.wait_for_load_state("networkidle")
    return page


def test_long_text_is_shown_whole_in_an_old_browser(page_of_old_browser):
    page_of_old_browser.wait_for_function(f"() => ({IS_WHOLE})(document.querySelectorAll('.row-item textarea')[1])")


def test_box_grows_and_shrinks_with_its_text_in_an_old_browser(page_of_old_browser):
    field = page_of_old_browser.get_by_label("第1行 年度履职目标")
    before = field.bounding_box()["height"]

    field.fill(LONG)
    assert field.evaluate(IS_WHOLE)
    assert field.bounding_box()["height"] > before

    field.fill("短")
    assert field.bounding_box()["height"] == before
