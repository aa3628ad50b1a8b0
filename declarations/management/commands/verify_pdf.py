from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import ValidationError

from declarations.document import Document, digest_of
from declarations.exports import Format
from declarations.exports.drawing import DrawingRefused, draw
from declarations.exports.imprint import Imprint
from declarations.imports.printed_pdf import ATTACHMENT, NotReadable, embedded_document
from declarations.imprints import since_approval
from declarations.models import Declaration
from declarations.verification import recorded

# Of an honest attachment in a file that somebody has drawn otherwise, or that an earlier version of the system has.
PAGES_DIFFER = (
    "但文件与系统现在生成的不一致：可能在批复前下载，可能在系统升级、更换字体或修改设置前下载，可能由其他程序另存，"
    "也可能页面已被改动。请从系统中重新下载该次送审的 PDF，与文件对照。"
)


class Command(BaseCommand):
    help = (
        "核验 PDF 申报表：读取文件内嵌的数据，与系统中送审、批复的记录比对，并重新生成一份，与文件逐字节比对。"
        "每个文件都是已批复的申报表时退出码为 0，否则为 1。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="系统导出的 PDF 文件")

    def handle(self, *, files: list[Path], **options: Any) -> None:
        failed = 0
        for path in files:
            is_approved, finding = _checked(path)
            failed += not is_approved
            self.stdout.write(_printable(f"{path}：{finding}"))
        if failed:
            raise CommandError(f"{len(files)} 个文件中，{failed} 个不能确认为已批复的申报表。")
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
    submission, standing = found
    table = f"{table}，第 {submission.number} 次送审"
    if standing.approval is None:
        return False, f"未批复。{table}，{standing.waiting_words}。"
    replaced = "" if standing.is_in_force else "，已由后来的批复替代"
    approved = f"{table}，{standing.approval.date_words}由{standing.approval.office}批复{replaced}。"
    try:
        if _is_as_drawn(path, sealed, since_approval(submission, standing)):
            return True, f"相符。{approved}"
    except DrawingRefused as refusal:
        return False, f"数据相符，页面未能比对。{approved}{refusal}"
    except OSError as error:
        return False, f"数据相符，页面未能比对。{approved}无法读取：{error.strerror}。"
    return False, f"数据相符，页面不能确认。{approved}{PAGES_DIFFER}"


def _is_as_drawn(path: Path, sealed: str, imprints: Iterable[Imprint]) -> bool:
    """Whether the file is, byte for byte, what is drawn of the sealed document with one of the imprints."""
    for imprint in imprints:
        drawn = draw(sealed, Format.PDF, imprint)
        with path.open("rb") as file:
            if file.read(len(drawn) + 1) == drawn:
                return True
    return False


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
