import pytest
from django.urls import reverse

from declarations.enums import Status
from declarations.models import Declaration
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.situations import TWO_STAGES
from tests.queries import queries_of

LIST = reverse("declarations:list")


@pytest.fixture
def administrator(db: None) -> User:
    return builders.user(Role.ADMINISTRATOR)


def listed(user: User, **parameters: str | int) -> list[Declaration]:
    answer = builders.client_of(user).get(LIST, parameters)
    assert answer.status_code == 200
    return list(answer.context["page"])


def test_declarations_stand_by_year_and_then_by_code(administrator: User) -> None:
    older, newer = builders.round_(), builders.round_()
    first, second = builders.department(code="100"), builders.department(code="200")
    for round in (older, newer):
        for department in (second, first):
            builders.declaration(round=round, department=department, filled=False)
    order = [(declaration.round, declaration.department) for declaration in listed(administrator)]
    assert order == [(newer, first), (newer, second), (older, first), (older, second)]


def test_search_finds_by_part_of_name_or_code(administrator: User) -> None:
    found = builders.declaration(department=builders.department(name="衡阳市教育局", code="430400055"), filled=False)
    builders.declaration(department=builders.department(name="衡阳市卫生健康局", code="430400066"), filled=False)
    assert listed(administrator, q="教育") == [found]
    assert listed(administrator, q=" 0055 ") == [found]
    assert listed(administrator, q="%") == []


def test_filters_narrow_together(administrator: User) -> None:
    round, office = builders.round_(), builders.office()
    found = builders.declaration(Status.IN_REVIEW, round=round, department=builders.department(office=office))
    builders.declaration(round=round, department=builders.department(office=office))
    builders.declaration(Status.IN_REVIEW, round=round)
    builders.declaration(Status.IN_REVIEW, department=builders.department(office=office))
    narrowed = listed(administrator, status="in_review", office=office.pk, year=round.fiscal_year)
    assert narrowed == [found]


def test_waiting_means_the_own_stage(db: None) -> None:
    round = builders.round_(stages=TWO_STAGES)
    first, second = (builders.declaration(Status.IN_REVIEW, round=round) for _ in range(2))
    builders.approve(second)
    reviewer = builders.user(Role.REVIEWER, office=first.department.office)
    assert listed(reviewer, status="waiting") == [first]
    assert listed(builders.user(Role.PERFORMANCE_REVIEWER), status="waiting") == [second]


def test_what_is_approved_is_found_while_it_is_adjusted(administrator: User) -> None:
    round = builders.round_()
    waiting = builders.declaration(Status.IN_REVIEW, round=round)
    approved, adjusting = (builders.declaration(Status.APPROVED, round=round) for _ in range(2))
    builders.adjust(adjusting)
    builders.change(adjusting)
    builders.submit(adjusting)
    assert listed(administrator, approval="some") == [approved, adjusting]
    assert listed(administrator, approval="some", status="in_review") == [adjusting]
    assert listed(administrator, approval="none", status="in_review") == [waiting]
    page = builders.client_of(administrator).get(LIST).content.decode()
    assert page.count('<span class="mark">调整</span>') == 1


def test_search_and_filters_find_nothing_that_one_may_not_see(db: None) -> None:
    own = builders.declaration(Status.IN_REVIEW, department=builders.department(name="甲局"))
    foreign = builders.declaration(Status.IN_REVIEW, round=own.round, department=builders.department(name="乙局"))
    draft = builders.declaration(
        round=own.round, department=builders.department(name="丙局", office=own.department.office)
    )
    reviewer = builders.user(Role.REVIEWER, office=own.department.office)
    preparer = builders.user(Role.PREPARER, department=own.department)
    for person in (reviewer, preparer):
        assert listed(person) == [own]
        assert listed(person, q="乙局") == listed(person, q=draft.department.code) == []
        assert listed(person, office=foreign.department.office_id) == [own]
        page = builders.client_of(person).get(LIST).content.decode()
        assert "乙局" not in page
        assert "共 1 条" in page


@pytest.mark.parametrize("status", Status)
def test_each_role_lists_what_it_may_see(db: None, status: Status) -> None:
    declaration = builders.declaration(status)
    own = declaration.department
    stranger = builders.department()
    always = [
        builders.preparer_of(declaration),
        builders.user(Role.DEPARTMENT_HEAD, department=own),
        builders.user(Role.ADMINISTRATOR),
        builders.user(Role.AUDITOR),
    ]
    reviewers = [builders.user(Role.REVIEWER, office=own.office), builders.user(Role.PERFORMANCE_REVIEWER)]
    strangers = [
        builders.user(Role.PREPARER, department=stranger),
        builders.user(Role.DEPARTMENT_HEAD, department=stranger),
        builders.user(Role.REVIEWER, office=stranger.office),
    ]
    assert [listed(person) for person in always] == [[declaration]] * 4
    assert [listed(person) for person in reviewers] == [[declaration] if declaration.submission else []] * 2
    assert [listed(person) for person in strangers] == [[]] * 3


@pytest.mark.parametrize(
    "parameters",
    [
        {"year": "zzz"},
        {"year": "1999"},
        {"status": "gone"},
        {"status": "waiting"},
        {"approval": "maybe"},
        {"office": "999999999999999999999999"},
        {"office": "x"},
        {"q": "a\x00b"},
        {"q": "长" * 101},
    ],
)
def test_bad_parameter_shows_nothing_and_says_so(administrator: User, parameters: dict[str, str]) -> None:
    builders.declaration(filled=False)
    answer = builders.client_of(administrator).get(LIST, parameters)
    assert answer.status_code == 200
    assert list(answer.context["page"]) == []
    assert "查询条件有误" in answer.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "99", "9" * 40])
def test_page_out_of_range_is_the_nearest_one(administrator: User, page: str) -> None:
    declaration = builders.declaration(filled=False)
    assert listed(administrator, page=page) == [declaration]


def test_links_between_pages_keep_the_filters(administrator: User) -> None:
    round = builders.round_()
    for _ in range(31):
        builders.declaration(round=round, filled=False)
    page = builders.client_of(administrator).get(LIST, {"q": "局", "status": "draft"}).content.decode()
    assert 'href="?q=%E5%B1%80&amp;status=draft&amp;page=2"' in page
    assert len(listed(administrator, page=2)) == 1


def test_empty_list_says_why(administrator: User) -> None:
    client = builders.client_of(administrator)
    assert "还没有您可以查看的申报表" in client.get(LIST).content.decode()
    builders.declaration(filled=False)
    assert "没有符合条件的申报表" in client.get(LIST, {"q": "查无此局"}).content.decode()


def test_queries_do_not_grow_with_the_declarations(db: None) -> None:
    office, round = builders.office(), builders.round_()
    people = [builders.user(Role.ADMINISTRATOR), builders.user(Role.REVIEWER, office=office)]
    pattern = builders.declaration(Status.IN_REVIEW, round=round, department=builders.department(office=office))
    clients = [builders.client_of(person) for person in people]
    addresses = [LIST, f"{LIST}?status=in_review", f"{LIST}?q=43"]
    counts = []
    made = 1
    for wanted in (1, 3, 300):
        while made < wanted:
            builders.copy_of(pattern, builders.department(office=office))
            made += 1
        counts.append([len(queries_of(client, address)) for client in clients for address in addresses])
    assert counts[0] == counts[1] == counts[2]
