from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from declarations import selectors, services
from declarations.enums import ReturnReason, Status, Step
from declarations.models import Declaration, Event, Round
from perfgoals.accounts.enums import OfficeKind, Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.builders import preparer_of
from tests.declarations.services.edits import where
from tests.declarations.situations import TWO_STAGES

RETURN = {"reason": ReturnReason.BUDGET.value, "text": "预算总额与批复不符。"}


def take(user: User, declaration: Declaration, name: str, **data: Any) -> HttpResponse:
    return builders.client_of(user).post(reverse(f"declarations:{name}", args=[declaration.pk]), data)


def seen(declaration: Declaration) -> dict[str, Any]:
    """What the review page sends back of what it showed."""
    return {"digest": declaration.submission.digest, "stage": declaration.stage_id}


def told(answer: HttpResponse) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(answer.wsgi_request)]


def submit_digest(declaration: Declaration) -> str:
    return selectors.document_of(builders.fresh(declaration)).digest()


def reviewer_of(declaration: Declaration) -> User:
    return builders.person_of(declaration.department.office, Role.REVIEWER)


@pytest.fixture
def draft(db: None) -> Declaration:
    return builders.declaration()


@pytest.fixture
def submitted(db: None) -> Declaration:
    return builders.declaration(Status.IN_REVIEW)


def test_start_begins_a_declaration_once(db: None) -> None:
    round, preparer = builders.round_(), builders.user(Role.PREPARER)
    client = builders.client_of(preparer)
    answers = [client.post(reverse("declarations:start", args=[round.pk])) for _ in range(2)]
    declaration = Declaration.objects.get()
    goals = reverse("declarations:goals", args=[declaration.pk])
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, goals)] * 2
    assert (declaration.round, declaration.department) == (round, preparer.department)


def test_start_of_a_closed_round_is_refused(db: None) -> None:
    now = timezone.now()
    round = builders.round_(opens_at=now - timedelta(days=2), closes_at=now - timedelta(days=1))
    answer = builders.client_of(builders.user(Role.PREPARER)).post(reverse("declarations:start", args=[round.pk]))
    assert answer["Location"] == reverse("home")
    assert told(answer) == [("error", "本批次现在不能填报，或您无权填报。")]
    assert not Declaration.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PREPARER])
def test_start_is_found_by_preparers_only(db: None, role: Role) -> None:
    round = builders.round_()
    answer = builders.client_of(builders.user(role)).post(reverse("declarations:start", args=[round.pk]))
    assert answer.status_code == 404
    assert not Declaration.objects.exists()


def test_start_of_no_round_is_not_found(db: None) -> None:
    answer = builders.client_of(builders.user(Role.PREPARER)).post(reverse("declarations:start", args=[404]))
    assert answer.status_code == 404


def test_submit_says_what_comes_next(draft: Declaration) -> None:
    answer = take(preparer_of(draft), draft, "submit", digest=submit_digest(draft))
    assert answer["Location"] == reverse("declarations:detail", args=[draft.pk])
    assert told(answer) == [
        ("success", "已送审（第 1 次），现由业务科室审核办理。审核人员办理之前可以撤回。"),
    ]
    assert builders.fresh(draft).status == Status.IN_REVIEW


def test_submit_twice_gives_one_submission_and_a_message(draft: Declaration) -> None:
    digest = submit_digest(draft)
    take(preparer_of(draft), draft, "submit", digest=digest)
    answer = take(preparer_of(draft), draft, "submit", digest=digest)
    assert told(answer)[0][0] == "error"
    assert "可能已由他人办理" in told(answer)[0][1]
    assert draft.submissions.count() == 1


def test_submit_of_contents_that_were_changed_meanwhile_is_refused(draft: Declaration) -> None:
    answer = take(preparer_of(draft), draft, "submit", digest="0" * 64)
    assert answer["Location"] == reverse("declarations:check", args=[draft.pk])
    assert told(answer) == [("error", "您看到的内容之后又有变动，未送审。请核对最新内容后再办理。")]
    assert builders.fresh(draft).status == Status.DRAFT


