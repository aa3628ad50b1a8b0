import ast
import re
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


def test_fingerprint_changes_with_a_library_of_the_system(anew, monkeypatch):
    names = {*renderer.SYSTEM_LIBRARIES, "libnone.so"}
    versions = {name: renderer._system_version(name, renderer.SYSTEM_LIBRARIES.get(name, "none")) for name in names}
    assert [name for name, said in versions.items() if not re.fullmatch(r"[0-9]+\.[0-9.]+", said)] == ["libnone.so"]
    assert versions["libnone.so"] == ""

    found = {anew}
    for upgraded in renderer.SYSTEM_LIBRARIES:
        monkeypatch.setattr(
            renderer, "_system_version", lambda name, _, upgraded=upgraded: "99" if name == upgraded else versions[name]
        )
        fingerprint.cache_clear()
        found.add(fingerprint())
    assert len(found) == 1 + len(renderer.SYSTEM_LIBRARIES)


def test_fingerprint_changes_with_the_fonts_of_the_machine(anew, monkeypatch, tmp_path):
    monkeypatch.setattr(renderer, "FOLDERS", (tmp_path,))
    without = fingerprint()
    fingerprint.cache_clear()
    (tmp_path / "font.otf").write_bytes(b"font")

    assert len({anew, without, fingerprint()}) == 3


def modules_imported_by(path: Path) -> Iterator[Path]:
    """The files of our own modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for name in names:
                module = renderer.settings.BASE_DIR / (name.replace(".", "/") + ".py")
                if module.is_file():
                    yield module


def test_every_module_that_drawing_is_made_of_is_among_the_sources():
    exports = Path(renderer.__file__).parent
    waiting = [exports / "pdf/rendering.py", exports / "workbook.py", exports / "html.py", exports / "imprint.py"]
    found: set[Path] = set()
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += modules_imported_by(module)

    sources = {renderer.settings.BASE_DIR / line.split()[0] for line in renderer._sources()}
    assert {str(path) for path in found - sources} == set()
    assert len(found) > 15


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
