"""The summary workbook, read back cell by cell."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from declarations import selectors
from declarations.bundles import summary
from declarations.document import check_code
from declarations.enums import BundleKind, Status
from declarations.exports.cells import column_points, text_height
from declarations.models import Budget, Declaration, MainTask, Target
from declarations.tasks import keep_tables
from perfgoals.times import printed_time
from tests.declarations import builders
from tests.declarations.bundles.orders import TITLE, declared, made, order, work

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "_x0041_", "'=1")


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no department could submit now may have been sealed in earlier years."""
    monkeypatch.setattr("declarations.workflow.run_checks", lambda *_: [])


def summary_of(*declarations: Declaration) -> Path:
    bundle = order(BundleKind.SUMMARY, *declarations)
    work()
    return made(bundle)


def rows_of(sheet: Worksheet) -> list[list[Any]]:
    """The values below the heading and the names of the columns."""
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]


def expected_declaration(number: int, each: Declaration, total: str = "2677.7") -> list[Any]:
    submission = each.submission
    submitted_at = timezone.make_naive(submission.submitted_at)
    return [
        number,
        each.round.fiscal_year,
        each.department.code,
        each.department.name,
        each.department.office.name,
        None,
        "已批复" if each.status == Status.APPROVED else "待业务科室审核",
        1,
        1,
        submitted_at.replace(microsecond=0),
        float(total) if total.replace(".", "").isdecimal() else total,
        2677.7,
        0,
        1839.56,
        838.14,
        1,
        3,
        check_code(submission.digest),
    ]


def test_summary_reads_back_as_the_documents_are(db: None) -> None:
    approved, second = declared(2)
    submitted = builders.declaration(Status.IN_REVIEW, round=approved.round, department=builders.department(code="9"))
    draft = builders.declaration(round=approved.round, department=builders.department(code="99"))
    path = summary_of()
    bundle = path.name
    workbook = load_workbook(path)
    assert bundle.endswith(".xlsx")
    assert workbook.sheetnames == ["申报表", "绩效指标", "年度主要任务", "未列入"]
    head = [[cell.value for cell in sheet[2]] for sheet in workbook.worksheets]
    assert head == [
        [column.label for column in columns]
        for columns in (summary.DECLARATIONS, summary.TARGETS, summary.TASKS, summary.LEFT_OUT)
    ]
    all_of_them = [approved, second, submitted]
    declarations = rows_of(workbook["申报表"])
    for row in declarations[:-1]:
        row[9] = row[9].replace(microsecond=0)
    assert declarations == [
        *(expected_declaration(number, each) for number, each in enumerate(all_of_them, start=1)),
        ["合计", None, None, "3 份", *[None] * 6, 8033.1, 8033.1, 0, 5518.68, 2514.42, 3, 9, None],
    ]
    documents = [selectors.sealed_document(each.submission) for each in all_of_them]
    assert rows_of(workbook["绩效指标"]) == [
        [
            document.fiscal_year,
            document.department_code,
            document.department,
            primary.name,
            group.name,
            target.name,
            "共性指标" if target.common else "个性指标",
            "≥",
            target.value,
            target.unit or None,
            target.scoring_standard,
            target.explanation or None,
            target.remark or None,
        ]
        for document in documents
        for primary, group, target in document.targets()
    ]
    assert rows_of(workbook["年度主要任务"]) == [
        [document.fiscal_year, document.department_code, document.department, 1, task.name, task.content, amount]
        for document in documents
        for task in document.main_tasks
        for amount in [float(task.amount)]
    ]
    assert rows_of(workbook["未列入"]) == [
        [draft.round.fiscal_year, "99", draft.department.name, "尚未送审"],
    ]


def test_sheets_have_frozen_heads_filters_and_repeat_their_heads_in_print(db: None) -> None:
    declared(2)
    workbook = load_workbook(summary_of())
    seen = [
        (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows, sheet.page_setup.orientation)
        for sheet in workbook.worksheets
    ]
    assert seen == [
        ("申报表", "E3", "A2:R4", "$2:$2", "landscape"),
        ("绩效指标", "D3", "A2:M8", "$2:$2", "landscape"),
        ("年度主要任务", "D3", "A2:G4", "$2:$2", "landscape"),
    ]


def test_status_says_how_each_stands_when_the_workbook_is_made(db: None) -> None:
    round = builders.round_()
    returned, replaced, adjusting, waiting = (
        builders.declaration(status, round=round, department=builders.department(code=code))
        for code, status in zip(
            "1234", (Status.IN_REVIEW, Status.APPROVED, Status.APPROVED, Status.IN_REVIEW), strict=True
        )
    )
    builders.return_(returned)
    builders.adjust(adjusting)
    bundle = order(BundleKind.SUMMARY)
    builders.adjust(replaced)
    builders.change(replaced)
    builders.submit(replaced)
    builders.approve(replaced)
    builders.withdraw(waiting)
    DBTaskResult.objects.filter(task_path=keep_tables.module_path).delete()
    work()
    rows = rows_of(load_workbook(made(bundle))["申报表"])
    assert [row[6] for row in rows[:-1]] == ["已退回", "原批复", "已批复", "已撤回"]


