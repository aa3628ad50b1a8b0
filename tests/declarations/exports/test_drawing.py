"""Files drawn in processes of their own: the same files, within limits, whatever happens to a process."""

import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.conf import settings as site
from openpyxl import load_workbook

from declarations.exports import Format, drawing, render
from declarations.exports.drawing import DrawingRefused, draw, start_ahead
from declarations.exports.imprint import Imprint
from declarations.exports.renderer import fingerprint
from tests.declarations import documents

DOCUMENT = documents.document()
SEALED = DOCUMENT.sealed()
# 60,000 characters in each of a hundred rows: minutes, and gigabytes.
ENORMOUS = documents.document_with(
    *(documents.target(key=f"target-{n}", explanation="超" * 60_000) for n in range(100))
).sealed()

# A few hundred pages.
LONG = documents.document_with(
    *(documents.target(key=f"target-{n}", explanation="长" * 20_000) for n in range(12))
).sealed()


@pytest.fixture(autouse=True)
def own_pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[drawing._Pool]:
    """Children that no other test has, and that are gone afterwards."""
    pool = drawing._Pool(size=2)
    monkeypatch.setattr(drawing, "_pool", pool)
    yield pool
    pool.end_children()


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


def wait_until_gone(pid: int) -> None:
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.1)
    pytest.fail(f"process {pid} is still there")


def test_draw_makes_the_same_pdf_as_this_process():
    imprint = Imprint(watermark="草稿", status="草稿　未送审")

    assert draw(SEALED, Format.PDF, imprint) == render(DOCUMENT, Format.PDF, imprint)


def test_draw_makes_a_workbook(tmp_path):
    (tmp_path / "table.xlsx").write_bytes(draw(SEALED, Format.WORKBOOK))

    assert load_workbook(tmp_path / "table.xlsx").worksheets[0]["A1"].value == DOCUMENT.title


def test_json_is_the_sealed_text_and_needs_no_process(own_pool):
    assert draw(SEALED, Format.JSON) == SEALED.encode()
    assert own_pool.idle == []


def test_child_is_kept_for_the_next_document(own_pool):
    draw(SEALED, Format.WORKBOOK)
    (child,) = own_pool.idle
    draw(SEALED, Format.WORKBOOK)

    assert own_pool.idle == [child]
    assert child.drawings == 2


def test_child_that_has_drawn_enough_is_replaced(own_pool, monkeypatch):
    monkeypatch.setattr(drawing, "DRAWINGS_PER_CHILD", 1)

    draw(SEALED, Format.WORKBOOK)

    assert own_pool.idle == []
    assert draw(SEALED, Format.WORKBOOK).startswith(b"PK")


def test_start_ahead_has_a_child_ready(own_pool):
    start_ahead()
    (child,) = own_pool.idle

    draw(SEALED, Format.WORKBOOK)

    assert own_pool.idle == [child]


def test_fingerprint_is_that_of_the_code_that_the_child_was_started_with(own_pool):
    fingerprint.cache_clear()
    start_ahead()

    assert fingerprint.cache_info().currsize == 1


def test_document_that_takes_too_long_is_refused_and_the_next_is_drawn(settings, own_pool):
    draw(SEALED, Format.WORKBOOK)
    (slow,) = own_pool.idle
    settings.RENDER_SECONDS = 2
    settings.RENDER_MEGABYTES = 4096
    begun = time.monotonic()

    with pytest.raises(DrawingRefused) as refused:
        draw(ENORMOUS, Format.PDF)

    assert str(refused.value) == drawing.TOO_SLOW.format(2)
    assert time.monotonic() - begun < 8
    wait_until_gone(slow.process.pid)
    assert not Path(slow.folder).exists()
    settings.RENDER_SECONDS = 60
    assert draw(SEALED, Format.WORKBOOK).startswith(b"PK")


