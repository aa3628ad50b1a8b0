"""The workbook as LibreOffice prints it: no text is cut, none lies over another."""

import random

import pytest

from declarations.document import Printing
from declarations.exports.imprint import Imprint
from declarations.exports.table import Style, layout
from declarations.exports.workbook import render_workbook
from tests.declarations import documents
from tests.declarations.exports.calc import printed_by_libreoffice

REFERENCE = documents.reference_document()
APPROVED = Imprint(
    status="已批复　2022年3月1日　衡阳市财政局绩效科",
    digest=REFERENCE.digest(),
    address=f"https://goals.example.gov.cn/verify/{REFERENCE.digest()[:32]}/",
)
DRAFT = Imprint(watermark="草稿", status="草稿，尚未送审")
PIECES = (
    "完成全市重点工作任务",
    "，",
    "。",
    "“十四五”规划",
    "（不含乡镇）",
    "100%",
    "2022年12月31日前",
    "WWW MMM WIMAX",
    "internationalization",
    "https://www.example.gov.cn/art/2022/3/1/art_12345_6789012.html",
    "≥95%；",
    "5.5万人次",
    "𠮷㛃䶮𬀩",
    "\n",
    " ",
)


def made_up(seed):
    """A declaration of texts that are long and short, Chinese and Latin, with and without places to break a line."""
    chance = random.Random(seed)  # noqa: S311

    def text(most):
        return "".join(chance.choices(PIECES, k=chance.randint(1, most))).strip() or "无"

    targets = [
        documents.target(
            key=f"target-{number}",
            name=text(4).replace("\n", ""),
            value=text(2).replace("\n", ""),
            unit=chance.choice(["", "%", "人次", "万平方米/年"]),
            scoring_standard=chance.choice(["", text(6)]),
            explanation=text(20),
            remark=chance.choice(["", text(4)]),
        )
        for number in range(12)
    ]
    return documents.document(
        with_task_amounts=True,
        duty_goals=[documents.goal(key=f"goal-{number}", text=text(12)) for number in range(3)],
        main_tasks=[
            documents.task(key=f"task-{number}", name=text(3).replace("\n", ""), content=text(9), amount="1234.5")
            for number in range(3)
        ],
        indicators=(documents.primary(documents.group(*targets, explanation=text(8))), documents.benefit()),
    )


def with_way(document, **changes):
    return document.model_copy(update={"printing": Printing(**changes)})


MANY_ROWS = documents.document_with(
    *(documents.target(key=f"target-{number}", name=f"第{number}项工作") for number in range(120))
)
LONG_NAMES = documents.document(
    indicators=(
        documents.primary(
            documents.group(documents.target(), name="二级指标名称" * 16 + "完成情况"),
            name="一级指标名称" * 16 + "完成情况",
        ),
    )
)
# Taller than a page: Excel and LibreOffice break it wherever a page ends, also within a line.
LONG_TEXT = "落实年度工作要点，按季度通报进展；" * 94
LONG = documents.document_with(
    documents.target(explanation=LONG_TEXT),
    documents.target(key="target-2", name="其他", remark="每少一项扣一分。" * 40),
)
CASES = {
    "reference": (REFERENCE, APPROVED),
    "portrait": (with_way(REFERENCE, orientation="portrait", signatures=True), DRAFT),
    "all-columns": (with_way(REFERENCE, orientation="portrait", amounts="grouped", unit_column=True), APPROVED),
    "few-columns": (
        with_way(REFERENCE, standard_column=False, remark_column=False, signatures=True, amounts="grouped"),
        APPROVED,
    ),
    "many-rows": (MANY_ROWS, DRAFT),
    "long-names": (LONG_NAMES, DRAFT),
    "long-names-portrait": (with_way(LONG_NAMES, orientation="portrait"), DRAFT),
    "many-rows-portrait": (with_way(MANY_ROWS, orientation="portrait", unit_column=True), DRAFT),
    **{f"made-up-{seed}": (made_up(seed), APPROVED) for seed in range(4)},
    **{
        f"made-up-{seed}-portrait": (with_way(made_up(seed), orientation="portrait", unit_column=True), DRAFT)
        for seed in range(4, 8)
    },
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """The pages of every case."""
    cases = {**CASES, "long": (LONG, APPROVED)}
    workbooks = {name: render_workbook(document, imprint) for name, (document, imprint) in cases.items()}
    return printed_by_libreoffice(workbooks, tmp_path_factory.mktemp("calc"))


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("name", CASES)
def test_every_text_stands_whole_in_its_cell(printed, name):
    document, _ = CASES[name]
    pages, table = printed[name], layout(document, document.printing)
    header = [squeezed(cell.text) for cell in table.header.cells]
    found = []
    for number, page in enumerate(pages):
        filled = [box for box in page.boxes if box.text]
        assert [(box.text, box.outside) for box in filled if box.outside] == []
        texts = [box.text for box in filled]
        if number and texts[: len(header)] == header:
            del texts[: len(header)]
        found += texts
    framed = [cell for cell in table.cells() if cell.style not in (Style.TITLE, Style.SUBTITLE) and cell.text.strip()]
    assert found == [squeezed(cell.text) for cell in framed]


@pytest.mark.parametrize("name", CASES)
def test_title_and_imprint_stand_around_the_table(printed, name):
    document, imprint = CASES[name]
    pages, table = printed[name], layout(document, document.printing)
    assert squeezed(table.title.text + table.subtitle.text) in pages[0].around
    for number, page in enumerate(pages, start=1):
        for text in (imprint.watermark, imprint.status, f"{document.department}{document.fiscal_year}年度"):
            assert squeezed(text) in page.around
        assert f"第{number}页共{len(pages)}页" in page.around
    below = [imprint.address, imprint.digest[:4], *(text for line in table.signatures for text in line)]
    assert [text for text in below if squeezed(text) not in pages[-1].around] == []


@pytest.mark.parametrize("name", CASES)
def test_pages_lie_as_the_template_wants_them_and_repeat_the_header(printed, name):
    document, _ = CASES[name]
    pages, table = printed[name], layout(document, document.printing)
    sizes = {(round(page.width), round(page.height)) for page in pages}
    assert sizes == {(842, 595) if document.printing.orientation == "landscape" else (595, 842)}
    header = [squeezed(cell.text) for cell in table.header.cells]
    for page in pages[1:]:
        texts = [box.text for box in page.boxes if box.text]
        # The last page may hold nothing but signatures and imprint.
        assert texts[: len(header)] == header or not texts
        # All columns are on the page.
        assert all(0 < box.left < box.right < page.width for box in page.boxes)


def test_text_taller_than_a_page_goes_on_until_its_end(printed):
    first, second = printed["long"][:2]
    begun = max(length for length in range(len(LONG_TEXT) + 1) if LONG_TEXT[:length] in first.uncut)
    ended = max(length for length in range(len(LONG_TEXT) + 1) if LONG_TEXT[len(LONG_TEXT) - length :] in second.uncut)
    # A line that the end of the page divides is whole on neither.
    assert begun > 500
    assert ended > 500
    assert begun + ended > len(LONG_TEXT) - 40


def test_short_texts_beside_a_tall_one_are_not_divided(printed):
    text = "".join(page.uncut for page in printed["long"])
    beside = ("完成调研报告", "其他", "少1篇扣1分。", "考察调研情况")
    assert [text.count(words) for words in beside] == [1, 2, 3, 2]
