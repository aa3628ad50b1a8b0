import errno
import os
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from declarations.exports import Format, kept, whole_files
from declarations.exports.drawing import DrawingRefused
from declarations.exports.imprint import UNMARKED, Imprint
from declarations.exports.kept import is_kept, remove_outdated, table_of
from tests.declarations.documents import document

SEALED = document().sealed()
APPROVED = Imprint(status="已批复　2022年3月1日　财政局绩效科", digest="0" * 64, address="http://localhost/verify/0/")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Format, Imprint]]:
    """What was drawn, one after the other; each file holds its number."""
    asked: list[tuple[str, Format, Imprint]] = []

    def draw(sealed: str, format: Format, imprint: Imprint) -> bytes:
        asked.append((sealed, format, imprint))
        return f"file {len(asked)}".encode()

    monkeypatch.setattr(kept, "draw", draw)
    return asked


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def aged(path: Path, days: float) -> None:
    """Let the file have been used last so many days ago."""
    then = time.time() - days * kept.DAY
    os.utime(path, (then, then))


def test_table_is_drawn_once_and_then_served_as_it_is_kept(drawn, files_root):
    assert not is_kept(SEALED, Format.PDF, APPROVED)
    assert [table_of(SEALED, Format.PDF, APPROVED) for _ in range(3)] == [b"file 1"] * 3
    assert is_kept(SEALED, Format.PDF, APPROVED)
    assert drawn == [(SEALED, Format.PDF, APPROVED)]
    [file] = files(files_root)
    assert (file.suffix, file.read_bytes(), file.stat().st_mode & 0o777) == (".pdf", b"file 1", 0o600)


def test_json_is_the_sealed_text_and_never_kept(drawn, files_root):
    assert is_kept(SEALED, Format.JSON, APPROVED)
    assert table_of(SEALED, Format.JSON, APPROVED) == SEALED.encode()
    assert (drawn, files(files_root)) == ([], [])


@pytest.mark.parametrize(
    ("sealed", "format", "imprint"),
    [
        (document(title="另一张表").sealed(), Format.PDF, APPROVED),
        (SEALED, Format.WORKBOOK, APPROVED),
        (SEALED, Format.PDF, UNMARKED),
        *((SEALED, Format.PDF, APPROVED.model_copy(update={name: "另"})) for name in Imprint.model_fields),
    ],
)
def test_other_contents_format_or_imprint_is_another_file(drawn, sealed, format, imprint):
    table_of(SEALED, Format.PDF, APPROVED)
    assert not is_kept(sealed, format, imprint)
    assert table_of(sealed, format, imprint) == b"file 2"
    assert table_of(SEALED, Format.PDF, APPROVED) == b"file 1"


def test_file_of_another_renderer_is_drawn_anew(drawn, monkeypatch):
    table_of(SEALED, Format.PDF, APPROVED)
    before = kept.fingerprint()
    monkeypatch.setattr(kept, "fingerprint", lambda: "of other fonts")
    assert not is_kept(SEALED, Format.PDF, APPROVED)
    assert table_of(SEALED, Format.PDF, APPROVED) == b"file 2"
    monkeypatch.setattr(kept, "fingerprint", lambda: before)
    assert table_of(SEALED, Format.PDF, APPROVED) == b"file 1"


def test_table_that_is_refused_is_not_kept(files_root, monkeypatch):
    def refuse(*_: object) -> bytes:
        raise DrawingRefused("内容过长。")

    monkeypatch.setattr(kept, "draw", refuse)
    with pytest.raises(DrawingRefused, match=r"内容过长。"):
        table_of(SEALED, Format.PDF, APPROVED)
    assert files(files_root) == []


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_full_disk_keeps_nothing_serves_all_the_same_and_is_logged(drawn, files_root, monkeypatch, caplog, call):
    with monkeypatch.context() as disk:
        disk.setattr(whole_files.os, call, full_disk)
        assert [table_of(SEALED, Format.PDF, APPROVED) for _ in range(2)] == [b"file 1", b"file 2"]
    assert files(files_root) == []
    assert [record.getMessage() for record in caplog.records] == [
        "A table cannot be kept; it is served all the same."
    ] * 2
    assert table_of(SEALED, Format.PDF, APPROVED) == b"file 3"
    assert is_kept(SEALED, Format.PDF, APPROVED)


@pytest.fixture
def files_of_at_most_64_kilobytes() -> Iterator[Callable[[], None]]:
    """A function after which the system itself stops every file that grows further, half-written as it is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_file_that_is_half_written_is_neither_served_nor_left(
    files_root, monkeypatch, files_of_at_most_64_kilobytes, caplog
):
    contents = os.urandom(256 * 1024)
    monkeypatch.setattr(kept, "draw", lambda *_: contents)
    files_of_at_most_64_kilobytes()
    assert table_of(SEALED, Format.PDF, APPROVED) == contents
    assert files(files_root) == []
    assert not is_kept(SEALED, Format.PDF, APPROVED)
    assert "File too large" in caplog.text


@pytest.mark.parametrize("in_the_way", ["file", "folder"])
def test_folder_that_cannot_be_used_keeps_nothing_and_serves_all_the_same(drawn, files_root, caplog, in_the_way):
    path = kept._path(SEALED, Format.PDF, APPROVED)
    if in_the_way == "file":
        files_root.mkdir(parents=True)
        (files_root / "tables").write_text("no folder")
    else:
        path.mkdir(parents=True)
    assert table_of(SEALED, Format.PDF, APPROVED) == b"file 1"
    assert "it is served all the same" in caplog.text


def test_tables_that_nobody_asks_for_are_removed_and_others_stay(drawn, files_root):
    table_of(SEALED, Format.PDF, APPROVED)
    table_of(SEALED, Format.WORKBOOK, APPROVED)
    used, unused = kept._path(SEALED, Format.PDF, APPROVED), kept._path(SEALED, Format.WORKBOOK, APPROVED)
    aged(used, kept.DAYS_KEPT + 1)
    aged(unused, kept.DAYS_KEPT + 1)
    table_of(SEALED, Format.PDF, APPROVED)
    assert remove_outdated() == 1
    assert files(files_root) == [used]
    assert remove_outdated() == 0


def test_tables_of_another_renderer_go_a_day_after_their_last_use(drawn, files_root, monkeypatch):
    table_of(SEALED, Format.PDF, APPROVED)
    [old] = files(files_root)
    monkeypatch.setattr(kept, "fingerprint", lambda: "of a new version")
    table_of(SEALED, Format.PDF, APPROVED)
    assert remove_outdated() == 0
    aged(old, 1.1)
    assert remove_outdated() == 1
    assert files(files_root) == [kept._path(SEALED, Format.PDF, APPROVED)]
    assert not old.parent.parent.exists()


def test_what_a_killed_process_left_half_written_goes_after_a_day(drawn, files_root):
    table_of(SEALED, Format.PDF, APPROVED)
    left = kept._path(SEALED, Format.PDF, APPROVED).parent / f"left{whole_files.UNFINISHED}"
    left.write_bytes(b"hal")
    assert remove_outdated() == 0
    aged(left, 1.1)
    assert remove_outdated() == 1
    assert is_kept(SEALED, Format.PDF, APPROVED)


def test_nothing_to_remove_where_nothing_was_kept(files_root):
    assert remove_outdated() == 0
