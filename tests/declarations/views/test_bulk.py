from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from declarations.bulk import MAX_SELECTED, Selected
from declarations.enums import ReturnReason, Scoring, StageKind, Status, Step
from declarations.models import Declaration, Event
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders, situations

BULK, QUEUE = reverse("declarations:bulk"), reverse("declarations:queue")
BUREAU = (StageKind.BUSINESS, StageKind.PERFORMANCE)
RETURN = {"step": "return", "confirmed": "1", "reason": ReturnReason.BUDGET.value, "text": "总额与批复不符。"}
APPROVE = {"step": "approve", "confirmed": "1", "text": ""}


@pytest.fixture
def reviewer(db: None) -> User:
    return builders.user(Role.REVIEWER)


def waiting_for(reviewer: User, **fields: Any) -> Declaration:
    round = fields.pop("round", None) or builders.round_(stages=BUREAU)
    department = builders.department(office=reviewer.office, **fields)
    return builders.declaration(Status.IN_REVIEW, round=round, department=department)


def token(made: Declaration) -> str:
    """The declaration as the queue shows it now."""
    return Selected.of(builders.fresh(made)).token


def send(user: User, tokens: list[str], **data: str) -> HttpResponse:
    return builders.client_of(user).post(BULK, {"selected": tokens, **data})


def outcomes(answer: HttpResponse) -> dict[Declaration | None, tuple[str, str]]:
    assert answer.status_code == 200
    return {outcome.declaration: (outcome.done, outcome.refused) for outcome in answer.context["outcomes"]}


