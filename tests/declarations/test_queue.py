from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations import queue
from declarations.enums import QueueTab, StageKind, Status, Step
from declarations.forms.queue import QueueFilter
from declarations.models import Comment, Declaration, Submission
from declarations.queue import Neighbours, QueueRow
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders

BUREAU = (StageKind.BUSINESS, StageKind.PERFORMANCE)
EVERY_STAGE = tuple(StageKind)
WAITING, RETURNED, PASSED, DECIDED = QueueTab


def filters_of(user: User, query: str = "") -> QueueFilter:
    return QueueFilter(QueryDict(query), user=user)


def listed(user: User, query: str = "") -> list[Declaration]:
    return list(queue.rows(filters_of(user, query)))


def in_tab(user: User, tab: QueueTab) -> list[Declaration]:
    return sorted(listed(user, f"tab={tab}"), key=lambda declaration: declaration.pk)


def tabs_of(user: User, made: Declaration) -> set[QueueTab]:
    """The tabs in which `user` finds the declaration, as the rows say and, which must be the same, the counts."""
    found = {tab for tab in QueueTab if made in in_tab(user, tab)}
    assert {tab for tab, number in queue.counts(filters_of(user)).items() if number} == found
    return found


def change(made: Declaration, **fields: Any) -> None:
    Declaration.objects.filter(pk=made.pk).update(**fields)


def submitted_with(made: Declaration, **facts: Any) -> None:
    """Let the last submission be one with these facts; none can be changed."""
    sealed = Submission.objects.get(pk=made.submission_id)
    for name, value in {"pk": None, "number": sealed.number + 1, **facts}.items():
        setattr(sealed, name, value)
    sealed.save()
    change(made, submission=sealed)


@pytest.fixture
def reviewer(db: None) -> User:
    return builders.user(Role.REVIEWER)


@pytest.fixture
def performance(db: None) -> User:
    return builders.user(Role.PERFORMANCE_REVIEWER)


def waiting_for(reviewer: User, **fields: Any) -> Declaration:
    """A declaration of a department of the reviewer's office that waits for it; `fields` are the department's."""
    round = fields.pop("round", None) or builders.round_(stages=BUREAU)
    department = builders.department(office=reviewer.office, **fields)
    return builders.declaration(Status.IN_REVIEW, round=round, department=department)


# Tabs


def test_declaration_moves_through_the_tabs_of_both_offices(reviewer: User, performance: User) -> None:
    made = waiting_for(reviewer)
    people = (builders.person_of(made.department.office, Role.REVIEWER), performance)
    assert [tabs_of(person, made) for person in people] == [{WAITING}, set()]
    builders.return_(made)
    assert [tabs_of(person, made) for person in people] == [{RETURNED, DECIDED}, set()]
    builders.submit(made)
    assert [tabs_of(person, made) for person in people] == [{WAITING, DECIDED}, set()]
    builders.approve(made)
    assert [tabs_of(person, made) for person in people] == [{PASSED, DECIDED}, {WAITING}]
    builders.hand_back(made)
    assert [tabs_of(person, made) for person in people] == [{WAITING, DECIDED}, {RETURNED, DECIDED}]
    builders.approve(made)
    assert [tabs_of(person, made) for person in people] == [{PASSED, DECIDED}, {WAITING, DECIDED}]
    builders.return_(made)
    assert [tabs_of(person, made) for person in people] == [{RETURNED, DECIDED}, {RETURNED, DECIDED}]
    builders.submit(made)
    builders.approve(made)
    builders.approve(made)
    assert [tabs_of(person, made) for person in people] == [{PASSED, DECIDED}, {PASSED, DECIDED}]


def test_hand_back_that_was_undone_is_not_returned(reviewer: User, performance: User) -> None:
    made = waiting_for(reviewer)
    builders.approve(made)
    builders.hand_back(made)
    builders.undo(made)
    assert tabs_of(performance, made) == {WAITING, DECIDED}


