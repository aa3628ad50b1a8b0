"""The workbook as a template wants it printed, and what it says of itself."""

from decimal import Decimal

import pytest
from hypothesis import given, settings

from declarations.document import Printing
from declarations.exports.imprint import Imprint
from declarations.exports.table import layout
from declarations.exports.workbook import render_workbook
from tests.declarations import documents
from tests.declarations.exports.printed import Plain, cells_of_workbook, plain_cells, sheet_of
from tests.declarations.generated import generated_documents
from tests.declarations.printings import EVERY_PRINTING, printing_id

REFERENCE = documents.reference_document()
APPROVED = Imprint(
    status="已批复　2022年3月1日　衡阳市财政局绩效科",
    digest=REFERENCE.digest(),
    address=f"https://goals.example.gov.cn/verify/{REFERENCE.digest()[:32]}/",
)
DRAFT = Imprint(watermark="草稿", status="草稿，尚未送审")


def printed(**changes):
    return REFERENCE.model_copy(update={"printing": Printing(**changes)})


@pytest.mark.parametrize("printing", EVERY_PRINTING, ids=printing_id)
def test_workbook_has_the_cells_of_the_page_in_every_way_of_printing(printing):
    document = documents.document(with_task_amounts=True, main_tasks=(documents.task(amount="1838.14"),))
    document = document.model_copy(update={"printing": printing})
    table = layout(document, printing)
    found = cells_of_workbook(render_workbook(document))
    below = [cell.text for cell in found if cell.row > len(table.rows)]

    assert [cell for cell in found if cell.row <= len(table.rows)] == plain_cells(table)
    assert [text.split("　")[0] for text in below] == [line[0] for line in table.signatures]


@settings(max_examples=30, deadline=None)
@given(document=generated_documents())
def test_workbook_of_any_document_has_the_cells_of_the_page(document):
    found = [
        Plain(cell.row, cell.column, cell.rowspan, cell.colspan, cell.text.replace("_x005F_", "_"))
        for cell in cells_of_workbook(render_workbook(document))
    ]
    assert found == plain_cells(layout(document))


@pytest.mark.parametrize(("orientation", "width"), [("landscape", 155.5), ("portrait", 97)])
def test_paper_lies_as_the_template_wants_it(orientation, width):
    sheet = sheet_of(render_workbook(printed(orientation=orientation)))
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == (orientation, 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_options.horizontalCentered is True
    assert sum(sheet.column_dimensions[column].width for column in "ABCDEFGH") == pytest.approx(width)


def test_grouped_amounts_are_numbers_with_all_their_digits():
    figures = {"total": "72807.384975", "fiscal_funds": "1,000", "other_funds": "约100"}
    figures |= {"basic_expenditure": "1234567890123.123456789", "project_expenditure": ""}
    document = documents.document(budget=documents.budget(**figures), printing=Printing(amounts="grouped"))
    sheet = sheet_of(render_workbook(document))
    cells = [(cell.value, cell.data_type, cell.number_format) for cell in (sheet.cell(row, 6) for row in range(7, 12))]
    assert cells == [
        (72807.384975, "n", "#,##0.00"),
        (1000, "n", "#,##0.00"),
        ("约100", "s", "General"),
        ("1234567890123.123456789", "s", "General"),
        (None, "n", "General"),
    ]
    assert Decimal(repr(sheet["F7"].value)) == Decimal("72807.384975")


def test_signatures_stand_below_the_table_and_are_printed():
    sheet = sheet_of(render_workbook(printed(signatures=True)))
    last = len(layout(REFERENCE).rows)
    lines = [sheet.cell(row, 1).value for row in (last + 1, last + 2)]
    assert [line.split() for line in lines] == [
        ["单位负责人（签字）：", "填报人（签字）：", "联系电话："],
        ["单位（盖章）：", "填报日期：", "年", "月", "日"],
    ]
    assert {f"A{last + 1}:H{last + 1}", f"A{last + 2}:H{last + 2}"} <= {
        area.coord for area in sheet.merged_cells.ranges
    }
    assert sheet.print_area == f"'绩效目标申报表'!$A$1:$H${last + 2}"
    assert [sheet.row_dimensions[row].height for row in (last + 1, last + 2)] == [36, 36]
    assert sheet.cell(last + 1, 1).border.left.style is None


def test_approved_table_says_so_on_each_page_and_below():
    sheet = sheet_of(render_workbook(REFERENCE, APPROVED))
    last = len(layout(REFERENCE).rows) + 1
    assert (sheet.oddHeader.center.text, sheet.oddHeader.right.text) == (None, APPROVED.status)
    assert sheet.oddFooter.left.text == "衡阳市人民政府办公室　2022 年度"
    assert sheet.oddFooter.center.text == "校验码 5f6a 7463 b8cb 5d5b"
    assert sheet.oddFooter.right.text == "第 &P 页 共 &N 页"
    assert [sheet.cell(last, column).value for column in (1, 3)] == [
        "核验信息：",
        f"{APPROVED.status}　校验码 5f6a 7463 b8cb 5d5b　核验网址 {APPROVED.address}",
    ]
    assert sheet.print_area == f"'绩效目标申报表'!$A$1:$H${last}"


def test_draft_has_its_watermark_in_the_header_and_nothing_below():
    sheet = sheet_of(render_workbook(REFERENCE, DRAFT))
    header = sheet.oddHeader
    assert (header.center.text, header.center.font, header.center.size) == ("草稿", "宋体,Bold", 16)
    assert header.right.text == "草稿，尚未送审"
    assert sheet.oddFooter.center.text is None
    assert sheet.max_row == len(layout(REFERENCE).rows)


def test_workbook_says_what_it_is():
    properties = sheet_of(render_workbook(REFERENCE, APPROVED)).parent.properties
    found = (
        properties.title,
        properties.subject,
        properties.creator,
        properties.keywords,
        properties.description,
        properties.language,
        properties.lastModifiedBy,
    )
    assert found == (
        "省级部门（单位）整体绩效目标申报表",
        "2022 年度",
        "衡阳市人民政府办公室",
        REFERENCE.digest(),
        APPROVED.status,
        "zh-CN",
        None,
    )
    draft = sheet_of(render_workbook(REFERENCE, DRAFT)).parent.properties
    assert (draft.keywords, draft.description) == (None, "草稿，尚未送审")


def test_same_table_makes_the_same_file(monkeypatch):
    first = render_workbook(REFERENCE, APPROVED)
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    assert render_workbook(REFERENCE, APPROVED) == first
    assert render_workbook(REFERENCE, DRAFT) != first


def test_label_that_a_page_could_cut_stands_at_the_top_of_a_row_that_holds_it():
    sheet = sheet_of(render_workbook(REFERENCE))
    alignments = {sheet[place].value: sheet[place].alignment.vertical for place in ("A5", "A8", "A14", "B14", "B18")}
    assert alignments == {
        "年度主要任务": "center",
        "预算情况": "center",
        "投入管理指标": "top",
        "工作目标管理": "top",
        "预算和财务管理": "top",
    }
    # Seven characters in a column of four and a half are two lines.
    assert sheet.row_dimensions[18].height >= 2 * 14
