"""What an order takes of each declaration, who may order what, and when an order is refused."""

from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from declarations import permissions
from declarations.bundles import ordering, states, tasks
from declarations.bundles.left_out import LeftOut, left_out_of
from declarations.bundles.ordering import OrderRefused, chosen_from
from declarations.enums import BundleKind, BundleStatus, Status
from declarations.models import Bundle, Declaration, Submission
from perfgoals.accounts.enums import Role
from tests.declarations import builders, situations
from tests.declarations.bundles.orders import TITLE, declared, order


@pytest.mark.parametrize("situation", sorted(situations.EVERY_SITUATION))
def test_everybody_gets_what_is_in_force_or_else_the_last_submission_that_he_may_see(db: None, situation: str) -> None:
    declaration = situations.declaration_in(situation)
    submissions = list(declaration.submissions.all())
    for who, person in situations.people_around(declaration.department).items():
        seen = Declaration.objects.filter(permissions.visible_to(person))
        visible = Submission.objects.filter(permissions.visible_submissions(person, declaration)) if seen else []
        of_it = [submission for submission in visible if submission in submissions]
        if declaration.approved in of_it:
            expected = [declaration.approved_id]
        else:
            expected = [submission.pk for submission in of_it][-1:]
        chosen = chosen_from(person, Declaration.objects.all())
        assert (who, chosen.submissions) == (who, tuple(expected))
        assert (who, len(chosen.left_out)) == (who, 1 if seen and not expected else 0)


@pytest.mark.parametrize("situation", sorted(situations.EVERY_SITUATION))
def test_submissions_that_may_be_seen_are_the_same_for_one_declaration_and_for_all(db: None, situation: str) -> None:
    declaration = situations.declaration_in(situation)
    for who, person in situations.people_around(declaration.department).items():
        if not permissions.can_view(person, declaration):
            continue
        of_one = declaration.submissions.filter(permissions.visible_submissions(person, declaration))
        of_all = declaration.submissions.filter(permissions.visible_submissions_of_all(person))
        assert (who, list(of_all)) == (who, list(of_one))


def test_order_fixes_submissions_by_year_and_code_and_says_what_is_left_out(db: None) -> None:
    earlier = declared(2)
    later = builders.declaration(Status.APPROVED)
    draft = builders.declaration(round=later.round, department=builders.department(code="100", name="甲局"))
    user = builders.user(Role.ADMINISTRATOR)
    bundle = order(BundleKind.ARCHIVE, user=user)
    builders.adjust(later)
    expected = [later.approved_id, *(made.approved_id for made in earlier)]
    assert [part.submissions for part in bundle.parts.all()] == [expected]
    assert left_out_of(bundle) == [LeftOut("100", "甲局", draft.round.fiscal_year, "尚未送审")]
    assert (bundle.requested_by, bundle.title, bundle.total, bundle.status) == (user, TITLE, 3, BundleStatus.WAITING)


def test_whole_round_tells_those_who_read_everything_of_the_departments_that_never_began(db: None) -> None:
    (made,) = declared(1, Status.IN_REVIEW)
    builders.declaration(department=builders.department(code="200", name="乙局"))
    builders.department(code="100", name="甲局")
    builders.department(code="300", name="已停用局", is_active=False)
    of_round, whole = Declaration.objects.filter(round=made.round), made.round
    waiting = (("100", "甲局"), ("200", "乙局"))
    never_began = tuple(LeftOut(code, name, whole.fiscal_year, "尚未开始填报") for code, name in waiting)
    own = {
        Role.PREPARER: {"department": made.department},
        Role.DEPARTMENT_HEAD: {"department": made.department},
        Role.REVIEWER: {"office": made.department.office},
    }
    told = {}
    for role in Role:
        chosen = chosen_from(builders.user(role, **own.get(role, {})), of_round, whole)
        assert (role, chosen.submissions) == (role, (made.submission_id,))
        told[role] = chosen.not_begun
    everything = {Role.ADMINISTRATOR, Role.AUDITOR}
    assert told == {role: never_began if role in everything else () for role in Role}


def test_selection_that_is_no_whole_round_tells_of_no_department_without_a_declaration(db: None) -> None:
    declared(1)
    builders.department()
    assert chosen_from(builders.user(Role.ADMINISTRATOR), Declaration.objects.all()).not_begun == ()


