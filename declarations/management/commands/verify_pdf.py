from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import ValidationError

from declarations.document import Document, digest_of
from declarations.imports.printed_pdf import ATTACHMENT, NotReadable, embedded_document
from declarations.models import Declaration
from declarations.verification import recorded


class Command(BaseCommand):
    help = (
        "核验 PDF 申报表：读取文件内嵌的数据，与系统中送审、批复的记录比对。"
        "每个文件都与已批复的申报表相符时退出码为 0，否则为 1。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="系统导出的 PDF 文件")

    def handle(self, *, files: list[Path], **options: Any) -> None:
        failed = 0
        for path in files:
            is_approved, finding = _checked(path)
            failed += not is_approved
            self.stdout.write(_printable(f"{path}：{finding}"))
        self.stdout.write(
            f"核验的是文件内嵌的数据（{ATTACHMENT}），没有比对页面上印出的文字；"
            "需要确认页面文字的，请从系统中重新下载该次送审的 PDF 对照。"
        )
        if failed:
            raise CommandError(f"{len(files)} 个文件中，{failed} 个不是已批复的申报表。")
        self.stdout.write(f"{len(files)} 个文件均与已批复的申报表相符。")


def _checked(path: Path) -> tuple[bool, str]:
    """Whether the file is that of an approved submission, and what there is to say of it."""
    try:
        sealed = embedded_document(path).decode()
        document = Document.model_validate_json(sealed)
    except NotReadable as refusal:
        return False, f"无法核验，{refusal}"
    except (UnicodeDecodeError, ValidationError):
        return False, f"无法核验，附件 {ATTACHMENT} 不是申报表的数据。"
    table = f"{document.department}（{document.department_code}）{document.fiscal_year} 年度"
    found = recorded(digest_of(sealed))
    if found is None:
        return False, _unknown(document, table)
    number, standing = found
    if standing.approval is None:
        return False, f"未批复。{table}，第 {number} 次送审，{standing.waiting_words}。"
    replaced = "" if standing.is_in_force else "，已由后来的批复替代"
    approval = f"{standing.approval.date_words}由{standing.approval.office}批复"
    return True, f"相符。{table}，第 {number} 次送审，{approval}{replaced}。"


def _unknown(document: Document, table: str) -> str:
    declaration = Declaration.objects.filter(
        department__code=document.department_code, round__fiscal_year=document.fiscal_year
    ).first()
    if declaration is None:
        return f"无记录。系统中没有{table}的申报表。"
    times = declaration.submissions.count()
    if not times:
        return f"未批复。{table}的申报表尚未送审。"
    return f"不符。{table}的申报表送审过 {times} 次，内容都与该文件不同：文件是草稿，或者内容已被改动。"


def _printable(text: str) -> str:
    """The text without what a terminal would obey: names come from a file that anybody may have made."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
