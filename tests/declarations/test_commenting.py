"""Comments: who writes, reads, answers and settles them, whom they are told to, and that they follow their rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from declarations import commenting, services
from declarations.commenting import CommentRefused, Counts
from declarations.enums import NoticeKind, StageKind, Status
from declarations.models import Comment, Declaration, Notice
from declarations.models.review import MAX_TEXT
from declarations.services import RowEdit
from indicators.models import PrimaryIndicator, SecondaryIndicator
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders, situations
from tests.declarations.comments import comment, reviewer_of, submitted, target_path
from tests.declarations.services import edits
from tests.declarations.situations import declaration_in, pass_to, people_around

MOMENT = timezone.now()
OFFICE = {"reviewer", "second reviewer", "head of the office"}
BUREAU = OFFICE | {"performance reviewer"}
READERS = {"administrator", "auditor"}
DEPARTMENT = {"preparer", "head"}
SUPERIORS = {"preparer of the superior", "head of the superior"}
IN_BUREAU = BUREAU | READERS | {"reviewer who filled in"}


@pytest.fixture
def made(db) -> Declaration:
    """In review at the bureau's first stage."""
    return builders.declaration(Status.IN_REVIEW)


def allowed(people: dict[str, User], act: Callable[[User], object]) -> set[str]:
    """Who is not refused; what each has done is undone."""
    found = set()
    for who, person in people.items():
        try:
            with transaction.atomic():
                act(person)
                found.add(who)
                transaction.set_rollback(True)
        except (CommentRefused, Comment.DoesNotExist):
            continue
    return found


@pytest.mark.parametrize(
    ("situation", "shared", "internal"),
    [
        (situations.DRAFT, set(), set()),
        (situations.WITHDRAWN, set(), set()),
        (situations.HEAD_REVIEW, {"head"}, set()),
        (situations.SUPERIOR_REVIEW, SUPERIORS, set()),
        (situations.FIRST_REVIEW, BUREAU, BUREAU),
        (situations.SECOND_REVIEW, BUREAU, BUREAU),
        (situations.HANDED_BACK, BUREAU, BUREAU),
        (situations.RETURNED, BUREAU, BUREAU),
        (situations.APPROVED, set(), set()),
        (situations.ADJUSTING, set(), set()),
        (situations.ADJUSTMENT_IN_REVIEW, BUREAU, BUREAU),
        (situations.ADJUSTMENT_RETURNED, BUREAU, BUREAU),
    ],
)
def test_who_comments_in_which_situation(db, situation, shared, internal):
    made = declaration_in(situation)
    people = people_around(made.department)
    digest = made.submission.digest if made.submission else ""

    def write(is_internal: bool) -> Callable[[User], object]:
        return lambda person: comment(made, person, digest=digest, is_internal=is_internal)

    if made.submission is None:
        with pytest.raises(CommentRefused):
            commenting.add_comment(made.pk, people["reviewer"], digest="", path="", text="x", is_internal=False)
        return
    assert allowed(people, write(is_internal=False)) == shared
    assert allowed(people, write(is_internal=True)) == internal


@pytest.mark.parametrize(
    "situation", [situations.FIRST_REVIEW, situations.RETURNED, situations.APPROVED, situations.ADJUSTING]
)
def test_who_reads_answers_and_settles_a_comment_of_the_bureau(db, situation):
    made = declaration_in(situations.FIRST_REVIEW)
    people = people_around(made.department)
    shared, internal = comment(made), comment(made, text="内部核对", is_internal=True)
    if situation == situations.RETURNED:
        builders.return_(made)
    elif situation != situations.FIRST_REVIEW:
        builders.approve(made)
        builders.approve(made)
    if situation == situations.ADJUSTING:
        builders.adjust(made)
    made = builders.fresh(made)

    seen = {
        who: {thread.comment.text for thread in commenting.threads(person, made)}
        for who, person in people.items()
        if who in DEPARTMENT | IN_BUREAU
    }

    assert seen == {who: {shared.text} | ({internal.text} if who in IN_BUREAU else set()) for who in seen}
    assert {who: commenting.counts(people[who], made) for who in seen} == {
        who: Counts(2 if who in IN_BUREAU else 1, 0) for who in seen
    }
    assert allowed(people, lambda person: commenting.answer(shared.pk, person, "已修改。")) == DEPARTMENT | BUREAU
    assert allowed(people, lambda person: commenting.answer(internal.pk, person, "已核对。")) == BUREAU
    for each in (shared, internal):
        assert allowed(people, lambda person, each=each: commenting.settle(each.pk, person)) == BUREAU
        assert allowed(people, lambda person, each=each: commenting.reopen(each.pk, person)) == BUREAU


