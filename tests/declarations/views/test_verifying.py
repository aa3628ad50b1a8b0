"""The public pages to check a printed table."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from declarations.enums import Status
from declarations.models import Declaration
from perfgoals.accounts.enums import Role
from tests.declarations import builders, situations

FORM = "/verify/"
UNKNOWN = "没有查到与该校验码相符的已批复申报表。"


@pytest.fixture
def approved(db: None) -> Declaration:
    department = builders.department(name="衡阳市教育局", office=builders.office(name="社会事业科"))
    return builders.declaration(Status.APPROVED, department=department, round=builders.round_(fiscal_year=2031))


def page(code: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(reverse("declarations:verify", args=[code]))
    assert answer.status_code == 200
    return answer.content.decode()


def facts(html: str) -> dict[str, str]:
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", html, re.DOTALL)
    return {name: re.sub(r"<.*?>|\s+", " ", value).strip() for name, value in pairs}


@pytest.mark.parametrize("digits", [16, 32, 64])
def test_anybody_sees_whose_table_was_approved_when_and_by_whom(approved: Declaration, digits: int) -> None:
    digest = approved.submission.digest
    at = approved.events.last().at
    html = page(digest[:digits])
    assert "已批复，现行有效" in html
    assert facts(html) == {
        "部门（单位）": "衡阳市教育局",
        "预算年度": "2031 年度",
        "批复日期": f"{at.astimezone().year}年{at.astimezone().month}月{at.astimezone().day}日",
        "批复科室": "财政局社会事业科",
        "内容摘要": digest,
    }


def test_page_shows_no_contents_no_names_and_leads_nowhere_into_the_site(approved: Declaration) -> None:
    people = {event.actor_name for event in approved.events.all()}
    assert people
    for html in (page(approved.submission.digest), page("0" * 16), Client().get(FORM).content.decode()):
        assert not any(name in html for name in people)
        assert all(text not in html for text in ("做好办文办会工作", "保障机关运转", "838.14", "完成调研报告"))
        addresses = re.findall(r'(?:href|action)="([^"]*)"', html)
        assert {address for address in addresses if not address.startswith("/static/")} == {FORM}


def test_page_is_the_same_for_somebody_who_has_signed_in(approved: Declaration) -> None:
    digest = approved.submission.digest
    assert page(digest, builders.client_of(builders.user(Role.ADMINISTRATOR))) == page(digest)


def test_page_is_open_to_somebody_who_has_to_change_the_password_first(approved: Declaration) -> None:
    client = builders.client_of(builders.user(Role.PREPARER, must_change_password=True))
    assert "已批复，现行有效" in page(approved.submission.digest, client)
    assert client.get("/").status_code == 302


def test_replaced_approval_is_told_as_such(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTMENT_IN_REVIEW)
    first, second = made.submissions.all()
    assert "已批复，现行有效" in page(first.digest)
    situations.pass_to(made, situations.TWO_STAGES[-1])
    builders.approve(made)
    html = page(first.digest)
    assert "曾经批复，现已由新的批复替代" in html
    assert "现行有效" not in html
    assert "已批复，现行有效" in page(second.digest)


def submitted(approved: Declaration) -> str:
    return builders.declaration(Status.IN_REVIEW).submission.digest


def returned(approved: Declaration) -> str:
    return builders.declaration(Status.RETURNED).submission.digest


def undone(approved: Declaration) -> str:
    builders.undo(approved)
    return approved.submission.digest


def one_digit_off(approved: Declaration) -> str:
    digest = approved.submission.digest
    return digest[:15] + ("0" if digest[15] != "0" else "1")


@pytest.mark.parametrize("code_of", [submitted, returned, undone, one_digit_off])
def test_everything_that_is_not_approved_gets_one_and_the_same_answer(
    approved: Declaration, code_of: Callable[[Declaration], str]
) -> None:
    html = page(code_of(approved))
    assert UNKNOWN in html
    assert html == page("0" * 16)


@pytest.mark.parametrize("typed", ["3f2a", "0" * 65, "口令", "0" * 15 + "\x00", "<script>alert(1)</script>", " "])
def test_what_is_no_code_is_told_where_it_is_typed_and_stays_there(db: None, typed: str) -> None:
    answer = Client().get(FORM, {"code": typed})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert len(re.findall('class="verifying-error"', html)) == 1
    assert UNKNOWN not in html
    assert "<script>alert" not in html
    if typed.strip(" \x00").isalnum():
        assert f'value="{typed.strip()}"'.replace("\x00", "") in html.replace("\x00", "")


def test_address_with_something_that_is_no_code_says_so_and_asks_for_one(db: None) -> None:
    html = page("3f2a 91bc")
    assert "校验码至少 16 位，您输入了 8 位，请输入完整。" in html
    assert 'value="3f2a 91bc"' in html


def test_typed_code_leads_to_its_page_however_it_was_typed(approved: Declaration) -> None:
    digest = approved.submission.digest
    typed = f" {digest[:4].upper()}－{digest[4:8]} {digest[8:12]}—{digest[12:16]}"
    answer = Client().get(FORM, {"code": typed})
    assert answer["Location"] == reverse("declarations:verify", args=[digest[:16]])
    assert "已批复，现行有效" in page(typed)


def test_empty_form_has_no_error(db: None) -> None:
    html = Client().get(FORM).content.decode()
    assert "verifying-error" not in html
    assert 'name="code"' in html


def test_answers_are_not_stored_nor_listed_by_search_engines(approved: Declaration) -> None:
    for address in (FORM, reverse("declarations:verify", args=[approved.submission.digest])):
        answer = Client().get(address)
        assert answer["Cache-Control"] == "no-store"
        assert '<meta name="robots" content="noindex">' in answer.content.decode()
        assert not answer.cookies


def test_pages_are_only_read(db: None) -> None:
    for address in (FORM, reverse("declarations:verify", args=["0" * 16])):
        assert Client().post(address).status_code == 405


@pytest.mark.parametrize("number", [1, 3])
def test_answer_takes_one_query_for_any_number_of_tables(
    db: None, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [builders.declaration(Status.APPROVED) for _ in range(number)]
    address = reverse("declarations:verify", args=[made[0].submission.digest])
    client = Client()
    with django_assert_num_queries(1):
        assert "已批复，现行有效" in client.get(address).content.decode()