def test_adjustment_under_review_is_not_returned_to_whoever_handed_back_the_first(
    reviewer: User, performance: User
) -> None:
    made = waiting_for(reviewer)
    builders.approve(made)
    builders.hand_back(made)
    builders.approve(made)
    builders.approve(made)
    builders.adjust(made)
    assert (tabs_of(reviewer, made), tabs_of(performance, made)) == ({DECIDED}, {DECIDED})
    builders.change(made)
    builders.submit(made)
    assert (tabs_of(reviewer, made), tabs_of(performance, made)) == ({WAITING, DECIDED}, {DECIDED})


def test_draft_and_withdrawn_are_in_no_tab(reviewer: User) -> None:
    round = builders.round_()
    draft = builders.declaration(round=round, department=builders.department(office=reviewer.office))
    withdrawn = waiting_for(reviewer, round=round)
    builders.withdraw(withdrawn)
    assert (tabs_of(reviewer, draft), tabs_of(reviewer, withdrawn)) == (set(), set())


def test_head_and_superior_have_the_tabs_of_their_stages(db: None) -> None:
    superior = builders.department()
    own = builders.department(superior=superior, office=superior.office)
    made = builders.declaration(Status.IN_REVIEW, round=builders.round_(stages=EVERY_STAGE), department=own)
    head = builders.person_of(own, Role.DEPARTMENT_HEAD)
    above = builders.person_of(superior, Role.PREPARER)
    reviewer = builders.person_of(own.office, Role.REVIEWER)
    people = (head, above, reviewer, builders.preparer_of(made))
    assert [tabs_of(person, made) for person in people] == [{WAITING}, set(), set(), set()]
    builders.approve(made)
    assert [tabs_of(person, made) for person in people] == [{PASSED, DECIDED}, {WAITING}, set(), set()]
    builders.take(made, Step.RETURN, above)
    assert [tabs_of(person, made) for person in people] == [{RETURNED, DECIDED}, {RETURNED, DECIDED}, set(), set()]


def test_stage_that_the_round_leaves_out_has_no_share_in_it(reviewer: User, performance: User) -> None:
    superior = builders.department()
    own = builders.department(superior=superior, office=reviewer.office)
    made = builders.declaration(Status.APPROVED, round=builders.round_(), department=own)
    outside = [
        performance,
        *(builders.user(role, department=superior) for role in (Role.DEPARTMENT_HEAD, Role.PREPARER)),
    ]
    assert [tabs_of(person, made) for person in outside] == [set()] * 3
    assert tabs_of(builders.person_of(own, Role.DEPARTMENT_HEAD), made) == set()


def test_whoever_filled_it_in_does_not_have_it_waiting(reviewer: User) -> None:
    made = waiting_for(reviewer)
    builders.contribute(made, reviewer)
    assert tabs_of(reviewer, made) == set()
    assert tabs_of(builders.user(Role.REVIEWER, office=reviewer.office), made) == {WAITING}


def test_decided_is_what_oneself_decided_and_still_may_see(reviewer: User) -> None:
    made = waiting_for(reviewer)
    builders.take(made, Step.APPROVE, reviewer)
    colleague = builders.user(Role.REVIEWER, office=reviewer.office)
    assert (in_tab(reviewer, DECIDED), in_tab(colleague, DECIDED)) == ([made], [])
    made.department.office = builders.office()
    made.department.save()
    assert in_tab(reviewer, DECIDED) == []