@pytest.mark.parametrize(
    ("kind", "author", "settles"),
    [
        (StageKind.DEPARTMENT_HEAD, "head", {"head"}),
        (StageKind.SUPERIOR, "preparer of the superior", SUPERIORS),
    ],
)
def test_a_comment_before_the_bureau_is_settled_by_its_own_place_and_then_by_the_bureau_too(db, kind, author, settles):
    made = declaration_in(situations.HEAD_REVIEW)
    people = people_around(made.department)
    pass_to(made, kind)
    written = comment(made, people[author])

    assert allowed(people, lambda person: commenting.settle(written.pk, person)) == settles

    pass_to(made, StageKind.BUSINESS)
    assert allowed(people, lambda person: commenting.settle(written.pk, person)) == settles | BUREAU
    assert allowed(people, lambda person: commenting.answer(written.pk, person, "已修改。")) == (
        DEPARTMENT | SUPERIORS | BUREAU
    )


def test_what_a_thread_shows_of_itself(made):
    reviewer, preparer = reviewer_of(made), builders.preparer_of(made)
    path = target_path(made)
    written = comment(made, path=path, text="  请量化。\n", now=MOMENT)
    answer = commenting.answer(written.pk, preparer, "已量化。", now=MOMENT + timedelta(hours=1))
    commenting.settle(written.pk, reviewer, now=MOMENT + timedelta(hours=2))

    (thread,) = commenting.threads(preparer, builders.fresh(made))

    place = "效益指标 › 履职效益 › 三级指标“完成调研报告” · 指标值"
    stored = thread.comment
    assert (stored.path, stored.place, stored.quoted, stored.text, stored.is_internal) == (
        path,
        place,
        "5篇",
        "请量化。",
        False,
    )
    assert (stored.author, stored.author_name, stored.author_place, stored.at) == (
        reviewer,
        reviewer.name,
        str(reviewer.office),
        MOMENT,
    )
    assert (stored.settled_by, stored.settled_at) == (reviewer, MOMENT + timedelta(hours=2))
    assert [(each.pk, each.text, each.author_place, each.path) for each in thread.answers] == [
        (answer.pk, "已量化。", str(preparer.department), path)
    ]
    assert (thread.place, thread.now, thread.is_gone, thread.is_changed, thread.is_elsewhere) == (
        place,
        "5篇",
        False,
        False,
        False,
    )
    assert (thread.is_settled, thread.can_answer, thread.can_settle) == (True, False, False)


@pytest.mark.parametrize(
    "path_of",
    [
        lambda made: "",
        lambda made: "goals",
        lambda made: "tasks",
        lambda made: "budget",
        lambda made: "indicators",
        lambda made: "budget/total",
        lambda made: f"goals/{submitted(made).duty_goals[0].key}/text",
        lambda made: f"tasks/{submitted(made).main_tasks[0].key}",
        lambda made: f"tasks/{submitted(made).main_tasks[0].key}/content",
        lambda made: f"groups/{submitted(made).indicators[1].groups[0].key}",
        lambda made: f"primaries/{submitted(made).indicators[1].key}",
        lambda made: target_path(made).removesuffix("/value"),
        lambda made: target_path(made, "unit"),
    ],
)
def test_every_place_takes_a_comment(made, path_of):
    path = path_of(made)

    comment(made, path=path)

    (thread,) = commenting.threads(reviewer_of(made), builders.fresh(made))
    assert (thread.path, thread.is_gone, thread.is_changed, thread.is_elsewhere) == (path, False, False, False)


@pytest.mark.parametrize("path", ["goal", "goals/x/text", "targets", "targets/x", "tasks/", "budget/x", "\0"])
def test_what_is_no_place_of_the_submission_takes_none(made, path):
    with pytest.raises(CommentRefused, match="请选择意见所在位置。"):
        comment(made, path=path)
    assert Comment.objects.count() == 0


