import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from declarations.demo import bureau, data, loader
from perfgoals.accounts.models import User
from perfgoals.times import printed_time


class Command(BaseCommand):
    help = "在空数据库中装入演示数据；已装入的，使当前批次保持开放。列出演示账号。"

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            loaded = loader.load(now)
        except loader.OtherDataPresent as refusal:
            raise CommandError(
                "数据库中已有其他数据，未装入演示数据，也未作任何改动。演示数据含公开的账号和密码，只能装入空数据库。"
            ) from refusal
        described = data.bureau()
        extended = bureau.keep_open(described, now)
        for round_ in extended:
            self.stdout.write(f"{round_}的截止时间延至 {printed_time(round_.closes_at)}。")
        if loaded:
            self.stdout.write("已装入演示数据。")
        elif not extended:
            self.stdout.write("演示数据已存在，未作改动。")
        self.stdout.write(f"\n演示账号（初始密码均为 {described['password']}）：\n\n")
        for line in table(accounts([person["username"] for person in described["people"]])):
            self.stdout.write(line)


def accounts(usernames: list[str]) -> list[tuple[str, str, str, str]]:
    """The heading and one row for each account, in the order of `usernames`."""
    people = User.objects.select_related("department", "office").in_bulk(usernames, field_name="username")
    return [
        ("用户名", "姓名", "角色", "部门（科室）"),
        *(
            (user.username, user.name, user.get_role_display(), str(user.department or user.office or "—"))
            for user in (people[username] for username in usernames)
        ),
    ]


def table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The rows as lines with aligned columns; a Chinese character takes two places."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