def test_document_that_takes_too_much_memory_is_refused_and_the_next_is_drawn(settings, own_pool):
    draw(SEALED, Format.PDF)
    (child,) = own_pool.idle
    status = Path(f"/proc/{child.process.pid}/status").read_text()
    limit = settings.RENDER_MEGABYTES = int(status.partition("VmSize:")[2].split()[0]) // 1024 + 20

    with pytest.raises(DrawingRefused) as refused:
        draw(LONG, Format.PDF)

    assert str(refused.value) == drawing.TOO_LARGE.format(limit)
    assert own_pool.idle == []
    settings.RENDER_MEGABYTES = 1024
    assert draw(SEALED, Format.PDF).startswith(b"%PDF")


def test_request_too_large_to_be_read_is_refused(settings, own_pool):
    draw(SEALED, Format.WORKBOOK)
    settings.RENDER_MEGABYTES = 200
    draw(SEALED, Format.WORKBOOK)

    with pytest.raises(DrawingRefused) as refused:
        draw("长" * 40_000_000, Format.WORKBOOK)

    assert str(refused.value) == drawing.TOO_LARGE.format(200)


def test_document_that_breaks_a_limit_does_not_hold_up_another(settings, own_pool):
    start_ahead()
    start_ahead()
    draw(SEALED, Format.PDF)
    settings.RENDER_SECONDS = 6
    settings.RENDER_MEGABYTES = 4096
    refused: list[str] = []

    def draw_enormous() -> None:
        try:
            draw(ENORMOUS, Format.PDF)
        except DrawingRefused as reason:
            refused.append(str(reason))

    thread = threading.Thread(target=draw_enormous)
    thread.start()
    time.sleep(0.5)
    assert draw(SEALED, Format.PDF).startswith(b"%PDF")
    assert refused == []
    thread.join()
    assert refused == [drawing.TOO_SLOW.format(6)]


def test_text_too_long_for_a_workbook_is_refused_with_its_beginning(own_pool):
    document = documents.document_with(documents.target(explanation="长" * 32_768))

    with pytest.raises(DrawingRefused, match=f"以“{'长' * 20}”开头的文字超过 Excel 单元格 32767 个字符的上限"):
        draw(document.sealed(), Format.WORKBOOK)

    (child,) = own_pool.idle
    assert child.usable


def test_error_in_a_child_is_refused_without_its_details(own_pool, capfd):
    with pytest.raises(DrawingRefused) as refused:
        draw("{}", Format.PDF)

    assert str(refused.value) == drawing.FAILED
    assert "ValidationError" in capfd.readouterr().err
    assert own_pool.idle == []


def test_child_that_was_killed_is_replaced(own_pool):
    draw(SEALED, Format.WORKBOOK)
    (killed,) = own_pool.idle
    killed.process.kill()
    wait_until_gone(killed.process.pid)

    assert draw(SEALED, Format.WORKBOOK).startswith(b"PK")

    assert killed not in own_pool.idle
    assert not Path(killed.folder).exists()


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (signal.SIGKILL, drawing.FAILED),
        (signal.SIGABRT, drawing.TOO_LARGE.format(1024)),
        (signal.SIGSEGV, drawing.TOO_LARGE.format(1024)),
    ],
)
def test_child_that_is_stopped_while_it_draws_says_why_and_leaves_no_files(own_pool, caplog, number, reason):
    draw(SEALED, Format.PDF)
    (stopped,) = own_pool.idle
    timer = threading.Timer(0.5, stopped.process.send_signal, [number])
    timer.start()

    with pytest.raises(DrawingRefused) as refused:
        draw(LONG, Format.PDF)

    assert str(refused.value) == reason
    assert caplog.messages == [f"A process that draws has ended with code -{number}."]
    assert (own_pool.idle, Path(stopped.folder).exists()) == ([], False)
    assert draw(SEALED, Format.WORKBOOK).startswith(b"PK")


def test_child_that_is_told_to_end_answers_as_long_as_its_parent_asks(own_pool):
    draw(SEALED, Format.WORKBOOK)
    (told,) = own_pool.idle
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        told.process.send_signal(signum)

    assert draw(SEALED, Format.WORKBOOK).startswith(b"PK")

    assert own_pool.idle == [told]


def test_child_interrupted_in_the_middle_is_given_no_other_document(own_pool):
    draw(SEALED, Format.WORKBOOK)
    (interrupted,) = own_pool.idle

    with pytest.raises(KeyboardInterrupt), own_pool.child() as child:
        raise KeyboardInterrupt

    assert child is interrupted
    assert own_pool.idle == []
    wait_until_gone(interrupted.process.pid)


