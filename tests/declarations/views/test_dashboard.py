"""The statistics page and its downloads; how its numbers come about is tested in `tests/declarations/statistics`."""

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from declarations.enums import ReturnReason, StageKind, Status, Step
from declarations.models import Round
from declarations.statistics.sections import MISSING_SHOWN, SECTIONS, SUPERIORS_SHOWN
from declarations.statistics.table import NOTHING
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import Department
from tests.declarations import builders
from tests.declarations.standings import DAY, busy_round, event, standing, under_way
from tests.queries import queries_of

DASHBOARD = reverse("declarations:dashboard")
HEADINGS = {
    "progress": "总体进度",
    "days": "送审进度",
    "offices": "各业务科室",
    "superiors": "各主管部门",
    "missing": "未送审部门（单位）",
    "stages": "各环节办理时间",
    "findings": "常见系统提示",
    "reasons": "退回原因",
}


class Statistics(HTMLParser):
    """The tables of the page by the key of their section, each a list of rows of texts, its head first."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.links: list[str] = []
        self.figures: list[str] = []
        self._section = ""
        self._place = ""
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "section":
            self._section = attributes["id"] or ""
            self.tables[self._section] = []
        if tag == "tr":
            self.tables[self._section].append([])
        if tag in ("th", "td"):
            self.tables[self._section][-1].append("")
            self._place = "cell"
        if tag == "a":
            self.links.append(attributes.get("href") or "")
        if attributes.get("class") in ("figure-label", "figure-number", "figure-money", "figure-note"):
            self.figures.append("")
            self._place = "figure"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td", "span"):
            self._place = "" if tag != "span" or self._place == "figure" else self._place

    def handle_data(self, data: str) -> None:
        if self._place == "cell":
            self.tables[self._section][-1][-1] += data.strip()
        if self._place == "figure":
            self.figures[-1] += data.strip()


def page_of(client: Client, **parameters: Any) -> Statistics:
    response = client.get(DASHBOARD, parameters)
    assert response.status_code == 200
    return Statistics(response)


def export(client: Client, table: str, **parameters: Any) -> HttpResponse:
    return client.get(reverse("declarations:dashboard_export", args=[table]), parameters)


def signed_in(role: Role, **fields: Any) -> Client:
    return builders.client_of(builders.user(role, **fields))


def test_figures_and_tables_of_a_round(db: None) -> None:
    made, _ = busy_round()
    page = page_of(signed_in(Role.AUDITOR))
    head = [row for rows in page.tables.values() for row in rows[:1]]
    body = {key: rows[1:] for key, rows in page.tables.items()}
    day = [f"{timezone.localtime() - days * DAY:%Y-%m-%d}" for days in range(10)]
    until = f"{timezone.localtime(made.extensions.get().closes_at):%Y-%m-%d %H:%M}"

    assert page.figures == [
        *("应申报", "4", "2778.200001 万元"),
        *("已送审", "2", "2678.200001 万元"),
        *("未送审", "2", "100 万元"),
        *("待审核", "1", "0.5 万元"),
        *("已退回", "1", "100 万元"),
        *("已批复", "1", "2677.700001 万元"),
        *("逾期未送审", "0", "0 万元"),
        *("办理逾期", "1", "0.5 万元"),
    ]
    assert list(page.tables) == list(HEADINGS)
    assert head[0] == ["项目", "部门（单位）数", "占应申报比例", "金额（万元）"]
    assert body["progress"] == [
        ["应申报", "4", "100.0%", "2778.200001"],
        ["已送审", "2", "50.0%", "2678.200001"],
        ["未送审", "2", "50.0%", "100"],
        ["已批复", "1", "25.0%", "2677.700001"],
        ["部门负责人审核", "0", "0.0%", "0"],
        ["业务科室审核", "1", "25.0%", "0.5"],
        ["绩效科审核", "0", "0.0%", "0"],
        ["已退回", "1", "25.0%", "100"],
        ["草稿", "0", "0.0%", "0"],
        ["未开始", "1", "25.0%", "0"],
        ["已批复、正在调整", "0", "0.0%", "0"],
        ["逾期未送审", "0", "0.0%", "0"],
        ["办理逾期", "1", "25.0%", "0.5"],
    ]
    assert body["days"] == [
        [day[9], "1", "1", "25.0%", "2677.700001"],
        [day[8], "1", "2", "50.0%", "2777.700001"],
        [day[7], "1", "3", "75.0%", "2778.200001"],
    ]
    first = ["2", "1", "50.0%", "0", "0", "0", "1", "1", "0", "0", "0", "2677.700001", "0", "100", "2677.700001"]
    second = ["2", "1", "50.0%", "1", "0", "1", "0", "0", "0", "0", "1", "0.5", "0.5", "0", "0"]
    both = ["4", "2", "50.0%", "1", "0", "1", "1", "1", "0", "0", "1", "2678.200001", "0.5", "100", "2677.700001"]
    assert body["offices"] == [["=甲科", *first], ["乙科", *second], ["合计", *both]]
    assert [row[:4] for row in body["superiors"]] == [
        ["=1+1局", "2", "1", "50.0%"],
        ["未报局", "1", "0", "0.0%"],
        ["外局", "1", "1", "100.0%"],
    ]
    assert body["missing"] == [
        ["下属中心", "2", "=甲科", "=1+1局", "已退回", until, "未到期"],
        ["未报局", "4", "乙科", NOTHING, "未开始", NOTHING, "未到期"],
    ]
    assert body["stages"] == [
        ["部门负责人审核", NOTHING, "0", NOTHING, NOTHING, NOTHING, "0", NOTHING, "0"],
        ["业务科室审核", "5", "1", "0.5", "0.5", "0.5", "1", "7.0", "1"],
        ["绩效科审核", NOTHING, "1", "1.5", "1.5", "1.5", "0", NOTHING, "0"],
    ]
    assert body["findings"] == [["比率指标未注明度量单位", "2", "1"]]
    assert body["reasons"] == [["预算数据有误", "1", "1"]]


def test_figures_lead_to_what_they_count(db: None) -> None:
    _, office = busy_round()
    client = signed_in(Role.PERFORMANCE_REVIEWER)
    listed = [link for link in page_of(client).links if link.startswith(reverse("declarations:list") + "?")]
    assert listed == [
        f"/declarations/?year=2027&approval={what}"
        for what in ("none&status=in_review", "none&status=returned", "some")
    ]
    of_office = [link for link in page_of(client, office=office.pk).links if "status=returned" in link]
    assert of_office == [f"/declarations/?year=2027&approval=none&status=returned&office={office.pk}"]
    assert f"/dashboard/?year=2027&office={office.pk}" in page_of(client).links
    [answer] = {client.get(link).status_code for link in [*listed, *of_office]}
    assert answer == 200


def test_figures_are_as_many_as_their_links_list_and_say_what_is_not_listed_yet(db: None) -> None:
    made = under_way(fiscal_year=2027)
    standing(Status.IN_REVIEW, made, total="1", in_stage=StageKind.DEPARTMENT_HEAD, reached=StageKind.DEPARTMENT_HEAD)
    standing(Status.IN_REVIEW, made, total="1", in_stage=StageKind.BUSINESS)
    standing(Status.IN_REVIEW, made, total="1", in_stage=StageKind.BUSINESS, approved="2")
    standing(Status.RETURNED, made, total="1", approved="2")
    standing(Status.RETURNED, made, total="1")
    standing(Status.APPROVED, made, total="1")
    client = signed_in(Role.PERFORMANCE_REVIEWER)
    page = page_of(client)
    assert page.figures[9:] == [
        *("待审核", "2", "1 万元", "其中 1 个尚未转到财政局"),
        *("已退回", "1", "1 万元"),
        *("已批复", "3", "5 万元", "其中 2 个正在调整"),
        *("逾期未送审", "0", "0 万元"),
        *("办理逾期", "0", "0 万元"),
    ]
    listed = [link for link in page.links if link.startswith(reverse("declarations:list") + "?")]
    assert [client.get(link).context["page"].paginator.count for link in listed] == [1, 1, 3]


def test_the_latest_round_is_shown_unless_another_is_asked_for(db: None) -> None:
    standing(Status.APPROVED, under_way(fiscal_year=2026), total="1")
    standing(Status.DRAFT, under_way(fiscal_year=2027), reached=None)
    client = signed_in(Role.ADMINISTRATOR)

    def approved(**parameters: Any) -> list[str]:
        [row] = [row for row in page_of(client, **parameters).tables["progress"] if row[0] == "已批复"]
        return row[1:2]

    assert [approved(), approved(year=""), approved(year=2027), approved(year=2026)] == [["0"], ["0"], ["0"], ["1"]]


def test_an_office_narrows_everything_and_needs_no_table_of_offices(db: None) -> None:
    _, office = busy_round()
    page = page_of(signed_in(Role.AUDITOR), office=office.pk)

    assert page.figures[:6] == ["应申报", "2", "2777.700001 万元", "已送审", "1", "2677.700001 万元"]
    assert list(page.tables) == [key for key in HEADINGS if key != "offices"]
    texts = {text for rows in page.tables.values() for row in rows for text in row}
    assert texts.isdisjoint({"外局", "未报局", "乙科"})


def test_a_reviewer_sees_the_departments_of_his_office_whatever_he_asks_for(db: None) -> None:
    _, office = busy_round()
    client = signed_in(Role.REVIEWER, office=office)
    other = Department.objects.get(name="外局").office
    for asked in ({}, {"office": other.pk}):
        page = page_of(client, **asked)
        assert page.figures[:3] == ["应申报", "2", "2777.700001 万元"]
        assert "外局" not in str(page.tables)
        for table in SECTIONS:
            assert "外局" not in str(contents_of(export(client, table, **asked)))


@pytest.mark.parametrize("role", [Role.PREPARER, Role.DEPARTMENT_HEAD])
def test_departments_find_no_statistics_also_of_those_below_them(db: None, role: Role) -> None:
    busy_round()
    person = builders.user(role, department=Department.objects.get(code="1"))
    client = builders.client_of(person)
    answers = [client.get(DASHBOARD), *(export(client, table) for table in SECTIONS)]
    assert {answer.status_code for answer in answers} == {404}
    assert DASHBOARD not in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize(
    ("role", "links"),
    [(Role.REVIEWER, 1), (Role.PERFORMANCE_REVIEWER, 1), (Role.ADMINISTRATOR, 2), (Role.AUDITOR, 2)],
)
def test_the_bureau_finds_the_page_in_its_navigation_and_who_reads_everything_on_his_home_page(
    db: None, role: Role, links: int
) -> None:
    assert signed_in(role).get(reverse("home")).content.decode().count(f'href="{DASHBOARD}"') == links


@pytest.mark.parametrize(
    "bad",
    [{"year": "1999"}, {"year": "x"}, {"year": "9" * 30}, {"office": "0"}, {"office": "x"}, {"office": "9" * 30}],
)
def test_what_there_is_not_is_said_and_nothing_is_exported(db: None, bad: dict[str, str]) -> None:
    busy_round()
    client = signed_in(Role.AUDITOR)
    answer = client.get(DASHBOARD, bad)
    assert (answer.status_code, "查询条件有误" in answer.content.decode()) == (200, True)
    assert "<section" not in answer.content.decode()

    refused = export(client, "offices", **bad)
    assert (refused.status_code, refused.headers["Location"].split("?")[0]) == (302, DASHBOARD)
    shown = client.get(refused.headers["Location"]).content.decode()
    assert "没有可以导出的数据，未导出。" in shown


def test_an_office_that_is_no_business_office_has_no_statistics(db: None) -> None:
    busy_round()
    performance = builders.performance_office()
    assert "查询条件有误" in signed_in(Role.AUDITOR).get(DASHBOARD, {"office": performance.pk}).content.decode()


def test_without_rounds_the_page_says_so(db: None) -> None:
    client = signed_in(Role.AUDITOR)
    assert "还没有申报批次。" in client.get(DASHBOARD).content.decode()
    assert export(client, "offices").status_code == 302


def test_a_table_that_there_is_not_is_not_found(db: None) -> None:
    under_way()
    assert export(signed_in(Role.AUDITOR), "nothing").status_code == 404


def test_a_round_with_nothing_in_it_has_a_page(db: None) -> None:
    under_way()
    page = page_of(signed_in(Role.AUDITOR))
    assert page.figures[1::3] == ["0"] * 8
    empty = [key for key, rows in page.tables.items() if not rows]
    assert empty == ["days", "offices", "superiors", "missing", "findings", "reasons"]


def test_a_round_to_come_has_a_page(db: None) -> None:
    busy_round()
    now = timezone.now()
    Round.objects.update(opens_at=now + DAY, closes_at=now + 9 * DAY)
    assert page_of(signed_in(Role.AUDITOR)).figures[:2] == ["应申报", "4"]


def contents_of(response: HttpResponse) -> list[list[Any]]:
    """The rows of the workbook, below its heading."""
    assert response.status_code == 200
    [sheet] = load_workbook(BytesIO(response.content)).worksheets
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def as_printed(value: Any, number_format: str) -> str:
    """A cell as Excel shows it."""
    match value:
        case None:
            return NOTHING
        case datetime() if number_format == "yyyy-mm-dd":
            return f"{value:%Y-%m-%d}"
        case datetime():
            # Excel's times are fractions of a day: a time may come back some microseconds early.
            return f"{value + timedelta(milliseconds=1):%Y-%m-%d %H:%M}"
        case str():
            return value
    match number_format:
        case "0.0%":
            return f"{value:.1%}"
        case "0.0":
            return f"{value:.1f}"
        case "0.######":
            return f"{value:.6f}".rstrip("0")
    assert number_format in ("0", "General")
    return f"{value}"


@pytest.mark.parametrize("table", SECTIONS)
def test_every_download_holds_the_table_of_the_page(db: None, table: str) -> None:
    busy_round()
    client = signed_in(Role.AUDITOR)
    response = export(client, table, year=2027)
    [sheet] = load_workbook(BytesIO(response.content)).worksheets
    heading, _, *rows = sheet.iter_rows()
    texts = [[as_printed(cell.value, cell.number_format) for cell in row] for row in rows]

    shown = page_of(client).tables[table]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=2)] == shown[:1]
    assert texts == shown[1:]
    assert sheet.title == HEADINGS[table]
    assert re.fullmatch(rf"2027年度整体绩效目标申报（全部科室）　{HEADINGS[table]}　\d{{4}}年.*", heading[0].value)
    # A text is a text, whatever it begins with; all else is a number or a date.
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "d"}
    assert [cell.value for row in rows for cell in row if cell.data_type == "f"] == []
    numeric = [number for number, text in enumerate(shown[0]) if re.search(r"数|金额|比例|次|份|天|申报$", text)]
    cells = [row[number] for row in rows for number in numeric]
    assert {type(cell.value) for cell in cells} <= {int, float, type(None)}
    disposition = response.headers["Content-Disposition"]
    assert (disposition.startswith("attachment"), ".xlsx" in disposition) == (True, True)
    assert response.headers["Cache-Control"] == "private, no-store"


def test_the_page_cuts_long_tables_and_the_download_does_not(db: None) -> None:
    under_way()
    office = builders.office()
    departments = MISSING_SHOWN + 3
    for _ in range(departments):
        builders.department(office=office)
    client = signed_in(Role.AUDITOR)
    response = client.get(DASHBOARD)
    page = Statistics(response)

    assert [len(page.tables[key]) - 1 for key in ("superiors", "missing")] == [SUPERIORS_SHOWN, MISSING_SHOWN]
    left_out = re.findall(r"另有 (\d+) 行未显示", response.content.decode())
    assert left_out == [str(departments - SUPERIORS_SHOWN), "3"]
    for key in ("superiors", "missing"):
        rows = contents_of(export(client, key))
        assert len(rows) - 1 == departments
        assert [row[0] for row in rows[: len(page.tables[key])]] == [row[0] for row in page.tables[key]]


def test_what_is_shown_by_colour_is_said_in_words(db: None) -> None:
    busy_round()
    page = signed_in(Role.AUDITOR).get(DASHBOARD).content.decode()
    assert "<title>已批复 2677.700001</title>" in page
    assert len(re.findall(r'role="img"\s+aria-label="[^"]+，数据见数据表"', page)) == 8
    assert "style=" not in page


def test_queries_do_not_grow_with_the_declarations(db: None) -> None:
    made, office = busy_round()
    people = [
        builders.user(Role.REVIEWER, office=office),
        builders.user(Role.PERFORMANCE_REVIEWER),
        builders.user(Role.ADMINISTRATOR),
        builders.user(Role.AUDITOR),
    ]
    clients = [builders.client_of(person) for person in people]
    addresses = [DASHBOARD, *(reverse("declarations:dashboard_export", args=[table]) for table in SECTIONS)]
    # The first entry of the log makes its head, too.
    clients[0].get(addresses[1])
    counts, there = [], 0
    for wanted in (1, 3, 300):
        for number in range(there, wanted):
            own = builders.department(office=office, superior=None if number % 3 else Department.objects.first())
            declaration = standing(Status.RETURNED, made, department=own, total="1", findings={"rate_without_unit": 1})
            event(declaration, Step.RETURN, StageKind.BUSINESS, reason=ReturnReason.OTHER, text="请修改。")
        there = wanted
        counts.append([len(queries_of(client, address)) for client in clients for address in addresses])
    assert counts[0] == counts[1] == counts[2]
    assert max(counts[0]) <= 20
