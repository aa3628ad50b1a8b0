from typing import Any

from declarations.document import Document
from declarations.exports.pdf.fonts import faces
from declarations.exports.pdf.pages import LEAST_LINES, RESERVE, Corrections, Frame, Page, divide
from declarations.exports.pdf.sheet import BORDER, LANDSCAPE, LINE, PADDING_Y
from declarations.exports.table import RowKind, layout
from tests.declarations import documents


def pages_of(document: Document, below: float = 0, corrections: Corrections | None = None) -> list[Page]:
    return divide(layout(document), LANDSCAPE, faces()[0], Frame(52, below), corrections or Corrections())


def rows(page: Page) -> list[int]:
    return [row.number for row in (*page.head, *page.body)]


def many(count: int, **texts: Any) -> Document:
    return documents.document_with(*(documents.target(key=f"target-{n}", **texts) for n in range(count)))


def test_small_table_has_one_page_with_the_rows_as_they_are():
    document = documents.document()
    table = layout(document)

    (page,) = pages_of(document)

    assert (page.head, page.body) == (table.head, table.body)


def test_every_row_is_on_one_page_in_order():
    document = many(60)
    table = layout(document)

    pages = pages_of(document)

    assert len(pages) > 2
    assert [number for page in pages for number in rows(page)] == [row.number for row in (*table.head, *table.body)]


def test_label_that_is_cut_stands_on_each_page_and_spans_its_rows():
    pages = pages_of(many(60))

    for page in pages:
        first = page.body[0].cells
        assert [cell.text for cell in first[:2]] == ["产出指标", "重点工作任务完成"]
        assert sum(cell.rowspan for row in page.body for cell in row.cells if cell.column == 1) == len(page.body)
    assert [page.body[0].cells[0].repeated for page in pages] == [False] + [True] * (len(pages) - 1)


def test_group_begins_with_its_first_target():
    for count in range(5, 25):
        for page in pages_of(many(count)):
            assert page.body == () or page.body[-1].kind != RowKind.GROUP


def test_row_higher_than_a_page_is_divided_between_lines():
    text = "考察该指标的完成情况。" * 400
    document = many(3, explanation=text)

    pages = pages_of(document)

    parts = [cell.text for page in pages for row in page.body for cell in row.cells if cell.column == 7]
    assert "".join(parts).replace("反映重点工作。", "").startswith(text * 3)
    assert len(pages) > 6


def test_divided_row_fills_each_page_but_its_last():
    document = documents.document_with(documents.target(explanation="考察该指标的完成情况。" * 600))

    _, *others, _ = pages_of(document)

    parts = [cell for page in others for row in page.body for cell in row.cells if cell.column == 7]
    lines = [int(name.split("-")[3]) - int(name.split("-")[2]) for page in others for name in page.names]
    room = LANDSCAPE.content_height - RESERVE - (LINE + 2 * PADDING_Y + BORDER)
    assert len(parts) == len(others) > 3
    assert set(lines) == {int((room - 2 * PADDING_Y - 2 * BORDER) / LINE)}


def test_parts_of_a_divided_row_have_several_lines():
    divided = 0
    for length in range(300, 700, 20):
        for page in pages_of(many(3, explanation="长" * length)):
            for name in page.names:
                _, _, first, stop = name.split("-")
                if first != "0":
                    divided += 1
                    assert int(stop) - int(first) >= LEAST_LINES
                    assert int(first) >= LEAST_LINES
    assert divided > 5


def test_what_stands_below_the_table_takes_rows_to_the_last_page():
    counts = {}
    for below in (0, 104):
        counts[below] = [len(pages_of(many(count), below)) for count in range(8, 20)]
        for count in range(8, 20):
            pages = pages_of(many(count), below)
            assert len(pages) == 1 or len(rows(pages[-1])) >= 5

    assert sum(counts[104]) > sum(counts[0])


def test_heights_as_drawn_move_the_page_break():
    document = many(20)
    before = pages_of(document)
    name = before[0].names[-2]

    after = pages_of(document, corrections=Corrections(heights={name: 200.0}))

    assert len(rows(after[0])) < len(rows(before[0]))


def test_label_higher_than_its_rows_counts():
    name = "一个名称很长的二级指标" * 20
    groups = [documents.group(documents.target(key=f"t{n}"), key=f"g{n}", name=name) for n in range(4)]
    document = documents.document(indicators=(documents.primary(*groups),))

    assert len(pages_of(document)) > len(pages_of(documents.document()))


def test_labels_of_both_levels_that_are_higher_than_their_rows_stand_beside_each_other():
    """Each is nearly half as high as a page: one after the other they would take two."""
    name = "一个名称很长的指标" * 11
    group = documents.group(documents.target(), name=name)
    document = documents.document(
        duty_goals=(documents.goal(text="做好各项工作，" * 100),),
        indicators=(documents.primary(group, name=name), documents.primary(key="primary-2", name=name)),
    )

    first, second = pages_of(document)

    assert (len(first.body), len(second.body)) == (0, 3)
