from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from declarations import selectors
from declarations.checks import run_checks
from declarations.checks.findings import Level
from declarations.demo import data, loader
from declarations.document import Document
from declarations.enums import Status, Step
from declarations.models import Declaration, Event, Round, Submission
from perfgoals.accounts.enums import OfficeKind, Role
from perfgoals.accounts.models import Department, User
from tests.declarations import builders
from tests.declarations.documents import reference_document

NOW = datetime(2026, 3, 20, 2, 15, tzinfo=UTC)


@pytest.fixture
def demo(db: None) -> None:
    assert loader.load(NOW)


def run() -> str:
    output = StringIO()
    call_command("demo", stdout=output)
    return output.getvalue()


def all_rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the project."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for label in ("accounts", "indicators", "declarations")
        for model in apps.get_app_config(label).get_models()
    }


def without_keys(node: Any) -> Any:
    """A dumped document without the keys of its rows, which differ from database to database."""
    if isinstance(node, dict):
        return {name: without_keys(value) for name, value in node.items() if name != "key"}
    if isinstance(node, list | tuple):
        return [without_keys(item) for item in node]
    return node


def test_second_run_changes_nothing_and_says_so(db: None) -> None:
    first = run()
    rows = all_rows()
    second = run()
    assert all_rows() == rows
    assert first.replace("已装入演示数据。", "演示数据已存在，未作改动。") == second
    assert first != second


def test_run_with_a_password_changed_since_leaves_it(demo: None) -> None:
    user = User.objects.get(username="guanli")
    user.set_password("another-one-2024")
    user.save()
    run()
    assert User.objects.get(username="guanli").check_password("another-one-2024")


def test_run_after_the_current_round_has_closed_opens_it_again(demo: None) -> None:
    round_ = Round.objects.get(fiscal_year=2023)
    closed = Round.objects.get(fiscal_year=2022).closes_at
    late = round_.closes_at
    assert not loader.load(late)
    assert [r.fiscal_year for r in loader.bureau.keep_open(data.bureau(), late)] == [2023]
    round_.refresh_from_db()
    assert timezone.localtime(round_.closes_at) == timezone.localtime(late) + timedelta(days=30)
    assert Round.objects.get(fiscal_year=2022).closes_at == closed


def test_run_before_the_current_round_closes_leaves_its_time(demo: None) -> None:
    round_ = Round.objects.get(fiscal_year=2023)
    assert loader.bureau.keep_open(data.bureau(), round_.closes_at - timedelta(seconds=1)) == []
    assert Round.objects.get(fiscal_year=2023).closes_at == round_.closes_at


def test_run_beside_data_of_others_refuses_and_writes_nothing(db: None) -> None:
    builders.department()
    rows = all_rows()
    with pytest.raises(CommandError, match="数据库中已有其他数据"):
        run()
    assert all_rows() == rows


def test_output_lists_every_account_with_role_and_place(db: None) -> None:
    lines = run().splitlines()
    assert "演示账号（初始密码均为 Jixiao-2023）：" in lines
    start = next(number for number, line in enumerate(lines) if line.startswith("用户名"))
    listed = {tuple(line.split()) for line in lines[start + 1 :]}
    assert listed == {
        (user.username, user.name, user.get_role_display(), str(user.department or user.office or "—"))
        for user in User.objects.all()
    }


def test_accounts_of_every_role_have_the_printed_password(demo: None) -> None:
    assert set(User.objects.values_list("role", flat=True)) == set(Role)
    assert all(user.check_password("Jixiao-2023") and not user.must_change_password for user in User.objects.all())


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
