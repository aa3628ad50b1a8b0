from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from declarations import selectors
from declarations.checks import run_checks
from declarations.checks.findings import Level
from declarations.demo import loader
from declarations.document import Document
from declarations.enums import Status, Step
from declarations.models import Declaration, Event, Round, Submission
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


def test_every_office_has_a_head_and_somebody_who_decides(demo: None) -> None:
    people = User.objects.exclude(office=None).values_list("office__name", "is_office_head")
    assert Counter(people) == {
        (office, is_head): 1 for office in ("行政经建科", "社会事业科", "预算绩效管理科") for is_head in (False, True)
    }


def test_nobody_is_sent_mail_though_everybody_has_an_email(demo: None) -> None:
    people = User.objects.all()
    assert {(user.email, user.mail) for user in people} == {
        (f"{user.username}@example.gov.cn", MailChoice.NONE) for user in people
    }


def test_departments_are_twelve_in_a_tree_under_two_offices(demo: None) -> None:
    assert Department.objects.count() == 12
    assert Department.objects.exclude(superior=None).count() == 3
    assert Counter(Department.objects.values_list("office__kind", flat=True)) == {OfficeKind.BUSINESS: 12}
    assert Department.objects.values("office").distinct().count() == 2


def test_rounds_have_one_stage_and_two_and_only_the_later_is_open(demo: None) -> None:
    earlier, later = Round.objects.order_by("fiscal_year")
    assert [stage.office_kind for stage in earlier.stages.all()] == [OfficeKind.BUSINESS]
    assert [stage.office_kind for stage in later.stages.all()] == [OfficeKind.BUSINESS, OfficeKind.PERFORMANCE]
    assert earlier.closes_at < NOW
    assert later.opens_at < NOW < later.closes_at


def test_declarations_of_the_current_round_stand_in_every_status_and_stage(demo: None) -> None:
    standing = Declaration.objects.filter(round__fiscal_year=2023).values_list("status", "stage__office_kind")
    assert set(standing) == {
        (Status.DRAFT, None),
        (Status.IN_REVIEW, OfficeKind.BUSINESS),
        (Status.IN_REVIEW, OfficeKind.PERFORMANCE),
        (Status.RETURNED, None),
        (Status.APPROVED, None),
    }


def test_histories_hold_every_step_within_their_round_and_before_now(demo: None) -> None:
    events = Event.objects.select_related("declaration__round")
    assert {event.step for event in events} == set(Step)
    for event in events:
        round_ = event.declaration.round
        assert round_.opens_at <= event.at < min(round_.closes_at, NOW)


def test_approved_ones_include_some_that_were_returned_before(demo: None) -> None:
    returned = Declaration.objects.filter(status=Status.APPROVED, events__step=Step.RETURN)
    assert {(d.round.fiscal_year, d.department.name) for d in returned} == {
        (2022, "衡阳市教育局"),
        (2023, "衡阳市交通运输局"),
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
    assert len(set(goals)) == len(goals) == 12
