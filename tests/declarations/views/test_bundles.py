"""The pages of 批量导出: ordering from the list and from a round, progress, cancel, download, delete."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from declarations.bundles import contents, states
from declarations.bundles.assembling import DISK_FULL
from declarations.bundles.selectors import LEFT_OUT_SHOWN
from declarations.enums import BundleKind, BundleStatus, Status
from declarations.exports import Format
from declarations.exports.drawing import DrawingRefused
from declarations.models import Bundle, BundlePart
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from perfgoals.audit.models import LogEntry
from perfgoals.workers.models import Worker
from tests.declarations import builders
from tests.declarations.bundles.orders import declared, lying_around, made, order, work
from tests.queries import queries_of

LIST, ORDER = reverse("declarations:bundle_list"), reverse("declarations:bundle_order")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing takes time to be drawn."""
    monkeypatch.setattr(contents, "table_of", lambda *_: b"a table")


@pytest.fixture
def user(db: None) -> User:
    return builders.user(Role.ADMINISTRATOR)


@pytest.fixture
def client(user: User) -> Client:
    return builders.client_of(user)


def address(bundle: Bundle, page: str) -> str:
    return reverse(f"declarations:bundle_{page}", args=[bundle.pk])


def contents_of(answer: Any) -> bytes:
    """What is downloaded; read to its end, the file is closed."""
    assert (answer.status_code, type(answer)) == (200, FileResponse)
    return b"".join(answer.streaming_content)


def page_of(client: Client, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_list_of_declarations_offers_ticks_and_the_whole_result(client: Client) -> None:
    first, second = declared(2)
    page = page_of(client, reverse("declarations:list"), year=first.round.fiscal_year, q="局")
    for made_ in (first, second):
        assert f'value="{made_.pk}"\n                 aria-label="选择{made_}"' in page
    assert "导出全部 2 份" in page
    assert f'<input type="hidden" name="year" value="{first.round.fiscal_year}">' in page
    assert '<input type="hidden" name="q" value="局">' in page


def test_ticked_ones_are_ordered(client: Client, user: User) -> None:
    first, _, third = declared(3)
    query = {"scope": "selected", "selected": [third.pk, first.pk], "year": first.round.fiscal_year}
    title = f"{first.round.fiscal_year}年度第0局等2份申报表"
    page = page_of(client, ORDER, **query)
    assert "共 2 份申报表，可以导出 <strong>2</strong> 份" in page
    assert f'href="{reverse("declarations:list")}?year={first.round.fiscal_year}"' in page
    answer = client.post(ORDER, {"kind": "archive"}, query_params=query)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    bundle = Bundle.objects.get()
    assert (bundle.requested_by, bundle.kind, bundle.title, bundle.total) == (user, "archive", title, 2)
    assert bundle.parts.get().submissions == [first.approved_id, third.approved_id]
    assert "已开始生成压缩包" in page_of(client, LIST)


@pytest.mark.parametrize(
    ("query", "title", "number"),
    [
        ({}, "申报表", 3),
        ({"status": "approved"}, "已批复申报表", 2),
        ({"q": "第0"}, "申报表（名称或代码含“第0”）", 1),
    ],
)
def test_all_that_the_filters_let_through_are_ordered(
    client: Client, query: dict[str, str], title: str, number: int
) -> None:
    declared(2)
    builders.declaration(Status.IN_REVIEW)
    client.post(ORDER, {"kind": "book"}, query_params={"scope": "found", **query})
    bundle = Bundle.objects.get()
    assert (bundle.kind, bundle.title, bundle.total) == ("book", title, number)


def test_title_of_ticked_ones_names_each_year(client: Client) -> None:
    rounds = [builders.round_(fiscal_year=year) for year in (2022, 2020)]
    ticked = [builders.declaration(Status.APPROVED, round=round) for round in rounds]
    page = page_of(client, ORDER, scope="selected", selected=[each.pk for each in ticked])
    assert f"<h2>2020、2022年度{ticked[0].department.name}等2份申报表</h2>" in page


def test_title_names_year_office_and_status(client: Client) -> None:
    (made_,) = declared(1)
    office = made_.department.office
    query = {"scope": "found", "year": made_.round.fiscal_year, "office": office.pk, "status": "approved"}
    assert f"{made_.round.fiscal_year}年度已批复申报表（{office}）" in page_of(client, ORDER, **query)


def test_whole_round_is_ordered_from_the_page_of_rounds(client: Client) -> None:
    (made_,) = declared(1)
    declared_elsewhere = builders.declaration(Status.APPROVED)
    draft = builders.declaration(round=made_.round)
    link = f"{ORDER}?scope=round&amp;round={made_.round_id}"
    assert link in page_of(client, reverse("declarations:round_list"))
    assert link in page_of(client, reverse("declarations:round_edit", args=[made_.round_id]))
    page = page_of(client, ORDER, scope="round", round=made_.round_id)
    assert "共 2 份申报表，可以导出 <strong>1</strong> 份，1 份尚未送审，不列入" in page
    assert "另有 1 个部门（单位）尚未开始填报。" in page
    client.post(ORDER, {"kind": "summary"}, query_params={"scope": "round", "round": made_.round_id})
    bundle = Bundle.objects.get()
    assert (bundle.title, bundle.total) == (made_.round.title, 1)
    assert bundle.parts.get().submissions == [made_.approved_id]
    assert [(left["department"], left["why"]) for left in bundle.left_out] == [
        (draft.department.name, "尚未送审"),
        (declared_elsewhere.department.name, "尚未开始填报"),
    ]
    assert "另有 2 项未列入" in page_of(client, LIST)


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"scope": "selected"}, "请先在列表中勾选要导出的申报表。"),
        ({"scope": "selected", "selected": ["x", "9" * 40, "-1"]}, "请先在列表中勾选要导出的申报表。"),
        ({"scope": "found", "year": "zzz"}, "查询条件有误，请返回列表核对后重新查询。"),
        ({"scope": "found", "q": "a\x00b"}, "查询条件有误，请返回列表核对后重新查询。"),
    ],
)
def test_selection_that_selects_nothing_says_why(client: Client, query: dict[str, Any], refusal: str) -> None:
    declared(1)
    assert refusal in page_of(client, ORDER, **query)
    answer = client.post(ORDER, {"kind": "book"}, query_params=query)
    assert (answer.status_code, Bundle.objects.count()) == (200, 0)
    assert refusal in answer.content.decode()