def test_whole_round_that_nobody_began_is_an_order_of_nothing(db: None) -> None:
    round, user = builders.round_(), builders.user(Role.ADMINISTRATOR)
    builders.department()
    none = Declaration.objects.filter(round=round)
    with pytest.raises(OrderRefused, match="没有可以导出的申报表"):
        ordering.order(user, BundleKind.BOOK, TITLE, none, timezone.now(), round)


def test_order_is_shared_out_in_parts_of_which_only_some_are_in_the_queue(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "PART_SIZE", 2)
    monkeypatch.setattr(tasks, "LANES", 2)
    made = declared(7, Status.IN_REVIEW)
    bundle = order(BundleKind.BOOK)
    parts = list(bundle.parts.all())
    assert [len(part.submissions) for part in parts] == [2, 2, 2, 1]
    assert [key for part in parts for key in part.submissions] == [each.submission_id for each in made]
    assert [part.enqueued_at is not None for part in parts] == [True, True, False, False]
    assert [row.args_kwargs["args"] for row in DBTaskResult.objects.order_by("enqueued_at")] == [
        [parts[0].pk],
        [parts[1].pk],
    ]


def test_summary_needs_no_drawing_and_is_one_task(db: None) -> None:
    declared(2)
    bundle = order(BundleKind.SUMMARY)
    assert bundle.parts.filter(done_at__isnull=True).count() == 0
    (task,) = DBTaskResult.objects.all()
    assert (task.task_path, task.args_kwargs["args"]) == ("declarations.bundles.tasks.assemble", [bundle.pk])


def refusal(*declarations: Declaration, **options: object) -> str:
    with pytest.raises(OrderRefused) as refused:
        order(BundleKind.BOOK, *declarations, **options)
    assert DBTaskResult.objects.count() == Bundle.objects.count()
    return str(refused.value)


def test_more_than_the_limit_is_refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "MAX_DECLARATIONS", 2)
    made = declared(3)
    assert refusal() == "一次最多导出 2 份申报表，请用查询条件缩小范围，分几次导出。"
    assert order(BundleKind.BOOK, *made[:2]).total == 2


def test_fourth_order_of_a_person_is_refused_until_one_has_ended(db: None) -> None:
    declared(1)
    user, other = builders.user(Role.ADMINISTRATOR), builders.user(Role.AUDITOR)
    first, *_ = [order(BundleKind.BOOK, user=user) for _ in range(3)]
    assert refusal(user=user) == "您已有 3 项批量导出正在生成，请等待其中一项完成，或者取消后再导出。"
    assert order(BundleKind.BOOK, user=other).status == BundleStatus.WAITING
    assert states.cancel(first)
    assert order(BundleKind.BOOK, user=user).status == BundleStatus.WAITING


def test_order_of_nothing_is_refused(db: None) -> None:
    assert refusal() == "没有可以导出的申报表。请核对所选内容或者查询条件。"


def test_order_of_drafts_only_is_refused(db: None) -> None:
    builders.declaration()
    builders.declaration()
    assert refusal() == "所选 2 份申报表都没有可以导出的送审稿，未导出。"


def test_order_of_what_one_may_not_see_is_an_order_of_nothing(db: None) -> None:
    (made,) = declared(1)
    stranger = builders.user(Role.PREPARER)
    assert refusal(made, user=stranger) == "没有可以导出的申报表。请核对所选内容或者查询条件。"


def test_choosing_takes_two_queries_whatever_the_number(db: None, django_assert_num_queries: Any) -> None:
    user = builders.user(Role.PERFORMANCE_REVIEWER)
    round = builders.round_()
    made = 0
    for wanted in (1, 3):
        while made < wanted:
            builders.declaration(Status.IN_REVIEW, round=round)
            made += 1
        with django_assert_num_queries(2):
            assert chosen_from(user, Declaration.objects.all()).number == wanted


def test_order_remembers_role_and_place(db: None) -> None:
    (made,) = declared(1)
    reviewer = builders.reviewer_of(made) if made.stage else builders.person_of(made.department.office, Role.REVIEWER)
    bundle = order(BundleKind.BOOK, user=reviewer)
    assert bundle.standing == f"reviewer//{made.department.office_id}"
    assert bundle.created_at <= timezone.now()
