from pathlib import Path

import pytest

from declarations.exports.whole_files import write_whole


def test_file_is_there_whole_and_readable_by_all(tmp_path):
    write_whole(tmp_path / "new" / "file", lambda part: part.write_text("contents"))

    assert (tmp_path / "new" / "file").read_text() == "contents"
    assert (tmp_path / "new" / "file").stat().st_mode & 0o777 == 0o644
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file"]


def test_file_that_fails_leaves_nothing_and_keeps_what_was_there(tmp_path):
    (tmp_path / "file").write_text("before")

    def fail(part: Path) -> None:
        part.write_text("half")
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "file", fail)

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "before")]