@pytest.mark.parametrize("query", [{}, {"scope": "all"}, {"scope": "round"}, {"scope": "round", "round": "9" * 40}])
def test_selection_of_no_kind_is_not_found(client: Client, query: dict[str, str]) -> None:
    assert client.get(ORDER, query).status_code == 404


def test_selection_of_declarations_that_are_not_there_is_refused(client: Client) -> None:
    answer = client.post(ORDER, {"kind": "book"}, query_params={"scope": "selected", "selected": "123456789012345678"})
    assert "没有可以导出的申报表" in answer.content.decode()


@pytest.mark.parametrize("kind", ["", "zip"])
def test_order_without_a_kind_says_so_where_it_is_chosen(client: Client, kind: str) -> None:
    declared(1)
    answer = client.post(ORDER, {"kind": kind}, query_params={"scope": "found"})
    page = answer.content.decode()
    assert (answer.status_code, Bundle.objects.count()) == (200, 0)
    assert "请选择导出为哪一种文件。" in page
    assert 'aria-describedby="kind-error"' in page


def test_refused_order_keeps_what_was_chosen(client: Client, user: User) -> None:
    declared(1)
    for _ in range(3):
        order(BundleKind.SUMMARY, user=user)
    page = client.post(ORDER, {"kind": "book"}, query_params={"scope": "found"}).content.decode()
    assert "您已有 3 项批量导出正在生成" in page
    assert 'value="book"\n                   checked' in page


@pytest.mark.parametrize("role", Role)
def test_every_role_orders_and_downloads_what_it_may_see(db: None, role: Role) -> None:
    first, other = declared(1)[0], builders.declaration(Status.APPROVED)
    fields = {
        Role.PREPARER: {"department": first.department},
        Role.DEPARTMENT_HEAD: {"department": first.department},
        Role.REVIEWER: {"office": first.department.office},
    }
    person = builders.user(role, **fields.get(role, {}))
    client = builders.client_of(person)
    client.post(ORDER, {"kind": "archive"}, query_params={"scope": "found"})
    bundle = Bundle.objects.get()
    expected = [first.approved_id] if role in fields else [other.approved_id, first.approved_id]
    assert bundle.parts.get().submissions == expected
    work()
    contents = made(bundle).read_bytes()
    assert contents_of(client.get(address(bundle, "download"))) == contents


