"""The management command verify_pdf."""

from pathlib import Path

import pikepdf
import pytest
from django.core.management import CommandError, call_command

from declarations import imprints, selectors
from declarations.document import Document
from declarations.enums import Status
from declarations.exports import Format
from declarations.exports.drawing import DrawingRefused, draw
from declarations.exports.imprint import UNMARKED, Imprint
from declarations.imports.printed_pdf import embedded_document
from declarations.management.commands import verify_pdf
from declarations.models import Declaration
from tests.declarations import builders, situations
from tests.declarations.documents import document
from tests.declarations.imports import carriers

pytestmark = pytest.mark.django_db

DIFFERENT = (
    "但文件与系统现在生成的不一致：可能在批复前下载，可能在系统升级、更换字体或修改设置前下载，可能由其他程序另存，"
    "也可能页面已被改动。请从系统中重新下载该次送审的 PDF，与文件对照。"
)


def told(sealed: str, format: Format, imprint: Imprint) -> bytes:
    """Stands for drawing: the file carries the sealed text and ends with its imprint."""
    return carriers.carrying(sealed.encode()) + f"% {format} {imprint.model_dump_json()}".encode()


@pytest.fixture(autouse=True)
def told_instead_of_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_pdf, "draw", told)


@pytest.fixture
def approved() -> Declaration:
    department = builders.department(code="4304", name="衡阳市教育局", office=builders.office(name="社会事业科"))
    return builders.declaration(Status.APPROVED, department=department, round=builders.round_(fiscal_year=2031))


def day_of(made: Declaration) -> str:
    at = made.events.filter(step="approve").last().at.astimezone()
    return f"{at.year}年{at.month}月{at.day}日"


def file_of(folder: Path, sealed: str, name: str = "table.pdf", imprint: Imprint = UNMARKED) -> Path:
    path = folder / name
    path.write_bytes(told(sealed, Format.PDF, imprint))
    return path


def download(folder: Path, made: Declaration, number: int = 1, name: str = "table.pdf") -> Path:
    """The file of a submission as it stands now."""
    submission = made.submissions.get(number=number)
    return file_of(folder, submission.document, name, imprints.of_submission(made, submission))


def finding(capsys: pytest.CaptureFixture[str], path: Path) -> str:
    """What is said of a file that is not approved."""
    with pytest.raises(CommandError, match=r"^1 个文件中，1 个不能确认为已批复的申报表。$"):
        call_command("verify_pdf", str(path))
    [said] = capsys.readouterr().out.splitlines()
    return said.removeprefix(f"{path}：")


def test_file_of_an_approved_table_matches(approved, tmp_path, capsys):
    path = download(tmp_path, approved)
    call_command("verify_pdf", str(path))
    assert capsys.readouterr().out.splitlines() == [
        f"{path}：相符。衡阳市教育局（4304）2031 年度，第 1 次送审，{day_of(approved)}由财政局社会事业科批复。",
        "1 个文件均与已批复的申报表相符。",
    ]


def test_file_of_a_replaced_approval_matches_and_says_so_whenever_it_was_downloaded(tmp_path, capsys):
    made = situations.declaration_in(situations.ADJUSTMENT_IN_REVIEW)
    before = download(tmp_path, made, name="before.pdf")
    situations.pass_to(made, situations.TWO_STAGES[-1])
    builders.approve(made)
    since = download(tmp_path, made, name="since.pdf")
    assert before.read_bytes() != since.read_bytes()
    call_command("verify_pdf", str(before), str(since))
    assert capsys.readouterr().out.count("批复，已由后来的批复替代。") == 2


def test_file_that_was_downloaded_before_the_approval_is_not_taken_for_the_approved_one(tmp_path, capsys):
    made = builders.declaration(Status.IN_REVIEW)
    path = download(tmp_path, made)
    builders.approve(made)
    assert finding(capsys, path).startswith("数据相符，页面不能确认。")


@pytest.mark.parametrize("added", [b" ", b"\n" * 1_000_000])
def test_file_with_anything_added_is_not_confirmed(approved, tmp_path, capsys, added):
    path = download(tmp_path, approved)
    with path.open("ab") as file:
        file.write(added)
    assert finding(capsys, path) == (
        f"数据相符，页面不能确认。衡阳市教育局（4304）2031 年度，第 1 次送审，"
        f"{day_of(approved)}由财政局社会事业科批复。{DIFFERENT}"
    )


