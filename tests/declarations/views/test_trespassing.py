"""Requests that no page of ours makes: of people without any business there, with keys of others, and malformed."""

from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from declarations import assessing
from declarations.assessing import Mark
from declarations.enums import ReturnReason, Scoring, StageKind, Status
from declarations.models import Contribution, Declaration
from perfgoals.accounts.enums import Role
from tests.declarations import builders, comments, situations
from tests.declarations.situations import TWO_STAGES, declaration_in, pass_to, people_around, stored

# What is done about a declaration, by the address that it is sent to.
DECIDE = ("approve", "return", "hand_back", "undo", "assess")
HAND_OUT = ("take", "release", "assign")
SEND = ("submit", "withdraw", *DECIDE, *HAND_OUT, "comment_add", "adjust", "cancel_adjustment")
ON_COMMENT = ("comment_answer", "comment_settle", "comment_reopen")
READ = ("detail", "review", "comments", "adjust", "adjustment", "cancel_adjustment")
LISTS = ("queue", "load", "dashboard", "list", "notice_list")

ONLY_READ = ("administrator", "auditor", "reviewer who filled in")
SENDERS = ("preparer", "reviewer", "performance reviewer", "administrator", "reviewer of another office")
STRANGERS = (
    *("preparer of another department", "head of another department", "preparer under another office"),
    *("head under another office", "reviewer of another office"),
)

FIELDS = (
    *("digest", "stage", "event", "reason", "text", "taken_from", "assignee", "decision"),
    *("path", "audience", "common", "page", "draft"),
)
HUGE = "9" * 5000
LONG = "长" * 35_000
MALFORMED: dict[str, dict[str, str]] = {
    "nothing": {},
    "words": dict.fromkeys(FIELDS, "x"),
    "odd bytes": dict.fromkeys(FIELDS, "\0\x1f\ufffe"),
    "huge numbers": dict.fromkeys(FIELDS, HUGE),
    "long texts": dict.fromkeys(FIELDS, "x")
    | {"reason": ReturnReason.BUDGET, "text": LONG, "path": "", "audience": "shared"},
    "points": {f"points-{key}": "NaN" for key in range(1, 20)} | {f"text-{HUGE}": "x", "points-²": "1", "points-": "1"},
}
QUERIES = (
    "only=%00",
    "page=-1",
    f"page={HUGE}",
    f"tab=x&order=x&stage=x&hints=x&adjusted=x&q=%00&year={HUGE}&superior={HUGE}&office={HUGE}&assignee={HUGE}",
    "superior=-1&office=%00&assignee=%00&amount_from=1e999&amount_to=NaN&round=-1&unread=%ff",
    "since=9999-12-31&until=0001-01-01&from=9999-12-31&to=9999-12-31&day=9999-12-31",
)


def address(made: Declaration, name: str, *keys: int) -> str:
    return reverse(f"declarations:{name}", args=[made.pk, *keys])


def post(client: Client, url: str, data: Any = None) -> HttpResponse:
    """The answer, which is none of a page that broke: the client raises what the view raises."""
    return client.post(url, data or {})


def seen(made: Declaration) -> dict[str, Any]:
    """What the review page of the declaration sends, with everything that any step asks for."""
    return {
        "digest": made.submission.digest if made.submission else "",
        "stage": made.stage_id or "",
        "event": made.events.last().pk,
        "reason": ReturnReason.BUDGET,
        "text": "越权",
        "audience": "shared",
        "path": "",
    }


def changed(before: dict[str, Any]) -> dict[str, Any]:
    """The tables that are not what they were."""
    return {name: rows for name, rows in stored().items() if rows != before[name]}


@pytest.mark.parametrize("situation", [situations.DRAFT, situations.FIRST_REVIEW, situations.APPROVED])
def test_malformed_forms_change_nothing_whoever_sends_them(db: None, situation: str) -> None:
    made = declaration_in(situation)
    people = people_around(made.department)
    before = stored()
    for who in SENDERS:
        client = builders.client_of(people[who])
        for what, data in MALFORMED.items():
            # Taking and leaving a declaration need nothing but its address.
            for name in set(SEND) - {"take", "release"}:
                assert post(client, address(made, name), data).status_code < 500, (who, name, what)
        for name in ON_COMMENT:
            assert post(client, address(made, name, 10**15), MALFORMED["words"]).status_code == 404, (who, name)
    assert changed(before) == {}


def test_malformed_addresses_get_an_answer(db: None) -> None:
    made = declaration_in(situations.SECOND_REVIEW)
    people = people_around(made.department)
    for who in ("preparer", "reviewer", "head of the office", "performance reviewer", "administrator"):
        client = builders.client_of(people[who])
        for url in (*(address(made, name) for name in READ), *(reverse(f"declarations:{name}") for name in LISTS)):
            for query in QUERIES:
                assert client.get(f"{url}?{query}").status_code < 500, (who, url, query)