def test_progress_is_shown_and_asked_for_again_only_while_something_is_under_way(client: Client, user: User) -> None:
    declared(4)
    bundle = order(BundleKind.BOOK, user=user)
    Worker.objects.create(worker_id="w", started_at=timezone.now(), seen_at=timezone.now())
    assert "排队中" in page_of(client, LIST)
    Bundle.objects.filter(pk=bundle.pk).update(status=BundleStatus.RUNNING)
    BundlePart.objects.filter(bundle=bundle).update(progress=2)
    page = page_of(client, LIST)
    assert 'hx-trigger="every 2s"' in page
    assert '<progress max="100"\n                              value="45"' in page
    assert "正在生成表格：2 / 4 份" in page
    assert "后台任务程序没有运行" not in page
    BundlePart.objects.filter(bundle=bundle).update(progress=4)
    Bundle.objects.filter(pk=bundle.pk).update(assembled=4)
    page = page_of(client, LIST)
    assert 'value="99"' in page
    assert "正在装订：4 / 4 份" in page
    states.fail(Bundle.objects.filter(pk=bundle.pk), DISK_FULL)
    page = page_of(client, LIST)
    assert "hx-trigger" not in page
    assert DISK_FULL in page


def test_script_gets_only_the_list(client: Client, user: User) -> None:
    declared(1)
    order(BundleKind.BOOK, user=user)
    answer = client.get(LIST, headers={"HX-Request": "true", "X-Background": "1"})
    part = answer.content.decode()
    assert part.lstrip().startswith('<div id="bundles"')
    assert "<html" not in part


def test_page_says_that_nobody_is_at_work(client: Client, user: User) -> None:
    declared(1)
    order(BundleKind.BOOK, user=user)
    assert "后台任务程序没有运行" in page_of(client, LIST)
    Worker.objects.create(worker_id="w", started_at=timezone.now(), seen_at=timezone.now() - timedelta(minutes=1))
    assert "后台任务程序没有运行" in page_of(client, LIST)
    Worker.objects.update(seen_at=timezone.now())
    assert "后台任务程序没有运行" not in page_of(client, LIST)


def test_what_is_left_out_is_named_up_to_a_number(client: Client, user: User) -> None:
    (made_,) = declared(1)
    for _ in range(LEFT_OUT_SHOWN + 2):
        builders.declaration(round=made_.round, filled=False)
    order(BundleKind.BOOK, user=user)
    page = page_of(client, LIST)
    assert f"另有 {LEFT_OUT_SHOWN + 2} 项未列入" in page
    assert page.count("：尚未送审</li>") == LEFT_OUT_SHOWN
    assert "其余 2 项，见文件中的说明" in page


def test_tables_that_could_not_be_drawn_are_told_before_the_file_is_opened(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = declared(2)
    builders.declaration(round=first.round, department=builders.department(name="草稿局"))

    def refuse(sealed: str, format: Format, imprint: object) -> bytes:
        if format == Format.PDF and sealed == first.submission.document:
            raise DrawingRefused("文字过长。")
        return b"a table"

    monkeypatch.setattr(contents, "table_of", refuse)
    bundle = order(BundleKind.ARCHIVE, user=user)
    work()
    made(bundle)
    page = page_of(client, LIST)
    assert "1 个文件未能生成" in page
    assert "2 份，另有 1 项未列入" in page
    year = first.round.fiscal_year
    reasons = [f"<li>第0局（{year} 年度）：PDF：文字过长。</li>", f"<li>草稿局（{year} 年度）：尚未送审</li>"]
    assert "".join(reasons) in page


def test_download_is_the_file_and_is_logged(client: Client, user: User) -> None:
    declared(2)
    bundle = order(BundleKind.ARCHIVE, user=user, title="2022年度申报表")
    work()
    contents = made(bundle).read_bytes()
    answer = client.get(address(bundle, "download"), headers={"Accept-Encoding": "gzip"})
    assert contents_of(answer) == contents
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Length"] == str(len(contents))
    assert answer["Cache-Control"] == "private, no-store"
    assert "filename*=utf-8''2022%E5%B9%B4%E5%BA%A6" in answer["Content-Disposition"]
    entry = LogEntry.objects.latest("number")
    assert (entry.action, entry.actor_id, entry.subject) == ("export", user.pk, "批量导出：2022年度申报表")
    assert entry.text == f"压缩包，2 份，{bundle.file_name}"


@pytest.mark.parametrize("role", Role)
def test_what_another_ordered_is_not_found(client: Client, user: User, role: Role) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE, user=user)
    work()
    contents = made(bundle).read_bytes()
    entries = LogEntry.objects.count()
    other = builders.client_of(builders.user(role))
    assert other.get(address(bundle, "download")).status_code == 404
    assert other.post(address(bundle, "cancel")).status_code == 404
    assert other.post(address(bundle, "delete")).status_code == 404
    assert bundle.title not in page_of(other, LIST)
    assert LogEntry.objects.count() == entries
    assert contents_of(client.get(address(bundle, "download"))) == contents


