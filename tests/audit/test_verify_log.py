"""The command that auditors and administrators run."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.audit import logs


def output(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_log", *arguments, stdout=out)
    return out.getvalue()


def failing(*arguments: str) -> tuple[str, str, int]:
    """What is printed, the error and the exit status."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("verify_log", *arguments, stdout=out)
    return out.getvalue(), str(error.value), error.value.returncode


def test_command_prints_the_head_to_note_down(db: None) -> None:
    *_, last = logs.entries(3)
    assert output() == f"操作日志共 3 条。\n日志末端：3:{last.hash}\n未发现异常。\n"


def test_command_on_an_empty_log(db: None) -> None:
    assert output() == "操作日志共 0 条。\n未发现异常。\n"


def test_command_names_what_it_found_and_fails(db: None) -> None:
    *_, last = logs.entries(5)
    logs.disarm()
    logs.change(2, text="改")
    logs.delete(4)
    printed, error, status = failing()
    assert printed == (f"第 2 条：内容被更改\n第 4 条：被删除\n操作日志共 4 条。\n日志末端：5:{last.hash}\n")
    assert error.startswith("发现异常 2 处。")
    assert status == 1


def test_command_compares_with_a_head_that_was_noted(db: None) -> None:
    entries = logs.entries(3)
    assert output("--expect", f"2:{entries[1].hash}").endswith("未发现异常。\n")
    printed, _, status = failing("--expect", f"4:{entries[1].hash}")
    assert printed.startswith("第 4 条：与留存的校验值不符（日志可能被旧备份覆盖）\n")
    assert status == 1


@pytest.mark.parametrize("noted", ["", "3", "3:", "3:abc", f"三:{'0' * 64}", f"٣:{'0' * 64}", f"-1:{'0' * 64}"])
def test_command_refuses_what_is_no_head(db: None, noted: str) -> None:
    with pytest.raises(CommandError, match="应为“编号:64 位校验值”"):
        call_command("verify_log", f"--expect={noted}")