@pytest.mark.parametrize("tab", QueueTab)
def test_other_offices_and_departments_are_in_no_tab(reviewer: User, tab: QueueTab) -> None:
    superior = builders.department()
    round = builders.round_(stages=EVERY_STAGE)
    for steps in range(len(EVERY_STAGE) + 1):
        foreign = builders.declaration(Status.IN_REVIEW, round=round, department=builders.department(superior=superior))
        for _ in range(steps):
            builders.approve(foreign)
    builders.declaration(Status.RETURNED, round=round)
    strangers = [
        reviewer,
        builders.user(Role.DEPARTMENT_HEAD),
        builders.user(Role.PREPARER),
        builders.user(Role.DEPARTMENT_HEAD, department=builders.department(superior=superior)),
    ]
    assert [in_tab(person, tab) for person in strangers] == [[]] * 4
    assert [queue.counts(filters_of(person))[tab] for person in strangers] == [0] * 4


# Order


def test_overdue_and_due_first_come_first_then_what_waits_longest(reviewer: User) -> None:
    round, now = builders.round_(stages=BUREAU), timezone.now()
    late, later, soon, long_waiting, new = (waiting_for(reviewer, round=round) for _ in range(5))
    change(new, due_at=None, stage_since=now)
    change(soon, due_at=now + timedelta(days=1), stage_since=now - timedelta(days=1))
    change(late, due_at=now - timedelta(days=3), stage_since=now - timedelta(days=4))
    change(long_waiting, due_at=None, stage_since=now - timedelta(days=9))
    change(later, due_at=now - timedelta(days=1), stage_since=now - timedelta(days=8))
    assert listed(reviewer) == [late, later, soon, long_waiting, new]


def test_other_tabs_have_what_was_submitted_last_first(reviewer: User) -> None:
    round = builders.round_(stages=BUREAU)
    first, second = (waiting_for(reviewer, round=round) for _ in range(2))
    for made in (second, first):
        builders.return_(made)
    builders.submit(first)
    builders.return_(first)
    assert listed(reviewer, "tab=returned") == [first, second]


@pytest.mark.parametrize("order", ["code", "submitted", "due", "amount", "hints"])
def test_rows_are_sorted_by_a_column_both_ways_with_nothing_last(reviewer: User, order: str) -> None:
    round, now = builders.round_(stages=BUREAU), timezone.now()
    made = [waiting_for(reviewer, round=round, code=f"{number}00") for number in (1, 2, 3)]
    for number, declaration in enumerate(made):
        known = number < 2
        submitted_with(declaration, total=Decimal(number) if known else None, warnings=number if known else None)
        change(declaration, due_at=now + timedelta(days=number) if number < 2 else None)
    first, second, third = made
    downwards = [third, second, first] if order in ("code", "submitted") else [second, first, third]
    assert listed(reviewer, f"order={order}") == [first, second, third]
    assert listed(reviewer, f"order=-{order}") == downwards


# Filters


def test_search_finds_by_part_of_name_or_code(reviewer: User) -> None:
    found = waiting_for(reviewer, name="衡阳市教育局", code="430400055")
    waiting_for(reviewer, round=found.round, name="衡阳市卫生健康局", code="430400066")
    assert (listed(reviewer, "q=教育"), listed(reviewer, "q=0055"), listed(reviewer, "q=%25")) == ([found], [found], [])


def test_office_filters_for_the_performance_office_and_is_of_no_account_to_others(
    reviewer: User, performance: User
) -> None:
    round = builders.round_(stages=BUREAU)
    own = waiting_for(reviewer, round=round)
    foreign = builders.declaration(Status.IN_REVIEW, round=round)
    for made in (own, foreign):
        builders.approve(made)
    query = f"office={foreign.department.office_id}"
    assert listed(performance, query) == [foreign]
    assert len(listed(performance)) == 2
    assert listed(reviewer, f"tab=passed&{query}") == [own]


def test_stage_filters_what_was_passed(reviewer: User) -> None:
    round = builders.round_(stages=BUREAU)
    later, approved = (waiting_for(reviewer, round=round) for _ in range(2))
    for made in (later, approved, approved):
        builders.approve(made)
    assert listed(reviewer, "tab=passed&stage=performance") == [later]
    assert listed(reviewer, "tab=passed&stage=business") == []
    assert set(listed(reviewer, "tab=passed")) == {later, approved}