def test_submit_after_closing_is_refused(draft: Declaration) -> None:
    closed = timezone.now()
    Round.objects.update(closes_at=closed)
    answer = take(preparer_of(draft), draft, "submit", digest=submit_digest(draft))
    assert f"已于 {timezone.localtime(closed):%Y年%m月%d日 %H:%M} 截止，不能送审" in told(answer)[0][1]
    assert builders.fresh(draft).status == Status.DRAFT


def test_submit_by_the_preparer_where_the_head_submits_is_refused(db: None) -> None:
    declaration = builders.declaration(round=builders.round_(head_submits=True))
    answer = take(preparer_of(declaration), declaration, "submit", digest=submit_digest(declaration))
    assert told(answer) == [("error", "您无权对该申报表办理“送审”。")]
    assert builders.fresh(declaration).status == Status.DRAFT


def test_withdraw_gives_the_declaration_back(submitted: Declaration) -> None:
    answer = take(preparer_of(submitted), submitted, "withdraw", digest=submitted.submission.digest)
    assert told(answer) == [("success", "已撤回，申报表恢复为草稿。修改后请重新送审。")]
    assert builders.fresh(submitted).status == Status.DRAFT


def test_withdraw_after_a_decision_is_refused(submitted: Declaration) -> None:
    builders.approve(submitted)
    answer = take(preparer_of(submitted), submitted, "withdraw", digest=submitted.submission.digest)
    assert answer["Location"] == reverse("declarations:detail", args=[submitted.pk])
    assert told(answer)[0][0] == "error"
    assert builders.fresh(submitted).status == Status.APPROVED


def test_approve_in_the_last_stage_is_final(submitted: Declaration) -> None:
    answer = take(reviewer_of(submitted), submitted, "approve", **seen(submitted), text=" 同意。 ")
    assert answer["Location"] == reverse("declarations:detail", args=[submitted.pk])
    assert told(answer) == [("success", "已批复。申报表就此定稿，可以下载、打印。")]
    event = Event.objects.get(step=Step.APPROVE)
    assert (event.text, event.actor, event.submission) == ("同意。", reviewer_of(submitted), submitted.submission)


def test_approve_in_an_earlier_stage_passes_it_on(db: None) -> None:
    round = builders.round_(stages=TWO_STAGES)
    declaration = builders.declaration(Status.IN_REVIEW, round=round)
    answer = take(reviewer_of(declaration), declaration, "approve", **seen(declaration))
    assert told(answer) == [("success", "审核通过，转入绩效科审核。")]
    assert builders.fresh(declaration).stage.office_kind == OfficeKind.PERFORMANCE


def test_approve_twice_is_taken_once_and_the_typed_text_is_shown(submitted: Declaration) -> None:
    sent = {**seen(submitted), "text": "同意批复。"}
    take(reviewer_of(submitted), submitted, "approve", **sent)
    answer = take(reviewer_of(submitted), submitted, "approve", **sent)
    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "申报表当前状态为“已批复”，不能批复，可能已由他人办理" in page
    assert "同意批复。" in page
    assert Event.objects.filter(step=Step.APPROVE).count() == 1


def test_return_records_reason_and_text(submitted: Declaration) -> None:
    answer = take(reviewer_of(submitted), submitted, "return", **seen(submitted), **RETURN)
    assert told(answer) == [("success", f"已退回{submitted.department}，由其修改后重新送审。")]
    event = Event.objects.get(step=Step.RETURN)
    assert (event.reason, event.text) == (RETURN["reason"], RETURN["text"])
    assert builders.fresh(submitted).status == Status.RETURNED


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"reason": "", "text": "已写的意见"}, "reason", "请选择退回原因。"),
        ({"reason": "gone", "text": "已写的意见"}, "reason", "请选择退回原因。"),
        ({"reason": "budget", "text": ""}, "text", "请填写退回意见，写明须修改之处。"),
        ({"reason": "budget", "text": " \n "}, "text", "请填写退回意见，写明须修改之处。"),
    ],
)
def test_return_without_reason_or_text_says_so_at_the_field(
    submitted: Declaration, sent: dict[str, str], field: str, message: str
) -> None:
    answer = take(reviewer_of(submitted), submitted, "return", **seen(submitted), **sent)
    assert answer.status_code == 200
    assert answer.context["return_form"].errors == {field: [message]}
    page = answer.content.decode()
    assert message in page
    assert "尚未办理，请补正审核意见中标出的内容。" in page
    assert "已写的意见" in page or field == "text"
    assert builders.fresh(submitted).status == Status.IN_REVIEW


