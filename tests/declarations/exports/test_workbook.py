from decimal import Decimal

import pytest

from declarations.exports.table import HEADINGS, layout
from declarations.exports.workbook import MAX_ROW_HEIGHT, TextTooLongError, render_workbook
from tests.declarations import documents
from tests.declarations.exports.printed import cells_of_workbook, plain_cells, sheet_of


def test_workbook_of_reference_has_the_cells_of_the_table():
    reference = documents.reference_document()

    assert cells_of_workbook(render_workbook(reference)) == plain_cells(layout(reference))


def test_workbook_writes_budget_figures_as_numbers_with_their_decimals():
    budget = documents.budget(total="72807.384975", fiscal_funds="1,000", other_funds="", basic_expenditure="约100")
    sheet = sheet_of(render_workbook(documents.document(budget=budget)))

    figures = [sheet.cell(row, 6) for row in range(7, 12)]
    assert [(cell.value, cell.data_type, cell.number_format) for cell in figures] == [
        (72807.384975, "n", "0.000000"),
        (1000, "n", "0"),
        (None, "n", "General"),
        ("约100", "s", "General"),
        (838.14, "n", "0.00"),
    ]


def test_workbook_writes_amount_too_long_for_a_number_as_text():
    amount = "1234567890123.123456789"
    sheet = sheet_of(render_workbook(documents.document(budget=documents.budget(total=amount))))

    assert (sheet["F7"].value, sheet["F7"].data_type) == (amount, "s")


def test_workbook_leaves_out_control_characters():
    sheet = sheet_of(render_workbook(documents.document(main_tasks=(documents.task(content="上\x00\x07文\r\n下文"),))))

    assert sheet["F6"].value == "上文\n下文"


def test_workbook_escapes_what_excel_would_read_as_a_character_code():
    sheet = sheet_of(render_workbook(documents.document(main_tasks=(documents.task(content="a_x0041_b"),))))

    assert sheet["F6"].value == "a_x005F_x0041_b"


def test_workbook_refuses_text_that_no_cell_holds():
    goals = tuple(documents.goal(key=f"goal-{n}", text="字" * 2000) for n in range(17))

    beginning = f"目标1：{'字' * 16}"
    with pytest.raises(TextTooLongError, match=f"以“{beginning}”开头的文字超过 Excel 单元格 32767 个字符的上限"):
        render_workbook(documents.document(duty_goals=goals))


def test_workbook_counts_characters_outside_the_basic_plane_twice():
    task = documents.task(content="𠮷" * 16384)

    with pytest.raises(TextTooLongError):
        render_workbook(documents.document(main_tasks=(task,)))


def test_workbook_gives_a_row_too_tall_for_excel_several_rows():
    lines = "\n".join(f"第{n}行" for n in range(70))
    document = documents.document_with(documents.target(explanation=lines))
    contents = render_workbook(document)
    sheet = sheet_of(contents)

    texts = [cell.text for cell in cells_of_workbook(contents)]
    assert texts == [cell.text for cell in layout(document).cells()]
    heights = [sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)]
    assert max(heights) <= MAX_ROW_HEIGHT
    area = next(area for area in sheet.merged_cells.ranges if area.coord.startswith("G14"))
    assert sum(heights[area.min_row - 1 : area.max_row]) > 70 * 12


def test_workbook_of_120_targets_has_them_all():
    targets = [documents.target(key=f"target-{n}", name=f"第{n}项工作") for n in range(120)]
    document = documents.document_with(*targets)

    assert cells_of_workbook(render_workbook(document)) == plain_cells(layout(document))


def test_workbook_makes_rows_as_high_as_their_texts():
    sheet = sheet_of(render_workbook(documents.reference_document()))

    one_line, goals, eight_lines = (sheet.row_dimensions[row].height for row in (6, 4, 27))
    assert one_line < 25
    assert 5 * 12 < goals < 5 * 18
    assert 7 * 12 < eight_lines < 9 * 18


def test_workbook_is_set_up_for_printing():
    sheet = sheet_of(render_workbook(documents.document(department="A&B局")))

    assert [cell.value for cell in sheet[12]] == list(HEADINGS)
    assert sheet.print_title_rows == "$12:$12"
    assert sheet.print_area == "'绩效目标申报表'!$A$1:$H$16"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert sheet.oddFooter.left.text == "A＆B局　2022 年度"
    assert sheet.oddFooter.right.text == "第 &P 页 共 &N 页"


def test_workbook_draws_a_border_around_every_cell_below_the_year():
    contents = render_workbook(documents.reference_document())
    sheet = sheet_of(contents)

    sides = set()
    for cell in cells_of_workbook(contents)[2:]:
        rows, columns = range(cell.row, cell.row + cell.rowspan), range(cell.column, cell.column + cell.colspan)
        sides |= {sheet.cell(row, columns[0]).border.left.style for row in rows}
        sides |= {sheet.cell(row, columns[-1]).border.right.style for row in rows}
        sides |= {sheet.cell(rows[0], column).border.top.style for column in columns}
        sides |= {sheet.cell(rows[-1], column).border.bottom.style for column in columns}
    assert sides == {"thin"}
    assert sheet["A1"].border.left.style is None


def test_workbook_is_set_in_song_type_and_names_itself():
    sheet = sheet_of(render_workbook(documents.reference_document()))

    assert (sheet["A1"].font.name, sheet["A1"].font.size, sheet["A1"].font.bold) == ("宋体", 18, True)
    assert (sheet["C15"].font.name, sheet["C15"].font.size, sheet["C15"].alignment.wrap_text) == ("宋体", 10, True)
    assert sheet.parent.properties.title == "省级部门（单位）整体绩效目标申报表"
    assert sheet.parent.properties.creator == "衡阳市人民政府办公室"
    assert Decimal(str(sheet["F11"].value)) == Decimal("1839.56")
