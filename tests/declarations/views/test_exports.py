from io import BytesIO
from urllib.parse import unquote

import openpyxl
import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.urls import reverse

from declarations import selectors, services
from declarations.document import Document
from declarations.enums import Status
from declarations.models import Declaration
from tests.declarations import builders
from tests.declarations.services.edits import add, where

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(declaration: Declaration, name: str, *arguments: object) -> HttpResponse:
    client = builders.client_of(builders.preparer_of(declaration))
    return client.get(reverse(f"declarations:{name}", args=[declaration.pk, *arguments]))


def file_name(answer: HttpResponse) -> str:
    return unquote(answer["Content-Disposition"].removeprefix("attachment; filename*=utf-8''"))


def test_working_copy_comes_as_json(db: None) -> None:
    declaration = builders.declaration(department=builders.department(name="衡阳市教育局"))
    answer = download(declaration, "export", "json")
    assert Document.model_validate_json(answer.content) == selectors.document_of(declaration)
    assert answer["Content-Type"] == "application/json"
    assert file_name(answer) == f"2022_{declaration.department.code}_衡阳市教育局_整体绩效目标申报表（草稿）.json"


def test_submission_comes_as_it_was_sealed(db: None) -> None:
    declaration = builders.declaration(Status.RETURNED)
    sealed = declaration.submission.document
    figures = {"total": "2000", "fiscal_funds": "2000"}
    services.save_budget(*where(declaration), declaration.budget.version, figures)
    answer = download(declaration, "submission_export", 1, "json")
    assert answer.content.decode() == sealed
    department = declaration.department
    assert file_name(answer) == f"2022_{department.code}_{department}_整体绩效目标申报表（第1次送审）.json"
    assert download(declaration, "export", "json").content.decode() != sealed


def test_approved_table_comes_as_pdf_and_workbook(db: None) -> None:
    declaration = builders.declaration(Status.APPROVED)
    pdf = download(declaration, "submission_export", 1, "pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert file_name(pdf) == f"2022_{declaration.department.code}_{declaration.department}_整体绩效目标申报表.pdf"
    workbook = download(declaration, "export", "xlsx")
    assert workbook["Content-Type"] == WORKBOOK
    assert file_name(workbook) == f"2022_{declaration.department.code}_{declaration.department}_整体绩效目标申报表.xlsx"
    cells = [cell for row in openpyxl.load_workbook(BytesIO(workbook.content)).active.values for cell in row]
    assert declaration.department.name in cells


def test_file_name_holds_nothing_that_a_system_refuses(db: None) -> None:
    declaration = builders.declaration(department=builders.department(name='甲/乙:"局"'))
    expected = f"2022_{declaration.department.code}_甲_乙_局__整体绩效目标申报表（草稿）.json"
    assert file_name(download(declaration, "export", "json")) == expected


@pytest.mark.parametrize("file_format", ["doc", "PDF", "pdf.exe"])
def test_other_formats_are_not_found(db: None, file_format: str) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    assert download(declaration, "export", file_format).status_code == 404
    assert download(declaration, "submission_export", 1, file_format).status_code == 404


def test_files_are_neither_stored_nor_guessed_at(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    for answer in (download(declaration, "export", "json"), download(declaration, "submission_export", 1, "json")):
        directives = {directive.strip() for directive in answer["Cache-Control"].split(",")}
        assert directives == {"private", "no-store"}
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_text_that_no_workbook_holds_is_refused_with_a_message(db: None) -> None:
    declaration = builders.declaration()
    add(declaration, services.GOALS, *[{"text": "字" * 2000}] * 17)
    answer = download(declaration, "export", "xlsx")
    assert answer["Location"] == reverse("declarations:detail", args=[declaration.pk])
    [message] = get_messages(answer.wsgi_request)
    assert "无法完整导出" in str(message)


def test_approved_table_keeps_the_name_that_the_department_had(db: None) -> None:
    declaration = builders.declaration(Status.APPROVED, department=builders.department(name="衡阳市文化局"))
    declaration.department.name = "衡阳市文化和旅游局"
    declaration.department.save()
    answer = download(declaration, "export", "json")
    assert answer.content.decode() == declaration.submission.document
    assert file_name(answer) == f"2022_{declaration.department.code}_衡阳市文化局_整体绩效目标申报表.json"
