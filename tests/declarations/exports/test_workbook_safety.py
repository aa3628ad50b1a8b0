"""No text of a user gets into the workbook as anything but a text."""

import re
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pytest

from declarations.document import Document, Printing
from declarations.exports.imprint import Imprint
from declarations.exports.table import layout, printable
from declarations.exports.workbook import render_workbook
from tests.declarations import documents
from tests.declarations.exports.formulas import FORMULAS
from tests.declarations.exports.printed import Plain, plain_cells, sheet_of

PRINTING = Printing(unit_column=True, signatures=True)
# The parts that a workbook of one sheet needs, and no other: no link, no external book, no connection, no macro.
PARTS = {
    "[Content_Types].xml",
    "_rels/.rels",
    "docProps/app.xml",
    "docProps/core.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/theme/theme1.xml",
    "xl/workbook.xml",
    "xl/worksheets/sheet1.xml",
}


def everywhere(text: str) -> Document:
    """A document with the text in every place that somebody can type into."""
    return documents.document(
        title=text,
        department=text,
        department_code=text,
        duty_goals=(documents.goal(text=text), documents.goal(key="goal-2", text=text)),
        main_tasks=(documents.task(name=text, content=text, amount=f"{text}x"),),
        with_task_amounts=True,
        budget=documents.budget(**dict.fromkeys(documents.FIGURES, f"{text}x")),
        indicators=(
            documents.primary(
                documents.group(
                    documents.target(
                        name=text, value=text, unit=text, scoring_standard=text, explanation=text, remark=text
                    ),
                    name=text,
                    explanation=text,
                ),
                name=text,
            ),
        ),
        printing=PRINTING,
    )


def test_there_are_more_than_60_kinds_of_formula_like_text():
    assert len(set(FORMULAS)) == len(FORMULAS) >= 60


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_like_text_is_a_text_in_every_place(text):
    document = everywhere(text)
    imprint = Imprint(watermark=text, status=text, digest="0" * 64, address=text)
    contents = render_workbook(document, imprint)
    sheet = sheet_of(contents)

    filled = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {(cell.data_type, cell.hyperlink) for cell in filled} == {("s", None)}
    merged = {(area.min_row, area.min_col): area.size for area in sheet.merged_cells.ranges}
    found = []
    for cell in filled[: -len(layout(document, PRINTING).signatures) - 2]:
        size = merged.get((cell.row, cell.column), {"rows": 1, "columns": 1})
        # openpyxl reads a character code as it stands in the file.
        text_as_read = cell.value.replace("_x005F_", "_")
        found.append(Plain(cell.row, cell.column, size["rows"], size["columns"], text_as_read))
    assert found == [cell for cell in plain_cells(layout(document, PRINTING)) if cell.text]
    assert printable(text) in filled[-1].value.replace("_x005F_", "_")

    with ZipFile(BytesIO(contents)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    assert parts.keys() == PARTS
    tags = set(re.findall(r"<(\w+)[ />]", parts["xl/worksheets/sheet1.xml"]))
    assert "c" in tags
    assert tags.isdisjoint({"f", "hyperlink", "hyperlinks", "oleObject", "dataValidation", "drawing"})
    links = "".join(part for name, part in parts.items() if name.endswith(".rels"))
    assert not re.search(
        r'TargetMode|Target="(?!/?(xl/|docProps/|worksheets/|theme/|styles|sharedStrings|workbook))', links
    )


@pytest.mark.parametrize("text", [text for text in FORMULAS if re.match(r"\s*[=+\-@＝＋－＠]", printable(text))])
def test_formula_like_text_stays_a_text_when_somebody_edits_it(text):
    sheet = sheet_of(render_workbook(documents.document(department=text)))
    assert sheet["C3"].quotePrefix is True


def headers_of(workbook: bytes) -> tuple[str, str]:
    """Header and footer with their codes, as the file has them."""
    with ZipFile(BytesIO(workbook)) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    header, footer = (unescape(re.search(f"<{tag}>(.*)</{tag}>", xml)[1]) for tag in ("oddHeader", "oddFooter"))
    return header, footer


@pytest.mark.parametrize("name", ["A&B局", "&D&T", '&"Arial"&20', "A&[Tab]", "&&", "2022&P", "&K00FF00红"])
def test_header_and_footer_print_codes_as_they_are_typed(name):
    imprint = Imprint(watermark=name, status=name, digest="ab" * 32)
    shown = name.replace("&", "＆")
    assert headers_of(render_workbook(documents.document(department=name), imprint)) == (
        f'&C&"宋体,Bold"&16 {shown}&R{shown}',
        f"&L{shown}　2022 年度&C校验码 abab abab abab abab&R第 &P 页 共 &N 页",
    )


def test_header_and_footer_of_long_names_keep_within_the_limit_of_excel():
    imprint = Imprint(watermark="送审稿" * 50, status="状" * 300, digest="ab" * 32)
    contents = render_workbook(documents.document(department="局" * 300), imprint)
    assert [len(text) for text in headers_of(contents)] == [158, 170]
    assert headers_of(contents)[0].endswith("&R" + "状" * 119 + "…")
    # In the table, nothing is left out.
    assert sheet_of(contents)["C3"].value == "局" * 300
