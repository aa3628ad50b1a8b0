"""The ZIP: what is in it under which names, and the listing."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from declarations.bundles.archive import LISTING
from declarations.bundles.contents import items
from declarations.enums import BundleKind, Status
from declarations.exports import Format, kept
from declarations.exports.drawing import DrawingRefused
from declarations.models import Submission
from tests.declarations import builders
from tests.declarations.bundles.orders import declared, made, order, work
from tests.declarations.exports.printed import pages_of


def listing_of(archive: ZipFile) -> str:
    return archive.read(LISTING).decode("utf-8-sig")


def test_archive_of_a_round_has_pdf_and_workbook_of_each_under_clear_names(db: None) -> None:
    approved = declared(2)
    round = approved[0].round
    submitted = builders.declaration(Status.IN_REVIEW, round=round, department=builders.department(name="甲/乙局"))
    draft = builders.declaration(round=round, department=builders.department(name="丙局"))
    bundle = order(BundleKind.ARCHIVE)
    work()
    year, code = round.fiscal_year, submitted.department.code
    names = [
        f"{year}_430400000_第0局_整体绩效目标申报表",
        f"{year}_430400001_第1局_整体绩效目标申报表",
        f"{year}_{code}_甲_乙局_整体绩效目标申报表（第1次送审）",
    ]
    with ZipFile(made(bundle)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            *(
                f"{year}年度/{folder}/{name}.{ending}"
                for name in names
                for folder, ending in (("PDF", "pdf"), ("Excel", "xlsx"))
            ),
            LISTING,
        ]
        listing = listing_of(archive)
        pdf = archive.read(f"{year}年度/PDF/{names[0]}.pdf")
        workbook = load_workbook(BytesIO(archive.read(f"{year}年度/Excel/{names[2]}.xlsx")))
    assert "第0局" in "".join(pages_of(pdf))
    assert "甲/乙局" in [cell.value for row in workbook.worksheets[0] for cell in row]
    assert f"6. {year}年度/Excel/{names[2]}.xlsx　校验码 {submitted.submission.digest}\r\n" in listing
    assert f"1. {year} 年度　{draft.department.code}　丙局　尚未送审\r\n" in listing


def test_archive_holds_the_very_files_that_are_kept(db: None) -> None:
    (made_,) = declared(1)
    bundle = order(BundleKind.ARCHIVE)
    work()
    with ZipFile(made(bundle)) as archive:
        files = {name.rsplit(".", 1)[1]: archive.read(name) for name in archive.namelist()}
    (item,) = items([made_.approved_id])
    for format in (Format.PDF, Format.WORKBOOK):
        assert kept.is_kept(item.submission.document, format, item.imprint)
        assert files[format] == kept.table_of(item.submission.document, format, item.imprint)


def test_archive_of_one_declaration_leaves_nothing_out_and_says_so(db: None) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE)
    work()
    with ZipFile(made(bundle)) as archive:
        assert listing_of(archive).endswith("二、未列入的内容\r\n\r\n无。\r\n")


def test_file_that_cannot_be_drawn_is_left_out_with_its_reason(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = declared(2)
    table_of = kept.table_of

    def refuse(sealed: str, format: Format, *rest: object) -> bytes:
        if format == Format.WORKBOOK and sealed == Submission.objects.get(pk=first.approved_id).document:
            raise DrawingRefused("文字过长。")
        return table_of(sealed, format, *rest)

    monkeypatch.setattr("declarations.bundles.contents.table_of", refuse)
    bundle = order(BundleKind.ARCHIVE)
    work()
    year = first.round.fiscal_year
    with ZipFile(made(bundle)) as archive:
        names, listing = archive.namelist(), listing_of(archive)
    assert [name.rsplit("/")[-1][:14].rstrip("_") for name in names] == [
        f"{year}_430400000",
        f"{year}_430400001",
        f"{year}_430400001",
        LISTING,
    ]
    assert f"1. {year} 年度　430400000　第0局　WORKBOOK：文字过长。\r\n" in listing


def test_two_files_of_one_name_are_told_apart(db: None) -> None:
    round = builders.round_()
    for sign in "*:":
        department = builders.department(name=f"同名{sign}局", code=f"43{sign}04")
        builders.declaration(Status.APPROVED, round=round, department=department)
    bundle = order(BundleKind.ARCHIVE)
    work()
    with ZipFile(made(bundle)) as archive:
        names = archive.namelist()
    stem = f"{round.fiscal_year}_43_04_同名_局_整体绩效目标申报表"
    assert [name.rsplit("/")[-1] for name in names] == [
        f"{stem}.pdf",
        f"{stem}.xlsx",
        f"{stem}_2.pdf",
        f"{stem}_2.xlsx",
        LISTING,
    ]
