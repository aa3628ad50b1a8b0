from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from declarations import selectors, services
from declarations.enums import ReturnReason, Scoring, StageKind, Status, Step
from declarations.models import Declaration, Event, Round, Score
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders, situations
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
        ("success", "已送审（第 1 次），转入业务科室审核。审核人员办理之前可以撤回。"),
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


def test_withdraw_gives_the_declaration_back(submitted: Declaration) -> None:
    answer = take(preparer_of(submitted), submitted, "withdraw", digest=submitted.submission.digest)
    assert told(answer) == [("success", "已撤回，可以修改。修改后请重新送审。")]
    assert builders.fresh(submitted).status == Status.DRAFT


def test_withdraw_after_a_decision_is_refused(submitted: Declaration) -> None:
    builders.approve(submitted)
    answer = take(preparer_of(submitted), submitted, "withdraw", digest=submitted.submission.digest)
    assert answer["Location"] == reverse("declarations:detail", args=[submitted.pk])
    assert told(answer)[0][0] == "error"
    assert builders.fresh(submitted).status == Status.APPROVED


def test_approve_in_the_last_stage_is_final(submitted: Declaration) -> None:
    answer = take(reviewer_of(submitted), submitted, "approve", **seen(submitted), text=" 同意。 ")
    assert answer["Location"] == reverse("declarations:review", args=[submitted.pk])
    assert told(answer) == [("success", f"{submitted}申报表已批复，可以下载、打印。")]
    event = Event.objects.get(step=Step.APPROVE)
    assert (event.text, event.actor, event.submission) == ("同意。", reviewer_of(submitted), submitted.submission)


def test_approve_in_an_earlier_stage_passes_it_on(db: None) -> None:
    round = builders.round_(stages=TWO_STAGES)
    declaration = builders.declaration(Status.IN_REVIEW, round=round)
    answer = take(reviewer_of(declaration), declaration, "approve", **seen(declaration))
    assert told(answer) == [("success", f"{declaration}申报表审核通过，转入绩效科审核。")]
    assert builders.fresh(declaration).stage.kind == StageKind.PERFORMANCE


def test_approve_takes_no_notice_of_a_reason_that_was_chosen_before(submitted: Declaration) -> None:
    take(reviewer_of(submitted), submitted, "approve", **seen(submitted), reason=RETURN["reason"])
    assert Event.objects.get(step=Step.APPROVE).reason == ""


def test_decision_leads_to_the_next_of_the_queue_and_names_what_was_done(db: None) -> None:
    round = builders.round_()
    office = builders.office()
    first, second = (
        builders.declaration(Status.IN_REVIEW, round=round, department=builders.department(office=office))
        for _ in range(2)
    )
    answer = take(reviewer_of(first), first, "return", **seen(first), **RETURN)
    assert answer["Location"] == reverse("declarations:review", args=[second.pk])
    done = f"{first}申报表已退回{first.department}，由其修改后重新送审。"
    link = f'<a href="{reverse("declarations:review", args=[first.pk])}">查看{first}</a>'
    assert told(answer) == [("success", done + link)]
    last = take(reviewer_of(second), second, "approve", **seen(second))
    assert last["Location"] == reverse("declarations:review", args=[second.pk])


def test_message_that_links_runs_nothing(db: None) -> None:
    round, office = builders.round_(), builders.office()
    first, _ = (
        builders.declaration(
            Status.IN_REVIEW, round=round, department=builders.department(office=office, name=f"<b>{name}</b>")
        )
        for name in "甲乙"
    )
    answer = take(reviewer_of(first), first, "approve", **seen(first))
    [(_, text)] = told(answer)
    assert "<b>" not in text
    assert "&lt;b&gt;甲&lt;/b&gt;" in text


def test_decision_of_the_departments_head_leads_him_to_the_declaration(db: None) -> None:
    declaration = situations.declaration_in(situations.HEAD_REVIEW)
    head = builders.person_of(declaration.department, Role.DEPARTMENT_HEAD)
    answer = take(head, declaration, "approve", **seen(declaration), text="同意送审。")
    assert answer["Location"] == reverse("declarations:detail", args=[declaration.pk])
    assert told(answer) == [("success", f"{declaration}申报表审核通过，转入主管部门审核。")]


