from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from declarations import selectors
from declarations.enums import Status, Step
from declarations.models import Declaration
from perfgoals.accounts.enums import Role
from tests.declarations import builders, situations
from tests.declarations.views.pages import CHECK, SECTIONS, Page, section_url

REASON = "年中追加预算\r\n相应调整指标。"
BAND = "正在调整第1版批复"


def url(made: Declaration, name: str, *arguments: Any) -> str:
    return reverse(f"declarations:{name}", args=[made.pk, *arguments])


def preparer(made: Declaration) -> Client:
    return builders.client_of(builders.preparer_of(made))


def people(made: Declaration) -> dict[str, Client]:
    """Somebody of each kind who sees the declaration: of the department, who reads everything, of the bureau."""
    return {
        "department": preparer(made),
        "administrator": builders.client_of(builders.user(Role.ADMINISTRATOR)),
        "bureau": builders.client_of(builders.person_of(made.department.office, Role.REVIEWER)),
    }


def approve(made: Declaration) -> None:
    """Let what is in review pass every stage."""
    while builders.fresh(made).status != Status.APPROVED:
        builders.approve(made)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == HTTPStatus.OK
    return Page(response).text


@pytest.fixture
def approved(db: None) -> Declaration:
    return situations.declaration_in(situations.APPROVED)


@pytest.fixture
def adjusting(db: None) -> Declaration:
    return situations.declaration_in(situations.ADJUSTING)


def test_adjustment_is_asked_for_with_a_reason_and_leads_to_the_form(approved: Declaration) -> None:
    client = preparer(approved)
    assert url(approved, "adjust") in Page(client.get(url(approved, "detail"))).links
    assert "开始调整" in text_of(client, url(approved, "adjust"))
    sent = {"digest": approved.submission.digest, "text": f" {REASON} "}
    response = client.post(url(approved, "adjust"), sent)
    assert response.headers["Location"] == url(approved, "goals")
    now = builders.fresh(approved)
    assert (now.status, now.revision, now.approved) == (Status.DRAFT, 2, approved.submission)
    assert (now.events.last().step, now.events.last().text) == (Step.ADJUST, REASON.replace("\r\n", "\n"))


@pytest.mark.parametrize(
    ("text", "message"), [("", "请填写调整原因。"), (" \r\n ", "请填写调整原因。"), ("长" * 2001, "不能超过2000字")]
)
def test_adjustment_without_a_proper_reason_is_refused_and_nothing_typed_is_lost(
    approved: Declaration, text: str, message: str
) -> None:
    before = situations.stored()
    response = preparer(approved).post(url(approved, "adjust"), {"digest": approved.submission.digest, "text": text})
    page = Page(response)
    assert (response.status_code, message in page.text) == (HTTPStatus.OK, True)
    assert text.strip() in response.content.decode()
    assert situations.stored() == before


def test_adjustment_with_the_longest_reason_is_begun(approved: Declaration) -> None:
    sent = {"digest": approved.submission.digest, "text": "长" * 1999 + "\r\n"}
    assert preparer(approved).post(url(approved, "adjust"), sent).status_code == HTTPStatus.FOUND
    assert builders.fresh(approved).is_adjusting


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_adjustment_of_something_else_than_was_seen_is_refused_with_the_reason_kept(
    approved: Declaration, digest: str
) -> None:
    before = situations.stored()
    response = preparer(approved).post(url(approved, "adjust"), {"digest": digest, "text": REASON})
    assert response.status_code == HTTPStatus.CONFLICT
    assert "您看到的内容之后又有变动，未申请调整。" in Page(response).text
    assert "年中追加预算" in response.content.decode()
    assert situations.stored() == before


def test_adjustment_after_its_closing_time_is_refused_and_a_moment_before_is_not(approved: Declaration) -> None:
    client, sent = preparer(approved), {"digest": approved.submission.digest, "text": REASON}
    type(approved.round).objects.update(
        closes_at=timezone.now() - timedelta(hours=2), adjustments_close_at=timezone.now() - timedelta(minutes=1)
    )
    assert url(approved, "adjust") not in Page(client.get(url(approved, "detail"))).links
    assert client.get(url(approved, "adjust")).headers["Location"] == url(approved, "detail")
    response = client.post(url(approved, "adjust"), sent)
    assert response.status_code == HTTPStatus.CONFLICT
    assert "截止，不能申请调整。" in Page(response).text
    assert not builders.fresh(approved).is_adjusting
    type(approved.round).objects.update(adjustments_close_at=timezone.now() + timedelta(minutes=1))
    assert client.post(url(approved, "adjust"), sent).status_code == HTTPStatus.FOUND
    assert builders.fresh(approved).is_adjusting


