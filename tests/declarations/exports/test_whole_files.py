import os
from pathlib import Path

import pytest

from declarations.exports import whole_files
from declarations.exports.whole_files import write_whole


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_file_is_there_whole_and_readable_by_whom_it_should_be(tmp_path, mode):
    write_whole(tmp_path / "new" / "file", lambda part: part.write_text("contents"), mode)

    assert (tmp_path / "new" / "file").read_text() == "contents"
    assert (tmp_path / "new" / "file").stat().st_mode & 0o777 == mode
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file"]


def test_file_that_fails_leaves_nothing_and_keeps_what_was_there(tmp_path):
    (tmp_path / "file").write_text("before")

    def fail(part: Path) -> None:
        part.write_text("half")
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "file", fail)

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "before")]


def test_contents_are_on_the_disk_before_the_name_and_the_name_before_the_end(tmp_path, monkeypatch):
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def note_fsync(descriptor: int) -> None:
        steps.append(f"fsync of {Path(os.readlink(f'/proc/self/fd/{descriptor}')).suffix or 'the folder'}")
        fsync(descriptor)

    def note_replace(made: Path, path: Path) -> None:
        steps.append(f"{made.suffix} becomes {path.name}")
        replace(made, path)

    monkeypatch.setattr(whole_files.os, "fsync", note_fsync)
    monkeypatch.setattr(whole_files.os, "replace", note_replace)
    write_whole(tmp_path / "file", lambda part: part.write_text("contents"))

    assert steps == ["fsync of .unfinished", ".unfinished becomes file", "fsync of the folder"]
