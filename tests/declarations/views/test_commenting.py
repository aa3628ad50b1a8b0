"""The pages of comments: what they show to whom, that what is refused is not lost, and that nothing internal leaks."""

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from declarations import commenting
from declarations.enums import StageKind, Status
from declarations.models import Comment, CommentText, Declaration, Mail, Notice
from declarations.models.review import MAX_TEXT
from perfgoals.accounts.enums import MailChoice, Role
from perfgoals.accounts.models import User
from tests.declarations import builders, situations
from tests.declarations.comments import comment, reviewer_of, target_path
from tests.declarations.situations import declaration_in, pass_to, people_around
from tests.queries import queries_of

SECRET = "内部核对与批复数不符"


@pytest.fixture
def made(db) -> Declaration:
    """In review at the bureau's first stage."""
    return builders.declaration(Status.IN_REVIEW)


def url(made: Declaration, name: str = "comments", *more: int) -> str:
    return reverse(f"declarations:{name}", args=[made.pk, *more])


def new(made: Declaration, **changes: str) -> dict[str, str]:
    """What the form for a new comment sends."""
    digest = builders.fresh(made).submission.digest
    return {"digest": digest, "path": "", "text": "请说明。", "audience": "shared", "page": "comments"} | changes


def words(response) -> str:
    return "".join(unescape(re.sub(r"<[^>]*>", "", response.content.decode())).split())


def stored() -> list[tuple[str, str, bool, int | None]]:
    return [(each.path, each.text, each.is_internal, each.parent_id) for each in Comment.objects.all()]


@pytest.mark.parametrize(("audience", "is_internal"), [("shared", False), ("internal", True)])
@pytest.mark.parametrize("page", ["comments", "review"])
def test_comment_is_stored_and_leads_back_to_where_it_was_written(made, audience, is_internal, page):
    client = builders.client_of(reviewer_of(made))

    response = client.post(url(made, "comment_add"), new(made, audience=audience, page=page, path="goals"))

    (written,) = Comment.objects.all()
    assert (response.status_code, response["Location"]) == (302, f"{url(made, page)}#thread-{written.pk}")
    assert stored() == [("goals", "请说明。", is_internal, None)]


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"text": " \r\n "}, 200, "请填写意见内容。"),
        ({"text": "意" * (MAX_TEXT + 1)}, 200, f"不能超过{MAX_TEXT}字，现有{MAX_TEXT + 1}字"),
        ({"text": "一\0二"}, 200, "空字符"),
        ({"audience": ""}, 409, "请选择意见由谁可见。"),
        ({"audience": "everybody"}, 409, "请选择意见由谁可见。"),
        ({"path": "targets/x/value"}, 409, "请选择意见所在位置。"),
        ({"digest": "0" * 64}, 409, "申报表已重新送审（第1次）"),
    ],
)
def test_refused_comment_is_shown_again_with_the_reason(made, changes, status, said):
    client = builders.client_of(reviewer_of(made))

    response = client.post(url(made, "comment_add"), new(made, **{"text": "请补充依据"} | changes))

    assert response.status_code == status
    assert said in words(response)
    typed = changes.get("text", "请补充依据").strip()
    assert typed.replace("\0", "") in response.content.decode().replace("\0", "")
    assert stored() == []


def test_refused_for_a_new_submission_it_can_be_sent_again_from_the_page_that_says_so(made):
    client, seen = builders.client_of(reviewer_of(made)), new(made, digest="0" * 64)

    page = client.post(url(made, "comment_add"), seen).content.decode()

    assert f'name="digest" value="{builders.fresh(made).submission.digest}"' in page
    assert stored() == []


def test_refused_answer_is_not_told_of_at_the_form_for_new_comments(made):
    written = comment(made)
    commenting.settle(written.pk, reviewer_of(made))

    page = builders.client_of(reviewer_of(made)).post(url(made, "comment_answer", written.pk), {"text": "晚了"})

    assert page.content.decode().count("不能再回复") == 1


def test_text_typed_into_a_form_that_has_gone_is_shown(made):
    client, data = builders.client_of(reviewer_of(made)), new(made, text="写了很久的意见")
    builders.approve(made)

    response = client.post(url(made, "comment_add"), data)

    assert response.status_code == 409
    assert "写了很久的意见" in words(response)
    assert "申报表当前状态为“已批复”，现在不能提出意见。" in words(response)


def test_missing_fields_are_refused_and_nothing_breaks(made):
    written = comment(made, path="goals")
    client = builders.client_of(reviewer_of(made))
    for name, more in (("comment_add", ()), ("comment_answer", (written.pk,))):
        assert client.post(url(made, name, *more), {}).status_code == 200
    assert len(stored()) == 1


