"""The PDF as it is drawn: texts in their boxes, lines, labels, pages; and what else is in the file."""

import json
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import segno
import weasyprint
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat
from pypdfium2 import raw

from declarations.document import Document, Printing
from declarations.exports.imprint import Imprint
from declarations.exports.pdf import render_pdf, rendering
from declarations.exports.pdf.rendering import STYLES, NothingFetched, OwnFontsFetched
from tests.declarations import documents
from tests.declarations.exports.drawn import (
    assert_drawn_right,
    assert_glyphs_drawn,
    assert_lines_begin_well,
    fonts_of,
    read,
)
from tests.declarations.generated import generated_documents

REFERENCE = documents.reference_document()
DIGEST = REFERENCE.digest()
APPROVED = Imprint(
    status="已批复　2022年3月1日　衡阳市财政局绩效科",
    digest=DIGEST,
    address=f"https://example.gov.cn/verify/{DIGEST[:32]}/",
)
PICTURES = Path(__file__).with_name("pictures")
LONG_TEXT = ("第一行说明文字，考察该指标的完成情况。\n" * 60 + "长" * 300)[:1500]
HAN = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过"
BOLD = "Perfgoals-Serif-Bold"
RARE = "𠮷㛃䶮𬀩"


def printed(**printing: Any) -> Document:
    """The reference form, printed so."""
    return REFERENCE.model_copy(update={"printing": Printing(**printing)})


