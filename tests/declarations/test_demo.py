from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from declarations.models import Round
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.situations import stored


def run() -> str:
    output = StringIO()
    call_command("demo", stdout=output)
    return output.getvalue()


def all_rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the project."""
    configs = [apps.get_app_config(label) for label in ("accounts", "indicators", "declarations")]
    return stored(*(model._meta.label for config in configs for model in config.get_models()))


def test_second_run_changes_nothing_and_says_so(db: None) -> None:
    first = run()
    rows = all_rows()
    second = run()
    assert all_rows() == rows
    assert first.replace("已装入演示数据。", "演示数据已存在，未作改动。") == second
    assert first != second


def test_later_run_leaves_changed_accounts_and_opens_only_the_closed_current_round(db: None) -> None:
    run()
    user = User.objects.get(username="guanli")
    user.set_password("another-one-2024")
    user.save()
    earlier, current = Round.objects.order_by("fiscal_year")
    Round.objects.filter(pk=current.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    output = run()
    assert User.objects.get(username="guanli").password == user.password
    current.refresh_from_db()
    assert timezone.localdate(current.closes_at) == timezone.localdate() + timedelta(days=30)
    assert Round.objects.get(pk=earlier.pk).closes_at == earlier.closes_at
    closing = timezone.localtime(current.closes_at)
    assert output.startswith(f"2023年度部门整体绩效目标申报的截止时间延至 {closing:%Y年%m月%d日 %H:%M}。")


def test_run_beside_data_of_others_refuses_and_writes_nothing(db: None) -> None:
    builders.department()
    rows = all_rows()
    with pytest.raises(CommandError, match="数据库中已有其他数据"):
        run()
    assert all_rows() == rows


def test_output_lists_every_account_with_role_and_place(db: None) -> None:
    lines = run().splitlines()
    assert "演示账号（初始密码均为 Jixiao-2023）：" in lines
    start = next(number for number, line in enumerate(lines) if line.startswith("用户名"))
    listed = {tuple(line.split()) for line in lines[start + 1 :]}
    assert listed == {
        (user.username, user.name, user.get_role_display(), str(user.department or user.office or "—"))
        for user in User.objects.all()
    }
