import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from declarations import notices
from declarations.enums import NoticeKind, Status
from declarations.models import Declaration, Notice
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.queries import queries_of

LIST = reverse("declarations:notice_list")


@pytest.fixture
def person(db: None) -> User:
    return builders.user(Role.PREPARER)


@pytest.fixture
def client(person: User) -> Client:
    return builders.client_of(person)


def tell(person: User, key: str, text: str, declaration: Declaration | None = None) -> Notice:
    notices.tell([person], NoticeKind.DUE, key, text, timezone.now(), declaration=declaration)
    return Notice.objects.get(user=person, key=key)


def address(notice: Notice) -> str:
    return reverse("declarations:notice", args=[notice.pk])


def test_list_shows_the_own_notices_the_latest_first(client: Client, person: User) -> None:
    tell(person, "due/1", "先来的")
    tell(person, "due/2", "后来的")
    tell(builders.user(Role.PREPARER), "due/3", "别人的")
    assert [notice.text for notice in client.get(LIST).context["page"]] == ["后来的", "先来的"]


def test_list_of_unread_leaves_out_what_was_opened(client: Client, person: User) -> None:
    client.get(address(tell(person, "due/1", "看过的")))
    tell(person, "due/2", "没看过的")
    assert [notice.text for notice in client.get(LIST, {"unread": 1}).context["page"]] == ["没看过的"]


def test_every_page_tells_how_many_are_unread(client: Client, person: User) -> None:
    assert "条未读" not in client.get("/").content.decode()
    tell(person, "due/1", "一")
    tell(builders.user(Role.PREPARER), "due/1", "一")
    assert '1<span class="visually-hidden"> 条未读' in client.get("/").content.decode()


def test_opening_leads_to_the_declaration_and_marks_it_read(db: None) -> None:
    made = builders.declaration(filled=False)
    person = builders.preparer_of(made)
    notice = tell(person, "due/1", "一", made)
    answer = builders.client_of(person).get(address(notice))
    assert answer.headers["Location"] == reverse("declarations:detail", args=[made.pk])
    assert notices.unread_count(person) == 0


def test_opening_leads_who_has_to_decide_to_the_review(db: None) -> None:
    made = builders.declaration(Status.IN_REVIEW)
    reviewer = builders.user(Role.REVIEWER, office=made.department.office)
    answer = builders.client_of(reviewer).get(address(tell(reviewer, "due/1", "一", made)))
    assert answer.headers["Location"] == reverse("declarations:review", args=[made.pk])


def test_opening_what_one_may_not_see_any_more_leads_home(client: Client, person: User) -> None:
    notice = tell(person, "due/1", "一", builders.declaration(filled=False))
    assert client.get(address(notice)).headers["Location"] == "/"


def test_opening_somebody_elses_finds_nothing(client: Client) -> None:
    notice = tell(builders.user(Role.PREPARER), "due/1", "别人的")
    assert client.get(address(notice)).status_code == 404
    assert Notice.objects.get().read_at is None


def test_all_are_marked_as_read_at_once_and_nobody_elses(client: Client, person: User) -> None:
    other = builders.user(Role.PREPARER)
    for who in (person, other):
        tell(who, "due/1", "一")
        tell(who, "due/2", "二")
    answer = client.post(reverse("declarations:notice_read_all"), follow=True)
    assert "已将 2 条通知标为已读。" in answer.content.decode()
    assert (notices.unread_count(person), notices.unread_count(other)) == (0, 2)


def test_list_takes_the_same_queries_for_one_and_for_three(client: Client, person: User) -> None:
    tell(person, "due/1", "一", builders.declaration(filled=False))
    one = len(queries_of(client, LIST))
    for key in ("due/2", "due/3"):
        tell(person, key, "又一条", builders.declaration(filled=False))
    assert len(queries_of(client, LIST)) == one