@pytest.mark.parametrize("name", ["adjust", "cancel_adjustment"])
@pytest.mark.parametrize("situation", [situations.APPROVED, situations.ADJUSTING])
def test_nobody_but_the_preparer_of_the_department_adjusts(db: None, situation: str, name: str) -> None:
    # With the superior's stage passed, its preparer sees the declaration and yet has nothing to adjust.
    superior = builders.department()
    made = situations.declaration_in(
        situation,
        round=builders.round_(stages=situations.FOUR_STAGES),
        department=builders.department(superior=superior),
    )
    around = situations.people_around(made.department)
    digest = selectors.document_of(made).digest()
    before = situations.stored()
    for who, person in around.items():
        if who == "preparer":
            continue
        client = builders.client_of(person)
        assert (who, client.get(url(made, name)).status_code) == (who, HTTPStatus.NOT_FOUND)
        answer = client.post(url(made, name), {"digest": digest, "text": REASON}).status_code
        assert (who, answer) == (who, HTTPStatus.NOT_FOUND)
    assert situations.stored() == before


def test_adjustment_under_way_is_told_on_every_page_of_the_department(adjusting: Declaration) -> None:
    client = preparer(adjusting)
    pages = [section_url(adjusting, *section) for section in (*SECTIONS, CHECK)]
    for address in [*pages, url(adjusting, "detail"), "/"]:
        page = Page(client.get(address))
        assert BAND in page.text, address
        assert builders.ADJUSTMENT_TEXT in page.text
        assert "现行批复在调整批复前继续有效" in page.text
        assert url(adjusting, "adjustment") in page.links


@pytest.mark.parametrize("situation", [situations.DRAFT, situations.APPROVED])
def test_nothing_is_told_of_an_adjustment_that_is_not_under_way(db: None, situation: str) -> None:
    made = situations.declaration_in(situation)
    client = preparer(made)
    for address in (section_url(made, "goals"), url(made, "detail"), "/"):
        assert "正在调整" not in text_of(client, address)


def test_department_and_readers_compare_the_adjustment_as_it_stands(adjusting: Declaration) -> None:
    builders.change(adjusting, "新的目标；")
    around = people(adjusting)
    for who in ("department", "administrator"):
        text = text_of(around[who], url(adjusting, "adjustment"))
        assert "新增1行修改0行删除0行" in text
        assert "调整稿第2版" in text
        assert "新的目标；" in text
    text = text_of(around["bureau"], url(adjusting, "adjustment"))
    assert "部门尚未送审调整内容。" in text
    assert "新的目标" not in text


def test_bureau_compares_what_was_submitted_of_the_adjustment(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTMENT_RETURNED)
    builders.change(made, "退回后才写的；")
    around = people(made)
    assert "退回后才写的；" in text_of(around["department"], url(made, "adjustment"))
    text = text_of(around["bureau"], url(made, "adjustment"))
    assert "第2版（第2次送审）" in text
    assert "推进政务公开；" in text
    assert "退回后才写的" not in text


def test_bureau_still_sees_what_was_submitted_after_it_was_withdrawn(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTMENT_IN_REVIEW)
    builders.withdraw(made)
    builders.change(made, "撤回后才写的；")
    text = text_of(people(made)["bureau"], url(made, "adjustment"))
    assert "推进政务公开；" in text
    assert "撤回后才写的" not in text


def test_bureau_sees_nothing_of_an_adjustment_that_was_given_up_as_the_next_one(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTMENT_RETURNED)
    builders.cancel_adjustment(made)
    bureau = people(made)["bureau"]
    shown = text_of(bureau, url(made, "detail")).partition("第1次送审内容")[2]
    assert "做好办文办会工作" in shown
    assert "推进政务公开" not in shown
    builders.adjust(made)
    text = text_of(bureau, url(made, "adjustment"))
    assert "部门尚未送审调整内容。" in text
    assert "推进政务公开" not in text


def test_comparison_of_an_adjustment_that_changes_nothing_says_so(adjusting: Declaration) -> None:
    assert "调整稿与现行批复的内容相同。" in text_of(preparer(adjusting), url(adjusting, "adjustment"))


def test_there_is_no_comparison_where_nothing_is_adjusted(approved: Declaration) -> None:
    for client in people(approved).values():
        assert client.get(url(approved, "adjustment")).status_code == HTTPStatus.NOT_FOUND


