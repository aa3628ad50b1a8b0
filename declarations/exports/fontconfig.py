"""What fontconfig, which WeasyPrint finds its fonts with, knows of the fonts of this machine."""

import ctypes
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from declarations.exports.whole_files import write_whole

LIBRARY = "libfontconfig.so.1"
# Where fonts count: those of one person's home would look different on the next machine.
FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
# fontconfig's numbers for weights.
REGULAR = 80
BOLD = 200


@dataclass(frozen=True)
class FontFile:
    """Where a font is: its file and, in a collection, its number."""

    path: Path
    index: int


class _FontSet(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_int),
        ("room", ctypes.c_int),
        ("fonts", ctypes.POINTER(ctypes.c_void_p)),
    )


def use_own_configuration(folder: Path) -> None:
    """From now on, let this process know the fonts of `FOLDERS` and no rules of this machine.

    It must come before anything loads fontconfig's configuration. The file and fontconfig's notes lie in `folder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "fonts.conf"
    text = configuration(FOLDERS, folder / "fontconfig")
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_whole(path, lambda part: part.write_text(text, encoding="utf-8"))
    os.environ["FONTCONFIG_FILE"] = str(path)


def has_font(family: str) -> bool:
    """Whether there is `family` itself, not only a substitute, where fonts count."""
    font = find_font(family, REGULAR)
    return font is not None and any(font.path.is_relative_to(folder) for folder in FOLDERS)


def find_font(family: str, weight: int) -> FontFile | None:
    """The file of `family` nearest to that weight, if there is any of the family."""
    library = _library()
    if library is None:
        return None
    pattern = ctypes.c_void_p(library.FcPatternCreate())
    library.FcPatternAddString(pattern, b"family", family.encode())
    library.FcPatternAddInteger(pattern, b"weight", weight)
    library.FcConfigSubstitute(None, pattern, 0)
    library.FcDefaultSubstitute(pattern)
    found = ctypes.c_void_p(library.FcFontMatch(None, pattern, ctypes.byref(ctypes.c_int())))
    font = None
    if family in _strings(library, found, b"family"):
        index = ctypes.c_int()
        library.FcPatternGetInteger(found, b"index", 0, ctypes.byref(index))
        font = FontFile(Path(next(_strings(library, found, b"file"))), index.value)
    library.FcPatternDestroy(pattern)
    library.FcPatternDestroy(found)
    return font


def families_with(character: str) -> list[str]:
    """The families that have a glyph for `character`, an outline in one colour, in alphabetical order."""
    library = _library()
    if library is None:
        return []
    characters = ctypes.c_void_p(library.FcCharSetCreate())
    library.FcCharSetAddChar(characters, ord(character))
    pattern = ctypes.c_void_p(library.FcPatternCreate())
    library.FcPatternAddCharSet(pattern, b"charset", characters)
    library.FcPatternAddBool(pattern, b"outline", 1)
    library.FcPatternAddBool(pattern, b"color", 0)
    wanted = ctypes.c_void_p(library.FcObjectSetCreate())
    library.FcObjectSetAdd(wanted, b"family")
    found = library.FcFontList(None, pattern, wanted)
    fonts = (ctypes.c_void_p(found.contents.fonts[n]) for n in range(found.contents.count))
    families = sorted({next(_strings(library, font, b"family"), "") for font in fonts} - {""})
    library.FcFontSetDestroy(found)
    library.FcObjectSetDestroy(wanted)
    library.FcPatternDestroy(pattern)
    library.FcCharSetDestroy(characters)
    return families


def configuration(folders: Iterable[Path], cache_folder: Path) -> str:
    """A fonts.conf that knows these folders and nothing else of the machine."""
    found = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in folders)
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig>{found}<cachedir>{escape(str(cache_folder))}</cachedir></fontconfig>"
    )


@cache
def _library() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:
        return None
    for function in ("FcPatternCreate", "FcFontMatch", "FcCharSetCreate", "FcObjectSetCreate"):
        getattr(library, function).restype = ctypes.c_void_p
    library.FcFontList.restype = ctypes.POINTER(_FontSet)
    return library


def _strings(library: ctypes.CDLL, pattern: ctypes.c_void_p, name: bytes) -> Iterator[str]:
    """What a pattern says under `name`: families have one name a language."""
    value = ctypes.c_char_p()
    number = 0
    while library.FcPatternGetString(pattern, name, number, ctypes.byref(value)) == 0:
        yield (value.value or b"").decode()
        number += 1