def test_forged_page_around_an_honest_attachment_is_not_confirmed(approved, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(verify_pdf, "draw", draw)
    honest, forged = tmp_path / "honest.pdf", tmp_path / "forged.pdf"
    imprint = imprints.of_submission(approved, approved.submission)
    honest.write_bytes(draw(approved.submission.document, Format.PDF, imprint))
    with pikepdf.open(honest) as pdf:
        pdf.pages[0].contents_add(b"0 0 300 300 re f")
        pdf.save(forged)
    assert embedded_document(forged) == approved.submission.document.encode()
    call_command("verify_pdf", str(honest))
    capsys.readouterr()
    assert finding(capsys, forged).startswith("数据相符，页面不能确认。")


def test_table_that_cannot_be_drawn_again_is_not_confirmed_and_says_why(approved, tmp_path, capsys, monkeypatch):
    def refuse(*_: object) -> bytes:
        raise DrawingRefused("生成文件用时超过 60 秒，已停止。")

    path = download(tmp_path, approved)
    monkeypatch.setattr(verify_pdf, "draw", refuse)
    said = finding(capsys, path)
    assert said.startswith("数据相符，页面未能比对。衡阳市教育局（4304）2031 年度")
    assert said.endswith("批复。生成文件用时超过 60 秒，已停止。")


@pytest.mark.parametrize(
    ("situation", "where"),
    [
        (situations.FIRST_REVIEW, "待业务科室审核"),
        (situations.SECOND_REVIEW, "待绩效科审核"),
        (situations.RETURNED, "已退回"),
        (situations.WITHDRAWN, "已撤回"),
    ],
)
def test_file_that_was_only_submitted_is_not_approved(tmp_path, capsys, situation, where):
    made = situations.declaration_in(situation)
    table = f"{made.department}（{made.department.code}）{made.round.fiscal_year} 年度"
    said = finding(capsys, file_of(tmp_path, made.submission.document))
    assert said == f"未批复。{table}，第 1 次送审，{where}。"


def test_file_whose_approval_was_undone_is_not_approved(approved, tmp_path, capsys):
    builders.undo(approved)
    said = finding(capsys, file_of(tmp_path, approved.submission.document))
    assert said == "未批复。衡阳市教育局（4304）2031 年度，第 1 次送审，待业务科室审核。"


def test_one_changed_figure_does_not_match(approved, tmp_path, capsys):
    changed = approved.submission.document.replace("838.14", "838.15")
    assert changed != approved.submission.document
    assert finding(capsys, file_of(tmp_path, changed)) == (
        "不符。衡阳市教育局（4304）2031 年度的申报表送审过 1 次，内容都与该文件不同：文件是草稿，或者内容已被改动。"
    )


def test_document_written_in_another_way_does_not_match(approved, tmp_path, capsys):
    same = Document.model_validate_json(approved.submission.document).model_dump_json(indent=1)
    assert finding(capsys, file_of(tmp_path, same)).startswith("不符。")


def test_draft_that_was_never_submitted_is_not_approved(tmp_path, capsys):
    made = builders.declaration()
    said = finding(capsys, file_of(tmp_path, selectors.document_of(made).sealed()))
    table = f"{made.department}（{made.department.code}）{made.round.fiscal_year} 年度"
    assert said == f"未批复。{table}的申报表尚未送审。"


def test_department_or_year_that_is_not_there_is_not_known(tmp_path, capsys):
    made = document()
    assert finding(capsys, file_of(tmp_path, made.sealed())) == (
        f"无记录。系统中没有{made.department}（{made.department_code}）{made.fiscal_year} 年度的申报表。"
    )


@pytest.mark.parametrize("carried", ["", "{}", "[1]", "文字", '{"schema_version": 2}'])
def test_attachment_that_is_no_declaration_is_told(tmp_path, capsys, carried):
    said = finding(capsys, file_of(tmp_path, carried))
    assert said == "无法核验，附件 declaration.json 不是申报表的数据。"


def test_attachment_that_is_no_text_is_told(tmp_path, capsys):
    path = tmp_path / "table.pdf"
    path.write_bytes(carriers.carrying(b"\xff\xfe"))
    assert finding(capsys, path) == "无法核验，附件 declaration.json 不是申报表的数据。"


def test_file_that_cannot_be_read_is_told(tmp_path, capsys):
    path = tmp_path / "table.pdf"
    path.write_text("no PDF")
    assert finding(capsys, path) == "无法核验，不是 PDF 文件。"


def test_every_file_is_told_and_one_that_fails_fails_all(approved, tmp_path, capsys):
    good = download(tmp_path, approved, name="good.pdf")
    bad = file_of(tmp_path, document().sealed(), "bad.pdf")
    with pytest.raises(CommandError, match=r"^3 个文件中，2 个不能确认为已批复的申报表。$"):
        call_command("verify_pdf", str(bad), str(good), str(tmp_path / "missing.pdf"))
    said = capsys.readouterr().out.splitlines()
    assert [line.split("：")[1][:2] for line in said[:3]] == ["无记", "相符", "无法"]


def test_names_from_a_file_cannot_command_the_terminal(tmp_path, capsys):
    made = document(department="甲\x1b[2J局\u202e乙")
    said = finding(capsys, file_of(tmp_path, made.sealed()))
    assert "甲\N{REPLACEMENT CHARACTER}[2J局\N{REPLACEMENT CHARACTER}乙" in said
