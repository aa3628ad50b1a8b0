"""The auditor's page of the log and its Excel file."""

from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from openpyxl import load_workbook

from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from perfgoals.audit import export, views
from perfgoals.audit.enums import Action
from perfgoals.audit.models import LogEntry
from perfgoals.audit.origin import OriginMiddleware
from tests.audit import logs
from tests.declarations import builders
from tests.queries import queries_of

LOG, EXPORT = "/log/", "/log/export/"
SITE = ZoneInfo("Asia/Shanghai")
STRANGE = [
    "\0",
    "x" * 10_000,
    "%",
    "'",
    "９９９９９９９９９９９９９９９９９９９９９９",
    "-1",
    "0001-01-01",
    "9999-12-31",
]
FIELDS = ["since", "until", "person", "action", "subject", "address", "declaration", "page"]


def at(*moment: int) -> datetime:
    """A time of the site."""
    return datetime(*moment, tzinfo=SITE)


@pytest.fixture
def auditor(db: None) -> User:
    return builders.user(Role.AUDITOR, name="陈静", username="shenji")


@pytest.fixture
def client(auditor: User) -> Client:
    return builders.client_of(auditor)


def numbers(client: Client, **filters: Any) -> list[int]:
    """The numbers on the page, in order."""
    return [entry.number for entry in client.get(LOG, filters).context["page"]]


def rows(client: Client, **filters: Any) -> list[list[Any]]:
    """The sheet that the export holds, without its head."""
    response = client.get(EXPORT, filters)
    assert response.status_code == 200
    sheet = load_workbook(BytesIO(response.content)).worksheets[0]
    head, *found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert head == list(export.COLUMNS)
    return found


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("address", [LOG, EXPORT])
@pytest.mark.parametrize("role", Role)
def test_log_is_for_auditors_and_administrators_only(db: None, role: Role, address: str) -> None:
    logs.entry(subject="第一局 2023 年度申报表")
    status = builders.client_of(builders.user(role)).get(address).status_code
    assert status == (200 if role in (Role.AUDITOR, Role.ADMINISTRATOR) else 404)


@pytest.mark.parametrize("role", Role)
def test_navigation_leads_to_the_log_who_may_see_it(db: None, role: Role) -> None:
    page = builders.client_of(builders.user(role)).get("/accounts/password/").content.decode()
    assert ('href="/log/"' in page) == (role in (Role.AUDITOR, Role.ADMINISTRATOR))


def test_page_shows_what_an_entry_says(client: Client, auditor: User) -> None:
    department = builders.department(name="市教育局")
    preparer = builders.user(Role.PREPARER, name="张伟", username="jyj", department=department)
    digest = "ab12cd34" + "0" * 56
    logs.entry(
        preparer,
        Action.SUBMIT,
        subject="市教育局 2023 年度申报表",
        declaration_id=7,
        digest=digest,
        text="第 1 次送审 <b>",
        at=at(2023, 3, 2, 9, 8, 7),
    )
    page = client.get(LOG).content.decode()
    for shown in (
        ">2023-03-02<",
        ">09:08:07<",
        "张伟",
        "jyj",
        "部门填报人",
        "市教育局",
        ">送审<",
        '<a href="?declaration=7"',
        "第 1 次送审 &lt;b&gt;",
        "命令行",
        "<code>ab12cd34</code>",
        f"<code>{digest}</code>",
    ):
        assert shown in page


def test_page_shows_the_newest_first_and_the_older_ones_on_further_pages(client: Client) -> None:
    logs.entries(31)
    assert numbers(client) == list(range(31, 1, -1))
    assert numbers(client, page="2") == [1]


def test_page_of_an_empty_log(client: Client) -> None:
    assert "还没有日志" in client.get(LOG).content.decode()