def test_rows_are_as_high_as_their_texts_need(db: None, unchecked: None) -> None:
    made_ = builders.declaration()
    MainTask.objects.filter(declaration=made_).update(content="一二三四五六七八九十" * 20)
    builders.submit(made_)
    sheet = load_workbook(summary_of())["年度主要任务"]
    points = column_points(sheet.column_dimensions["F"].width)
    assert [sheet.row_dimensions[row].height for row in (2, 3)] == [
        text_height("主要内容", points, 10),
        text_height("一二三四五六七八九十" * 20, points, 10),
    ]
    assert sheet.row_dimensions[3].height > 4 * sheet.row_dimensions[2].height


def test_heading_says_what_was_ordered_and_when(db: None) -> None:
    declared(1)
    bundle = order(BundleKind.SUMMARY)
    work()
    sheet = load_workbook(made(bundle))["申报表"]
    assert sheet["A1"].value == f"{TITLE}　申报表汇总（{printed_time(bundle.created_at)}）"


@pytest.mark.parametrize("text", FORMULAS)
def test_text_like_a_formula_comes_back_as_text(db: None, text: str, unchecked: None) -> None:
    made_ = builders.declaration()
    Target.objects.filter(declaration=made_, tertiary__isnull=True).update(name=text, unit=text, remark=text)
    MainTask.objects.filter(declaration=made_).update(name=text, content=text)
    builders.submit(made_)
    workbook = load_workbook(summary_of())
    targets = [row for row in workbook["绩效指标"].iter_rows(min_row=3) if row[6].value == "个性指标"]
    cells = [cell for row in targets for cell in (row[5], row[9], row[12])]
    cells += [cell for row in workbook["年度主要任务"].iter_rows(min_row=3) for cell in row[4:6]]
    assert {(unescape(cell.value), cell.data_type) for cell in cells} == {(text, "s")}


def test_characters_that_no_workbook_can_carry_are_left_out_and_spoil_nothing(db: None, unchecked: None) -> None:
    made_ = builders.declaration()
    MainTask.objects.filter(declaration=made_).update(name="第一行\x0b第二行", content="\uffff\x07内容")
    builders.submit(made_)
    bundle = order(BundleKind.SUMMARY, title="申报表\x0b（\x1b名称）")
    work()
    workbook = load_workbook(made(bundle))
    assert [row[4:6] for row in rows_of(workbook["年度主要任务"])] == [["第一行第二行", "内容"]]
    assert workbook.properties.title == "申报表（名称）汇总表"


def test_amount_that_is_no_number_stays_a_text_and_is_not_counted(db: None, unchecked: None) -> None:
    round = builders.round_()
    first, second = (builders.declaration(round=round, department=builders.department(code=code)) for code in "12")
    Budget.objects.filter(declaration=first).update(total="约 2000")
    for each in (first, second):
        builders.submit(each)
    rows = rows_of(load_workbook(summary_of())["申报表"])
    assert [row[10] for row in rows] == ["约 2000", 2677.7, 2677.7]
    assert rows[-1][3] == "2 份；另有 1 处金额不是数字，未计入合计"


def test_amounts_are_read_as_people_type_them_and_keep_their_digits(db: None, unchecked: None) -> None:
    made_ = builders.declaration()
    Budget.objects.filter(declaration=made_).update(total="１，234。50")
    builders.submit(made_)
    sheet = load_workbook(summary_of())["申报表"]
    assert [(cell.value, cell.number_format) for cell in (sheet["K3"], sheet["K4"])] == [(1234.5, "0.00")] * 2


def test_rows_past_the_limit_of_a_sheet_go_on_in_another(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "MAX_ROWS", 4)
    declared(2)
    workbook = load_workbook(summary_of())
    assert workbook.sheetnames == ["申报表", "绩效指标", "绩效指标（2）", "年度主要任务"]
    assert [len(rows_of(workbook[name])) for name in ("绩效指标", "绩效指标（2）")] == [4, 2]
    assert workbook["绩效指标（2）"].auto_filter.ref == "A2:M4"


def test_text_past_the_limit_of_a_cell_is_cut_with_a_word(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "fits_cell", lambda text: len(text) <= 100)
    monkeypatch.setattr(summary, "MAX_TEXT_UNITS", 100)
    made_ = builders.declaration()
    MainTask.objects.filter(declaration=made_).update(content="𠮷" * 101)
    builders.submit(made_)
    content = load_workbook(summary_of())["年度主要任务"]["F3"].value
    assert content == "𠮷" * ((100 - len(summary.CUT)) // 2) + summary.CUT
