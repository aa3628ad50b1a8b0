"""What the checks find, at its place in the form and all together on the page that submits."""

from urllib.parse import urldefrag, urlencode

import pytest
from django.utils import timezone

from declarations import selectors
from declarations.checks import run_checks
from declarations.enums import Status
from declarations.forms.notes import EMPTY_ROW
from declarations.models import Budget
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.faulty import faulty_declaration, strict_template
from tests.declarations.situations import FOUR_STAGES, TWO_STAGES
from tests.declarations.views.pages import SECTIONS, Desk, section_url


@pytest.fixture
def empty(db):
    return builders.declaration(filled=False, round=builders.round_(template=strict_template()))


@pytest.fixture
def faulty(db):
    return faulty_declaration()


def findings_of(declaration):
    return run_checks(selectors.document_of(declaration), selectors.earlier_documents(declaration))


def desk_of(declaration, section="goals", *position):
    return desk_of_url(declaration, section_url(declaration, section, *position))


def linked_places(declaration):
    """The address and the element that each link of the check page leads to, with all ids of the page there."""
    links = [link for link in desk_of(declaration, "check").page.links if "#" in link and link != "#content"]
    pages = {url: desk_of_url(declaration, url) for url in {urldefrag(link).url for link in links}}
    return [(link, pages[urldefrag(link).url].page.ids) for link in links]


def desk_of_url(declaration, url):
    return Desk(builders.preparer_of(declaration), url)


def test_faulty_and_empty_declaration_have_every_kind_of_finding(faulty):
    empty = builders.declaration(filled=False)

    assert {finding.code for declaration in (faulty, empty) for finding in findings_of(declaration)} == {
        "blank_left",
        "goals_missing",
        "goal_empty",
        "goal_numbers_with_gaps",
        "tasks_missing",
        "task_name_missing",
        "task_content_missing",
        "task_amount_not_a_number",
        "budget_missing",
        "budget_expenditure_unlike_total",
        "budget_unlike_earlier_years",
        "outputs_missing",
        "benefits_missing",
        "target_name_missing",
        "target_comparison_missing",
        "target_value_missing",
        "value_without_number",
        "name_repeated",
        "scoring_standard_missing",
        "rate_without_unit",
        "sign_unlike_comparison",
        "points_unlike_total",
        "value_unlike_earlier_years",
    }


@pytest.mark.parametrize("which", ["faulty", "empty"])
def test_each_finding_leads_to_an_element_of_the_form(which, request):
    declaration = request.getfixturevalue(which)

    places = linked_places(declaration)

    assert len(places) == len(findings_of(declaration))
    assert [link for link, ids in places if ids.count(urldefrag(link).fragment) != 1] == []


def test_each_finding_stands_at_its_text_or_above_the_indicators_and_empty_rows_are_told_once(faulty):
    expected = {}
    empty_target = faulty.target_rows.get(tertiary=None, name="")
    for finding in findings_of(faulty):
        if finding.path.startswith(f"targets/{empty_target.key}/"):
            continue
        if finding.path.count("/") == 2 or finding.path.startswith("budget/") or finding.path == "indicators":
            level = "须改正" if finding.level == "error" else "提示"
            message = "".join(f"{level}{finding.message}".split())
            expected.setdefault(finding.path.replace("/", "-"), []).append(message)

    expected[f"targets-{empty_target.key}-name"] = [f"须改正{EMPTY_ROW}"]
    notes = {place: said for section in SECTIONS for place, said in desk_of(faulty, *section).page.notes.items()}

    assert notes == expected
    assert len(notes) > 15


@pytest.mark.parametrize("section", SECTIONS)
def test_field_refers_to_what_the_checks_found_in_it(faulty, section):
    page = desk_of(faulty, *section).page

    assert page.descriptions == {
        field: [f"{field}-notes"] if field in page.notes else [] for field in page.descriptions
    }
    assert [name for names in page.descriptions.values() for name in names if page.ids.count(name) != 1] == []