def test_text_is_picked_without_a_script(made):
    CommentText.objects.create(title="量化", text="请量化指标值。")
    CommentText.objects.create(title="旧的", text="不再使用", is_active=False)
    client = builders.client_of(reviewer_of(made))
    page = client.get(url(made)).content.decode()
    assert "请量化指标值。" in page
    assert "不再使用" not in page

    response = client.post(
        url(made, "comment_add"), new(made, action="pick", text="第一。", common="请量化指标值。", path="tasks")
    )

    assert re.search(r"<textarea[^>]*>\s*第一。\n请量化指标值。</textarea>", response.content.decode())
    assert '<option value="tasks" selected>' in response.content.decode()
    assert stored() == []


def test_answer_is_stored_or_shown_again(made):
    written = comment(made)
    client = builders.client_of(builders.preparer_of(made))
    address = url(made, "comment_answer", written.pk)

    refused = client.post(address, {"text": "意" * (MAX_TEXT + 1), "page": "comments"})
    assert (refused.status_code, "意" * (MAX_TEXT + 1) in refused.content.decode()) == (200, True)

    taken = client.post(address, {"text": "已修改。\r\n第二行", "page": "comments"})
    assert taken["Location"] == f"{url(made)}#thread-{written.pk}"
    assert stored()[1:] == [("", "已修改。\n第二行", False, written.pk)]

    commenting.settle(written.pk, reviewer_of(made))
    late = client.post(address, {"text": "晚了的回复", "page": "comments"})
    assert late.status_code == 409
    assert "晚了的回复" in words(late)
    assert "不能再回复" in words(late)
    assert len(stored()) == 2


def test_comment_is_settled_and_reopened(made):
    written = comment(made)
    client = builders.client_of(reviewer_of(made))
    for name, is_settled in (("comment_settle", True), ("comment_reopen", False)):
        response = client.post(url(made, name, written.pk), {"page": "review"})
        assert response["Location"] == f"{url(made, 'review')}#thread-{written.pk}"
        written.refresh_from_db()
        assert (written.settled_at is not None) == is_settled


def test_department_cannot_settle_and_is_told_so(made):
    written = comment(made)

    response = builders.client_of(builders.preparer_of(made)).post(url(made, "comment_settle", written.pk))

    assert response.status_code == 409
    assert "您不能处理该意见。" in words(response)
    written.refresh_from_db()
    assert written.settled_at is None


def test_comment_of_another_declaration_is_not_found_here(made):
    other = builders.declaration(Status.IN_REVIEW, department=builders.department(office=made.department.office))
    written = comment(other)
    client = builders.client_of(reviewer_of(made))

    for name in ("comment_answer", "comment_settle", "comment_reopen"):
        assert client.post(url(made, name, written.pk), {"text": "回复"}).status_code == 404
        assert client.post(url(made, name, 2**70), {"text": "回复"}).status_code == 404
    assert len(stored()) == 1


def test_internal_comment_does_not_exist_for_the_department(made):
    written = comment(made, text=SECRET, is_internal=True)
    client = builders.client_of(builders.preparer_of(made))

    for name in ("comment_answer", "comment_settle", "comment_reopen"):
        assert client.post(url(made, name, written.pk), {"text": "回复"}).status_code == 404


def test_links_lead_the_department_to_the_row_in_the_form_and_the_reviewer_to_the_cell(made):
    path = target_path(made)
    key = path.split("/")[1]
    comment(made, path=path, text="一")
    comment(made, path=path.removesuffix("/value"), text="二")
    builders.return_(made)
    form = reverse("declarations:indicators", args=[made.pk, made.round.template.primaries.last().pk])

    department = builders.client_of(builders.preparer_of(made)).get(url(made)).content.decode()
    reviewer = builders.client_of(reviewer_of(made)).get(url(made)).content.decode()

    assert f'href="{form}#targets-{key}-value"' in department
    assert f'href="{form}#row-{key}"' in department
    assert f'href="{url(made, "detail")}#cell-targets-{key}-value"' in reviewer
    assert f'href="{url(made, "detail")}#cell-targets-{key}-name"' in reviewer


