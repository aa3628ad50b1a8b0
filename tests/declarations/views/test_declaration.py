import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from declarations import selectors
from declarations.enums import ReturnReason, StageKind, Status
from declarations.exports.table import layout
from declarations.models import Declaration, Round
from declarations.services import GOALS, TARGETS, TASKS
from perfgoals.accounts.enums import Role
from tests.declarations import builders, situations
from tests.declarations.services.edits import add, changed, save
from tests.declarations.situations import TWO_STAGES
from tests.queries import queries_of


def client_of(declaration: Declaration, role: Role) -> Client:
    """Somebody with the role who has to do with the declaration."""
    place = declaration.department.office if role == Role.REVIEWER else declaration.department
    return builders.client_of(builders.person_of(place, role))


def page_of(client: Client, declaration: Declaration, name: str, *arguments: object) -> str:
    answer = client.get(reverse(f"declarations:{name}", args=[declaration.pk, *arguments]))
    assert answer.status_code == 200
    return answer.content.decode()


def links(page: str, declaration: Declaration, *names: str) -> dict[str, bool]:
    """Which of the pages this page links to or posts to."""
    return {name: f'"{reverse(f"declarations:{name}", args=[declaration.pk])}"' in page for name in names}


def rename_target(declaration: Declaration, name: str) -> None:
    """Change the working copy, as the department does after a return."""
    save(declaration, TARGETS, changed(builders.first_own_target(declaration), name=name))


ACTIONS = ("goals", "check", "withdraw", "review")


@pytest.mark.parametrize(
    ("status", "preparer", "reviewer"),
    [
        (Status.DRAFT, {"goals", "check"}, None),
        (Status.IN_REVIEW, {"withdraw"}, {"review"}),
        (Status.RETURNED, {"goals", "check"}, {"review"}),
        (Status.APPROVED, set(), {"review"}),
    ],
)
def test_detail_offers_what_can_be_done_now(
    db: None, status: Status, preparer: set[str], reviewer: set[str] | None
) -> None:
    declaration = builders.declaration(status)
    for role, offered in ((Role.PREPARER, preparer), (Role.REVIEWER, reviewer), (Role.DEPARTMENT_HEAD, set())):
        if offered is not None:
            page = page_of(client_of(declaration, role), declaration, "detail")
            assert links(page, declaration, *ACTIONS) == {name: name in offered for name in ACTIONS}


def test_detail_offers_no_withdrawal_once_a_reviewer_has_acted(db: None) -> None:
    round = builders.round_(stages=TWO_STAGES)
    declaration = builders.declaration(Status.IN_REVIEW, round=round)
    builders.approve(declaration)
    page = page_of(client_of(declaration, Role.PREPARER), declaration, "detail")
    assert links(page, declaration, "withdraw") == {"withdraw": False}


def test_detail_of_a_closed_round_says_since_when_and_offers_nothing(db: None) -> None:
    declaration = builders.declaration()
    closed = timezone.now() - timedelta(minutes=5)
    Round.objects.update(closes_at=closed)
    page = page_of(client_of(declaration, Role.PREPARER), declaration, "detail")
    assert f"{timezone.localtime(closed):%Y年%m月%d日 %H:%M}，已截止" in page
    assert links(page, declaration, *ACTIONS) == dict.fromkeys(ACTIONS, False)


def test_detail_goes_by_the_extension_of_the_department(db: None) -> None:
    declaration = builders.declaration()
    Round.objects.update(closes_at=timezone.now())
    builders.extension(declaration.round, declaration.department, timezone.now() + timedelta(days=2))
    page = page_of(client_of(declaration, Role.PREPARER), declaration, "detail")
    assert "已截止" not in page
    assert links(page, declaration, "goals") == {"goals": True}


