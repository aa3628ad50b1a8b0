"""What decides how a file looks besides the document and its imprint: our code, its style sheets, fonts, libraries."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from declarations.exports.fontconfig import FOLDERS

LIBRARIES = ("weasyprint", "pydyf", "fonttools", "segno", "openpyxl")
# What the layout reads from outside the package of the exports.
OTHER_SOURCES = (
    "declarations/document.py",
    "declarations/numbers.py",
    "indicators/enums.py",
    "perfgoals/workbooks.py",
    "templates/declarations/table_pdf.html",
)


@cache
def fingerprint() -> str:
    """A hash of all that; with another one, the same document may give another file. Read once a process."""
    told = hashlib.sha256()
    for part in (*_libraries(), *_sources(), *_fonts()):
        told.update(part.encode() + b"\0")
    return told.hexdigest()


def _libraries() -> Iterator[str]:
    for name in LIBRARIES:
        yield f"{name} {version(name)}"


def _sources() -> Iterator[str]:
    package = Path(__file__).parent
    own = (path for path in package.rglob("*") if path.suffix in {".py", ".css", ".html"})
    others = (settings.BASE_DIR / name for name in OTHER_SOURCES)
    for path in sorted({*own, *others}):
        yield f"{path.relative_to(settings.BASE_DIR)} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _fonts() -> Iterator[str]:
    """By name and size: reading some hundred megabytes would take longer than drawing a table."""
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield f"{path} {path.stat().st_size}"