def test_superior_filters_with_all_that_is_below_it(reviewer: User) -> None:
    round = builders.round_(stages=BUREAU)
    top = waiting_for(reviewer, round=round)
    middle = waiting_for(reviewer, round=round, superior=top.department)
    lowest = waiting_for(reviewer, round=round, superior=middle.department)
    waiting_for(reviewer, round=round)
    assert set(listed(reviewer, f"superior={top.department_id}")) == {top, middle, lowest}
    assert set(listed(reviewer, f"superior={middle.department_id}")) == {middle, lowest}
    assert listed(reviewer, f"superior={lowest.department_id}") == []


def test_superiors_of_other_offices_are_not_offered(reviewer: User, performance: User) -> None:
    own = builders.department(office=reviewer.office)
    builders.department(office=reviewer.office, superior=own)
    abroad = builders.department()
    builders.department(office=reviewer.office, superior=abroad)
    foreign = builders.department()
    builders.department(superior=foreign)
    offered = [set(filters_of(person).fields["superior"].queryset) for person in (reviewer, performance)]
    assert offered == [{own, abroad}, {own, abroad, foreign}]
    assert "superior" not in filters_of(builders.user(Role.DEPARTMENT_HEAD)).fields


def test_year_filters(reviewer: User) -> None:
    older, newer = waiting_for(reviewer), waiting_for(reviewer)
    assert listed(reviewer, f"year={older.round.fiscal_year}") == [older]
    assert set(listed(reviewer)) == {older, newer}


def test_assignee_filters_mine_nobodys_and_a_colleagues(reviewer: User) -> None:
    round, colleague = builders.round_(stages=BUREAU), builders.user(Role.REVIEWER, office=reviewer.office)
    mine, nobodys, theirs = (waiting_for(reviewer, round=round) for _ in range(3))
    builders.assign(mine, reviewer)
    builders.assign(theirs, colleague)
    found = [listed(reviewer, f"assignee={who}") for who in ("me", "nobody", colleague.pk)]
    assert found == [[mine], [nobodys], [theirs]]


def test_people_of_other_offices_are_not_offered(reviewer: User) -> None:
    colleague = builders.user(Role.REVIEWER, office=reviewer.office, is_active=False, name="李四")
    stranger = builders.user(Role.REVIEWER)
    offered = filters_of(reviewer).fields["assignee"].choices
    assert offered == [("", "全部"), ("me", "我"), ("nobody", "待认领"), (str(colleague.pk), "李四（已停用）")]
    assert not filters_of(reviewer, f"assignee={stranger.pk}").is_valid()


def test_hints_filter_with_without_and_unknown(reviewer: User) -> None:
    round = builders.round_(stages=BUREAU)
    none, some, unknown = (waiting_for(reviewer, round=round) for _ in range(3))
    for made, warnings in ((none, 0), (some, 1), (unknown, None)):
        submitted_with(made, warnings=warnings)
    assert (listed(reviewer, "hints=some"), listed(reviewer, "hints=none")) == ([some], [none])


@pytest.mark.parametrize(
    ("query", "lets_through"),
    [
        ("amount_from=1000.5", True),
        ("amount_from=1000.500001", False),
        ("amount_to=1000.5", True),
        ("amount_to=1000.499999", False),
        ("amount_from=１，０００。5&amount_to=1,000.50", True),
        ("amount_from=0&amount_to=0", False),
    ],
)
def test_amounts_filter_as_people_type_them(reviewer: User, query: str, lets_through: bool) -> None:
    made = waiting_for(reviewer)
    submitted_with(made, total=Decimal("1000.5"))
    submitted_with(waiting_for(reviewer, round=made.round), total=None)
    assert listed(reviewer, query) == ([made] if lets_through else [])


