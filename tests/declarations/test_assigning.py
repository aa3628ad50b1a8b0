from datetime import UTC, datetime

import pytest

from declarations import assigning
from declarations.assigning import AssignmentRefused
from declarations.enums import NoticeKind, StageKind, Status
from declarations.models import Declaration, Notice
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders, situations

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.fixture
def waiting(db: None) -> Declaration:
    return builders.declaration(Status.IN_REVIEW)


def colleague(declaration: Declaration, name: str = "", **fields: object) -> User:
    if name:
        fields["name"] = name
    return builders.user(Role.REVIEWER, office=declaration.department.office, **fields)


def head_of(declaration: Declaration) -> User:
    return colleague(declaration, "刘科长", is_office_head=True)


def assignee(declaration: Declaration) -> User | None:
    return builders.fresh(declaration).assignee


def told() -> list[tuple[User, str, str]]:
    """Who was told what of assignments."""
    found = Notice.objects.filter(kind=NoticeKind.ASSIGNED).select_related("user").order_by("pk")
    return [(notice.user, notice.text, notice.declaration.department.name) for notice in found]


def test_take_of_what_nobody_deals_with_tells_nobody(waiting: Declaration) -> None:
    person = colleague(waiting)
    assigning.take(waiting.pk, person, NOW)
    assert (assignee(waiting), told()) == (person, [])


def test_take_from_a_colleague_tells_him(waiting: Declaration) -> None:
    person, former = colleague(waiting, "张审核"), colleague(waiting)
    builders.assign(waiting, former)
    assigning.take(waiting.pk, person, NOW, taken_from=former.pk)
    assert assignee(waiting) == person
    assert told() == [(former, f"张审核已接手经办{waiting}申报表。", waiting.department.name)]


def test_take_of_what_somebody_has_just_taken_is_refused(waiting: Declaration) -> None:
    person, quicker = colleague(waiting), colleague(waiting, "陈复核")
    assigning.take(waiting.pk, quicker, NOW)
    with pytest.raises(AssignmentRefused, match="该申报表刚由陈复核经办，未改由您经办"):
        assigning.take(waiting.pk, person, NOW)
    assert (assignee(waiting), told()) == (quicker, [])


def test_take_of_what_was_released_meanwhile_is_taken(waiting: Declaration) -> None:
    person, former = colleague(waiting), colleague(waiting)
    assigning.take(waiting.pk, person, NOW, taken_from=former.pk)
    assert (assignee(waiting), told()) == (person, [])


def test_take_of_the_own_one_changes_nothing(waiting: Declaration) -> None:
    person = colleague(waiting)
    for _ in range(2):
        assigning.take(waiting.pk, person, NOW)
    assert (assignee(waiting), told()) == (person, [])


def test_take_by_one_who_filled_in_is_refused(waiting: Declaration) -> None:
    person = colleague(waiting)
    builders.contribute(waiting, person)
    with pytest.raises(AssignmentRefused, match="您填报或送审过该申报表"):
        assigning.take(waiting.pk, person, NOW)
    assert assignee(waiting) is None


@pytest.mark.parametrize("situation", sorted(situations.EVERY_SITUATION))
def test_take_is_for_those_of_the_stage(db: None, situation: str) -> None:
    declaration = situations.declaration_in(situation)
    builders.assign(declaration, None)
    people = situations.people_around(declaration.department)
    builders.contribute(declaration, people["reviewer who filled in"])
    taken = set()
    for who, person in people.items():
        try:
            assigning.take(declaration.pk, person, NOW)
        except AssignmentRefused:
            continue
        taken.add(who)
        builders.assign(declaration, None)
    offices = {
        StageKind.BUSINESS: {"reviewer", "second reviewer", "head of the office"},
        StageKind.PERFORMANCE: {"performance reviewer"},
    }
    assert taken == offices.get(situations.STAGES.get(situation), set())


def test_release_leaves_the_own_one_to_all(waiting: Declaration) -> None:
    person = colleague(waiting)
    builders.assign(waiting, person)
    assigning.release(waiting.pk, person, NOW)
    assert (assignee(waiting), told()) == (None, [])


def test_release_by_the_head_tells_him_who_dealt_with_it(waiting: Declaration) -> None:
    former = colleague(waiting)
    builders.assign(waiting, former)
    assigning.release(waiting.pk, head_of(waiting), NOW)
    assert assignee(waiting) is None
    assert told() == [(former, f"刘科长已将{waiting}申报表改为待认领。", waiting.department.name)]


def test_release_by_a_colleague_is_refused(waiting: Declaration) -> None:
    former = colleague(waiting)
    builders.assign(waiting, former)
    with pytest.raises(AssignmentRefused, match="您无权变更该申报表的经办人"):
        assigning.release(waiting.pk, colleague(waiting), NOW)
    assert assignee(waiting) == former


def test_release_of_what_nobody_deals_with_changes_nothing(waiting: Declaration) -> None:
    assigning.release(waiting.pk, colleague(waiting), NOW)
    assert (assignee(waiting), told()) == (None, [])


def test_assign_tells_him_who_gets_it_and_him_who_had_it(waiting: Declaration) -> None:
    head, former, person = head_of(waiting), colleague(waiting), colleague(waiting, "陈复核")
    builders.assign(waiting, former)
    assigning.assign(waiting.pk, head, person.pk, NOW)
    assert assignee(waiting) == person
    assert told() == [
        (former, f"刘科长已将{waiting}申报表改由陈复核经办。", waiting.department.name),
        (person, f"刘科长已将{waiting}申报表分派给您经办。", waiting.department.name),
    ]


def test_assign_there_and_back_tells_of_each(waiting: Declaration) -> None:
    head, person = head_of(waiting), colleague(waiting)
    assigning.assign(waiting.pk, head, person.pk, NOW)
    assigning.release(waiting.pk, head, NOW.replace(minute=1))
    assigning.assign(waiting.pk, head, person.pk, NOW.replace(minute=2))
    assert [user for user, *_ in told()] == [person] * 3


def test_assign_to_oneself_tells_nobody(waiting: Declaration) -> None:
    head = head_of(waiting)
    assigning.assign(waiting.pk, head, head.pk, NOW)
    assert (assignee(waiting), told()) == (head, [])


def test_assign_to_one_who_cannot_decide_is_refused(waiting: Declaration) -> None:
    head = head_of(waiting)
    gone, wrote = colleague(waiting, is_active=False), colleague(waiting)
    builders.contribute(waiting, wrote)
    others = [gone, wrote, builders.user(Role.REVIEWER), builders.user(Role.PERFORMANCE_REVIEWER)]
    for key in [*(person.pk for person in others), builders.preparer_of(waiting).pk, 0, 10**17]:
        with pytest.raises(AssignmentRefused, match="请选择可以办理该申报表的本科室人员"):
            assigning.assign(waiting.pk, head, key, NOW)
    assert (assignee(waiting), told()) == (None, [])


def test_assign_by_one_who_is_no_head_is_refused(waiting: Declaration) -> None:
    person = colleague(waiting)
    with pytest.raises(AssignmentRefused, match="您无权变更该申报表的经办人"):
        assigning.assign(waiting.pk, person, person.pk, NOW)
    other_head = builders.user(Role.REVIEWER, is_office_head=True)
    with pytest.raises(AssignmentRefused, match="现在不由您的科室办理"):
        assigning.assign(waiting.pk, other_head, person.pk, NOW)
    assert assignee(waiting) is None
