import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from declarations.exports import Format
from declarations.exports.drawing import DrawingRefused, draw
from declarations.exports.kept import table_of
from declarations.imprints import of_working_copy
from declarations.models import Declaration, Round
from declarations.selectors import declarations, document_of, submission_shown
from perfgoals.accounts.models import Department

STANDARD_OUTPUT = "-"


class Command(BaseCommand):
    help = "导出一个部门一个年度的申报表：PDF、Excel 或 JSON。待审核和已批复的导出送审稿，其余导出当前内容。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help="单位代码")
        parser.add_argument("year", metavar="YEAR", type=int, help="预算年度")
        parser.add_argument("--format", choices=[kind.value for kind in Format], required=True, help="文件格式")
        parser.add_argument("--output", required=True, metavar="FILE", help="写入的文件；- 为标准输出")

    def handle(self, *, code: str, year: int, format: str, output: str, **options: Any) -> None:
        try:
            contents = _contents(_declaration(code, year), Format(format))
        except DrawingRefused as error:
            raise CommandError(str(error)) from error
        if output == STANDARD_OUTPUT:
            sys.stdout.buffer.write(contents)
            return
        try:
            Path(output).write_bytes(contents)
        except OSError as error:
            raise CommandError(f"无法写入文件 {output}：{error.strerror}。") from error
        self.stdout.write(f"已写入 {output}（{len(contents)} 字节）。")


def _contents(declaration: Declaration, format: Format) -> bytes:
    imprint = of_working_copy(declaration)
    sealed = submission_shown(declaration)
    if sealed is not None:
        return table_of(sealed.document, format, imprint)
    return draw(document_of(declaration).sealed(), format, imprint)


def _declaration(code: str, year: int) -> Declaration:
    if not Department.objects.filter(code=code).exists():
        raise CommandError(f"没有单位代码为 {code} 的部门。")
    if not Round.objects.filter(fiscal_year=year).exists():
        raise CommandError(f"没有 {year} 年度的申报批次。")
    declaration = declarations().filter(department__code=code, round__fiscal_year=year).first()
    if declaration is None:
        raise CommandError(f"单位 {code} 没有 {year} 年度的申报表。")
    return declaration