@pytest.fixture
def several(auditor: User) -> None:
    """Five entries that differ in all that one can ask for."""
    preparer = builders.user(Role.PREPARER, name="张伟", username="jyj-tianbao")
    other = builders.user(Role.PREPARER, name="李强", username="wlj-tianbao")
    logs.entry(preparer, Action.SUBMIT, subject="教育局申报表", declaration_id=1, at=at(2023, 3, 1, 23, 59, 59))
    logs.entry(preparer, Action.WITHDRAW, subject="教育局申报表", declaration_id=1, at=at(2023, 3, 2))
    logs.entry(other, Action.SUBMIT, subject="文旅局申报表", declaration_id=11, at=at(2023, 3, 3, 23, 59, 59))
    logs.entry(auditor, Action.EXPORT, subject="操作日志", text="查询条件：教育局", at=at(2023, 3, 4))

    def answer(request: Any) -> Any:
        logs.entry(None, Action.FAIL_SIGN_IN, subject="账号 wlj-tianbao", at=at(2023, 3, 5))

    request = Client().get("/accounts/login/", REMOTE_ADDR="10.1.2.3").wsgi_request
    OriginMiddleware(answer)(request)


FILTERS: list[tuple[dict[str, str], list[int]]] = [
    ({}, [5, 4, 3, 2, 1]),
    ({"since": "2023-03-02"}, [5, 4, 3, 2]),
    ({"until": "2023-03-03"}, [3, 2, 1]),
    ({"since": "2023-03-02", "until": "2023-03-03"}, [3, 2]),
    ({"since": "2023-03-02", "until": "2023-03-02"}, [2]),
    ({"person": "张"}, [2, 1]),
    ({"person": "WLJ"}, [3]),
    ({"person": "王"}, []),
    ({"action": "submit"}, [3, 1]),
    ({"subject": "教育局"}, [4, 2, 1]),
    ({"subject": "wlj"}, [5]),
    ({"address": "10.1."}, [5]),
    ({"address": "命令行"}, [4, 3, 2, 1]),
    ({"declaration": "1"}, [2, 1]),
    ({"declaration": "11"}, [3]),
    ({"declaration": "111"}, []),
    ({"person": "张", "action": "submit"}, [1]),
]


@pytest.mark.parametrize(("filters", "found"), FILTERS)
def test_filters_let_through_what_was_asked_for(
    client: Client, several: None, filters: dict[str, str], found: list[int]
) -> None:
    assert numbers(client, **filters) == found
    assert [row[0] for row in rows(client, **filters)] == found


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"since": "2023-02-30"}, "since", "日期格式不正确，正确的格式如 2023-03-01。"),
    ({"since": "1999-12-31"}, "since", "日期不能早于 2000 年。"),
    ({"until": "3000-01-01"}, "until", "日期不能晚于 2999 年。"),
    ({"since": "2023-03-03", "until": "2023-03-02"}, "until", "截止日期不能早于起始日期。"),
]


@pytest.mark.parametrize(("filters", "field", "message"), WRONG)
def test_filters_that_cannot_be_understood_show_nothing_and_say_why(
    client: Client, several: None, filters: dict[str, str], field: str, message: str
) -> None:
    response = client.get(LOG, filters)
    assert list(response.context["page"]) == []
    assert response.context["filters"].errors == {field: [message]}
    assert message in response.content.decode()
    refused = client.get(EXPORT, filters)
    assert refused["Location"] == f"{LOG}?{'&'.join(f'{name}={value}' for name, value in filters.items())}"
    assert said(refused) == ["查询条件有误，未导出。请核对后重新查询。"]
    assert LogEntry.objects.count() == 5


@pytest.mark.parametrize("day", ["2000-01-01", "2999-12-31"])
def test_filters_take_the_first_and_the_last_day(client: Client, several: None, day: str) -> None:
    assert client.get(LOG, {"since": day, "until": day}).context["filters"].errors == {}


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("address", [LOG, EXPORT])
def test_strange_filters_are_answered(client: Client, several: None, address: str, field: str, value: str) -> None:
    assert client.get(address, {field: value}).status_code in (200, 302)


def test_filters_are_kept_for_the_export(client: Client, several: None) -> None:
    page = client.get(LOG, {"action": "submit", "declaration": "1"}).content.decode()
    assert 'href="/log/export/?action=submit&amp;declaration=1&amp;"' in page