def test_message_names_the_draft_that_the_browser_may_forget(submitted: Declaration) -> None:
    reviewer = builders.client_of(reviewer_of(submitted))
    address = reverse("declarations:approve", args=[submitted.pk])
    refused = reviewer.post(address, {**seen(submitted), "digest": "0", "draft": "1f-2e"})
    assert "data-taken" not in refused.content.decode()
    page = reviewer.post(address, {**seen(submitted), "draft": "1f-2e"}, follow=True)
    assert 'data-taken="1f-2e"' in page.content.decode()


@pytest.mark.parametrize("draft", ["", 'x" onclick="', "F" * 37, "../1"])
def test_message_names_no_draft_that_is_none(submitted: Declaration, draft: str) -> None:
    reviewer = builders.client_of(reviewer_of(submitted))
    address = reverse("declarations:approve", args=[submitted.pk])
    page = reviewer.post(address, {**seen(submitted), "draft": draft}, follow=True).content.decode()
    assert "申报表已批复" in page
    assert "data-taken" not in page


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
    assert told(answer) == [("success", f"{submitted}申报表已退回{submitted.department}，由其修改后重新送审。")]
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
    assert answer.context["decision"].errors == {field: [message]}
    page = answer.content.decode()
    assert message in page
    assert "尚未办理，请补正标出的内容。" in page
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
    assert list(answer.context["decision"].errors) == ["text"]
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
    assert 'id="typed-1"' in page
    assert builders.fresh(declaration).status == Status.IN_REVIEW


@pytest.mark.parametrize("stage", ["", "x", "-1", "²", "9" * 18, "9" * 5000])
def test_decision_for_a_stage_that_there_is_not_is_refused(submitted: Declaration, stage: str) -> None:
    sent = {"digest": submitted.submission.digest, "stage": stage}
    names = ("approve", "return", "hand_back")
    answers = [take(reviewer_of(submitted), submitted, name, **sent, **RETURN) for name in names]
    assert [answer.status_code for answer in answers] == [409, 409, 409]
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
    names = ("submit", "withdraw", "approve", "return", "hand_back", "undo", "assess", "take", "release", "assign")
    codes = {take(person, submitted, name, **sent).status_code for person in strangers for name in names}
    assert codes == {404}
    assert builders.fresh(submitted).status == Status.IN_REVIEW


@pytest.fixture
def second_stage(db: None) -> Declaration:
    return situations.declaration_in(situations.SECOND_REVIEW)


def performance_reviewer() -> User:
    return builders.person_of(builders.performance_office(), Role.PERFORMANCE_REVIEWER)


def test_hand_back_gives_it_to_the_stage_before(second_stage: Declaration) -> None:
    answer = take(performance_reviewer(), second_stage, "hand_back", **seen(second_stage), **RETURN)
    done = f"{second_stage}申报表已退回上一环节，由业务科室审核重新办理。"
    assert told(answer) == [("success", done)]
    event = Event.objects.get(step=Step.HAND_BACK)
    assert (event.reason, event.text) == (RETURN["reason"], RETURN["text"])


def test_hand_back_without_a_reason_says_so_and_stays_chosen(second_stage: Declaration) -> None:
    sent = {**RETURN, "reason": ""}
    answer = take(performance_reviewer(), second_stage, "hand_back", **seen(second_stage), **sent)
    assert answer.context["decision"].errors == {"reason": ["请选择退回原因。"]}
    assert (answer.context["chosen"], answer.status_code) == (Step.HAND_BACK, 200)
    assert RETURN["text"] in answer.content.decode()
    assert not Event.objects.filter(step=Step.HAND_BACK).exists()


def test_hand_back_from_the_first_stage_is_refused_with_what_was_typed(submitted: Declaration) -> None:
    answer = take(reviewer_of(submitted), submitted, "hand_back", **seen(submitted), **RETURN)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "业务科室审核是第一个审核环节，没有上一环节。" in page
    assert RETURN["text"] in page