def told(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_decision_is_asked_for_once_more_with_what_was_selected(reviewer: User) -> None:
    made = waiting_for(reviewer, name="甲局")
    waiting_for(reviewer, round=made.round, name="乙局")
    before = situations.stored()
    page = send(reviewer, [token(made)], step="approve").content.decode()
    assert "甲局" in page
    assert "乙局" not in page
    assert "2677.70" in page
    assert f'value="{token(made)}"' in page
    assert "确认批量通过" in page
    assert situations.stored() == before


def test_each_is_approved_by_itself_and_every_outcome_is_listed(reviewer: User) -> None:
    round, colleague = builders.round_(stages=BUREAU), builders.user(Role.REVIEWER, office=reviewer.office, name="李四")
    good, changed, gone_on, of_a_colleague, own = (waiting_for(reviewer, round=round) for _ in range(5))
    tokens = [token(made) for made in (good, changed, gone_on, of_a_colleague, own)]
    builders.withdraw(changed)
    builders.change(changed)
    builders.submit(changed)
    builders.take(gone_on, Step.APPROVE, colleague)
    builders.assign(of_a_colleague, colleague)
    builders.contribute(own, reviewer)
    answer = send(reviewer, tokens, **APPROVE)
    assert outcomes(answer) == {
        good: ("审核通过，转入绩效科审核。", ""),
        changed: ("", "您看到的内容之后又有变动，未批复。请核对最新内容后再办理。"),
        gone_on: ("", "申报表已不在您看到的审核环节，可能已由他人办理。请核对办理记录。"),
        of_a_colleague: ("", "该申报表由李四经办。如须由您办理，请先改由本人经办。"),
        own: ("", "您填报或送审过该申报表，不能由您审核。"),
    }
    assert "已办理 1 份，未办理 4 份" in answer.content.decode()
    assert set(Declaration.objects.filter(stage__kind=StageKind.PERFORMANCE)) == {good, gone_on}
    assert list(Event.objects.filter(actor=reviewer).values_list("declaration", "step")) == [(good.pk, "pass")]


def test_each_is_returned_with_the_same_reason_and_text(reviewer: User) -> None:
    round = builders.round_(stages=BUREAU)
    first, second = (waiting_for(reviewer, round=round) for _ in range(2))
    answer = send(reviewer, [token(first), token(second)], **RETURN)
    assert outcomes(answer) == {first: ("退回。", ""), second: ("退回。", "")}
    events = Event.objects.filter(step="return").order_by("declaration")
    assert list(events.values_list("declaration", "actor", "reason", "text")) == [
        (made.pk, reviewer.pk, ReturnReason.BUDGET, "总额与批复不符。") for made in (first, second)
    ]


def test_nothing_is_lost_where_the_reason_is_missing(reviewer: User) -> None:
    round = builders.round_(stages=BUREAU)
    made = [waiting_for(reviewer, round=round) for _ in range(2)]
    before = situations.stored()
    answer = send(reviewer, [token(each) for each in made], **RETURN | {"reason": ""})
    page = answer.content.decode()
    assert "请选择退回原因。" in page
    assert "总额与批复不符。" in page
    assert all(f'value="{token(each)}"' in page for each in made)
    assert situations.stored() == before


def test_only_one_stage_at_a_time_is_decided_on_and_the_others_stay_selected(reviewer: User) -> None:
    first, second = waiting_for(reviewer), waiting_for(reviewer)
    before = situations.stored()
    for decision in (APPROVE, RETURN, {"step": "approve"}):
        answer = send(reviewer, [token(first), token(second)], **decision)
        page = answer.content.decode()
        assert "一次只能办理同一批次、同一环节的申报表" in page
        assert [[item.declaration for item in group.items] for group in answer.context["groups"]] == [[first], [second]]
        assert "确认批量" not in page
    assert situations.stored() == before


def test_what_one_may_not_see_is_not_found_without_its_name(reviewer: User) -> None:
    made = waiting_for(reviewer)
    foreign = builders.declaration(
        Status.IN_REVIEW, round=made.round, department=builders.department(name="外科室的局")
    )
    tokens = [token(made), token(foreign), "999999999999:abc:1"]
    shown = send(reviewer, tokens, step="approve").content.decode()
    assert "有 2 份未找到" in shown
    answer = send(reviewer, tokens, **APPROVE)
    assert [(each.declaration, each.done, each.refused) for each in answer.context["outcomes"]] == [
        (made, "审核通过，转入绩效科审核。", ""),
        (None, "", "未找到该申报表，或者您不能查看。"),
        (None, "", "未找到该申报表，或者您不能查看。"),
    ]
    assert "外科室的局" not in shown + answer.content.decode()
    assert builders.fresh(foreign).stage == foreign.stage


def test_people_of_the_department_cannot_decide_on_their_own(reviewer: User) -> None:
    made = waiting_for(reviewer)
    for step in (APPROVE, RETURN):
        answer = send(builders.person_of(made.department, Role.DEPARTMENT_HEAD), [token(made)], **step)
        assert [bool(outcome.done) for outcome in answer.context["outcomes"]] == [False]
    assert builders.fresh(made).stage == made.stage


def test_superior_decides_on_several(db: None) -> None:
    superior = builders.department()
    round = builders.round_(stages=(StageKind.SUPERIOR, StageKind.BUSINESS))
    made = [
        builders.declaration(Status.IN_REVIEW, round=round, department=builders.department(superior=superior))
        for _ in range(2)
    ]
    person = builders.person_of(superior, Role.PREPARER)
    done = outcomes(send(person, [token(each) for each in made], **APPROVE))
    assert done == dict.fromkeys(made, ("审核通过，转入业务科室审核。", ""))


def test_results_of_the_review_form_are_shown_and_bind(reviewer: User) -> None:
    round = builders.round_(scoring=Scoring.SCORED)
    passed, failed, unmarked = (waiting_for(reviewer, round=round) for _ in range(3))
    builders.assess(passed, 40, 55)
    builders.assess(failed, 10, 10)
    tokens = [token(made) for made in (passed, failed, unmarked)]
    page = send(reviewer, tokens, step="approve").content.decode()
    assert "95 分，优" in page
    assert "请先填写审核表：尚有 2 个审核要点未评分。" in page
    done = outcomes(send(reviewer, tokens, **APPROVE))
    assert [bool(done[made][0]) for made in (passed, failed, unmarked)] == [True, False, False]
    assert done[unmarked] == ("", "请先填写审核表：尚有 2 个审核要点未评分。")


def test_selected_are_taken(reviewer: User) -> None:
    round, colleague = builders.round_(stages=BUREAU), builders.user(Role.REVIEWER, office=reviewer.office, name="李四")
    first, second, theirs = (waiting_for(reviewer, round=round) for _ in range(3))
    builders.assign(theirs, colleague)
    answer = send(reviewer, [token(first), token(second)], step="take")
    assert (answer.status_code, answer.headers["Location"], told(answer)) == (302, QUEUE, ["已认领 2 份申报表。"])
    assert outcomes(send(reviewer, [token(theirs)], step="take"))[theirs][0] == ""
    assert [builders.fresh(made).assignee for made in (first, second, theirs)] == [reviewer, reviewer, colleague]


def test_button_of_a_row_takes_that_row_alone(reviewer: User) -> None:
    round = builders.round_(stages=BUREAU)
    made, selected = (waiting_for(reviewer, round=round) for _ in range(2))
    builders.client_of(reviewer).post(BULK, {"selected": [token(selected)], "only": token(made), "assignee": ""})
    assert [builders.fresh(each).assignee for each in (made, selected)] == [reviewer, None]


def test_head_of_the_office_assigns_the_selected(db: None) -> None:
    head = builders.user(Role.REVIEWER, is_office_head=True)
    colleague = builders.user(Role.REVIEWER, office=head.office)
    round = builders.round_(stages=BUREAU)
    made = [waiting_for(head, round=round) for _ in range(2)]
    tokens = [token(each) for each in made]
    answer = send(head, tokens, step="assign", assignee=str(colleague.pk))
    assert told(answer) == ["已分派 2 份申报表。"]
    assert [builders.fresh(each).assignee for each in made] == [colleague] * 2
    stranger = builders.user(Role.REVIEWER)
    for assignee in (str(stranger.pk), "", "x", "9" * 30):
        assert told(send(head, tokens, step="assign", assignee=assignee)) == ["请选择经办人。"]
    assert send(colleague, tokens, step="assign", assignee=str(colleague.pk)).status_code == 400


def test_nothing_or_too_much_selected_is_said(reviewer: User) -> None:
    made = waiting_for(reviewer)
    many = [f"{number}:{made.submission.digest}:1" for number in range(MAX_SELECTED + 1)]
    for tokens, message in (([], "请先勾选申报表。"), (many, "一次最多办理 100 份申报表。")):
        answer = send(reviewer, tokens, **APPROVE)
        assert (answer.status_code, told(answer)) == (302, [message])
    assert send(reviewer, many[:MAX_SELECTED], step="approve").status_code == 200


@pytest.mark.parametrize("bad", ["", "1", "1:zz:1", "x:ab:1", "-1:ab:1", "9999999999999999999:ab:1", "1:ab:1:1"])
def test_malformed_selection_is_a_bad_request(reviewer: User, bad: str) -> None:
    assert send(reviewer, [bad], step="approve").status_code == 400


@pytest.mark.parametrize("step", ["", "withdraw", "undo", "adjust", "hand_back"])
def test_no_other_step_is_taken(reviewer: User, step: str) -> None:
    made = waiting_for(reviewer)
    assert send(reviewer, [token(made)], step=step, confirmed="1").status_code == 400


def test_same_selected_twice_is_decided_once(reviewer: User) -> None:
    made = waiting_for(reviewer)
    assert len(send(reviewer, [token(made)] * 2, **APPROVE).context["outcomes"]) == 1


def test_queries_before_the_decision_do_not_grow(reviewer: User) -> None:
    round = builders.round_(scoring=Scoring.SCORED)
    client, tokens, numbers = builders.client_of(reviewer), [], []
    for _ in range(3):
        made = waiting_for(reviewer, round=round)
        builders.assess(made, 40, 50)
        tokens.append(token(made))
        with CaptureQueriesContext(connection) as captured:
            client.post(BULK, {"selected": tokens, "step": "approve"})
        numbers.append(len(captured))
    assert numbers[0] == numbers[1] == numbers[2]
