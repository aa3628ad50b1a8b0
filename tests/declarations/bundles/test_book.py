"""The bound book, read with pdfium: numbers, contents, bookmarks, links."""

import ctypes
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import ImageChops
from pypdfium2 import raw

from declarations.bundles import book
from declarations.bundles.contents import items
from declarations.bundles.left_out import LeftOut
from declarations.bundles.page_numbers import FONT_NAME, SHIFT
from declarations.bundles.shared_fonts import NAMES
from declarations.enums import BundleKind, Status
from declarations.exports import Format, kept, render
from declarations.exports.imprint import Imprint
from tests.declarations import builders
from tests.declarations.bundles.orders import TITLE, declared, made, order, work
from tests.declarations.documents import document, reference_document
from tests.declarations.exports.printed import pages_of

COVER, CONTENTS = 0, 1


def texts_of(pdf: pypdfium2.PdfDocument) -> list[str]:
    """The text of each page without white space."""
    return ["".join(page.get_textpage().get_text_range().split()) for page in pdf]


def without_number(text: str, number: int) -> str:
    """The text of a page without the number of the book, which stands among its own footers."""
    before, found, after = text.rpartition(f"—{number}—")
    assert found
    return before + after


def links_of(pdf: pypdfium2.PdfDocument, index: int) -> list[tuple[str, int]]:
    """The links of a page, from top to bottom: the text under each, and the page that it leads to."""
    page = pdf[index]
    text = page.get_textpage()
    found, position, link = [], ctypes.c_int(0), raw.FPDF_LINK()
    while raw.FPDFLink_Enumerate(page.raw, position, link):
        rectangle = raw.FS_RECTF()
        assert raw.FPDFLink_GetAnnotRect(link, rectangle)
        lower, upper = sorted((rectangle.top, rectangle.bottom))
        under = text.get_text_bounded(rectangle.left, lower, rectangle.right, upper)
        target = raw.FPDFDest_GetDestPageIndex(pdf.raw, raw.FPDFLink_GetDest(pdf.raw, link))
        found.append(("".join(under.split()), target))
    return found


def bookmarks_of(pdf: pypdfium2.PdfDocument) -> list[tuple[int, str, int]]:
    """Level, text and page of each bookmark."""
    return [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in pdf.get_toc()]


class Plain:
    """A job of these PDFs, without a database."""

    def __init__(self, folder: Path, *pdfs: tuple[str, bytes | None], left_out: list[LeftOut] | None = None):
        self.bundle = SimpleNamespace(title=TITLE, created_at=datetime(2022, 3, 1), total=len(pdfs))  # noqa: DTZ001
        self.folder, self.left_out = folder, left_out or []
        self.pdfs = pdfs

    def items(self) -> Any:
        for department, pdf in self.pdfs:
            shown = document(department=department)
            yield SimpleNamespace(document=shown, mark="", pdf=pdf)

    def table(self, item: Any, format: Format) -> bytes | None:
        assert format == Format.PDF
        return item.pdf


@pytest.fixture
def bind(tmp_path: Path) -> Any:
    """A function that binds PDFs, each under the name of its department."""

    def bind(*pdfs: tuple[str, bytes | None], **options: Any) -> pypdfium2.PdfDocument:
        return pypdfium2.PdfDocument(book.make_book(Plain(tmp_path, *pdfs, **options)))  # type: ignore[arg-type]

    return bind


def pages(*sizes: tuple[int, int], outline: list[tuple[str, int]] = ()) -> bytes:  # type: ignore[assignment]
    """A PDF with empty pages of these sizes, and bookmarks."""
    pdf = pikepdf.new()
    for size in sizes:
        pdf.add_blank_page(page_size=size)
    with pdf.open_outline() as marks:
        marks.root.extend(pikepdf.OutlineItem(text, page) for text, page in outline)
    contents = BytesIO()
    pdf.save(contents)
    return contents.getvalue()


LANDSCAPE, PORTRAIT = (842, 595), (595, 842)


