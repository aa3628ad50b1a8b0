"""The table as HTML for word processors."""

import re
from html.parser import HTMLParser

import pytest

from declarations.document import Printing
from declarations.exports.html import render_html
from declarations.exports.imprint import Imprint
from declarations.exports.table import layout
from tests.declarations import documents
from tests.declarations.exports.formulas import FORMULAS
from tests.declarations.exports.printed import Plain, plain_cells
from tests.declarations.printings import EVERY_PRINTING, printing_id

REFERENCE = documents.reference_document()
TAGS = {"html", "head", "meta", "title", "body", "article", "footer", "p", "br"}
TAGS |= {"table", "colgroup", "col", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"lang", "charset", "style", "border", "cellspacing", "cellpadding", "rowspan", "colspan", "scope"}


class _Reader(HTMLParser):
    """The tags, their attributes, the cells on their grid and the paragraphs."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.styles: dict[str, str] = {}
        self.cells: list[Plain] = []
        self.paragraphs: list[str] = []
        self.taken: set[tuple[int, int]] = set()
        self.row = 2
        self.place = (0, 0, 0)
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= given.keys()
        if tag == "tr":
            self.row += 1
        if tag == "br":
            self.text += "\n"
        if tag in ("td", "th"):
            column = next(c for c in range(1, 11) if (self.row, c) not in self.taken)
            rows, columns = int(given.get("rowspan") or 1), int(given.get("colspan") or 1)
            self.taken |= {(self.row + r, column + c) for r in range(rows) for c in range(columns)}
            self.place, self.text = (column, rows, columns), ""
        if tag == "p":
            self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.cells.append(Plain(self.row, *self.place, self.text))
        if tag == "p":
            self.paragraphs.append(self.text)


def read(html: bytes) -> _Reader:
    reader = _Reader()
    reader.feed(html.decode())
    return reader


@pytest.mark.parametrize("printing", EVERY_PRINTING, ids=printing_id)
def test_html_has_the_cells_of_the_table_in_every_way_of_printing(printing):
    document = REFERENCE.model_copy(update={"printing": printing, "with_task_amounts": True})
    table = layout(document, printing)
    reader = read(render_html(document))
    assert reader.cells == plain_cells(table)[2:]
    assert reader.paragraphs[:2] == [table.title.text, table.subtitle.text]
    assert [text.split("　　　　　　") for text in reader.paragraphs[2:]] == [list(line) for line in table.signatures]


def test_html_has_nothing_that_only_our_pages_understand():
    printed = REFERENCE.model_copy(update={"printing": Printing(signatures=True)})
    imprint = Imprint(status="已批复", digest="ab" * 32, address="https://goals.example.gov.cn/verify/abab/")
    reader = read(render_html(printed, imprint))
    assert (reader.tags, reader.attributes) == (TAGS, ATTRIBUTES)
    assert reader.paragraphs[-1] == (
        "已批复　校验码 abab abab abab abab　核验网址 https://goals.example.gov.cn/verify/abab/"
    )


def test_html_keeps_the_header_cells_of_columns_rows_and_groups():
    html = render_html(REFERENCE).decode()
    assert re.search(r'<th scope="col" style="[^"]*">\*指标值</th>', html)
    assert re.search(r'<th scope="rowgroup" rowspan="22" style="[^"]*">投入管理指标</th>', html)
    assert re.search(r'<th scope="row" style="[^"]*">预算执行率</th>', html)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</td></table><a href='http://example.com'>x</a>",
        "</article><article>",
        "&lt;b&gt; &amp; &nbsp;",
        "<!--[if mso]>x<![endif]-->",
        "';background:url(http://example.com/x)",
        "{{ 7|add:1 }}",
        *FORMULAS,
    ],
)
def test_html_keeps_markup_and_formulas_in_texts_as_texts(text):
    document = documents.document(
        title=text,
        department=text,
        duty_goals=(documents.goal(text=text),),
        main_tasks=(documents.task(name=text, content=text),),
        budget=documents.budget(total=f"{text}x"),
        indicators=(
            documents.primary(
                documents.group(documents.target(name=text, value=text, unit=text, remark=text), name=text), name=text
            ),
        ),
    )
    html = render_html(document, Imprint(status=text, digest="0" * 64))
    reader = read(html)
    assert reader.cells == plain_cells(layout(document))[2:]
    assert (reader.tags - TAGS, reader.attributes - ATTRIBUTES) == (set(), set())
    # A spreadsheet takes each of these cells as a text.
    cells = re.findall(r'<t[hd][^>]*style="([^"]*)"', html.decode())
    amounts = sum(cell.amount is not None for cell in layout(document).cells())
    assert sum("mso-number-format:'\\@'" in style for style in cells) == len(cells) - amounts


def test_html_of_the_same_table_is_the_same():
    assert render_html(REFERENCE) == render_html(REFERENCE)