def test_whoever_has_another_place_by_now_does_not_get_what_he_ordered_at_the_old_one(db: None) -> None:
    (made_,) = declared(1)
    reviewer = builders.user(Role.REVIEWER, office=made_.department.office)
    bundle = order(BundleKind.ARCHIVE, user=reviewer)
    work()
    made(bundle)
    User.objects.filter(pk=reviewer.pk).update(office=builders.office())
    client = builders.client_of(User.objects.get(pk=reviewer.pk))
    assert client.get(address(bundle, "download")).status_code == 404
    assert bundle.title not in page_of(client, LIST)


def test_what_is_not_finished_is_not_found(client: Client, user: User) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE, user=user)
    assert client.get(address(bundle, "download")).status_code == 404
    states.cancel(bundle)
    assert client.get(address(bundle, "download")).status_code == 404


def test_after_a_day_it_is_not_found_even_where_nobody_cleared_up(client: Client, user: User) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE, user=user)
    work()
    made(bundle)
    past = timezone.now() - timedelta(seconds=1)
    Bundle.objects.filter(pk=bundle.pk).update(expires_at=past)
    assert client.get(address(bundle, "download")).status_code == 404
    assert bundle.title not in page_of(client, LIST)


def test_file_that_is_gone_is_told(client: Client, user: User) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE, user=user)
    work()
    made(bundle).unlink()
    entries = LogEntry.objects.count()
    answer = client.get(address(bundle, "download"), follow=True)
    assert "文件已不在服务器上，请重新导出。" in answer.content.decode()
    assert LogEntry.objects.count() == entries


def test_cancel_stops_it_and_says_so(client: Client, user: User) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE, user=user)
    answer = client.post(address(bundle, "cancel"), follow=True)
    assert "已取消：2022年度申报表（压缩包）。" in answer.content.decode()
    bundle.refresh_from_db()
    assert bundle.status == BundleStatus.CANCELLED
    answer = client.post(address(bundle, "cancel"), follow=True)
    assert "2022年度申报表（压缩包）已经结束，未取消。" in answer.content.decode()


def test_delete_takes_what_is_finished_and_its_file(client: Client, user: User) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE, user=user)
    answer = client.post(address(bundle, "delete"), follow=True)
    assert "正在生成的不能删除，请先取消。" in answer.content.decode()
    work()
    made(bundle)
    answer = client.post(address(bundle, "delete"), follow=True)
    assert "已删除：2022年度申报表（压缩包）。" in answer.content.decode()
    assert (Bundle.objects.count(), lying_around()) == (0, [])


def test_number_of_any_size_is_not_found(client: Client) -> None:
    for page in ("download", "cancel", "delete"):
        url = f"{LIST}{'9' * 30}/{page}/"
        answer = client.get(url) if page == "download" else client.post(url)
        assert answer.status_code == 404


def test_queries_do_not_grow_with_the_rows(client: Client, user: User) -> None:
    declared(3)
    builders.declaration()
    counts = []
    number = 0
    for wanted in (1, 3):
        while number < wanted:
            bundle = order(BundleKind.ARCHIVE, user=user)
            number += 1
        counts.append(len(queries_of(client, LIST)))
    for each in Bundle.objects.all():
        states.cancel(each)
    counts.append(len(queries_of(client, LIST)))
    assert bundle.left_out
    assert counts == [counts[0]] * 3


def test_queries_of_an_order_do_not_grow_with_the_declarations(client: Client) -> None:
    round = builders.round_()
    counts = []
    number = 0
    for wanted in (1, 3):
        while number < wanted:
            builders.declaration(Status.IN_REVIEW, round=round)
            number += 1
        counts.append(len(queries_of(client, f"{ORDER}?scope=found")))
    assert counts == [counts[0]] * 2
