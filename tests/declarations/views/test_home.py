from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from declarations.enums import ReturnReason, Status
from declarations.models import Round
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.situations import TWO_STAGES
from tests.queries import queries_of

HOME = reverse("home")


@pytest.fixture
def preparer(db: None) -> User:
    return builders.user(Role.PREPARER)


def page_of(user: User) -> str:
    answer = builders.client_of(user).get(HOME)
    assert answer.status_code == 200
    return answer.content.decode()


def test_preparer_can_begin_in_an_open_round(preparer: User) -> None:
    round = builders.round_()
    page = page_of(preparer)
    assert reverse("declarations:start", args=[round.pk]) in page
    assert "还剩 10 天" in page


def test_preparer_is_told_when_a_round_will_open(preparer: User) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    round = builders.round_(opens_at=tomorrow, closes_at=tomorrow + timedelta(days=1))
    page = page_of(preparer)
    assert f"{timezone.localtime(tomorrow):%Y年%m月%d日 %H:%M} 开始填报" in page
    assert reverse("declarations:start", args=[round.pk]) not in page


def test_preparer_sees_the_reason_first_of_what_was_returned(preparer: User) -> None:
    drafted = builders.declaration(department=preparer.department)
    returned = builders.declaration(department=preparer.department)
    builders.submit(returned)
    builders.return_(returned, ReturnReason.BUDGET, "总额与批复不符。")
    page = page_of(preparer)
    assert "预算数据有误" in page
    assert "总额与批复不符。" in page
    assert page.index(returned.round.title) < page.index(drafted.round.title)


def test_closed_round_is_among_the_earlier_ones_and_cannot_be_filled_in(preparer: User) -> None:
    declaration = builders.declaration(department=preparer.department)
    Round.objects.update(closes_at=timezone.now())
    page = page_of(preparer)
    assert "当前没有正在填报的申报批次" in page
    assert reverse("declarations:goals", args=[declaration.pk]) not in page
    assert reverse("declarations:detail", args=[declaration.pk]) in page


def test_returned_declaration_of_a_closed_round_stays_in_sight(preparer: User) -> None:
    declaration = builders.declaration(Status.RETURNED, department=preparer.department)
    Round.objects.update(closes_at=timezone.now())
    page = page_of(preparer)
    assert "请细化指标值。" in page
    assert "如需延期，请与财政局联系" in page
    assert reverse("declarations:goals", args=[declaration.pk]) not in page


def test_preparer_is_asked_to_submit_and_the_head_is_not(db: None) -> None:
    declaration = builders.declaration()
    check = reverse("declarations:check", args=[declaration.pk])
    head = builders.user(Role.DEPARTMENT_HEAD, department=declaration.department)
    preparer = builders.preparer_of(declaration)
    assert (check in page_of(head), check in page_of(preparer)) == (False, True)


def test_reviewer_sees_the_longest_waiting_of_the_own_office_and_counts_only_these(db: None) -> None:
    own_office, round = builders.office(), builders.round_()
    reviewer = builders.user(Role.REVIEWER, office=own_office)
    waiting = [
        builders.declaration(Status.IN_REVIEW, round=round, department=builders.department(office=own_office))
        for _ in range(11)
    ]
    builders.declaration(round=round, department=builders.department(office=own_office))
    foreign = builders.declaration(Status.IN_REVIEW, round=round)
    page = page_of(reviewer)
    links = [reverse("declarations:review", args=[declaration.pk]) in page for declaration in waiting]
    assert links == [True] * 10 + [False]
    assert "待我审核（11）" in page
    assert foreign.department.name not in page
    assert f'?year={round.fiscal_year}&amp;status=in_review">11</a>' in page
    assert f"?year={round.fiscal_year}&amp;status=draft" not in page


def test_performance_reviewer_waits_for_the_second_stage(db: None) -> None:
    round = builders.round_(stages=TWO_STAGES)
    first, second = (builders.declaration(Status.IN_REVIEW, round=round) for _ in range(2))
    builders.approve(second)
    page = page_of(builders.user(Role.PERFORMANCE_REVIEWER))
    assert reverse("declarations:review", args=[second.pk]) in page
    assert reverse("declarations:review", args=[first.pk]) not in page


def test_administrator_sees_counts_and_what_is_to_be_done(db: None) -> None:
    round = builders.round_()
    builders.declaration(Status.APPROVED, round=round)
    builders.declaration(round=round)
    builders.department()
    builders.department(is_active=False)
    draft = builders.template(published=False)
    page = page_of(builders.user(Role.ADMINISTRATOR))
    assert str(draft) in page
    assert f'?year={round.fiscal_year}&amp;status=approved">1</a>' in page
    assert f'?year={round.fiscal_year}&amp;status=draft">1</a>' in page
    assert '<td data-label="未开始填报" class="number">1</td>' in page


def test_auditor_sees_counts_and_no_tasks(db: None) -> None:
    round = builders.round_()
    builders.declaration(round=round)
    page = page_of(builders.user(Role.AUDITOR))
    assert f'?year={round.fiscal_year}&amp;status=draft">1</a>' in page
    assert "待办事项" not in page


def test_queries_do_not_grow_with_the_declarations(db: None) -> None:
    office, template = builders.office(), builders.template()
    department = builders.department(office=office)
    round = builders.round_(template=template)
    people = [
        builders.user(Role.REVIEWER, office=office),
        builders.user(Role.ADMINISTRATOR),
        builders.user(Role.AUDITOR),
        builders.user(Role.PREPARER, department=department),
        builders.user(Role.DEPARTMENT_HEAD, department=department),
    ]
    clients = [builders.client_of(person) for person in people]
    pattern = builders.declaration(Status.IN_REVIEW, round=round, department=builders.department(office=office))
    builders.declaration(Status.RETURNED, round=builders.round_(template=template), department=department)
    counts = []
    made = 1
    for wanted in (1, 3, 300):
        while made < wanted:
            builders.copy_of(pattern, builders.department(office=office))
            # A department has one a year.
            if made < 30:
                builders.declaration(Status.RETURNED, round=builders.round_(template=template), department=department)
            made += 1
        counts.append([len(queries_of(client, HOME)) for client in clients])
    assert counts[0] == counts[1] == counts[2]
