from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from declarations.enums import StageKind, Status, Step
from declarations.models import Declaration
from declarations.queue import QueueRow, remembered_query
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.queries import queries_of

QUEUE, LOAD = reverse("declarations:queue"), reverse("declarations:load")
BUREAU = (StageKind.BUSINESS, StageKind.PERFORMANCE)


@pytest.fixture
def reviewer(db: None) -> User:
    return builders.user(Role.REVIEWER)


def waiting_for(reviewer: User, **fields: Any) -> Declaration:
    round = fields.pop("round", None) or builders.round_(stages=BUREAU)
    department = builders.department(office=reviewer.office, **fields)
    return builders.declaration(Status.IN_REVIEW, round=round, department=department)


def page_of(user: User, query: str = "tab=waiting") -> HttpResponse:
    answer = builders.client_of(user).get(f"{QUEUE}?{query}")
    assert answer.status_code == 200
    return answer


def listed(answer: HttpResponse) -> list[Declaration]:
    return [row.declaration for row in answer.context["rows"]]


def test_rows_lead_to_the_review_page_and_tell_of_the_due_date_and_the_assignee(reviewer: User) -> None:
    round, now = builders.round_(stages=BUREAU, target_days={StageKind.BUSINESS: 3}), timezone.now()
    late, mine, free = (waiting_for(reviewer, round=round) for _ in range(3))
    Declaration.objects.filter(pk=late.pk).update(due_at=now - timedelta(days=2))
    Declaration.objects.filter(pk=free.pk).update(due_at=None)
    colleague = builders.user(Role.REVIEWER, office=reviewer.office, name="李四")
    builders.assign(late, colleague)
    builders.assign(mine, reviewer)
    answer = page_of(reviewer)
    page = answer.content.decode()
    assert listed(answer) == [late, mine, free]
    assert all(reverse("declarations:review", args=[made.pk]) in page for made in (late, mine, free))
    assert "逾期" in page
    assert "李四" in page
    assert "2677.70" in page
    assert [
        f'name="only"\n                        value="{QueueRow(made, reviewer, now).token}"' in page
        for made in (late, mine, free)
    ] == [
        False,
        False,
        True,
    ]


def test_other_offices_never_appear(reviewer: User) -> None:
    own = waiting_for(reviewer)
    foreign = builders.declaration(
        Status.IN_REVIEW,
        round=own.round,
        department=builders.department(name="外科室的局", superior=builders.department()),
    )
    builders.assign(foreign, builders.user(Role.REVIEWER, office=foreign.department.office, name="外科室的人"))
    for query in (
        "tab=waiting",
        "tab=passed",
        "tab=returned",
        "tab=decided",
        "q=外科室",
        f"superior={foreign.department.superior_id}",
    ):
        page = page_of(reviewer, query).content.decode().replace('value="外科室"', "")
        assert "外科室" not in page


def test_tabs_and_columns_keep_the_filters(reviewer: User) -> None:
    waiting_for(reviewer, name="甲局")
    page = page_of(reviewer, "q=甲&order=code&page=1").content.decode()
    assert 'href="?q=%E7%94%B2&amp;order=code&amp;tab=passed"' in page
    assert 'href="?q=%E7%94%B2&amp;order=-code"' in page
    assert 'aria-sort="ascending"' in page
    assert 'href="?tab=waiting">清除条件' in page


def test_page_is_shown_as_it_was_left_last_until_the_conditions_are_cleared(reviewer: User) -> None:
    client = builders.client_of(reviewer)
    assert client.get(QUEUE).status_code == 200
    client.get(QUEUE, {"tab": "passed", "q": "甲", "order": "-amount", "page": "3", "office": "1", "more": "x"})
    left = "q=%E7%94%B2&order=-amount&tab=passed"
    assert client.get(QUEUE).headers["Location"] == f"{QUEUE}?{left}"
    client.get(QUEUE, {"year": "1999"})
    assert remembered_query(reviewer) == left
    client.get(QUEUE, {"tab": "passed"})
    assert client.get(QUEUE).headers["Location"] == f"{QUEUE}?tab=passed"


def test_wrong_values_are_named_where_they_are_and_stay(reviewer: User) -> None:
    waiting_for(reviewer)
    answer = page_of(reviewer, "amount_from=许多&year=1999")
    page = answer.content.decode()
    assert listed(answer) == []
    assert "请输入以万元为单位的金额" in page
    assert 'value="许多"' in page
    assert "查询条件有误" in page


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=99999", "tab=gone", "q=%00", "stage[]=1", "&&==&tab"])
def test_odd_addresses_get_a_page(reviewer: User, query: str) -> None:
    waiting_for(reviewer)
    page_of(reviewer, query)


def test_only_what_waits_can_be_selected(reviewer: User) -> None:
    made = waiting_for(reviewer)
    assert b'name="selected"' in page_of(reviewer).content
    builders.approve(made)
    assert b'name="selected"' not in page_of(reviewer, "tab=passed").content