@pytest.mark.parametrize("address", [LOG, EXPORT])
def test_queries_do_not_grow_with_the_entries(client: Client, address: str) -> None:
    counts = []
    for _ in range(2):
        logs.entry(builders.user(Role.PREPARER), declaration_id=1)
        counts.append(len(queries_of(client, address)))
        logs.entry(builders.user(Role.REVIEWER), declaration_id=2)
    assert counts[0] == counts[1]


def test_export_holds_each_entry(client: Client, auditor: User) -> None:
    department = builders.department(name="市教育局")
    preparer = builders.user(Role.PREPARER, name="张伟", username="jyj", department=department)
    first = logs.entry(
        preparer,
        Action.SUBMIT,
        subject="市教育局 2023 年度申报表",
        digest="ab12",
        text="第 1 次送审",
        at=at(2023, 3, 2, 9, 8, 7),
    )
    second = logs.entry(None, Action.FAIL_SIGN_IN, at=at(2023, 3, 3))
    assert rows(client) == [
        [2, datetime(2023, 3, 3), None, None, None, None, "登录失败", None, None, "命令行", None, second.hash],  # noqa: DTZ001
        [
            1,
            datetime(2023, 3, 2, 9, 8, 7),  # noqa: DTZ001
            "张伟",
            "jyj",
            "部门填报人",
            "市教育局",
            "送审",
            "市教育局 2023 年度申报表",
            "第 1 次送审",
            "命令行",
            "ab12",
            first.hash,
        ],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "12", "第一行\n第二行"])
def test_export_holds_texts_as_texts(client: Client, text: str) -> None:
    logs.entry(subject=text)
    response = client.get(EXPORT)
    cell = load_workbook(BytesIO(response.content)).worksheets[0].cell(2, list(export.COLUMNS).index("对象") + 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", text[0] in "=+-@")


def test_export_leaves_out_what_no_cell_holds(client: Client) -> None:
    logs.entry(text="前\x0b后")
    logs.entry(text="长" * 32767)
    logs.entry(text="长" * 32768)
    texts = [row[list(export.COLUMNS).index("说明")] for row in rows(client)]
    assert texts == ["长" * 16_000 + "……（文字过长，其余未导出）", "长" * 32767, "前后"]


def test_export_is_a_file_named_by_its_time_and_is_kept_by_nobody(client: Client) -> None:
    with time_machine.travel(at(2023, 3, 2, 9, 8, 7), tick=False):
        client.force_login(User.objects.get())
        response = client.get(EXPORT)
    assert unquote(response["Content-Disposition"]) == "attachment; filename*=utf-8''操作日志_20230302_090807.xlsx"
    assert response["Cache-Control"] == "private, no-store"


def test_export_is_recorded(client: Client, auditor: User, several: None) -> None:
    rows(client, since="2023-03-01", action="submit")
    rows(client, person="submit", declaration="1")
    rows(client)
    recorded = LogEntry.objects.filter(number__gt=5).values_list("actor", "action", "subject", "text")
    assert list(recorded) == [
        (auditor.pk, "export", "操作日志", "查询条件：起始日期 2023-03-01；事项 送审。共 2 条。"),
        (auditor.pk, "export", "操作日志", "查询条件：姓名或用户名 submit；申报表 1。共 0 条。"),
        (auditor.pk, "export", "操作日志", "查询条件：全部。共 7 条。"),
    ]


def test_export_of_too_many_is_refused_with_the_filters_kept(
    client: Client, several: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LARGEST_EXPORT", 2)
    assert len(rows(client, action="submit")) == 2
    refused = client.get(EXPORT, {"subject": "教育局"})
    assert unquote(refused["Location"]) == f"{LOG}?subject=教育局"
    assert said(refused) == ["符合条件的日志共 3 条，一次最多导出 2 条，请缩小查询范围后再导出。"]
    assert LogEntry.objects.filter(action=Action.EXPORT).count() == 2
