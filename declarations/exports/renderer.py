"""What decides how a file looks besides the document and its imprint: our code, its style sheets, fonts, libraries."""

import ctypes
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from declarations.exports.fontconfig import FOLDERS

LIBRARIES = (
    "weasyprint",
    "tinyhtml5",
    "tinycss2",
    "cssselect2",
    "pydyf",
    "fonttools",
    "segno",
    "openpyxl",
    "django",
)
# Those of the system, which an upgrade changes without us: where lines end and what glyphs are drawn. Each with the
# function that says its version.
SYSTEM_LIBRARIES = {"libpango-1.0.so.0": "pango_version_string", "libharfbuzz-subset.so.0": "hb_version_string"}
# What the layout reads from outside the package of the exports.
OTHER_SOURCES = (
    "declarations/checks/findings.py",
    "declarations/checks/places.py",
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
    for part in (*_libraries(), *_system_libraries(), *_sources(), *_fonts()):
        told.update(part.encode() + b"\0")
    return told.hexdigest()


def _libraries() -> Iterator[str]:
    for name in LIBRARIES:
        yield f"{name} {version(name)}"


def _system_libraries() -> Iterator[str]:
    for name, function in SYSTEM_LIBRARIES.items():
        yield f"{name} {_system_version(name, function)}"


def _system_version(name: str, function: str) -> str:
    """Empty where the library is not there: workbooks are drawn without it."""
    try:
        says = getattr(ctypes.CDLL(name), function)
    except (OSError, AttributeError):
        return ""
    says.restype = ctypes.c_char_p
    return (says() or b"").decode()


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