@pytest.mark.parametrize(
    ("columns", "places"),
    [
        ({}, {"unit": "value", "remark": "remark", "scoring_standard": "scoring_standard"}),
        (
            {"unit_column": True, "standard_column": False, "remark_column": False},
            {"unit": "unit", "remark": "name", "scoring_standard": "name"},
        ),
    ],
    ids=["official", "other"],
)
def test_links_of_the_reviewer_lead_to_a_cell_that_is_printed(db, columns, places):
    made = builders.declaration(Status.IN_REVIEW, round=builders.round_(template=builders.template(**columns)))
    row = target_path(made).removesuffix("/value")
    for field in places:
        comment(made, path=f"{row}/{field}", text=field)
    client = builders.client_of(reviewer_of(made))

    comments = client.get(url(made)).content.decode()
    table = client.get(url(made, "detail")).content.decode()

    for place in places.values():
        anchor = f"cell-{row.replace('/', '-')}-{place}"
        assert f'href="{url(made, "detail")}#{anchor}"' in comments
        assert f'id="{anchor}"' in table


@pytest.mark.parametrize(
    ("path_of", "page", "primary"),
    [
        (lambda made: "goals", "goals", None),
        (lambda made: "tasks", "tasks", None),
        (lambda made: "budget", "budget", None),
        (lambda made: "budget/total", "budget", None),
        (lambda made: f"goals/{made.dutygoal_rows.first().key}/text", "goals", None),
        (lambda made: f"tasks/{made.maintask_rows.first().key}/name", "tasks", None),
        (lambda made: "indicators", "indicators", 1),
        (lambda made: f"primaries/{made.round.template.primaries.get(position=1).pk}", "indicators", 1),
        (target_path, "indicators", 2),
    ],
)
def test_comment_stands_at_its_place_in_the_form_until_it_is_settled(made, path_of, page, primary):
    written = comment(made, path=path_of(made), text="此处请核对")
    comment(made, path=path_of(made), text=SECRET, is_internal=True)
    builders.return_(made)
    arguments = [made.pk] if primary is None else [made.pk, made.round.template.primaries.get(position=primary).pk]
    client = builders.client_of(builders.preparer_of(made))
    address = reverse(f"declarations:{page}", args=arguments)

    page = words(client.get(address))
    assert page.count("此处请核对") == 1
    assert "有1条审核意见尚未处理" in page
    assert SECRET not in page

    commenting.settle(written.pk, reviewer_of(made))
    page = words(client.get(address))
    assert "此处请核对" not in page
    assert "条审核意见尚未处理" not in page


def test_returned_declaration_leads_the_preparer_to_the_comments(made):
    comment(made)
    comment(made, text=SECRET, is_internal=True)
    builders.return_(made)

    for name in ("detail", "check"):
        page = builders.client_of(builders.preparer_of(made)).get(url(made, name)).content.decode()
        assert "有 1 条审核意见尚未处理" in page
        assert f'href="{url(made)}"' in page


# Nothing internal leaves the bureau


def texts_of(response) -> str:
    """Everything that an answer holds, also in its packed parts."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return content.decode(errors="replace")


def crawl(client: Client, made: Declaration) -> Iterator[tuple[str, str]]:
    """Every page that links lead to from the home page, and the declaration's own addresses, with all they hold."""
    waiting = [
        reverse("home"),
        reverse("declarations:list"),
        reverse("declarations:notice_list"),
        *(url(made, name) for name in ("detail", "comments", "review", "check", "preview", "workbook")),
        *(reverse("declarations:export", args=[made.pk, kind]) for kind in ("json", "xlsx", "pdf")),
        *(reverse("declarations:submission_export", args=[made.pk, 1, kind]) for kind in ("json", "xlsx", "pdf")),
    ]
    seen = set()
    while waiting:
        address = waiting.pop()
        if address in seen or not address.startswith("/") or "/accounts/" in address:
            continue
        seen.add(address)
        response = client.get(address, follow=True)
        text = texts_of(response)
        yield address, text
        waiting += [unescape(found).split("#")[0] for found in re.findall(r'href="([^"]*)"', text)]


@pytest.mark.parametrize("who", ["preparer", "head", "preparer of the superior", "head of the superior"])
@pytest.mark.parametrize("step", ["in review", "returned"])
def test_nothing_internal_is_in_any_page_file_notice_or_mail_of_the_department_or_its_superior(db, who, step):
    made = declaration_in(situations.HEAD_REVIEW)
    people = people_around(made.department)
    User.objects.update(mail=MailChoice.AT_ONCE, email="a@example.org")
    pass_to(made, StageKind.BUSINESS)
    written = comment(made, path="budget/total", text=SECRET, is_internal=True)
    shared = comment(made, path="goals", text="公开的意见")
    commenting.answer(written.pk, people["second reviewer"], f"{SECRET}，已核")
    commenting.answer(shared.pk, people["second reviewer"], "公开的回复")
    if step == "returned":
        builders.return_(made)
    client = builders.client_of(people[who])

    pages = dict(crawl(client, made))

    assert [address for address, text in pages.items() if SECRET in text] == []
    assert [address for address, text in pages.items() if "公开的意见" in text] != []
    assert not Notice.objects.filter(user=people[who], text__contains=SECRET).exists()
    assert not Mail.objects.filter(user=people[who], body__contains=SECRET).exists()
    assert not Mail.objects.filter(user=people[who], subject__contains=SECRET).exists()
    assert Mail.objects.filter(body__contains=SECRET).exists()