def test_book_of_an_order_has_every_table_numbered_through_and_named_in_contents_and_bookmarks(db: None) -> None:
    first, second = declared(2)
    third = builders.declaration(
        Status.IN_REVIEW, round=first.round, department=builders.department(name="甲局", code="9")
    )
    draft = builders.declaration(round=first.round, department=builders.department(name="乙局", code="99"))
    bundle = order(BundleKind.BOOK)
    work()
    path = made(bundle)
    pdf = pypdfium2.PdfDocument(path)
    texts = texts_of(pdf)
    keys = [first.approved_id, second.approved_id, third.submission_id]
    tables = [
        pypdfium2.PdfDocument(kept.table_of(item.submission.document, Format.PDF, item.imprint)) for item in items(keys)
    ]
    lengths = [len(table) for table in tables]
    starts = [2 + sum(lengths[:number]) for number in range(3)]
    assert len(pdf) == 2 + sum(lengths)
    # Every table's pages as they were, each with its number at the end.
    for start, table in zip(starts, tables, strict=True):
        for offset, text in enumerate(texts_of(table)):
            assert without_number(texts[start + offset], start + offset - 1) == text
    assert TITLE in texts[COVER]
    assert "合订本" in texts[COVER]
    assert "共3份" in texts[COVER]
    assert texts[CONTENTS].endswith(f"未收录{draft.round.fiscal_year}年度乙局：尚未送审—i—")
    names = ["第0局", "第1局", "甲局（第1次送审）"]
    links = links_of(pdf, CONTENTS)
    assert [target for _, target in links] == starts
    for (text, target), name in zip(links, names, strict=True):
        assert text.startswith(name)
        assert text.endswith(str(target - 1))
    assert [(level, text, page) for level, text, page in bookmarks_of(pdf) if level == 0] == [
        (0, "目录", CONTENTS),
        *((0, name, start) for name, start in zip(names, starts, strict=True)),
    ]
    assert pdf.get_metadata_value("Title") == f"{TITLE}　合订本"
    labels = [pdf.get_page_label(index) for index in range(len(pdf))]
    assert labels == ["封面", "i", *map(str, range(1, sum(lengths) + 1))]


def test_number_stands_under_the_middle_of_the_table_of_pages_of_either_way(bind: Any) -> None:
    pdf = bind(("甲局", pages(LANDSCAPE, PORTRAIT)))
    for index, width in ((2, 842), (3, 595)):
        text = pdf[index].get_textpage()
        boxes = [text.get_charbox(number) for number in range(text.count_chars())]
        left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
        assert abs((left + right) / 2 - width / 2 - SHIFT) < 1
        assert all(25 < box[1] < box[3] < 45 for box in boxes)


def test_number_is_an_artifact_in_an_embedded_font(bind: Any) -> None:
    pdf = bind(("甲局", pages(LANDSCAPE)))
    with pikepdf.open(pdf._input) as opened:
        page = opened.pages[2]
        assert page.Contents[-1].read_bytes().startswith(b"\nQ /Artifact BMC")
        font = page.Resources.Font[FONT_NAME]
        assert font.DescendantFonts[0].FontDescriptor.FontFile3.read_bytes()[:4] == b"OTTO"


@pytest.mark.parametrize(
    ("sizes", "size"), [([LANDSCAPE, LANDSCAPE, PORTRAIT], LANDSCAPE), ([PORTRAIT, PORTRAIT, LANDSCAPE], PORTRAIT)]
)
def test_cover_and_contents_lie_as_most_pages_do(bind: Any, sizes: Any, size: Any) -> None:
    pdf = bind(("甲局", pages(*sizes)))
    assert [tuple(map(round, pdf[index].get_size())) for index in (COVER, CONTENTS)] == [size, size]


def test_bookmarks_of_a_table_hang_under_its_department(bind: Any) -> None:
    parts = [("年度履职目标", 0), ("年度绩效指标", 1)]
    table = pages(LANDSCAPE, LANDSCAPE, outline=parts)
    pdf = bind(("甲局", table), ("乙局", table))
    assert bookmarks_of(pdf) == [
        (0, "目录", 1),
        (0, "甲局", 2),
        (1, "年度履职目标", 2),
        (1, "年度绩效指标", 3),
        (0, "乙局", 4),
        (1, "年度履职目标", 4),
        (1, "年度绩效指标", 5),
    ]


def linked(name: str) -> bytes:
    """Two pages; the first leads to the second by a named destination, and to an address outside."""
    pdf = pikepdf.Pdf.open(BytesIO(pages(LANDSCAPE, LANDSCAPE)))
    names = pikepdf.NameTree.new(pdf)
    names[name] = pikepdf.Array([pdf.pages[1].obj, pikepdf.Name.XYZ, 0, 500, 0])
    pdf.Root.Names = pikepdf.Dictionary(Dests=names.obj)
    annotation = {"Type": pikepdf.Name.Annot, "Subtype": pikepdf.Name.Link, "StructParent": 7}
    pdf.pages[0].Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(**annotation, Rect=[10, 10, 20, 20], Dest=pikepdf.String(name)),
            pikepdf.Dictionary(
                **annotation,
                Rect=[30, 10, 40, 20],
                A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("http://127.0.0.1/verify/")),
            ),
            pikepdf.Dictionary(**annotation, Rect=[50, 10, 60, 20], Dest=pikepdf.String("nowhere")),
        ]
    )
    contents = BytesIO()
    pdf.save(contents)
    return contents.getvalue()


def test_links_of_the_same_name_in_two_tables_lead_each_into_its_own(bind: Any) -> None:
    pdf = pikepdf.open(bind(("甲局", linked("row-1")), ("乙局", linked("row-1")))._input)
    for first in (2, 4):
        within, outside, nowhere = pdf.pages[first].Annots
        assert (pdf.pages.index(pikepdf.Page(within.Dest[0])), within.Dest[3]) == (first + 1, 500)
        assert str(outside.A.URI) == "http://127.0.0.1/verify/"
        assert "/Dest" not in nowhere
        assert "/StructParent" not in within
    assert "/Names" not in pdf.Root