def test_adjusted_filters_later_revisions(reviewer: User) -> None:
    adjusted = waiting_for(reviewer)
    builders.approve(adjusted)
    builders.approve(adjusted)
    builders.adjust(adjusted)
    builders.change(adjusted)
    builders.submit(adjusted)
    waiting_for(reviewer, round=adjusted.round)
    assert listed(reviewer, "adjusted=on") == [adjusted]


def test_counts_are_those_behind_the_filters(reviewer: User) -> None:
    round = builders.round_(stages=BUREAU)
    passed, waiting = (waiting_for(reviewer, round=round, name=name) for name in ("甲局", "乙局"))
    builders.approve(passed)
    assert queue.counts(filters_of(reviewer, "q=甲")) == {WAITING: 0, RETURNED: 0, PASSED: 1, DECIDED: 1}
    assert queue.counts(filters_of(reviewer, "q=乙")) == {WAITING: 1, RETURNED: 0, PASSED: 0, DECIDED: 0}
    assert waiting in listed(reviewer)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("year=1999", {"year"}),
        ("tab=gone", {"tab"}),
        ("order=colour", {"order"}),
        ("stage=gone", {"stage"}),
        ("office=99999999999999999999", {"office"}),
        ("superior=x", {"superior"}),
        ("assignee=0", {"assignee"}),
        ("hints=many", {"hints"}),
        ("amount_from=-1", {"amount_from"}),
        ("amount_to=许多", {"amount_to"}),
        ("amount_from=2&amount_to=1", {"amount_to"}),
        ("amount_from=9999999999", {"amount_from"}),
        ("q=%00", {"q"}),
    ],
)
def test_what_there_is_not_is_said_and_finds_nothing(performance: User, query: str, message: set[str]) -> None:
    made = waiting_for(builders.user(Role.REVIEWER))
    builders.approve(made)
    filters = filters_of(performance, query)
    assert set(filters.errors) == message
    assert (list(queue.rows(filters)), queue.counts(filters)) == ([], dict.fromkeys(QueueTab, 0))


# Rows


def test_comments_that_are_open_are_counted_and_internal_ones_for_the_bureau_alone(db: None) -> None:
    superior = builders.department()
    own = builders.department(superior=superior, office=superior.office)
    stages = (StageKind.SUPERIOR, StageKind.BUSINESS)
    made = builders.declaration(Status.IN_REVIEW, round=builders.round_(stages=stages), department=own)
    above = builders.person_of(superior, Role.PREPARER)
    builders.approve(made)
    reviewer = builders.person_of(own.office, Role.REVIEWER)
    facts = {"declaration": made, "submission": made.submission, "author": reviewer, "at": timezone.now()}
    first = Comment.objects.create(**facts)
    Comment.objects.create(**facts, parent=first)
    Comment.objects.create(**facts, is_internal=True)
    Comment.objects.create(**facts, settled_at=timezone.now(), settled_by=reviewer)
    other = builders.declaration(Status.IN_REVIEW, department=builders.department(office=own.office))
    Comment.objects.create(**facts | {"declaration": other, "submission": other.submission})
    assert [row.open_comments for row in listed(reviewer) if row == made] == [2]
    assert [row.open_comments for row in listed(above, "tab=passed")] == [1]


@pytest.mark.parametrize(("days", "left", "late"), [(-1, -2, 2), (0, -1, 1), (1, 0, 0), (2, 1, 0)])
def test_days_count_to_the_end_of_the_last_day(days: int, left: int, late: int) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    row = QueueRow(Declaration(due_at=midnight + timedelta(days=days)), User(), midnight + timedelta(hours=12))
    assert (row.days_left, row.days_late) == (left, late)


# Remembered


def test_each_person_has_his_own_last_query(reviewer: User) -> None:
    colleague = builders.user(Role.REVIEWER, office=reviewer.office)
    queue.remember(reviewer, "tab=passed")
    queue.remember(colleague, "q=甲")
    queue.remember(reviewer, "tab=returned")
    assert (queue.remembered_query(reviewer), queue.remembered_query(colleague)) == ("tab=returned", "q=甲")
    assert queue.remembered_query(builders.user(Role.REVIEWER, office=reviewer.office)) == ""


