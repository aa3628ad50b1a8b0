from collections.abc import Iterator
from pathlib import Path

import pytest

from declarations.exports import renderer
from declarations.exports.renderer import fingerprint


@pytest.fixture
def anew() -> Iterator[str]:
    """The fingerprint of now; each later one is computed anew."""
    before = fingerprint()
    fingerprint.cache_clear()
    yield before
    fingerprint.cache_clear()


def test_fingerprint_is_the_same_each_time(anew):
    assert fingerprint() == anew
    assert len(anew) == 64


def test_fingerprint_changes_with_a_library(anew, monkeypatch):
    monkeypatch.setattr(renderer, "version", lambda name: "99" if name == "weasyprint" else "1")

    assert fingerprint() != anew


def test_fingerprint_changes_with_the_fonts_of_the_machine(anew, monkeypatch, tmp_path):
    monkeypatch.setattr(renderer, "FOLDERS", (tmp_path,))
    without = fingerprint()
    fingerprint.cache_clear()
    (tmp_path / "font.otf").write_bytes(b"font")

    assert len({anew, without, fingerprint()}) == 3


def test_fingerprint_changes_with_each_source_style_sheet_and_template(anew, monkeypatch):
    read = Path.read_bytes
    sources = [line.split()[0] for line in renderer._sources()]
    assert {
        "declarations/exports/pdf/print.css",
        "declarations/exports/pdf/pages.py",
        "declarations/exports/workbook.py",
        "declarations/exports/table.py",
        "templates/declarations/table_pdf.html",
    } <= set(sources)

    for name in sources:
        changed = renderer.settings.BASE_DIR / name
        monkeypatch.setattr(
            Path, "read_bytes", lambda path, changed=changed: read(path) + (b"x" if path == changed else b"")
        )
        fingerprint.cache_clear()
        assert fingerprint() != anew, name
