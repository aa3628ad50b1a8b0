import re
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from perfgoals.audit.models import HASH_LENGTH
from perfgoals.audit.verification import verify

NOTED = re.compile(rf"(\d{{1,18}}):([0-9a-f]{{{HASH_LENGTH}}})", re.ASCII)


def noted_head(text: str) -> tuple[int, str]:
    """What an earlier run printed as the end of the log."""
    match = NOTED.fullmatch(text)
    if match is None:
        raise ArgumentTypeError(f"应为“编号:{HASH_LENGTH} 位校验值”，即本命令以前打印的日志末端。")
    return int(match[1]), match[2]


class Command(BaseCommand):
    help = (
        "核验操作日志是否被更改、删除、插入、调换或截断；有异常时退出码为 1。"
        "请另行留存打印的日志末端，下次用 --expect 核对，可以发现整个数据库被旧备份覆盖。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--expect", metavar="NUMBER:HASH", type=noted_head, help="以前留存的日志末端")

    def handle(self, *, expect: tuple[int, str] | None, **options: Any) -> None:
        report = verify(expect)
        for fault in report.faults:
            self.stdout.write(str(fault))
        self.stdout.write(f"操作日志共 {report.entries} 条。")
        if report.head is not None:
            self.stdout.write(f"日志末端：{report.head}")
        if report.faults:
            raise CommandError(
                f"发现异常 {len(report.faults)} 处。如果更换过 SECRET_KEY，请先确认旧密钥已列入 SECRET_KEY_FALLBACKS。"
            )
        self.stdout.write("未发现异常。")
