import pytest

from declarations.document import Document
from declarations.exports import Format, file_name, render
from tests.declarations import documents


@pytest.mark.parametrize(
    ("kind", "content_type", "signature"),
    [
        (Format.PDF, "application/pdf", b"%PDF-"),
        (Format.WORKBOOK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
        (Format.JSON, "application/json", b"{"),
        (Format.HTML, "text/html; charset=utf-8", b"<!DOCTYPE html>"),
    ],
)
def test_render_makes_the_file_of_each_format(kind, content_type, signature):
    contents = render(documents.document(), kind)

    assert contents.startswith(signature)
    assert kind.content_type == content_type


def test_json_is_the_sealed_document():
    reference = documents.reference_document()

    contents = render(reference, Format.JSON)

    assert contents.decode() == reference.sealed()
    assert Document.model_validate_json(contents) == reference


def test_file_name_says_year_code_and_department():
    name = file_name(documents.reference_document(), Format.PDF)

    assert name == "2022_430400001_衡阳市人民政府办公室_整体绩效目标申报表.pdf"


def test_file_name_carries_a_mark():
    name = file_name(documents.reference_document(), Format.PDF, "（草稿）")

    assert name == "2022_430400001_衡阳市人民政府办公室_整体绩效目标申报表（草稿）.pdf"


@pytest.mark.parametrize(
    ("department", "printed"),
    [
        ("../../etc/passwd", ".._.._etc_passwd"),
        ('市 "一":中\\学?*<|>', "市_一_中_学_"),
        ("甲\r\n乙\u202e丙", "甲_乙_丙"),
    ],
)
def test_file_name_holds_only_what_every_file_system_takes(department, printed):
    name = file_name(documents.document(department=department), Format.WORKBOOK)

    assert name == f"2022_430400001_{printed}_整体绩效目标申报表.xlsx"


def test_file_name_of_long_department_is_cut_to_255_bytes():
    name = file_name(documents.document(department="长" * 100), Format.JSON)

    assert name.endswith("长_整体绩效目标申报表.json")
    assert 250 < len(name.encode()) <= 255