def test_tables_over_several_sheaves_stay_in_order(bind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "TABLES_IN_A_SHEAF", 2)
    pdf = bind(*((f"第{number}局", pages(*[LANDSCAPE] * (number + 1))) for number in range(5)))
    starts = [2, 3, 5, 8, 12]
    assert [page for _, _, page in bookmarks_of(pdf)][1:] == starts
    assert [target for _, target in links_of(pdf, CONTENTS)] == starts
    assert texts_of(pdf)[2:] == [f"—{number}—" for number in range(1, 16)]


def test_table_that_cannot_be_drawn_has_no_entry(bind: Any) -> None:
    left = [LeftOut("1", "乙局", 2022, "PDF：文字过长。", Format.PDF)]
    pdf = bind(("甲局", pages(LANDSCAPE)), ("乙局", None), ("丙局", pages(LANDSCAPE)), left_out=left)
    assert [text for _, text, _ in bookmarks_of(pdf)] == ["目录", "甲局", "丙局"]
    assert "共2份" in texts_of(pdf)[COVER]
    assert texts_of(pdf)[CONTENTS].endswith("未收录2022年度乙局：PDF：文字过长。—i—")


def test_long_contents_run_over_pages_with_roman_numbers(bind: Any) -> None:
    table = pages(LANDSCAPE)
    pdf = bind(*((f"第{number}局", table) for number in range(120)))
    front = len(pdf) - 120
    assert front > 4
    labels = [pdf.get_page_label(index) for index in range(front + 1)]
    assert labels[:4] == ["封面", "i", "ii", "iii"]
    assert labels[-1] == "1"
    assert [texts_of(pdf)[index].endswith(f"—{labels[index]}—") for index in (1, 2, 3)] == [True] * 3
    targets = [target for index in range(1, front) for _, target in links_of(pdf, index)]
    assert targets == list(range(front, front + 120))


def test_markup_in_a_name_is_text(bind: Any) -> None:
    name = "<b>甲局</b><img src='http://127.0.0.1:9/x.png'><a href='book:7'>x</a>"
    pdf = bind((name, pages(LANDSCAPE)))
    assert "".join(name.split()) in texts_of(pdf)[CONTENTS]
    assert bookmarks_of(pdf)[1] == (0, " ".join(name.split()), 2)


def test_book_is_sound_and_says_its_language(bind: Any) -> None:
    pdf = pikepdf.open(bind(("甲局", render(reference_document(), Format.PDF)))._input)
    assert pdf.check_pdf_syntax() == []
    assert str(pdf.Root.Lang) == "zh-CN"
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == f"{TITLE}　合订本"
    assert all("/StructParents" not in page for page in pdf.pages)


def test_large_book_has_each_font_once_and_reads_as_the_tables_do(bind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "TABLES_IN_A_SHEAF", 6)
    tables = [
        render(reference_document(), Format.PDF, Imprint(watermark="送审稿", status="送审稿", digest="a" * 64)),
        render(document(department="𠮷甲局㛃"), Format.PDF),
    ]
    pdf = bind(*((f"第{number}局", tables[number % 2]) for number in range(book.SHARING_FONTS)))
    expected = [text for number in range(book.SHARING_FONTS) for text in pages_of(tables[number % 2])]
    texts = texts_of(pdf)[-len(expected) :]
    assert [without_number(text, number) for number, text in enumerate(texts, start=1)] == expected
    with pikepdf.open(pdf._input) as opened:
        assert opened.check_pdf_syntax() == []
        fonts: dict[str, set[tuple[int, int]]] = {}
        for page in opened.pages[2:]:
            # That of the page numbers has eleven glyphs of its own.
            for font in (font for key, font in page.Resources.Font.items() if key != FONT_NAME):
                name = str(font.BaseFont).rpartition("+")[2].lstrip("/")
                fonts.setdefault(name, set()).add(font.objgen)
    assert {name: len(same) for name, same in fonts.items() if name in NAMES.values()} == dict.fromkeys(
        NAMES.values(), 1
    )


def test_pages_of_a_large_book_look_as_those_of_the_tables(bind: Any) -> None:
    table = render(reference_document(), Format.PDF)
    pdf = bind(*((f"第{number}局", table) for number in range(book.SHARING_FONTS)))
    plain = pypdfium2.PdfDocument(table)
    first = len(pdf) - len(plain) * book.SHARING_FONTS
    for index in range(len(plain)):
        drawn, expected = (page.render(scale=2).to_pil().convert("L") for page in (pdf[first + index], plain[index]))
        # Above the page number.
        box = (0, 0, drawn.width, drawn.height - 100)
        difference = ImageChops.difference(drawn.crop(box), expected.crop(box))
        assert difference.getextrema() == (0, 0)
