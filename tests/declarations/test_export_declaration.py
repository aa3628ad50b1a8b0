"""The management command export_declaration."""

import pytest
from django.core.management import CommandError, call_command

from declarations.document import Document
from declarations.enums import Status
from declarations.models import Declaration, DutyGoal
from declarations.selectors import document_of
from tests.declarations import builders
from tests.declarations.exports.printed import pages_of, sheet_of

pytestmark = pytest.mark.django_db


def export(declaration: Declaration, kind: str, output: object) -> None:
    call_command(
        "export_declaration",
        declaration.department.code,
        str(declaration.round.fiscal_year),
        format=kind,
        output=str(output),
    )


def test_export_writes_each_format(tmp_path, capsys):
    declaration = builders.declaration()

    for kind in ("pdf", "xlsx", "json"):
        export(declaration, kind, tmp_path / f"table.{kind}")

    document = document_of(declaration)
    assert pages_of((tmp_path / "table.pdf").read_bytes())[0].startswith(f"{document.title}(2022年度)")
    assert sheet_of((tmp_path / "table.xlsx").read_bytes())["C3"].value == document.department
    assert Document.model_validate_json((tmp_path / "table.json").read_bytes()) == document
    size = (tmp_path / "table.json").stat().st_size
    assert f"已写入 {tmp_path / 'table.json'}（{size} 字节）。" in capsys.readouterr().out


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.APPROVED])
def test_export_of_submitted_declaration_is_the_sealed_submission(status, tmp_path):
    declaration = builders.declaration(status)
    DutyGoal.objects.filter(declaration=declaration).update(text="送审之后的改动")

    export(declaration, "json", tmp_path / "table.json")

    assert (tmp_path / "table.json").read_text(encoding="utf-8") == declaration.submission.document


def test_export_of_returned_declaration_is_what_the_department_works_on(tmp_path):
    declaration = builders.declaration(Status.RETURNED)
    DutyGoal.objects.filter(declaration=declaration).update(text="退回之后的改动")

    export(declaration, "json", tmp_path / "table.json")

    exported = Document.model_validate_json((tmp_path / "table.json").read_bytes())
    assert [goal.text for goal in exported.duty_goals] == ["退回之后的改动"]


def test_export_to_dash_writes_only_the_file_to_standard_output(capsysbinary):
    declaration = builders.declaration()

    export(declaration, "json", "-")

    assert Document.model_validate_json(capsysbinary.readouterr().out) == document_of(declaration)


def test_export_of_unknown_department_says_so(tmp_path):
    with pytest.raises(CommandError, match="没有单位代码为 999 的部门。"):
        call_command("export_declaration", "999", "2022", format="pdf", output=str(tmp_path / "table.pdf"))


def test_export_of_unknown_year_says_so(tmp_path):
    department = builders.department()

    with pytest.raises(CommandError, match="没有 1999 年度的申报批次。"):
        call_command("export_declaration", department.code, "1999", format="pdf", output=str(tmp_path / "table.pdf"))


def test_export_without_declaration_says_so(tmp_path):
    department, round_ = builders.department(), builders.round_()

    with pytest.raises(CommandError, match=f"单位 {department.code} 没有 {round_.fiscal_year} 年度的申报表。"):
        call_command(
            "export_declaration",
            department.code,
            str(round_.fiscal_year),
            format="pdf",
            output=str(tmp_path / "table.pdf"),
        )


def test_export_to_file_that_can_not_be_written_says_so(tmp_path):
    declaration = builders.declaration()

    with pytest.raises(CommandError, match=r"无法写入文件 .*No such file or directory"):
        export(declaration, "json", tmp_path / "missing" / "table.json")


def test_export_of_text_too_long_for_excel_says_so(tmp_path):
    declaration = builders.declaration()
    DutyGoal.objects.filter(declaration=declaration).update(text="字" * 40_000)

    with pytest.raises(CommandError, match="超过 Excel 单元格 32767 个字符的上限"):
        export(declaration, "xlsx", tmp_path / "table.xlsx")