def test_a_row_of_another_departments_declaration_takes_none(made):
    other = builders.declaration(Status.IN_REVIEW)

    with pytest.raises(CommentRefused, match="请选择意见所在位置。"):
        comment(made, path=target_path(other))


def test_a_comment_on_what_is_not_current_any_more_is_refused(made):
    seen = made.submission.digest
    builders.return_(made)
    builders.change(made)
    builders.submit(made)

    with pytest.raises(CommentRefused, match=r"申报表已重新送审（第 2 次）"):
        comment(made, digest=seen)
    assert Comment.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "refusal"),
    [("", "请填写"), (" \n", "请填写"), ("意" * MAX_TEXT, ""), ("意" * (MAX_TEXT + 1), f"不能超过 {MAX_TEXT} 字")],
)
def test_text_has_its_limits(made, text, refusal):
    written = comment(made, text="先有一条")
    acts: list[Callable[[], Comment]] = [
        lambda: comment(made, text=text),
        lambda: commenting.answer(written.pk, builders.preparer_of(made), text),
    ]
    for act in acts:
        if refusal:
            with pytest.raises(CommentRefused, match=refusal):
                act()
        else:
            assert act().text == text


def test_a_place_of_the_longest_names_fits_into_its_column(db):
    template = builders.template(published=False)
    for level in (PrimaryIndicator, SecondaryIndicator):
        longest = level._meta.get_field("name").max_length
        under = {"template": template} if level is PrimaryIndicator else {"primary__template": template}
        for indicator in level.objects.filter(**under):
            level.objects.filter(pk=indicator.pk).update(name=f"{indicator.pk:0>{longest}}")
    builders.publish(template)
    made = builders.declaration(round=builders.round_(template=template))
    target = edits.rows(made, services.TARGETS)[-1]
    edits.save(made, services.TARGETS, edits.changed(target, name="名" * 200))
    builders.submit(made)

    written = comment(made, path=f"targets/{target.key}/scoring_standard")

    assert 400 < len(written.place) <= Comment._meta.get_field("place").max_length


# Rows that are followed


def returned_with_comment(path_of: Callable[[Declaration], str]) -> tuple[Declaration, Comment]:
    made = builders.declaration(Status.IN_REVIEW)
    written = comment(made, path=path_of(made))
    builders.return_(made)
    return builders.fresh(made), written


def both_see(made: Declaration) -> tuple[Any, Any]:
    """The one thread as the department and as its reviewer have it before them."""
    fresh = builders.fresh(made)
    found = [commenting.threads(person, fresh) for person in (builders.preparer_of(made), reviewer_of(made))]
    (department,), (reviewer,) = found
    return department, reviewer


def test_a_text_that_was_changed_is_shown_then_and_now(db):
    made, _ = returned_with_comment(target_path)
    target = edits.rows(made, services.TARGETS)[-1]
    edits.save(made, services.TARGETS, edits.changed(target, value="6"))

    department, reviewer = both_see(made)
    assert (department.comment.quoted, department.now, department.is_changed) == ("5篇", "6篇", True)
    assert (reviewer.now, reviewer.is_changed) == ("5篇", False)

    builders.submit(made)
    _, reviewer = both_see(made)
    assert (reviewer.now, reviewer.is_changed, reviewer.is_gone) == ("6篇", True, False)


def test_a_row_that_moves_takes_its_comment_along(db):
    made, _ = returned_with_comment(lambda made: f"goals/{submitted(made).duty_goals[0].key}/text")
    first = edits.rows(made, services.GOALS)[0]
    edits.add(made, services.GOALS, {"text": "第二条目标；"})
    services.move_row(made.pk, builders.preparer_of(made), services.GOALS, first.key, 1, **edits.now(made))
    builders.submit(made)

    _, thread = both_see(made)
    assert (thread.comment.place, thread.place) == ("年度履职目标 第1条", "年度履职目标 第2条")
    assert (thread.is_elsewhere, thread.is_changed, thread.is_gone) == (True, False, False)