def test_given_up_adjustment_brings_back_what_is_in_force(adjusting: Declaration) -> None:
    before = selectors.document_of(adjusting)
    builders.change(adjusting, "不要的目标；")
    client = preparer(adjusting)
    assert url(adjusting, "cancel_adjustment") in Page(client.get(url(adjusting, "detail"))).links
    shown = client.get(url(adjusting, "cancel_adjustment"))
    assert "新增1行修改0行删除0行" in Page(shown).text
    sent = {"digest": selectors.document_of(builders.fresh(adjusting)).digest()}
    assert f'value="{sent["digest"]}"' in shown.content.decode()
    response = client.post(url(adjusting, "cancel_adjustment"), sent)
    assert response.headers["Location"] == url(adjusting, "detail")
    now = builders.fresh(adjusting)
    assert (now.status, now.revision, now.submission) == (Status.APPROVED, 1, adjusting.approved)
    assert selectors.document_of(now) == before


def test_adjustment_that_changed_after_the_page_was_opened_is_not_given_up(adjusting: Declaration) -> None:
    seen = selectors.document_of(adjusting).digest()
    builders.change(adjusting, "同事刚写的；")
    before = situations.stored()
    response = preparer(adjusting).post(url(adjusting, "cancel_adjustment"), {"digest": seen}, follow=True)
    text = Page(response).text
    assert "您看到的内容之后又有变动，未终止调整。" in text
    assert "新增1行" in text
    assert situations.stored() == before


@pytest.mark.parametrize("situation", [situations.DRAFT, situations.APPROVED, situations.ADJUSTMENT_IN_REVIEW])
def test_page_to_give_up_leads_back_where_there_is_nothing_to_give_up(db: None, situation: str) -> None:
    made = situations.declaration_in(situation)
    client, before = preparer(made), situations.stored()
    address = url(made, "cancel_adjustment")
    assert client.get(address).headers["Location"] == url(made, "detail")
    digest = selectors.document_of(made).digest()
    assert "终止调整" not in text_of(client, url(made, "detail"))
    response = client.post(address, {"digest": digest}, follow=True)
    assert response.redirect_chain[-1][0] == url(made, "detail")
    assert situations.stored() == before


def test_submissions_are_listed_with_their_version_and_what_is_in_force(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTMENT_IN_REVIEW)
    for client in people(made).values():
        page = Page(client.get(url(made, "detail")))
        assert "第2次送审第2版" in page.text
        assert "第1次送审第1版现行" in page.text
        assert url(made, "submission_comparison", 1, 2) in page.links
    approve(made)
    page = Page(preparer(made).get(url(made, "detail")))
    assert "第2次送审第2版现行" in page.text
    assert "第1次送审第1版原批复" in page.text


@pytest.mark.parametrize(("before", "after", "counted"), [(1, 2, "新增1行"), (2, 1, "删除1行"), (1, 1, "内容相同")])
def test_any_two_submissions_are_compared(db: None, before: int, after: int, counted: str) -> None:
    made = situations.declaration_in(situations.ADJUSTMENT_IN_REVIEW)
    builders.change(situations.declaration_in(situations.ADJUSTING), "别的部门的目标；")
    words = {1: "第1次送审（第1版，现行）", 2: "第2次送审（第2版）"}
    for client in people(made).values():
        text = text_of(client, url(made, "submission_comparison", before, after))
        assert f"前{words[before]}PDFExcel后{words[after]}PDFExcel" in text
        assert counted in text
        assert ("推进政务公开；" in text) == (before != after)


@pytest.mark.parametrize(("before", "after"), [(0, 1), (1, 3), (3, 1), (1, 10**30)])
def test_comparison_with_a_submission_that_is_not_there_is_404(db: None, before: int, after: int) -> None:
    made = situations.declaration_in(situations.ADJUSTMENT_IN_REVIEW)
    response = preparer(made).get(url(made, "submission_comparison", before, after))
    assert response.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("number", [1, 3])
def test_comparison_takes_the_same_queries_for_any_number_of_submissions(
    db: None, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = situations.declaration_in(situations.FIRST_REVIEW)
    for _ in range(number - 1):
        builders.return_(made)
        builders.submit(made)
    client = preparer(made)
    # Session, person, unread notices; the declaration with its extensions, stages and contributions; both submissions;
    # all submissions and which were approved.
    with django_assert_num_queries(11):
        client.get(url(made, "submission_comparison", 1, 1))


def test_files_name_the_version_and_the_older_one_stays_to_be_had(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTING)
    client = preparer(made)

    def name(address: str) -> str:
        response = client.get(address)
        assert response.status_code == HTTPStatus.OK
        return unquote(response.headers["Content-Disposition"]).partition("申报表")[2]

    older = url(made, "submission_export", 1, "json")
    assert (name(older), name(url(made, "export", "json"))) == (".json", "（第2版调整，草稿）.json")
    sealed = client.get(older).content
    builders.change(made)
    builders.submit(made)
    assert name(url(made, "submission_export", 2, "json")) == "（第2版调整，第2次送审）.json"
    approve(made)
    assert (name(older), name(url(made, "export", "json"))) == ("（第1版）.json", "（第2版）.json")
    assert client.get(older).content == sealed