def test_decision_on_what_a_colleague_has_taken_is_refused_with_what_was_typed(submitted: Declaration) -> None:
    sent = seen(submitted)
    colleague = builders.user(Role.REVIEWER, office=submitted.department.office, name="陈复核")
    reviewer = builders.user(Role.REVIEWER, office=submitted.department.office)
    builders.assign(submitted, colleague)
    answer = take(reviewer, submitted, "return", **sent, **RETURN)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "该申报表由陈复核经办。如须由您办理，请先改由本人经办。" in page
    assert f"{RETURN['text']}</textarea>" in page
    assert f'action="{reverse("declarations:take", args=[submitted.pk])}"' in page


def test_points_that_a_colleague_may_give_alone_are_shown_in_one_text(scored: Declaration) -> None:
    sent = {**seen(scored), **points(scored.round, "38", "57"), "text": "同意。"}
    builders.assign(scored, builders.user(Role.REVIEWER, office=scored.department.office))
    answer = take(builders.user(Role.REVIEWER, office=scored.department.office), scored, "approve", **sent)
    assert answer.context["typed"] == [("审核意见", "同意。"), ("审核表", "要点1得分：38\n要点2得分：57")]


def undoing(declaration: Declaration) -> dict[str, Any]:
    now = builders.fresh(declaration)
    return {"digest": now.submission.digest, "event": now.events.last().pk}


def test_undo_puts_it_back_to_the_stage(submitted: Declaration) -> None:
    builders.return_(submitted)
    answer = take(reviewer_of(submitted), submitted, "undo", **undoing(submitted))
    assert answer["Location"] == reverse("declarations:review", args=[submitted.pk])
    assert told(answer) == [("success", f"已撤销对{submitted}申报表的“退回”，恢复为业务科室审核。")]
    assert builders.fresh(submitted).status == Status.IN_REVIEW


def test_undo_after_the_next_has_acted_is_refused_on_the_page_as_it_stands(second_stage: Declaration) -> None:
    sent = undoing(second_stage)
    builders.approve(second_stage)
    answer = take(reviewer_of(second_stage), second_stage, "undo", **sent)
    assert answer.status_code == 409
    assert "该办理之后又有新的办理，不能撤销。" in answer.content.decode()
    assert builders.fresh(second_stage).status == Status.APPROVED


@pytest.mark.parametrize("sent", [{}, {"event": "x"}, {"event": "9" * 5000}, {"digest": "\0", "event": "1"}])
def test_undo_of_what_there_is_not_is_refused(second_stage: Declaration, sent: dict[str, str]) -> None:
    assert take(reviewer_of(second_stage), second_stage, "undo", **sent).status_code == 409
    assert builders.fresh(second_stage).stage.kind == StageKind.PERFORMANCE


@pytest.fixture
def scored(db: None) -> Declaration:
    """Waits in the first of two stages, with two points of 40 and 60 to be given."""
    return builders.declaration(Status.IN_REVIEW, round=builders.round_(stages=TWO_STAGES, scoring=Scoring.SCORED))


def points(round: Round, *typed: str) -> dict[str, str]:
    keys = round.criteria.values_list("pk", flat=True)
    return {f"points-{key}": text for key, text in zip(keys, typed, strict=False)}


def stored_points(declaration: Declaration) -> list[Decimal | None]:
    return list(Score.objects.filter(assessment__submission=declaration.submission).values_list("points", flat=True))