def test_a_row_that_is_deleted_and_comes_back_has_its_comment_again(db):
    made, written = returned_with_comment(lambda made: f"tasks/{submitted(made).main_tasks[0].key}/name")
    preparer = builders.preparer_of(made)
    edits.add(made, services.TASKS, {"name": "另一项任务", "content": "内容。", "amount": ""})
    task = edits.rows(made, services.TASKS)[0]
    deleted = services.delete_row(made.pk, preparer, services.TASKS, task.key, task.version, **edits.now(made))
    assert deleted

    thread, _ = both_see(made)
    assert (thread.is_gone, thread.now, thread.place, thread.is_changed) == (True, None, written.place, False)

    back = RowEdit(deleted.key, 0, {name: getattr(deleted, name) for name in services.TASKS.fields}, position=0)
    edits.save(made, services.TASKS, back)
    thread, _ = both_see(made)
    assert (thread.is_gone, thread.now, thread.is_changed) == (False, "保障机关运转", False)


def test_a_row_of_the_same_texts_in_another_group_is_another_row(db):
    made, _ = returned_with_comment(target_path)
    groups = edits.own_groups(made)
    last = edits.targets(groups[1], made)[-1]
    texts = {name: getattr(last, name) for name in services.TARGETS.fields}
    services.delete_row(
        made.pk, builders.preparer_of(made), services.TARGETS, last.key, last.version, **edits.now(made)
    )
    edits.add(made, services.TARGETS, texts, group=groups[0])

    thread, _ = both_see(made)
    assert thread.is_gone


def test_a_comment_on_a_row_quotes_all_its_texts(made):
    path = f"tasks/{submitted(made).main_tasks[0].key}"
    comment(made, path=path)

    thread, _ = both_see(made)

    assert thread.comment.quoted == "任务名称：保障机关运转\n主要内容：按时支付水电费。"
    assert thread.is_row


def test_threads_that_are_open_come_first_and_both_in_printed_order(made):
    paths = [target_path(made), "", "goals", "budget/total", "tasks"]
    written = [comment(made, path=path, text=path or "整体") for path in paths]
    for each in written[1:3]:
        commenting.settle(each.pk, reviewer_of(made))

    found = commenting.threads(reviewer_of(made), builders.fresh(made))

    assert [thread.path for thread in found] == ["tasks", "budget/total", paths[0], "", "goals"]
    assert commenting.by_path(found) == {thread.path: [thread] for thread in found}


# What is stored


def test_the_same_sent_twice_is_stored_once(made):
    first = comment(made)

    assert comment(made) == first
    assert comment(made, is_internal=True) != first
    assert comment(made) != first
    assert Comment.objects.count() == 3


def test_an_answer_sent_twice_is_stored_once(made):
    written = comment(made)
    preparer = builders.preparer_of(made)

    assert commenting.answer(written.pk, preparer, "已改。") == commenting.answer(written.pk, preparer, "已改。")
    assert Comment.objects.count() == 2


def test_settling_twice_keeps_who_was_first(made):
    written = comment(made)
    reviewer, second = reviewer_of(made), builders.user(Role.REVIEWER, office=made.department.office)
    commenting.settle(written.pk, reviewer, now=MOMENT)

    commenting.settle(written.pk, second, now=MOMENT + timedelta(hours=1))

    written.refresh_from_db()
    assert (written.settled_by, written.settled_at) == (reviewer, MOMENT)
    commenting.reopen(written.pk, second)
    written.refresh_from_db()
    assert (written.settled_by, written.settled_at) == (None, None)


def test_a_settled_comment_is_not_answered_until_it_is_reopened(made):
    written, preparer = comment(made), builders.preparer_of(made)
    commenting.settle(written.pk, reviewer_of(made))

    with pytest.raises(CommentRefused, match="不能再回复"):
        commenting.answer(written.pk, preparer, "已改。")
    commenting.reopen(written.pk, reviewer_of(made))
    assert commenting.answer(written.pk, preparer, "已改。").parent == written