def test_row_just_added_is_not_told_that_it_is_empty_until_the_page_is_opened_again(empty):
    desk = desk_of(empty)
    desk.press("add")

    assert desk.page.notes == {}
    assert "1处须改正" in desk.page.text

    desk.open()

    assert desk.page.notes == {f"goals-{desk.keys[0]}-text": [f"须改正{EMPTY_ROW}"]}


def test_row_left_empty_is_told_so_with_the_next_save(empty):
    desk = desk_of(empty)
    desk.press("add")
    desk.press("save")

    assert desk.page.notes == {f"goals-{desk.keys[0]}-text": [f"须改正{EMPTY_ROW}"]}


def test_row_added_beside_one_that_cannot_be_stored_is_not_told_that_it_is_empty(empty):
    desk = desk_of(empty)
    desk.press("add")
    desk.press("add", desk.type(0, text="长" * 2001))
    first, second = desk.keys

    assert desk.page.notes == {f"goals-{first}-text": ["未保存不能超过2000字，现有2001字，请精简后再保存。"]}

    desk.press("add", desk.type(0, text="短"))

    assert desk.page.notes == {f"goals-{second}-text": [f"须改正{EMPTY_ROW}"]}
    assert first in desk.keys


@pytest.mark.parametrize("added", ["", "1", "\0", "行"])
def test_address_that_names_no_row_as_just_added_changes_nothing(faulty, added):
    opened = desk_of(faulty).page.notes

    assert desk_of_url(faulty, f"{section_url(faulty, 'goals')}?{urlencode({'added': added})}").page.notes == opened


def test_section_lists_its_own_findings(faulty):
    page = desk_of(faulty).page

    for finding in findings_of(faulty):
        assert ("".join(finding.message.split()) in page.text) == finding.path.startswith("goals")


def test_check_page_tells_all_findings(faulty):
    page = desk_of(faulty, "check").page
    findings = findings_of(faulty)
    errors = sum(finding.level == "error" for finding in findings)

    assert [finding for finding in findings if "".join(finding.message.split()) not in page.text] == []
    assert f"有{errors}处须改正，改正后才能送审；另有{len(findings) - errors}处提示，请核对。" in page.text


def digest_on(declaration, role):
    """The digest that the check page would submit, None where it offers no button to press."""
    desk = Desk(builders.person_of(declaration.department, role), section_url(declaration, "check"))
    content = desk.client.get(desk.url).content.decode()
    if "确认无误，送审" not in content:
        return None
    return content.partition('name="digest" value="')[2].partition('"')[0]


@pytest.mark.parametrize(("role", "offered"), [(Role.PREPARER, True), (Role.DEPARTMENT_HEAD, False)])
@pytest.mark.parametrize("stages", [TWO_STAGES, FOUR_STAGES])
def test_check_page_offers_submission_to_preparers(db, stages, role, offered):
    declaration = builders.declaration(round=builders.round_(stages=stages))

    assert digest_on(declaration, role) == (selectors.document_of(declaration).digest() if offered else None)


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.APPROVED])
def test_check_page_offers_no_submission_of_what_was_submitted(db, status):
    assert digest_on(builders.declaration(status), Role.PREPARER) is None


def test_check_page_offers_submission_of_what_was_returned(db):
    declaration = builders.declaration(Status.RETURNED)

    assert digest_on(declaration, Role.PREPARER) == selectors.document_of(declaration).digest()


def test_check_page_offers_no_submission_with_errors(db):
    declaration = builders.declaration()
    Budget.objects.update(total="", total_amount=None)

    assert digest_on(declaration, Role.PREPARER) is None
    assert "尚有1处错误，改正后才能送审。" in desk_of(declaration, "check").page.text


def test_check_page_offers_no_submission_after_closing(db):
    declaration = builders.declaration()
    declaration.round.closes_at = timezone.now()
    declaration.round.save()

    assert digest_on(declaration, Role.PREPARER) is None


def test_check_page_of_faultless_declaration_says_so(db):
    assert "检查通过，没有错误和提示。" in desk_of(builders.declaration(), "check").page.text