@pytest.fixture(scope="module")
def pdf_of_reference() -> bytes:
    """The reference form as PDF, drawn once for the tests that only read it."""
    return render_pdf(REFERENCE)


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with each time that the pages are drawn."""
    counted: list[int] = []
    draw = rendering._draw

    def counting(html: str, style: str) -> weasyprint.Document:
        counted.append(1)
        return draw(html, style)

    monkeypatch.setattr(rendering, "_draw", counting)
    return counted


def test_pdf_of_reference_has_every_text_in_its_closed_box_with_header_and_labels_on_each_page(pdf_of_reference):
    pages = assert_drawn_right(pdf_of_reference, REFERENCE)

    assert len(pages) == 5
    assert_lines_begin_well(pages)


def test_pdf_of_reference_is_right_at_the_first_drawing(passes):
    render_pdf(REFERENCE)

    assert len(passes) == 1


def test_pdf_is_landscape_in_our_own_fonts_with_room_for_the_binder(pdf_of_reference):
    pages = read(pdf_of_reference)

    assert {(round(page.width), round(page.height)) for page in pages} == {(842, 595)}
    assert fonts_of(pdf_of_reference) == {"Perfgoals-Serif", "Perfgoals-Serif-Bold"}
    assert min(box.left for page in pages for box in page.boxes) > 70
    assert min(box.top for page in pages for box in page.boxes) > 55


def test_title_is_bold_and_of_the_official_size(pdf_of_reference):
    page = pypdfium2.PdfDocument(pdf_of_reference)[0]
    texts = [
        item
        for item in page.get_objects([raw.FPDF_PAGEOBJ_TEXT], textpage=page.get_textpage())
        if item.get_font().get_base_name().endswith(BOLD)
    ]

    assert [(item.extract(), round(item.get_font_size() * 0.75)) for item in texts] == [(REFERENCE.title, 22)]


def test_pdf_is_the_same_each_time(pdf_of_reference):
    assert render_pdf(REFERENCE) == pdf_of_reference


@pytest.mark.parametrize(
    "printing",
    [
        {"orientation": "portrait", "unit_column": True, "amounts": "grouped"},
        {"unit_column": True},
        {"standard_column": False, "remark_column": False, "signatures": True},
    ],
    ids=lambda printing: "-".join(printing),
)
def test_pdf_of_each_way_of_printing_has_every_text_in_its_closed_box(printing):
    document = printed(**printing)

    pages = assert_drawn_right(render_pdf(document, APPROVED), document)

    portrait = printing.get("orientation") == "portrait"
    assert {page.height > page.width for page in pages} == {portrait}
    assert_lines_begin_well(pages)


def test_amounts_of_a_column_stand_below_each_other_by_their_points():
    document = documents.document(
        budget=documents.budget(total="2677.7", fiscal_funds="约2677.7", basic_expenditure="1839.56", other_funds="0")
    )

    (page,) = read(render_pdf(document))

    boxes = {box.text: box for box in page.boxes}
    points = [sign.x for text in ("2677.7", "1839.56", "838.14") for sign in boxes[text].signs if sign.text == "."]
    assert max(points) - min(points) < 0.1
    unit = boxes["0"].signs[0].x
    assert 0 < points[0] - unit < 6
    typed = boxes["约2677.7"]
    middle = (typed.signs[0].x + typed.signs[-1].x) / 2
    assert abs(middle - (typed.left + typed.right) / 2) < 3


def test_signatures_and_seal_stand_below_the_end_of_the_table():
    document = printed(signatures=True)

    pages = read(render_pdf(document))

    lines = "单位负责人（签字）：填报人（签字）：联系电话：单位（盖章）：填报日期：年月日"
    assert pages[-1].text_below().startswith(lines)
    assert [page.text_below().count("单位（盖章）") for page in pages] == [0] * (len(pages) - 1) + [1]
    assert sum(box.bottom - box.top for box in pages[-1].boxes if box.right > 790) > 100


def test_signatures_take_rows_along_to_a_page_of_their_own():
    for count in range(18, 28):
        targets = [documents.target(key=f"target-{n}") for n in range(count)]
        document = documents.document_with(*targets, printing=Printing(signatures=True))

        pages = assert_drawn_right(render_pdf(document), document)

        if len(pages) > 1:
            assert len(pages[-1].rows()) >= 5
            break
    else:
        pytest.fail("no document of two pages")


def test_last_page_is_never_left_with_a_few_lines():
    lengths = set()
    for count in range(10, 20, 2):
        targets = [documents.target(key=f"target-{n}") for n in range(count)]

        pages = read(render_pdf(documents.document_with(*targets)))

        lengths.add(len(pages))
        height = pages[-1].rows()[-1][1] - pages[-1].rows()[0][0]
        assert len(pages) == 1 or height > 100
    assert lengths == {1, 2}


def test_imprint_of_an_approved_table_stands_on_each_page():
    pages = read(render_pdf(REFERENCE, APPROVED))

    code = " ".join(DIGEST[start : start + 4] for start in range(0, 16, 4)).replace(" ", "")
    for page in pages:
        assert f"已批复2022年3月1日衡阳市财政局绩效科校验码{code}" in page.text_above()
        assert page.watermark == ""


def test_imprint_of_a_draft_is_a_watermark_across_each_page():
    pages = read(render_pdf(REFERENCE, Imprint(watermark="草稿", status="草稿　未送审")))

    assert [page.watermark for page in pages] == ["草稿"] * 5
    assert all("草稿未送审" in page.text_above() for page in pages)


def test_text_of_a_sealed_table_is_copied_from_the_title_on():
    with closing(pypdfium2.PdfDocument(render_pdf(REFERENCE, APPROVED))) as pdf:
        lines = pdf[0].get_textpage().get_text_range().splitlines()

    assert lines[:3] == [REFERENCE.title, "(2022 年度)", f"部门（单位）名称 {REFERENCE.department}"]


def test_qr_code_of_the_address_stands_beside_the_title_of_the_first_page_only():
    pdf = pypdfium2.PdfDocument(render_pdf(REFERENCE, APPROVED))
    matrix = segno.make(APPROVED.address, error="m", micro=False).matrix
    picture = pdf[0].render(scale=10).to_pil().convert("L")
    corner = picture.crop((picture.width - 1000, 510, picture.width - 420, 1100))
    left, top, right, bottom = ImageChops.invert(corner).point(lambda grey: 255 if grey > 128 else 0).getbbox()
    size = (right - left) / len(matrix)

    drawn = [
        [
            int(corner.getpixel((int(left + (x + 0.5) * size), int(top + (y + 0.5) * size))) < 128)
            for x in range(len(matrix))
        ]
        for y in range(len(matrix))
    ]

    assert drawn == [[int(module) for module in row] for row in matrix]
    assert abs((bottom - top) - (right - left)) <= 2


def test_pdf_of_120_targets_in_a_group_has_every_text_in_its_closed_box(passes):
    targets = [documents.target(key=f"target-{n}", name=f"第{n}项工作" * (1 + n % 9)) for n in range(120)]
    document = documents.document_with(*targets)

    pages = assert_drawn_right(render_pdf(document), document)

    assert len(pages) > 5
    assert len(passes) == 1


def test_long_texts_go_on_at_the_next_page_beside_their_labels(passes):
    targets = [documents.target(key=f"target-{n}") for n in range(3)]
    tall = documents.target(key="tall", name="很长的指标", explanation=LONG_TEXT * 2, scoring_standard=LONG_TEXT[:200])
    document = documents.document_with(*targets, tall, documents.target(key="last", remark=LONG_TEXT))

    pages = assert_drawn_right(render_pdf(document), document)

    assert len(pages) > 6
    assert len(passes) == 1
    names = [box.text for page in pages for box in page.boxes if box.text == "很长的指标"]
    assert len(names) > 3


@pytest.mark.parametrize(("orientation", "length"), [("landscape", 3), ("portrait", 2)])
def test_names_as_long_as_they_may_be_take_no_page_for_each_row(orientation, length, passes):
    primaries = tuple(
        documents.primary(
            *(
                documents.group(
                    *(documents.target(key=f"{level1}-{level2}-{n}") for n in range(2)),
                    key=f"{level1}-{level2}",
                    name="二级指标名称" * 16 + "完成情况",
                )
                for level2 in range(2)
            ),
            key=f"{level1}",
            name="一级指标名称" * 16 + "完成情况",
        )
        for level1 in range(2)
    )
    document = documents.document(indicators=primaries, printing=Printing(orientation=orientation, signatures=True))

    pages = assert_drawn_right(render_pdf(document), document)

    assert (len(pages), len(passes)) == (length, 1)


def test_goals_longer_than_a_page_go_on_at_the_next_page():
    goals = tuple(documents.goal(key=f"goal-{n}", text="做好各项工作，" * 250) for n in range(4))
    document = documents.document(duty_goals=goals)

    pages = assert_drawn_right(render_pdf(document), document)

    assert len(pages) == 4
    assert_lines_begin_well(pages)


def test_rare_characters_are_drawn_whole():
    document = documents.document_with(
        documents.target(name=f"{RARE}项目", remark=RARE), title=f"{RARE}申报表", department=f"{RARE}局"
    )
    pdf = render_pdf(document)

    assert_drawn_right(pdf, document)

    assert fonts_of(pdf) == {
        "Perfgoals-Serif",
        "Perfgoals-Serif-Bold",
        "Noto-Serif-CJK-SC",
        "Noto-Serif-CJK-SC-Bold",
    }


def test_characters_that_no_font_has_are_shown_as_such_and_told(caplog):
    document = documents.document_with(documents.target(name="甲\ue863乙\U0002fffd"), department="\ue863局")

    pdf = render_pdf(document)

    pages = assert_drawn_right(pdf, document, without="\ue863\U0002fffd")
    note = "注：表中“〓”处的文字（U+E863、U+2FFFD）未收入本机字库，原文见本文件所附declaration.json。"
    assert pages[-1].text_below().startswith(note)
    assert caplog.messages == ["No font has U+E863 U+2FFFD: printed as 〓."]


def test_no_sign_turns_a_figure_around():
    document = documents.document(budget=documents.budget(total="\u202e123"))

    (page,) = read(render_pdf(document))

    assert "123" in [box.text for box in page.boxes]


@st.composite
def prose(draw: st.DrawFn, clauses: int) -> str:
    """Clauses with figures, brackets and rare characters; none begins with a sign that may not begin a line."""
    parts = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["", "第1项", "约5.5万人次", "（单位）", "“三公”", RARE, "ABC-1 ", "100%"]),
                st.text(HAN, min_size=1, max_size=14),
                st.sampled_from("，。；：、！"),
            ),
            max_size=clauses,
        )
    )
    return "".join(chain for part in parts for chain in part)


@st.composite
def printed_documents(draw: st.DrawFn) -> Document:
    """Short and long texts, few and many rows, in every way of printing."""
    primaries = []
    for primary in range(draw(st.integers(1, 3))):
        groups = []
        for group in range(draw(st.integers(0, 2))):
            targets = [
                documents.target(
                    key=f"{primary}-{group}-{n}",
                    name=draw(prose(2)),
                    scoring_standard=draw(prose(3)),
                    explanation=draw(st.one_of(prose(4), prose(60))),
                    remark=draw(prose(1)),
                )
                for n in range(draw(st.sampled_from([0, 1, 3, 12])))
            ]
            name = draw(st.text(HAN, max_size=100))
            groups.append(documents.group(*targets, key=f"{primary}-{group}", name=name, explanation=draw(prose(3))))
        name = draw(st.text(HAN, min_size=1, max_size=100))
        primaries.append(documents.primary(*groups, key=f"{primary}", name=name))
    goals = [documents.goal(key=f"goal-{n}", text=draw(prose(40))) for n in range(draw(st.integers(0, 3)))]
    tasks = [documents.task(key=f"task-{n}", name=draw(prose(2)), content=draw(prose(30))) for n in range(2)]
    return documents.document(
        title=draw(st.text(HAN, min_size=1, max_size=40)),
        department=draw(st.text(HAN, min_size=1, max_size=30)),
        duty_goals=tuple(goals),
        main_tasks=tuple(tasks),
        indicators=tuple(primaries),
        printing=Printing(
            orientation=draw(st.sampled_from(["landscape", "portrait"])),
            amounts=draw(st.sampled_from(["typed", "grouped"])),
            unit_column=draw(st.booleans()),
            standard_column=draw(st.booleans()),
            remark_column=draw(st.booleans()),
            signatures=draw(st.booleans()),
        ),
    )


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(printed_documents(), st.booleans())
def test_pdf_of_any_document_has_every_text_in_its_closed_box(document, approved):
    pages = assert_drawn_right(render_pdf(document, APPROVED if approved else Imprint(watermark="草稿")), document)

    assert_lines_begin_well(pages)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(generated_documents())
def test_pdf_of_any_characters_draws_a_glyph_for_each(document):
    pdf = render_pdf(document)

    assert_glyphs_drawn(pdf)
    assert all(page.boxes for page in read(pdf))


def test_pages_of_reference_look_as_they_did(pdf_of_reference, tmp_path):
    """After a change that is meant, take the new pictures from the folder that the failure names."""
    for number, page in enumerate(pypdfium2.PdfDocument(pdf_of_reference), start=1):
        drawn = page.render(scale=50 / 72).to_pil().convert("L")
        name = f"reference-{number}.png"
        drawn.save(tmp_path / name, optimize=True)
        kept = Image.open(PICTURES / name)

        assert kept.size == drawn.size
        difference = ImageStat.Stat(ImageChops.difference(kept, drawn)).mean[0]
        assert difference < 0.3, f"{name} differs by {difference:.2f}; it is in {tmp_path}"


def test_pdf_carries_title_author_language_and_tags(pdf_of_reference):
    with pikepdf.open(BytesIO(pdf_of_reference)) as pdf:
        assert str(pdf.docinfo.Title) == "衡阳市人民政府办公室2022年度省级部门（单位）整体绩效目标申报表"
        assert str(pdf.docinfo.Author) == "衡阳市人民政府办公室"
        assert str(pdf.Root.Lang) == "zh-CN"
        assert pdf.Root.MarkInfo.Marked is True
        assert pdf.Root.ViewerPreferences.DisplayDocTitle is True
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "3U"
        kinds = _kinds(pdf.Root.StructTreeRoot)
    assert {"/Table", "/THead", "/TBody", "/TR", "/TH", "/TD", "/H1"} <= kinds


def test_properties_and_bookmarks_are_whole_whatever_names_hold():
    named = documents.document(
        department="甲\x0b\u202e乙",
        title="申报\x07表\ufffe",
        main_tasks=(documents.task(name="任\x1f\u2067务", content="内容"),),
    )
    with pikepdf.open(BytesIO(render_pdf(named))) as pdf:
        assert str(pdf.docinfo.Title) == f"甲乙{named.fiscal_year}年度申报表"
        assert str(pdf.docinfo.Author) == "甲乙"
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == f"甲乙{named.fiscal_year}年度申报表"
        assert fromstring(pdf.Root.Metadata.read_bytes()).tag == "{adobe:ns:meta/}xmpmeta"
        with pdf.open_outline() as outline:
            assert "任务" in [child.title for item in outline.root for child in item.children]


def _kinds(element: Any) -> set[str]:
    """The kinds of the elements of the structure tree."""
    found = {str(element["/S"])} if "/S" in element else set()
    children = element.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary):
            found |= _kinds(child)
    return found


def test_bookmarks_lead_to_sections_tasks_and_groups(pdf_of_reference):
    with pikepdf.open(BytesIO(pdf_of_reference)) as pdf, pdf.open_outline() as outline:
        bookmarks = [(item.title, [child.title for child in item.children]) for item in outline.root]

    assert bookmarks == [
        ("年度履职目标", []),
        ("年度主要任务", [task.name for task in REFERENCE.main_tasks]),
        ("预算情况", []),
        *((primary.name, [group.name for group in primary.groups]) for primary in REFERENCE.indicators),
    ]


def test_sealed_document_is_embedded_as_it_is():
    sealed = json.dumps(json.loads(REFERENCE.sealed()), indent=1, ensure_ascii=False)

    with pikepdf.open(BytesIO(render_pdf(REFERENCE, APPROVED, sealed))) as pdf:
        ((name, attachment),) = pdf.attachments.items()
        file = attachment.get_file()
        assert (name, file.read_bytes().decode(), file.mime_type) == ("declaration.json", sealed, "application/json")
        assert str(attachment.relationship) == "/Source"
        assert [str(spec.UF) for spec in pdf.Root.AF] == ["declaration.json"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "file:///etc/passwd", "data:text/plain,x"])
@pytest.mark.parametrize("fetcher", [NothingFetched, OwnFontsFetched])
def test_nothing_of_others_is_fetched(fetcher, url):
    with pytest.raises(ValueError, match="loads nothing"):
        fetcher().fetch(url)


def test_style_sheet_of_the_pdf_holds_nothing_unknown_to_weasyprint(caplog):
    with caplog.at_level("WARNING", logger="weasyprint"):
        weasyprint.CSS(string=STYLES.read_text(encoding="utf-8"), url_fetcher=NothingFetched())

    assert caplog.messages == []


def test_pdf_of_declaration_without_targets_prints_its_groups():
    document = documents.document(indicators=(documents.primary(documents.group()),), duty_goals=(), main_tasks=())

    assert len(assert_drawn_right(render_pdf(document), document)) == 1


def test_empty_rows_are_as_high_as_a_line():
    document = documents.document(main_tasks=(), indicators=(documents.primary(),))

    (page,) = read(render_pdf(document))

    assert min(bottom - top for top, bottom in page.rows()) > 16