@pytest.mark.parametrize("change", [{"text": "别的"}, {"is_internal": True}, {"quoted": ""}, {"author_name": "别人"}])
def test_the_database_refuses_to_change_what_was_written(made, change):
    written = comment(made)

    with pytest.raises(DatabaseError), transaction.atomic():
        Comment.objects.filter(pk=written.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Comment.objects.filter(pk=written.pk).delete()


def test_an_answer_is_neither_answered_nor_settled_itself(made):
    given = commenting.answer(comment(made).pk, builders.preparer_of(made), "已改。")

    for act in (commenting.settle, commenting.reopen, lambda pk, person: commenting.answer(pk, person, "再答")):
        with pytest.raises(Comment.DoesNotExist):
            act(given.pk, reviewer_of(made))


# Who is told


def told(kind: NoticeKind = NoticeKind.COMMENTED) -> list[tuple[str, str]]:
    """Who was told what of comments."""
    notices = Notice.objects.filter(kind=kind).order_by("pk")
    return [(notice.user.name, notice.text) for notice in notices.select_related("user")]


def test_a_shared_comment_is_told_to_the_whole_department(made):
    head = builders.person_of(made.department, Role.DEPARTMENT_HEAD)
    builders.user(Role.PREPARER)
    reviewer, preparer = reviewer_of(made), builders.preparer_of(made)

    comment(made, text="请补充。")

    text = f"{reviewer.name}对{made}申报表提出审核意见（整体）：请补充。"
    assert sorted(told()) == sorted([(preparer.name, text), (head.name, text)])


def test_an_internal_comment_is_told_to_whoever_deals_with_it_at_the_bureau_alone(made):
    reviewer, colleague = reviewer_of(made), builders.user(Role.REVIEWER, office=made.department.office)
    builders.assign(made, colleague)

    written = comment(made, reviewer, text="内部", is_internal=True)
    assert [name for name, _ in told()] == [colleague.name]

    commenting.answer(written.pk, colleague, "收到")
    assert [name for name, _ in told()] == [colleague.name, reviewer.name]


def test_an_answer_of_the_department_is_told_to_those_who_wrote(made):
    reviewer, colleague = reviewer_of(made), builders.user(Role.REVIEWER, office=made.department.office)
    builders.person_of(made.department, Role.DEPARTMENT_HEAD)
    written = comment(made, reviewer)
    commenting.answer(written.pk, colleague, "另请核对。")
    Notice.objects.all().delete()

    commenting.answer(written.pk, builders.preparer_of(made), "已核对。")

    assert sorted(name for name, _ in told()) == sorted([reviewer.name, colleague.name])


def test_an_answer_of_the_bureau_is_told_to_the_department_and_those_who_wrote(made):
    reviewer, colleague = reviewer_of(made), builders.user(Role.REVIEWER, office=made.department.office)
    written = comment(made, reviewer)
    Notice.objects.all().delete()

    commenting.answer(written.pk, colleague, "另请核对。")

    assert sorted(name for name, _ in told()) == sorted([reviewer.name, builders.preparer_of(made).name])


def test_who_has_left_is_not_told(made):
    reviewer = reviewer_of(made)
    written = comment(made, reviewer, is_internal=True)
    colleague = builders.user(Role.REVIEWER, office=made.department.office)
    reviewer.office = builders.office()
    reviewer.save()

    commenting.answer(written.pk, colleague, "收到")

    assert told() == []


@pytest.mark.parametrize(
    ("later", "is_read", "notices"),
    [
        (commenting.QUIET - timedelta(microseconds=1), False, 1),
        (commenting.QUIET, False, 2),
        (timedelta(minutes=1), True, 2),
    ],
)
def test_one_comment_after_the_other_is_told_once_until_it_is_read(made, later, is_read, notices):
    preparer = builders.preparer_of(made)
    comment(made, path="goals", now=MOMENT)
    if is_read:
        Notice.objects.update(read_at=MOMENT)

    comment(made, path="tasks", now=MOMENT + later)

    assert [name for name, _ in told()] == [preparer.name] * notices


def test_a_comment_of_somebody_else_is_told_at_once(made):
    comment(made, path="goals", now=MOMENT)
    comment(made, builders.user(Role.REVIEWER, office=made.department.office), path="tasks", now=MOMENT)

    assert len(told()) == 2


def test_threads_cost_one_query_however_many_there_are(made, django_assert_num_queries):
    reviewer, preparer = reviewer_of(made), builders.preparer_of(made)
    document = submitted(made)
    for number in range(3):
        written = comment(made, path="goals", text=f"意见{number}")
        commenting.answer(written.pk, preparer, f"回复{number}")
        fresh = builders.fresh(made)
        with django_assert_num_queries(1):
            assert len(commenting.threads(reviewer, fresh, document)) == number + 1
        with django_assert_num_queries(1):
            assert commenting.counts(reviewer, fresh) == Counts(number + 1, 0)