def test_assess_stores_the_form_and_keeps_the_decision_that_was_begun(scored: Declaration) -> None:
    sent = {**seen(scored), **RETURN, "decision": "return", **points(scored.round, "３０．５", "")}
    answer = take(reviewer_of(scored), scored, "assess", **sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert told(answer) == [("success", "审核表已暂存。")]
    assert stored_points(scored) == [Decimal("30.5"), None]
    assert f"{RETURN['text']}</textarea>" in page
    assert (answer.context["chosen"], answer.context["decision"]["reason"].value()) == (Step.RETURN, RETURN["reason"])
    assert builders.fresh(scored).status == Status.IN_REVIEW


def test_assess_with_a_number_that_cannot_be_given_says_so_at_the_field(scored: Declaration) -> None:
    sent = points(scored.round, "40.5", "五十")
    answer = take(reviewer_of(scored), scored, "assess", **seen(scored), **sent, text="同意", decision="approve")
    page = answer.content.decode()
    assert list(answer.context["assessment"].errors.values()) == [
        ["请填写 0 至 40 之间的数字，最多 2 位小数。"],
        ["请填写 0 至 60 之间的数字，最多 2 位小数。"],
    ]
    assert all(f'value="{typed}"' in page for typed in sent.values())
    assert "审核表未保存，请补正标出的内容。" in page
    assert "同意</textarea>" in page
    assert stored_points(scored) == []


def test_assess_of_what_was_replaced_is_refused_with_what_was_typed(scored: Declaration) -> None:
    sent = {**seen(scored), **points(scored.round, "31", "52")}
    builders.withdraw(scored)
    builders.change(scored)
    builders.submit(scored)
    answer = take(reviewer_of(scored), scored, "assess", **sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "您看到的内容之后又有变动，审核表未保存。" in page
    assert 'value="31"' in page
    assert stored_points(scored) == []


def test_decision_stores_the_form_with_it(scored: Declaration) -> None:
    take(reviewer_of(scored), scored, "approve", **seen(scored), **points(scored.round, "38", "57"))
    event = Event.objects.get(step=Step.PASS)
    assert (event.score, event.grade, stored_points(scored)) == (Decimal(95), "优", [Decimal(38), Decimal(57)])


def test_decision_that_the_form_does_not_let_pass_keeps_the_form_and_the_text(scored: Declaration) -> None:
    sent = {**seen(scored), **points(scored.round, "10", "10"), "text": "同意。"}
    answer = take(reviewer_of(scored), scored, "approve", **sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "审核得分 20 分，等级为“差”，不能通过。" in page
    assert "同意。</textarea>" in page
    assert stored_points(scored) == [Decimal(10), Decimal(10)]


def test_decision_with_a_form_that_is_not_complete_is_refused(scored: Declaration) -> None:
    answer = take(reviewer_of(scored), scored, "approve", **seen(scored), **points(scored.round, "38", ""))
    assert answer.status_code == 409
    assert "尚有 1 个审核要点未评分。" in answer.content.decode()
    assert stored_points(scored) == [Decimal(38), None]


def test_decision_with_a_number_that_cannot_be_given_is_not_taken(scored: Declaration) -> None:
    sent = {**seen(scored), **RETURN, **points(scored.round, "38", "61")}
    answer = take(reviewer_of(scored), scored, "return", **sent)
    assert answer.status_code == 200
    assert "尚未办理，请补正标出的内容。" in answer.content.decode()
    assert builders.fresh(scored).status == Status.IN_REVIEW
    assert stored_points(scored) == []


def test_decision_without_the_form_leaves_it_as_it_is(scored: Declaration) -> None:
    builders.assess(scored, 38, 57)
    take(reviewer_of(scored), scored, "approve", **seen(scored))
    assert Event.objects.get(step=Step.PASS).score == Decimal(95)


def test_decision_with_a_criterion_that_is_gone_is_not_taken(scored: Declaration) -> None:
    other = builders.round_(scoring=Scoring.SCORED)
    answer = take(reviewer_of(scored), scored, "approve", **seen(scored), **points(other, "38", "57"))
    assert "审核表已被管理员修改，请核对后重新填写。" in answer.content.decode()
    assert builders.fresh(scored).stage.kind == StageKind.BUSINESS


def test_decision_with_odd_bytes_gives_no_error_of_the_server(scored: Declaration) -> None:
    odd = {
        **seen(scored),
        "digest": "\0",
        "reason": "\0",
        "text": "\0",
        "decision": "\0",
        **points(scored.round, "\0", "1"),
    }
    names = ("approve", "return", "hand_back", "undo", "assess", "take", "release", "assign")
    codes = [
        take(reviewer_of(scored), scored, name, **odd, assignee="\0", taken_from="\0").status_code for name in names
    ]
    assert codes == [200, 200, 200, 409, 200, 302, 302, 302]
    assert builders.fresh(scored).status == Status.IN_REVIEW
