from ctypes import create_string_buffer

import pypdfium2
import pytest
import weasyprint
from pypdfium2 import raw

from declarations.exports.pdf import STYLES, NothingFetched, render_pdf
from declarations.exports.table import layout
from tests.declarations import documents
from tests.declarations.exports.printed import pages_of, rows_by_page, squeezed

LONG_TEXT = ("第一行说明文字，考察该指标的完成情况。\n" * 60 + "长" * 300)[:1500]


@pytest.fixture(scope="module")
def pdf_of_reference() -> bytes:
    """The reference form as PDF, rendered once for the tests that only read it."""
    return render_pdf(documents.reference_document())


def fonts_of(pdf: bytes) -> set[tuple[str, int]]:
    """The fonts that text is set in, each with whether it is embedded."""
    fonts = set()
    for page in pypdfium2.PdfDocument(pdf):
        for item in page.get_objects([raw.FPDF_PAGEOBJ_TEXT]):
            font = raw.FPDFTextObj_GetFont(item)
            name = create_string_buffer(100)
            raw.FPDFFont_GetBaseFontName(font, name, len(name))
            fonts.add((name.value.decode().partition("+")[2], raw.FPDFFont_GetIsEmbedded(font)))
    return fonts


def test_pdf_of_reference_prints_every_row_whole_in_order_with_header_and_labels_on_each_page(pdf_of_reference):
    starts = rows_by_page(pages_of(pdf_of_reference), layout(documents.reference_document()))

    assert len(starts) == 5


def test_pdf_of_reference_is_landscape_and_titled_in_embedded_fonts(pdf_of_reference):
    pdf = pypdfium2.PdfDocument(pdf_of_reference)

    assert {tuple(round(side) for side in page.get_size()) for page in pdf} == {(842, 595)}
    assert pdf.get_metadata_value("Title") == "省级部门（单位）整体绩效目标申报表"
    assert pdf.get_metadata_value("Author") == "衡阳市人民政府办公室"
    assert fonts_of(pdf_of_reference) == {("Noto-Serif-CJK-SC-Bold", 1), ("Noto-Serif-CJK-SC", 1)}


def test_pdf_of_120_targets_prints_every_row_whole_in_order():
    targets = [documents.target(key=f"target-{n}", name=f"第{n}项工作" * (1 + n % 9)) for n in range(120)]
    document = documents.document_with(*targets)

    starts = rows_by_page(pages_of(render_pdf(document)), layout(document))

    assert len(starts) > 5


def test_pdf_divides_a_row_taller_than_a_page_without_losing_a_line():
    targets = [documents.target(key=f"target-{n}") for n in range(3)]
    document = documents.document_with(*targets, documents.target(key="tall", explanation=LONG_TEXT))

    pages = pages_of(render_pdf(document))

    assert len(pages) > 2
    assert all(page.startswith("一级指标二级指标") for page in pages[1:])
    assert sum(page.count("第一行说明文字，考察该指标的完成情况。") for page in pages) == 60
    assert sum(page.count("长") for page in pages) == 300


def test_pdf_of_goals_longer_than_a_page_prints_all_of_them():
    goals = [documents.goal(key=f"goal-{n}", text="做好各项工作，" * 250) for n in range(4)]
    document = documents.document(duty_goals=tuple(goals))

    pages = pages_of(render_pdf(document))

    assert len(pages) > 2
    assert sum(page.count("做") for page in pages) == 1000


def test_pdf_prints_markup_in_texts_as_text_and_fetches_nothing():
    hostile = '<img src="http://127.0.0.1:9/x"><link rel="stylesheet" href="file:///etc/passwd"><h1>&amp;'
    document = documents.document_with(documents.target(name=hostile, explanation=hostile), department=hostile)

    assert rows_by_page(pages_of(render_pdf(document)), layout(document))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "file:///etc/passwd", "data:text/plain,x"])
def test_nothing_is_fetched(url):
    with pytest.raises(ValueError, match="loads nothing"):
        NothingFetched().fetch(url)


def test_style_sheets_of_the_pdf_hold_nothing_unknown_to_weasyprint(caplog):
    with caplog.at_level("WARNING", logger="weasyprint"):
        for sheet in STYLES:
            weasyprint.CSS(string=sheet.read_text(encoding="utf-8"), url_fetcher=NothingFetched())

    assert caplog.messages == []


def test_pdf_of_declaration_without_targets_prints_its_groups():
    document = documents.document(indicators=(documents.primary(documents.group()),), duty_goals=(), main_tasks=())

    (page,) = pages_of(render_pdf(document))

    assert page == squeezed(layout(document).rows) + "衡阳市人民政府办公室2022年度第1页共1页"
