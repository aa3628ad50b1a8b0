import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.urls import reverse

from declarations.enums import Status
from declarations.models import Declaration
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders


@pytest.fixture
def waiting(db: None) -> Declaration:
    return builders.declaration(Status.IN_REVIEW)


def colleague(declaration: Declaration, **fields: object) -> User:
    return builders.user(Role.REVIEWER, office=declaration.department.office, **fields)


def send(person: User, declaration: Declaration, name: str, **data: object) -> HttpResponse:
    return builders.client_of(person).post(reverse(f"declarations:{name}", args=[declaration.pk]), data)


def outcome(answer: HttpResponse, declaration: Declaration) -> tuple[str, list[tuple[str, str]], User | None]:
    """Where it led, what was said and who deals with the declaration now."""
    said = [(message.level_tag, str(message)) for message in get_messages(answer.wsgi_request)]
    return answer["Location"], said, builders.fresh(declaration).assignee


def page(declaration: Declaration) -> str:
    return reverse("declarations:review", args=[declaration.pk])


def test_take_and_release(waiting: Declaration) -> None:
    person = colleague(waiting)
    answer = send(person, waiting, "take", taken_from="")
    assert outcome(answer, waiting) == (page(waiting), [("success", "该申报表由您经办。")], person)
    answer = send(person, waiting, "release")
    assert outcome(answer, waiting) == (page(waiting), [("success", "该申报表已改为待认领。")], None)


def test_take_from_whom_the_page_showed(waiting: Declaration) -> None:
    person, former = colleague(waiting), colleague(waiting, name="陈复核")
    builders.assign(waiting, former)
    refused = send(person, waiting, "take", taken_from="")
    why = "该申报表刚由陈复核经办，未改由您经办。如仍须由您办理，请再次点选。"
    assert outcome(refused, waiting) == (page(waiting), [("error", why)], former)
    answer = send(person, waiting, "take", taken_from=former.pk)
    assert outcome(answer, waiting) == (page(waiting), [("success", "该申报表由您经办。")], person)


def test_assign_by_the_head(waiting: Declaration) -> None:
    head, person = colleague(waiting, is_office_head=True), colleague(waiting)
    answer = send(head, waiting, "assign", assignee=person.pk)
    assert outcome(answer, waiting) == (page(waiting), [("success", "经办人已变更。")], person)


@pytest.mark.parametrize("assignee", ["", "x", "-1", "9" * 400])
def test_assign_to_nobody_is_refused(waiting: Declaration, assignee: str) -> None:
    answer = send(colleague(waiting, is_office_head=True), waiting, "assign", assignee=assignee)
    why = "请选择可以办理该申报表的本科室人员。"
    assert outcome(answer, waiting) == (page(waiting), [("error", why)], None)