@pytest.mark.parametrize(
    "situation",
    [situations.DRAFT, situations.HEAD_REVIEW, situations.SECOND_REVIEW, situations.RETURNED, situations.ADJUSTING],
)
def test_who_has_no_business_with_a_declaration_changes_nothing_with_all_that_its_page_sends(
    db: None, situation: str
) -> None:
    made = declaration_in(situation)
    people = people_around(made.department)
    sent = seen(made)
    before = stored()
    for who in (*ONLY_READ, *STRANGERS):
        client = builders.client_of(people[who])
        for name in SEND:
            answer = post(client, address(made, name), sent | {"assignee": people[who].pk})
            assert answer.status_code == 404 or who == "reviewer who filled in", (who, name)
    assert changed(before) == {}


def test_comments_cannot_be_answered_or_marked_by_who_only_reads_them(db: None) -> None:
    made = declaration_in(situations.FIRST_REVIEW)
    people = people_around(made.department)
    written = comments.comment(made)
    before = stored()
    for who in (*ONLY_READ, *STRANGERS):
        client = builders.client_of(people[who])
        for name in ON_COMMENT:
            answer = post(client, address(made, name, written.pk), {"text": "越权"})
            assert answer.status_code == (409 if who == "reviewer who filled in" else 404), (who, name)
    assert changed(before) == {}


def test_keys_of_another_declaration_are_refused_by_who_may_decide_on_both(db: None) -> None:
    round = builders.round_(stages=TWO_STAGES)
    office = builders.office()
    made, other = (
        declaration_in(situations.FIRST_REVIEW, round=round, department=builders.department(office=office))
        for _ in range(2)
    )
    elsewhere = declaration_in(situations.SECOND_REVIEW)
    reviewer, stranger = builders.reviewer_of(made), builders.user(Role.REVIEWER)
    pass_to(other, StageKind.PERFORMANCE)
    written = comments.comment(other)
    client = builders.client_of(reviewer)
    own = seen(made)
    before = stored()
    for wrong in ({"digest": elsewhere.submission.digest}, {"stage": elsewhere.stage_id}, {"stage": 10**15}):
        for name in ("approve", "return", "hand_back"):
            assert post(client, address(made, name), own | wrong).status_code == 409, (name, wrong)
    for event in (other.events.last(), elsewhere.events.last(), made.events.first()):
        assert post(client, address(made, "undo"), own | {"event": event.pk}).status_code == 409
    for name in ON_COMMENT:
        assert post(client, address(made, name, written.pk), {"text": "张冠李戴"}).status_code == 404
    head = builders.user(Role.REVIEWER, office=office, is_office_head=True)
    for person in (stranger, builders.preparer_of(made), builders.user(Role.ADMINISTRATOR)):
        post(builders.client_of(head), address(made, "assign"), {"assignee": person.pk})
    assert changed(before) == {}


def test_review_form_that_is_not_finished_is_seen_by_nobody_else(db: None) -> None:
    made = builders.declaration(Status.IN_REVIEW, round=builders.round_(stages=TWO_STAGES, scoring=Scoring.SCORED))
    people = people_around(made.department)
    Contribution.objects.filter(user=people["reviewer who filled in"]).delete()
    marks = {criterion.pk: Mark(Decimal("37.25"), "半成品评语") for criterion in made.round.criteria.all()}
    assessing.save_assessment(
        made.pk, people["reviewer"], marks, digest=made.submission.digest, stage=made.stage_id, now=made.round.opens_at
    )
    holding = {
        who
        for who, person in people.items()
        for client in [builders.client_of(person)]
        for answer in [client.get(address(made, name)) for name in READ]
        + [post(client, address(made, name), {"digest": "x"}) for name in DECIDE]
        if "半成品评语" in answer.content.decode() or "37.25" in answer.content.decode()
    }
    assert holding == {"reviewer"}


def test_lists_tell_strangers_nothing_of_a_declaration(db: None) -> None:
    department = builders.department(name="保密局", superior=builders.department())
    made = declaration_in(situations.FIRST_REVIEW, department=department)
    people = people_around(department)
    builders.assign(made, people["reviewer"])
    comments.comment(made, text="不外传的意见", is_internal=True)
    for who in STRANGERS:
        client = builders.client_of(people[who])
        for name in LISTS:
            page = client.get(reverse(f"declarations:{name}"), follow=True).content.decode()
            assert not [text for text in ("保密局", "不外传的意见") if text in page], (who, name)