def test_department_people_are_led_from_their_home_where_there_is_something_to_review(db: None) -> None:
    superior = builders.department()
    own = builders.department(superior=superior, office=superior.office)
    made = builders.declaration(Status.IN_REVIEW, round=builders.round_(stages=tuple(StageKind)), department=own)
    builders.approve(made)
    homes = {
        who: QUEUE in builders.client_of(user).get(reverse("home")).content.decode()
        for who, user in {
            "head": builders.person_of(own, Role.DEPARTMENT_HEAD),
            "superior": builders.person_of(superior, Role.PREPARER),
            "preparer": builders.preparer_of(made),
        }.items()
    }
    assert homes == {"head": True, "superior": True, "preparer": False}
    answer = page_of(builders.person_of(superior, Role.PREPARER))
    assert listed(answer) == [made]
    assert "认领" not in answer.content.decode()


def test_passed_rows_lead_department_people_to_the_declaration(db: None) -> None:
    made = builders.declaration(Status.IN_REVIEW, round=builders.round_(stages=tuple(StageKind)))
    head = builders.person_of(made.department, Role.DEPARTMENT_HEAD)
    builders.take(made, Step.APPROVE, head)
    page = page_of(head, "tab=passed").content.decode()
    assert reverse("declarations:detail", args=[made.pk]) in page
    assert reverse("declarations:review", args=[made.pk]) not in page


def test_queries_are_equal_for_few_and_many(reviewer: User) -> None:
    round = builders.round_(stages=BUREAU)
    reviewer.is_office_head = True
    reviewer.save()
    client = builders.client_of(reviewer)
    addresses = [f"{QUEUE}?tab=waiting&q=局&order=-code", f"{QUEUE}?tab=decided", LOAD]
    counts = []
    for _ in range(3):
        builders.approve(waiting_for(reviewer, round=round))
        waiting_for(reviewer, round=round)
        counts.append([len(queries_of(client, address)) for address in addresses * 2][len(addresses) :])
    assert counts[0] == counts[1] == counts[2]


def test_queries_are_equal_for_3_and_300(reviewer: User) -> None:
    round = builders.round_(stages=BUREAU)
    client = builders.client_of(reviewer)
    address = f"{QUEUE}?tab=waiting"
    for _ in range(3):
        waiting_for(reviewer, round=round)
    few = [len(queries_of(client, address)) for _ in range(2)][-1]
    pattern = Declaration.objects.select_related("submission").first()
    assert pattern
    for _ in range(297):
        builders.copy_of(pattern, builders.department(office=reviewer.office))
    assert len(queries_of(client, address)) == few
    assert page_of(reviewer).context["page"].paginator.count == 300


# The load of an office


@pytest.fixture
def head(db: None) -> User:
    return builders.user(Role.REVIEWER, is_office_head=True, name="科长")


def test_load_counts_what_waits_is_overdue_and_was_decided_for_each(head: User) -> None:
    round, now = builders.round_(stages=BUREAU, target_days={StageKind.BUSINESS: 1}), timezone.now()
    colleague = builders.user(Role.REVIEWER, office=head.office, name="李四")
    gone = builders.user(Role.REVIEWER, office=head.office, name="离任", is_active=False)
    builders.user(Role.REVIEWER, office=head.office, name="无事", is_active=False)
    mine, theirs, of_the_gone, free, decided, undone, old = (waiting_for(head, round=round) for _ in range(7))
    for made, person in ((mine, head), (theirs, colleague), (of_the_gone, gone)):
        builders.assign(made, person)
    Declaration.objects.filter(pk__in=[mine.pk, free.pk]).update(due_at=now)
    Declaration.objects.filter(pk=theirs.pk).update(due_at=now + timedelta(minutes=1))
    Declaration.objects.filter(pk=decided.pk).update(stage_since=now - timedelta(days=4))
    builders.take(decided, Step.APPROVE, colleague, at=now - timedelta(days=1))
    builders.take(undone, Step.APPROVE, colleague)
    builders.take(undone, Step.UNDO, colleague)
    builders.take(old, Step.APPROVE, colleague, at=now - timedelta(days=30, minutes=1))
    foreign = builders.user(Role.REVIEWER, name="外科室的人")
    builders.assign(waiting_for(foreign, round=round), foreign)
    answer = builders.client_of(head).get(LOAD)
    assert [(load.person, load.waiting, load.overdue, load.decided, load.days) for load in answer.context["loads"]] == [
        (colleague, 2, 0, 1, 3.0),
        (gone, 1, 0, 0, None),
        (head, 1, 1, 0, None),
        (None, 1, 1, 0, None),
    ]
    page = answer.content.decode()
    assert f"?tab=waiting&amp;assignee={colleague.pk}" in page
    assert "?tab=waiting&amp;assignee=me" in page
    assert "?tab=waiting&amp;assignee=nobody" in page
    assert "外科室的人" not in page


@pytest.mark.parametrize(
    ("role", "is_head", "status"), [(Role.REVIEWER, False, 404), (Role.PERFORMANCE_REVIEWER, True, 200)]
)
def test_load_is_for_heads_of_offices(db: None, role: Role, is_head: bool, status: int) -> None:
    assert builders.client_of(builders.user(role, is_office_head=is_head)).get(LOAD).status_code == status
