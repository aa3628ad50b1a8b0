"""What stays of the steps: sealed submissions and events, which the database keeps as they are."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from declarations import selectors
from declarations.document import Document
from declarations.enums import ReturnReason, StageKind, Status, Step
from declarations.models import Event, Submission
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.builders import RETURN_REASON, RETURN_TEXT, take
from tests.declarations.situations import (
    APPROVED,
    DRAFT,
    FIRST_REVIEW,
    RETURNED,
    TWO_STAGES,
    declaration_in,
    stored,
)

EVENT_FIELDS = (
    "submission__number",
    "step",
    "from_status",
    "to_status",
    "stage_name",
    "reason",
    "text",
    "actor_name",
    "actor_place",
    "at",
)


def test_submission_seals_the_document_as_it_stands(db):
    made = declaration_in(DRAFT)
    document = selectors.document_of(made)
    preparer = builders.preparer_of(made)
    at = made.round.opens_at + timedelta(hours=3)
    take(made, Step.SUBMIT, preparer, at=at)
    submission = Submission.objects.get(declaration=made)
    assert builders.fresh(made).submission == submission
    assert (submission.number, submission.submitted_by, submission.submitted_at) == (1, preparer, at)
    assert submission.document == document.sealed()
    assert submission.digest == hashlib.sha256(submission.document.encode()).hexdigest() == document.digest()
    assert Document(**json.loads(submission.document)) == selectors.sealed_document(submission) == document


def test_events_of_a_long_way(db):
    round = builders.round_(stages=(StageKind.DEPARTMENT_HEAD, *TWO_STAGES))
    department = builders.department(name="市教育局", office=builders.office(name="教科文科"))
    preparer = builders.user(Role.PREPARER, name="李填报", department=department)
    head = builders.user(Role.DEPARTMENT_HEAD, name="王局长", department=department)
    reviewer = builders.user(Role.REVIEWER, name="赵审核", office=department.office)
    office = builders.office("performance", name="绩效管理科")
    performance = builders.user(Role.PERFORMANCE_REVIEWER, name="钱绩效", office=office)
    made = builders.declaration(round=round, department=department)
    hours = [round.opens_at + timedelta(hours=number) for number in range(13)]
    way = [
        (Step.SUBMIT, preparer, {"text": " 已核对。\n"}),
        (Step.WITHDRAW, preparer, {}),
        (Step.SUBMIT, preparer, {}),
        (Step.APPROVE, head, {}),
        (Step.RETURN, reviewer, {"reason": ReturnReason.BUDGET, "text": "\n预算数不符。\n请核对。 "}),
        (Step.SUBMIT, preparer, {}),
        (Step.APPROVE, head, {}),
        (Step.APPROVE, reviewer, {"text": "同意。", "reason": ReturnReason.BUDGET}),
        (Step.HAND_BACK, performance, {"reason": ReturnReason.OTHER, "text": "请复核。"}),
        (Step.UNDO, performance, {"reason": ReturnReason.OTHER}),
        (Step.APPROVE, performance, {}),
        (Step.ADJUST, preparer, {"text": "追加预算。"}),
    ]
    taken = [take(made, step, person, at=at, **said) for (step, person, said), at in zip(way, hours[1:], strict=True)]

    of_department, of_office, of_performance = "市教育局", "教科文科", "绩效管理科"
    first, second, third = "部门负责人审核", "业务科室审核", "绩效科审核"
    draft, in_review, returned, approved = "draft", "in_review", "returned", "approved"
    assert list(made.events.values_list(*EVENT_FIELDS)) == [
        (None, "start", draft, draft, "", "", "", "李填报", of_department, hours[0]),
        (1, "submit", draft, in_review, "", "", "已核对。", "李填报", of_department, hours[1]),
        (1, "withdraw", in_review, draft, first, "", "", "李填报", of_department, hours[2]),
        (2, "submit", draft, in_review, "", "", "", "李填报", of_department, hours[3]),
        (2, "pass", in_review, in_review, first, "", "", "王局长", of_department, hours[4]),
        (2, "return", in_review, returned, second, "budget", "预算数不符。\n请核对。", "赵审核", of_office, hours[5]),
        (3, "submit", returned, in_review, "", "", "", "李填报", of_department, hours[6]),
        (3, "pass", in_review, in_review, first, "", "", "王局长", of_department, hours[7]),
        (3, "pass", in_review, in_review, second, "", "同意。", "赵审核", of_office, hours[8]),
        (3, "hand_back", in_review, in_review, third, "other", "请复核。", "钱绩效", of_performance, hours[9]),
        (3, "undo", in_review, in_review, second, "", "", "钱绩效", of_performance, hours[10]),
        (3, "approve", in_review, approved, third, "", "", "钱绩效", of_performance, hours[11]),
        (3, "adjust", approved, draft, "", "", "追加预算。", "李填报", of_department, hours[12]),
    ]
    assert list(made.events.all())[1:] == taken
    assert [event.actor for event in made.events.all()] == [preparer, *(person for _, person, _ in way)]
    assert [submission.number for submission in made.submissions.all()] == [1, 2, 3]
    assert builders.fresh(made).submission.number == 3
    # What was undone, and since when each stage had had the declaration.
    assert [event.undoes for event in taken] == [*[None] * 9, taken[8], None, None]
    since = [None, 1, None, 3, 4, None, 6, 7, 8, 9, 8, None]
    assert [event.stage_since for event in taken] == [None if n is None else hours[n] for n in since]
    assert [str(event.stage or "") for event in taken] == [event.stage_name for event in taken]


def test_event_keeps_name_and_place_as_they_were(db):
    made = declaration_in(FIRST_REVIEW)
    before = stored("declarations.Event")
    person = builders.preparer_of(made)
    person.name = "改名"
    person.department = builders.department()
    person.save()
    made.department.name = "新名局"
    made.department.save()
    assert stored("declarations.Event") == before


def test_decisions_on_an_earlier_submission_stay_readable(db):
    made = declaration_in(RETURNED)
    builders.submit(made)
    builders.return_(made, ReturnReason.OTHER, "仍不具体。")
    returns = made.events.filter(step=Step.RETURN)
    assert list(returns.values_list("submission__number", "reason", "text")) == [
        (1, RETURN_REASON, RETURN_TEXT),
        (2, ReturnReason.OTHER, "仍不具体。"),
    ]
    assert selectors.last_return(builders.fresh(made)) == returns.last()


@pytest.mark.parametrize("situation", [DRAFT, FIRST_REVIEW, APPROVED])
def test_last_return_is_none_where_nothing_waits_for_correction(db, situation):
    assert selectors.last_return(declaration_in(situation)) is None


def test_last_return_is_none_after_a_new_submission_was_withdrawn(db):
    made = declaration_in(RETURNED)
    builders.submit(made)
    assert selectors.last_return(builders.fresh(made)) is None
    builders.withdraw(made)
    assert selectors.last_return(builders.fresh(made)) is None


def change_by_orm(model):
    row = model.objects.last()
    row.save()


def delete_by_orm(model):
    # Not the collector, which PROTECT stops before it comes to the database.
    model.objects.filter(pk=model.objects.last().pk)._raw_delete(using="default")


def change_by_queryset(model):
    model.objects.update(declaration=builders.declaration(filled=False))


def change_by_upsert(model):
    row = model.objects.last()
    name = "document" if model is Submission else "text"
    setattr(row, name, "{}")
    model.objects.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=[name])


def change_by_sql(model):
    column = "document" if model is Submission else "text"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = 'x'")  # noqa: S608


def delete_by_sql(model):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608


@pytest.mark.parametrize(
    "change",
    [change_by_orm, delete_by_orm, change_by_queryset, change_by_upsert, change_by_sql, delete_by_sql],
)
@pytest.mark.parametrize("model", [Submission, Event])
def test_record_cannot_be_changed_by_any_path(db, model, change):
    declaration_in(APPROVED)
    before = stored("declarations.Submission", "declarations.Event")
    with pytest.raises(IntegrityError, match="submissions and events are append-only"), transaction.atomic():
        change(model)
    assert stored("declarations.Submission", "declarations.Event") == before


def test_deleting_an_event_by_its_model_is_refused(db):
    declaration_in(FIRST_REVIEW)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Event.objects.last().delete()


def test_declaration_with_a_record_cannot_be_deleted(db):
    made = declaration_in(FIRST_REVIEW)
    before = stored()
    with pytest.raises(IntegrityError):
        made.delete()
    assert stored() == before


@pytest.mark.parametrize(("status", "has_stage"), [(Status.IN_REVIEW, False), (Status.DRAFT, True)])
def test_database_refuses_a_stage_that_does_not_fit_the_status(db, status, has_stage):
    made = declaration_in(FIRST_REVIEW)
    stage = made.stage if has_stage else None
    with pytest.raises(IntegrityError, match="declaration_stage_while_in_review"), transaction.atomic():
        type(made).objects.filter(pk=made.pk).update(status=status, stage=stage)