def test_more_documents_than_children_wait_for_one_another(own_pool):
    drawn: list[bytes] = []
    threads = [threading.Thread(target=lambda: drawn.append(draw(SEALED, Format.WORKBOOK))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(drawn) == 5
    assert len(own_pool.idle) <= 2


def test_document_that_waits_too_long_for_a_child_is_refused(settings, own_pool):
    settings.RENDER_SECONDS = 0.1
    own_pool.free.acquire()
    own_pool.free.acquire()

    with pytest.raises(DrawingRefused, match="正在生成的文件较多，请稍后再试。"):
        draw(SEALED, Format.WORKBOOK)


def test_where_no_process_can_be_started_there_is_a_reason(monkeypatch, caplog):
    def fail(**options: str) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr(drawing.tempfile, "mkdtemp", fail)

    start_ahead()
    with pytest.raises(DrawingRefused) as refused:
        draw(SEALED, Format.PDF)

    assert str(refused.value) == drawing.FAILED
    assert caplog.messages == ["A process that draws could not be started."] * 2


def test_server_starts_a_child_ahead(monkeypatch):
    begun: list[bool] = []
    monkeypatch.setattr(drawing, "start_ahead", lambda: begun.append(True))
    monkeypatch.delitem(sys.modules, "perfgoals.wsgi", raising=False)

    importlib.import_module("perfgoals.wsgi")

    assert begun == [True]


PARENT = """
import os, sys, time
import django
django.setup()
from declarations.exports import Format, drawing
from tests.declarations.documents import document
drawing.draw(document().sealed(), Format.WORKBOOK)
(child,) = drawing._pool.idle
print(child.process.pid, child.folder, flush=True)
{then}
"""


def parent(then: str) -> subprocess.Popen[str]:
    """A process that has a child, and does so afterwards."""
    return subprocess.Popen(
        [sys.executable, "-c", PARENT.format(then=then)],
        cwd=site.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> list[Any]:
    assert process.stdout
    return process.stdout.readline().split()


def test_child_ends_with_its_parent_and_leaves_no_files():
    with parent("") as process:
        pid, folder = said(process)

    wait_until_gone(int(pid))
    assert not Path(folder).exists()


def test_child_leaves_no_files_where_its_parent_is_told_again_to_end():
    then = """
import signal
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
kill = child.process.kill
def killed_and_told_again():
    kill()
    os.kill(os.getpid(), signal.SIGTERM)
child.process.kill = killed_and_told_again
"""
    with parent(then) as process:
        _, folder = said(process)

    assert not Path(folder).exists()


def test_child_ends_when_its_parent_is_killed():
    with parent("time.sleep(60)") as process:
        pid, folder = said(process)
        process.kill()

    wait_until_gone(int(pid))
    assert not Path(folder).exists()


def test_child_whose_parent_is_killed_while_it_draws_ends_quietly_and_leaves_no_files(capfd):
    then = """
import json, signal
request = {"sealed": document().sealed(), "format": "pdf", "imprint": {}, "seconds": 60, "megabytes": 1024}
child.process.stdin.write(json.dumps(request).encode() + b"\\n")
child.process.stdin.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""
    with parent(then) as process:
        pid, folder = said(process)

    wait_until_gone(int(pid))
    assert not Path(folder).exists()
    assert capfd.readouterr().err == ""


def test_forked_process_has_children_of_its_own_and_keeps_no_others_alive():
    then = """
if os.fork() == 0:
    assert drawing._pool.idle == []
    drawing.draw(document().sealed(), Format.WORKBOOK)
    print(drawing._pool.idle[0].process.pid, flush=True)
    time.sleep(60)
    os._exit(0)
time.sleep(60)
"""
    with parent(then) as process:
        pid, _ = said(process)
        (other,) = said(process)
        assert pid != other
        process.kill()
        process.wait()
        wait_until_gone(int(pid))
        grandparent = int(Path(f"/proc/{other}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(grandparent, signal.SIGKILL)
        wait_until_gone(int(other))