def test_return_text_of_the_longest_length_counts_a_line_end_once(submitted: Declaration) -> None:
    text = "字" * 999 + "\n" + "字" * 1000
    sent = {**RETURN, "text": text.replace("\n", "\r\n")}
    take(reviewer_of(submitted), submitted, "return", **seen(submitted), **sent)
    assert Event.objects.get(step=Step.RETURN).text == text


def test_return_text_that_is_too_long_is_kept_on_the_page(submitted: Declaration) -> None:
    text = "字" * 2001
    answer = take(reviewer_of(submitted), submitted, "return", **seen(submitted), **{**RETURN, "text": text})
    assert list(answer.context["return_form"].errors) == ["text"]
    assert text in answer.content.decode()


def test_return_of_a_submission_that_was_replaced_shows_the_new_one_with_the_typed_text(submitted: Declaration) -> None:
    old = seen(submitted)
    builders.withdraw(submitted)
    figures = {"total": "2677.7", "basic_expenditure": "1839.5", "project_expenditure": "838.2"}
    services.save_budget(*where(submitted), builders.fresh(submitted).budget.version, figures)
    builders.submit(submitted)
    answer = take(reviewer_of(submitted), submitted, "return", **old, **RETURN)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "您看到的内容之后又有变动，未退回" in page
    assert RETURN["text"] in page
    assert f'value="{builders.fresh(submitted).submission.digest}"' in page
    assert f'value="{old["digest"]}"' not in page
    assert builders.fresh(submitted).status == Status.IN_REVIEW


def test_return_for_a_stage_that_is_over_keeps_the_text_for_copying(db: None) -> None:
    round = builders.round_(stages=TWO_STAGES)
    declaration = builders.declaration(Status.IN_REVIEW, round=round)
    sent = seen(declaration)
    builders.approve(declaration)
    answer = take(reviewer_of(declaration), declaration, "return", **sent, **RETURN)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "申报表已不在您看到的审核环节" in page
    assert f"{RETURN['text']}</textarea>" in page
    assert builders.fresh(declaration).status == Status.IN_REVIEW


@pytest.mark.parametrize("stage", ["", "x", "-1", "²", "9" * 18, "9" * 5000])
def test_decision_for_a_stage_that_there_is_not_is_refused(submitted: Declaration, stage: str) -> None:
    sent = {"digest": submitted.submission.digest, "stage": stage}
    answers = [take(reviewer_of(submitted), submitted, name, **sent, **RETURN) for name in ("approve", "return")]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("申报表已不在您看到的审核环节" in answer.content.decode() for answer in answers)
    assert RETURN["text"] in answers[1].content.decode()
    assert builders.fresh(submitted).status == Status.IN_REVIEW


def test_steps_of_others_are_not_found_and_change_nothing(submitted: Declaration) -> None:
    strangers = [
        builders.user(Role.REVIEWER),
        builders.user(Role.PREPARER),
        builders.user(Role.ADMINISTRATOR),
        builders.user(Role.AUDITOR),
    ]
    sent = {**seen(submitted), **RETURN}
    names = ("submit", "withdraw", "approve", "return")
    codes = {take(person, submitted, name, **sent).status_code for person in strangers for name in names}
    assert codes == {404}
    assert builders.fresh(submitted).status == Status.IN_REVIEW