# Neighbours


def test_neighbours_stand_in_the_order_of_the_queue_and_end_at_its_ends(reviewer: User) -> None:
    round, now = builders.round_(stages=BUREAU), timezone.now()
    last, first, middle = (waiting_for(reviewer, round=round) for _ in range(3))
    for days, made in enumerate((first, middle, last)):
        change(made, due_at=now + timedelta(days=days))
    builders.declaration(Status.IN_REVIEW, round=round)
    assert [queue.neighbours(reviewer, made) for made in (first, middle, last)] == [
        Neighbours(None, middle),
        Neighbours(first, last),
        Neighbours(middle, None),
    ]
    assert [queue.next_of(reviewer, made) for made in (first, middle, last)] == [middle, last, middle]


def test_neighbours_are_those_behind_the_remembered_filters_and_order(reviewer: User) -> None:
    round = builders.round_(stages=BUREAU)
    made = [
        waiting_for(reviewer, round=round, name=f"{name}{code}所", code=code)
        for name, code in ("甲1", "乙2", "甲3", "甲4")
    ]
    queue.remember(reviewer, "q=甲&order=-code")
    assert queue.neighbours(reviewer, made[2]) == Neighbours(made[3], made[0])


def test_declaration_that_is_not_in_the_remembered_queue_stands_among_all_that_wait(reviewer: User) -> None:
    round, now = builders.round_(stages=BUREAU), timezone.now()
    first, second, third = (waiting_for(reviewer, round=round, name=f"{name}所") for name in ("甲一", "乙二", "甲三"))
    for days, made in enumerate((first, second, third)):
        change(made, due_at=now + timedelta(days=days))
    queue.remember(reviewer, "q=甲")
    assert queue.neighbours(reviewer, first) == Neighbours(None, third)
    assert queue.neighbours(reviewer, second) == Neighbours(first, third)
    queue.remember(reviewer, "tab=decided")
    assert queue.next_of(reviewer, third) == second


def test_declaration_alone_behind_the_remembered_filters_has_no_neighbours(reviewer: User) -> None:
    alone = waiting_for(reviewer, name="甲所")
    waiting_for(reviewer, round=alone.round, name="乙所")
    queue.remember(reviewer, "q=甲")
    assert queue.neighbours(reviewer, alone) == Neighbours()


def test_declaration_alone_or_out_of_the_queue_has_no_neighbours(reviewer: User) -> None:
    alone = waiting_for(reviewer)
    foreign = builders.declaration(Status.IN_REVIEW, round=alone.round)
    assert queue.neighbours(reviewer, alone) == queue.neighbours(reviewer, foreign) == Neighbours()
    assert queue.next_of(reviewer, alone) is None


def test_remembered_query_that_holds_no_longer_leaves_all_that_wait(reviewer: User) -> None:
    made = waiting_for(reviewer)
    other = waiting_for(reviewer, round=made.round)
    queue.remember(reviewer, "year=1999")
    assert queue.next_of(reviewer, made) == other


@pytest.mark.parametrize("tab", QueueTab)
def test_counts_take_one_query_and_neighbours_as_many_whatever_the_number(reviewer: User, tab: QueueTab) -> None:
    round = builders.round_(stages=BUREAU)
    queue.remember(reviewer, f"tab={tab}")
    numbers = []
    for made in (waiting_for(reviewer, round=round) for _ in range(3)):
        filters = filters_of(reviewer)
        assert filters.is_valid()
        with CaptureQueriesContext(connection) as captured:
            queue.counts(filters)
        assert len(captured) == 1
        with CaptureQueriesContext(connection) as captured:
            queue.neighbours(reviewer, made)
        numbers.append(len(captured))
    assert numbers[0] <= numbers[1] == numbers[2]