def test_every_return_stays_readable_for_both_sides(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    builders.return_(declaration, ReturnReason.BUDGET, "第一次意见")
    builders.submit(declaration)
    builders.return_(declaration, ReturnReason.WORDING, "第二次意见")
    for role in (Role.PREPARER, Role.REVIEWER):
        page = page_of(client_of(declaration, role), declaration, "detail")
        record = page[page.index("办理记录") :]
        assert "第一次意见" in record
        assert ReturnReason.BUDGET.label in record
        assert "第二次意见" in record
        reason_shown_first = page[: page.index("办理记录")]
        assert "第二次意见" in reason_shown_first
        assert "第一次意见" not in reason_shown_first


def test_reviewer_sees_what_was_submitted_and_the_department_what_it_works_on(db: None) -> None:
    declaration = builders.declaration(Status.RETURNED)
    rename_target(declaration, "修改后的指标名称")
    assert "修改后的指标名称" in page_of(client_of(declaration, Role.PREPARER), declaration, "detail")
    assert "修改后的指标名称" in page_of(client_of(declaration, Role.PREPARER), declaration, "preview")
    for name, arguments in (("detail", ()), ("submission", (1,))):
        page = page_of(client_of(declaration, Role.REVIEWER), declaration, name, *arguments)
        assert "修改后的指标名称" not in page
        assert "完成调研报告" in page


def test_tables_on_pages_are_those_that_are_printed(db: None) -> None:
    template = builders.template(unit_column=True, remark_column=False, amount_format="grouped", signature_lines=True)
    declaration = builders.declaration(Status.IN_REVIEW, round=builders.round_(template=template))
    document = selectors.document_of(declaration)
    pages = [("detail", ()), ("submission", (1,)), ("preview", ())]

    tables = [
        client_of(declaration, Role.PREPARER)
        .get(reverse(f"declarations:{name}", args=[declaration.pk, *more]))
        .context["table"]
        for name, more in pages
    ]

    assert tables == [layout(document, document.printing)] * 3


def test_submission_shows_its_own_events_and_leads_to_the_latest(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    builders.return_(declaration, text="第一次意见")
    builders.submit(declaration)
    builders.return_(declaration, text="第二次意见")
    client = client_of(declaration, Role.PREPARER)
    first, second = (page_of(client, declaration, "submission", number) for number in (1, 2))
    assert ("第一次意见" in first, "第二次意见" in first) == (True, False)
    assert ("第一次意见" in second, "第二次意见" in second) == (False, True)
    assert ("不是申报表当前的送审稿" in first, "不是申报表当前的送审稿" in second) == (True, False)


def test_digests_are_shown_short(db: None) -> None:
    declaration = builders.declaration(Status.APPROVED)
    digest = declaration.submission.digest
    client = client_of(declaration, Role.PREPARER)
    for page in (page_of(client, declaration, "detail"), page_of(client, declaration, "submission", 1)):
        assert f">{digest[:4]} {digest[4:8]} {digest[8:12]} {digest[12:16]}</code>" in page
        assert digest not in page


def test_texts_of_people_are_shown_and_not_run(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    builders.return_(declaration, text="<script>alert(1)</script>\n第二行")
    page = page_of(client_of(declaration, Role.PREPARER), declaration, "detail")
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n第二行" in page


def test_declaration_with_a_number_that_no_database_holds_is_not_found(db: None) -> None:
    client = builders.client_of(builders.user(Role.ADMINISTRATOR))
    assert client.get(f"/declarations/{10**30}/").status_code == 404
    declaration = builders.declaration(Status.IN_REVIEW)
    assert client.get(f"/declarations/{declaration.pk}/submissions/{10**30}/").status_code == 404


def test_queries_do_not_grow_with_rows_or_rounds_of_review(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    clients = [client_of(declaration, Role.PREPARER), client_of(declaration, Role.REVIEWER)]

    def counted() -> list[int]:
        pages = [("detail", clients[0]), ("preview", clients[0]), ("detail", clients[1]), ("review", clients[1])]
        return [len(queries_of(c, reverse(f"declarations:{name}", args=[declaration.pk]))) for name, c in pages]

    few = counted()
    for number in range(3):
        builders.return_(declaration)
        for section in (GOALS, TASKS):
            texts = [dict.fromkeys(section.fields, f"文字{number}{row}") for row in range(10)]
            add(declaration, section, *texts)
        builders.submit(declaration)
    assert selectors.document_of(declaration).duty_goals[30:]
    assert counted() == few


def test_tables_of_an_approved_declaration_keep_the_name_that_the_department_had(db: None) -> None:
    declaration = builders.declaration(Status.APPROVED, department=builders.department(name="衡阳市文化局"))
    declaration.department.name = "衡阳市文化和旅游局"
    declaration.department.save()
    preparer = client_of(declaration, Role.PREPARER)
    for name in ("detail", "preview"):
        cells = preparer.get(reverse(f"declarations:{name}", args=[declaration.pk])).context["table"].cells()
        assert [cell.text for cell in cells if cell.path == "department"] == ["衡阳市文化局"]


@pytest.mark.parametrize(
    ("stages", "is_internal"),
    [
        ((StageKind.BUSINESS, StageKind.PERFORMANCE), True),
        ((StageKind.DEPARTMENT_HEAD, StageKind.PERFORMANCE), False),
    ],
)
def test_why_an_office_hands_back_to_another_stays_in_the_bureau(
    db: None, stages: tuple[StageKind, ...], is_internal: bool
) -> None:
    declaration = builders.declaration(Status.IN_REVIEW, round=builders.round_(stages=stages))
    builders.approve(declaration)
    builders.hand_back(declaration, text="请先与国库科核对。")
    preparer, reviewer = builders.preparer_of(declaration), builders.user(Role.PERFORMANCE_REVIEWER)
    for name in ("detail", "submission"):
        arguments = (1,) if name == "submission" else ()
        told = "请先与国库科核对。" in page_of(builders.client_of(preparer), declaration, name, *arguments)
        assert told is not is_internal
        assert "请先与国库科核对。" in page_of(builders.client_of(reviewer), declaration, name, *arguments)


def downloads_of(page: str) -> list[str]:
    """What the files on the page say that they are."""
    return re.findall(r"文件标明：(.*?)<", page)


def checked_at(made: Declaration, number: int) -> str:
    digest = made.submissions.get(number=number).digest
    return reverse("declarations:verify", args=[digest[:32]])


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        (situations.DRAFT, "草稿"),
        (situations.RETURNED, "草稿"),
        (situations.FIRST_REVIEW, "送审稿"),
        (situations.APPROVED, "已批复"),
        (situations.ADJUSTING, "草稿"),
    ],
)
def test_downloads_say_how_the_files_stand(db: None, situation: str, words: str) -> None:
    made = situations.declaration_in(situation)
    assert downloads_of(page_of(client_of(made, Role.PREPARER), made, "detail")) == [words]


def test_approved_submissions_lead_to_where_anybody_can_check_them(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTMENT_IN_REVIEW)
    client = client_of(made, Role.PREPARER)
    first, second = checked_at(made, 1), checked_at(made, 2)
    html = page_of(client, made, "detail")
    assert (html.count(first), html.count(second)) == (1, 0)
    situations.pass_to(made, situations.TWO_STAGES[-1])
    builders.approve(made)
    html = page_of(client, made, "detail")
    # In the list, and the one in force also above.
    assert (html.count(first), html.count(second)) == (1, 2)
    pages = [page_of(client, made, "submission", number) for number in (1, 2)]
    assert [downloads_of(page) for page in pages] == [["原批复"], ["已批复"]]
    assert [(first in page, second in page) for page in pages] == [(True, False), (False, True)]


def test_review_page_shows_the_code_and_leads_to_the_check_once_it_is_approved(db: None) -> None:
    made = builders.declaration(Status.IN_REVIEW)
    client = builders.client_of(builders.reviewer_of(made))
    html = page_of(client, made, "review")
    assert (made.submission.check_code in html, checked_at(made, 1) in html) == (True, False)
    assert downloads_of(html) == ["送审稿"]
    builders.approve(made)
    html = page_of(client, made, "review")
    assert (made.submission.check_code in html, checked_at(made, 1) in html) == (True, True)
    assert downloads_of(html) == ["已批复"]


def test_comments_of_templates_are_not_shown(db: None) -> None:
    made = builders.declaration(Status.APPROVED)
    client = client_of(made, Role.PREPARER)
    for html in (page_of(client, made, "detail"), page_of(client, made, "submission", 1)):
        assert "{#" not in html