def test_superior_reads_shared_comments_and_the_auditor_all(db):
    made = declaration_in(situations.SUPERIOR_REVIEW)
    people = people_around(made.department)
    comment(made, people["head of the superior"], text="主管部门的意见")
    pass_to(made, StageKind.BUSINESS)
    comment(made, text=SECRET, is_internal=True)
    found = {}
    for who in ("head of the superior", "auditor", "administrator"):
        page = builders.client_of(people[who]).get(url(made))
        found[who] = ("主管部门的意见" in words(page), SECRET in words(page), "<textarea" in page.content.decode())

    assert found == {
        "head of the superior": (True, False, True),
        "auditor": (True, True, False),
        "administrator": (True, True, False),
    }


def test_auditor_and_administrator_write_nothing(made):
    written = comment(made)
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        client = builders.client_of(builders.user(role))
        assert client.post(url(made, "comment_add"), new(made)).status_code == 404
        for name in ("comment_answer", "comment_settle", "comment_reopen"):
            assert client.post(url(made, name, written.pk), {"text": "x"}).status_code == 404
    assert len(stored()) == 1


@pytest.mark.parametrize("page", ["comments", "detail", "goals", "check", "review"])
def test_queries_do_not_grow_with_the_comments(made, page):
    reviewer, preparer = reviewer_of(made), builders.preparer_of(made)
    builders.assign(made, reviewer)
    client = builders.client_of(reviewer if page == "review" else preparer)
    costs = []
    for number in range(3):
        written = comment(made, path="goals", text=f"意见{number}")
        commenting.answer(written.pk, preparer, f"回复{number}")
        if number != 1:
            costs.append(len(queries_of(client, url(made, page))))
    assert costs[0] == costs[1]


# The texts that administrators keep


@pytest.fixture
def administrator(db) -> Client:
    return builders.client_of(builders.user(Role.ADMINISTRATOR))


def test_texts_are_kept_by_administrators(administrator):
    create = reverse("declarations:comment_text_create")
    listing = reverse("declarations:comment_text_list")

    response = administrator.post(create, {"title": "量化", "text": "请量化。", "is_active": "on"})
    assert response["Location"] == listing
    text = CommentText.objects.get()
    assert (text.title, text.text, text.is_active) == ("量化", "请量化。", True)

    edit = reverse("declarations:comment_text_edit", args=[text.pk])
    administrator.post(edit, {"title": "量化", "text": "请量化指标值。"})
    text.refresh_from_db()
    assert (text.text, text.is_active) == ("请量化指标值。", False)
    assert "请量化指标值。" in words(administrator.get(listing))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"title": "", "text": "x"}, "必填"),
        ({"title": "已有", "text": "x"}, "已有同名常用意见。"),
        ({"title": "新的", "text": "意" * (MAX_TEXT + 1)}, str(MAX_TEXT)),
        ({"title": "名" * 51, "text": "x"}, "50"),
    ],
)
def test_text_that_cannot_be_stored_is_shown_again(administrator, data, said):
    CommentText.objects.create(title="已有", text="x")

    response = administrator.post(reverse("declarations:comment_text_create"), data)

    assert response.status_code == 200
    assert said in words(response)
    assert data["text"] in words(response)
    assert CommentText.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["停用", "启用"]),
        ({"q": "乙"}, ["启用"]),
        ({"active": "no"}, ["停用"]),
        ({"active": "x"}, ["停用", "启用"]),
    ],
)
def test_texts_are_found(administrator, query, found):
    CommentText.objects.create(title="停用", text="甲", is_active=False)
    CommentText.objects.create(title="启用", text="乙")

    page = administrator.get(reverse("declarations:comment_text_list"), query)

    assert [text.title for text in page.context["page"]] == found


def test_list_of_texts_costs_the_same_with_one_and_three(administrator):
    costs = []
    for number in range(3):
        CommentText.objects.create(title=f"{number}", text="x")
        if number != 1:
            costs.append(len(queries_of(administrator, reverse("declarations:comment_text_list"))))
    assert costs[0] == costs[1]
