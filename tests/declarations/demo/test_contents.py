from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from declarations import assessing, comment_texts, commenting, permissions, review_form, selectors
from declarations.checks import run_checks
from declarations.checks.findings import Level
from declarations.comparison import Kind, compare
from declarations.demo import loader
from declarations.demo.data import moment
from declarations.document import Document
from declarations.enums import NoticeKind, StageKind, Status, Step
from declarations.models import Comment, Declaration, Event, Extension, Notice, Round, Submission
from perfgoals.accounts.enums import MailChoice, OfficeKind, Role
from perfgoals.accounts.models import Department, User
from tests.declarations.documents import reference_document

NOW = datetime(2026, 3, 20, 2, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def loaded_demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo, loaded once for all tests of this file, which only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert loader.load(NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded_demo: None, db: None) -> None:
    """The loaded demo, for a test."""


def without_keys(node: Any) -> Any:
    """A dumped document without the keys of its rows, which differ from database to database."""
    if isinstance(node, dict):
        return {name: without_keys(value) for name, value in node.items() if name != "key"}
    if isinstance(node, list | tuple):
        return [without_keys(item) for item in node]
    return node


def test_accounts_of_every_role_have_the_printed_password(demo: None) -> None:
    assert set(User.objects.values_list("role", flat=True)) == set(Role)
    assert all(user.check_password("Jixiao-2023") and not user.must_change_password for user in User.objects.all())


def test_every_office_has_a_head_and_people_who_decide(demo: None) -> None:
    people = User.objects.exclude(office=None).values_list("office__name", "is_office_head")
    assert Counter(people) == {
        ("行政经建科", False): 2,
        ("行政经建科", True): 1,
        ("社会事业科", False): 1,
        ("社会事业科", True): 1,
        ("预算绩效管理科", False): 1,
        ("预算绩效管理科", True): 1,
    }


def test_nobody_is_sent_mail_though_everybody_has_an_email(demo: None) -> None:
    people = User.objects.all()
    assert {(user.email, user.mail) for user in people} == {
        (f"{user.username}@example.gov.cn", MailChoice.NONE) for user in people
    }


def test_departments_are_fourteen_in_a_tree_under_two_offices(demo: None) -> None:
    assert Department.objects.count() == 14
    assert Department.objects.exclude(superior=None).count() == 3
    assert Counter(Department.objects.values_list("office__kind", flat=True)) == {OfficeKind.BUSINESS: 14}
    assert Department.objects.values("office").distinct().count() == 2


def test_rounds_have_one_stage_and_three_with_days_and_only_the_later_is_open(demo: None) -> None:
    earlier, later = Round.objects.order_by("fiscal_year")
    assert [(stage.kind, stage.target_days) for stage in earlier.stages.all()] == [(StageKind.BUSINESS, None)]
    assert [(stage.kind, stage.target_days) for stage in later.stages.all()] == [
        (StageKind.SUPERIOR, 5),
        (StageKind.BUSINESS, 10),
        (StageKind.PERFORMANCE, 5),
    ]
    assert earlier.closes_at < NOW
    assert later.opens_at < NOW < later.closes_at


def test_rounds_are_scored_by_the_form_of_the_ministry(demo: None) -> None:
    assert [review_form.form_of(round_) for round_ in Round.objects.all()] == [review_form.ministry_form()] * 2


def test_declarations_of_the_current_round_stand_in_every_status_and_stage(demo: None) -> None:
    assert standings(2023) == {
        "衡阳市教育局": (Status.IN_REVIEW, StageKind.PERFORMANCE, None),
        "衡阳市雁峰实验中学": (Status.IN_REVIEW, StageKind.SUPERIOR, None),
        "衡阳市卫生健康委员会": (Status.RETURNED, None, None),
        "衡阳市湘江人民医院": (Status.DRAFT, None, None),
        "衡阳市交通运输局": (Status.IN_REVIEW, StageKind.BUSINESS, "xz-shenhe"),
        "衡阳市公路养护中心": (Status.IN_REVIEW, StageKind.BUSINESS, "xz-shenhe"),
        "衡阳市农业农村局": (Status.IN_REVIEW, StageKind.BUSINESS, "xz-shenhe"),
        "衡阳市文化旅游广电体育局": (Status.DRAFT, None, None),
        "衡阳市生态环境局": (Status.APPROVED, None, None),
        "衡阳市公安局": (Status.IN_REVIEW, StageKind.BUSINESS, "xz-shenhe"),
        "衡阳市民政局": (Status.IN_REVIEW, StageKind.BUSINESS, None),
        "衡阳市水利局": (Status.IN_REVIEW, StageKind.BUSINESS, "xz-jingban"),
        "衡阳市应急管理局": (Status.IN_REVIEW, StageKind.BUSINESS, "xz-shenhe"),
    }


def standings(year: int) -> dict[str, tuple[str, str | None, str | None]]:
    """The status, stage and person dealing with each declaration of the year, by its department."""
    found = Declaration.objects.filter(round__fiscal_year=year)
    rows = found.values_list("department__name", "status", "stage__kind", "assignee__username")
    return {name: (status, stage, assignee) for name, status, stage, assignee in rows}


def test_overdue_are_one_in_an_office_and_one_at_the_performance_office(demo: None) -> None:
    overdue = Declaration.objects.filter(due_at__lte=NOW).values_list("department__name", "stage__kind")
    assert set(overdue) == {("衡阳市公安局", StageKind.BUSINESS), ("衡阳市教育局", StageKind.PERFORMANCE)}


def test_histories_hold_every_step_but_a_cancelled_adjustment_within_their_round_and_before_now(demo: None) -> None:
    events = Event.objects.select_related("declaration__round")
    assert {event.step for event in events} == set(Step) - {Step.CANCEL_ADJUSTMENT}
    ended = {
        round_.pk: permissions.adjustments_close_at(round_) if round_.fiscal_year == 2022 else NOW
        for round_ in Round.objects.all()
    }
    for event in events:
        assert event.declaration.round.opens_at <= event.at < ended[event.declaration.round_id]


def test_events_comments_and_notices_are_in_the_order_of_time(demo: None) -> None:
    for model in (Event, Comment, Notice):
        times = list(model._default_manager.order_by("pk").values_list("at", flat=True))
        assert len(times) > 15
        assert times == sorted(times)


def test_approved_ones_include_one_that_was_returned_and_one_whose_return_was_undone(demo: None) -> None:
    returned = Event.objects.filter(declaration__status=Status.APPROVED, step=Step.RETURN)
    assert {
        (e.declaration.round.fiscal_year, e.declaration.department.name, hasattr(e, "undone_by")) for e in returned
    } == {
        (2022, "衡阳市教育局", False),
        (2023, "衡阳市生态环境局", True),
    }


def test_adjustments_are_one_approved_and_one_in_review(demo: None) -> None:
    adjusted = Declaration.objects.filter(revision=2).select_related("round", "department")
    assert {(d.round.fiscal_year, d.department.name, d.is_adjusting) for d in adjusted} == {
        (2022, "衡阳市教育局", False),
        (2023, "衡阳市交通运输局", True),
    }


def test_resubmitted_one_shows_every_kind_of_change_and_a_hint(demo: None) -> None:
    declaration = selectors.declarations().get(round__fiscal_year=2023, department__name="衡阳市农业农村局")
    first, second = declaration.submissions.all()
    comparison = compare(selectors.sealed_document(first), selectors.sealed_document(second))
    changed = {
        (section.words, row.title, row.kind, row.moved)
        for section in comparison.sections
        for row in section.rows
        if row.kind is not Kind.UNCHANGED or row.moved
    }
    assert changed == {
        ("年度履职目标", "第 3 行", Kind.CHANGED, False),
        ("年度履职目标", "第 4 行", Kind.CHANGED, False),
        ("年度履职目标", "第 5 行", Kind.NEW, False),
        ("年度主要任务", "第 1 行 粮食生产", Kind.UNCHANGED, True),
        ("年度主要任务", "第 4 行 农产品质量安全监管", Kind.CHANGED, False),
        ("年度主要任务", "第 5 行 农业产业化发展", Kind.NEW, False),
        ("预算情况", "预算情况", Kind.CHANGED, False),
        ("产出指标 › 重点工作任务完成", "第 2 行 粮食播种面积", Kind.CHANGED, False),
        ("产出指标 › 重点工作任务完成", "第 3 行 农产品质量安全例行监测合格率", Kind.UNCHANGED, True),
        ("产出指标 › 重点工作任务完成", "第 5 行 美丽乡村示范村创建数量", Kind.NEW, False),
        ("产出指标 › 履职目标实现", "第 2 行 惠农补贴发放时间", Kind.GONE, False),
        ("产出指标 › 履职目标实现", "第 2 行 惠农补贴资金按时发放率", Kind.NEW, False),
        ("效益指标 › 履职效益", "第 1 行 农村居民人均可支配收入增速", Kind.CHANGED, False),
    }
    assert [(finding.code, finding.number) for finding in second.findings.all()] == [("rate_without_unit", 1)]


def test_comments_are_shared_and_internal_answered_settled_and_on_a_deleted_row(demo: None) -> None:
    declaration = selectors.declarations().get(round__fiscal_year=2023, department__name="衡阳市农业农村局")
    reviewer = User.objects.get(username="xz-shenhe")
    found = [
        (thread.place, thread.comment.is_internal, len(thread.answers), thread.is_settled, thread.is_gone)
        for thread in commenting.threads(reviewer, declaration)
    ]
    assert found == [
        ("整体", True, 1, False, False),
        ("年度履职目标 第3条", False, 0, False, False),
        ("年度主要任务 第3项", False, 1, False, False),
        ("产出指标 › 重点工作任务完成 › 三级指标“粮食播种面积” · 指标值", False, 1, False, False),
        ("效益指标 › 履职效益 › 三级指标“农村居民人均可支配收入增速” · 指标值", False, 0, False, False),
        ("预算情况", False, 1, True, False),
        ("产出指标 › 履职目标实现 › 三级指标“惠农补贴发放时间”", False, 0, True, True),
    ]


def test_form_filled_in_for_the_next_decision_waits_for_it(demo: None) -> None:
    declaration = selectors.declarations().get(round__fiscal_year=2023, department__name="衡阳市应急管理局")
    assert declaration.stage is not None
    result = assessing.result_of(declaration, declaration.stage, User.objects.get(username="xz-shenhe"))
    assert (result.score, result.grade, result.why_not_passable) == (88, "良", "")


def test_hospital_has_more_time_than_the_others(demo: None) -> None:
    extension = Extension.objects.get()
    assert (extension.department.name, extension.granted_by.username) == ("衡阳市湘江人民医院", "guanli")
    assert extension.closes_at - extension.round.closes_at == timedelta(days=15)
    assert extension.granted_at == moment(extension.round.opens_at, 28, "11:20")


def test_reviewers_have_texts_to_pick_from(demo: None) -> None:
    assert len(comment_texts.active_texts()) == 8


def test_notices_of_the_last_week_are_unread(demo: None) -> None:
    for notice in Notice.objects.all():
        assert (notice.read_at is None) == (notice.at >= NOW - timedelta(days=7))
    assert set(Notice.objects.filter(user__username="xz-shenhe", read_at=None).values_list("kind", flat=True)) == {
        NoticeKind.WAITING,
        NoticeKind.ASSIGNED,
    }


def test_reference_form_is_approved_in_2022_word_for_word(demo: None) -> None:
    declaration = selectors.declarations().get(round__fiscal_year=2022, department__code="430400001")
    assert declaration.status == Status.APPROVED
    sealed = Document.model_validate_json(declaration.submission.document)
    assert without_keys(sealed.model_dump()) == without_keys(reference_document().model_dump())


def test_submitted_documents_pass_the_checks(demo: None) -> None:
    errors = [
        (submission.declaration_id, finding)
        for submission in Submission.objects.all()
        for finding in run_checks(selectors.sealed_document(submission))
        if finding.level is Level.ERROR
    ]
    assert Submission.objects.count() > 20
    assert errors == []


def test_a_draft_has_errors_and_hints_in_every_section_to_show(demo: None) -> None:
    draft = selectors.declarations().get(round__fiscal_year=2023, department__name="衡阳市文化旅游广电体育局")
    findings = run_checks(selectors.document_of(draft), selectors.earlier_documents(draft))
    assert {(finding.level, finding.path.split("/")[0]) for finding in findings} >= {
        (Level.ERROR, "goals"),
        (Level.ERROR, "tasks"),
        (Level.ERROR, "budget"),
        (Level.ERROR, "targets"),
        (Level.WARNING, "budget"),
        (Level.WARNING, "targets"),
    }


def test_departments_declare_different_things(demo: None) -> None:
    goals = [
        selectors.document_of(declaration).duty_goals[0].text
        for declaration in selectors.declarations().filter(round__fiscal_year=2022)
    ]
    assert len(set(goals)) == len(goals) == 14
