"""The fonts that the PDF is set in: a family of our own, cut once out of Noto Serif CJK SC, and what stands in for it.

The whole family has 45,000 glyphs a weight and takes more memory in each process and more time for each table. Ours
has the signs of GB 2312 and of Latin; rarer ones come from the whole family behind it, then from any other font of the
machine. What no font has is printed as 〓 and told below the table: drawn as nothing, nobody would miss it.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from fontTools import subset
from fontTools.ttLib import TTFont

from declarations.exports.fontconfig import BOLD, REGULAR, FontFile, families_with, find_font
from declarations.exports.whole_files import alone_in, write_whole

FAMILY = "Perfgoals Serif"
SOURCE = "Noto Serif CJK SC"
WEIGHTS = {400: REGULAR, 700: BOLD}
# Where a character has no glyph, as Chinese printers always did.
GETA = "〓"
# Change it with what `_make` does, so that the fonts are made anew.
RECIPE = 1

_SQUARE = 1000
_NARROW = 700


class FontMissing(RuntimeError):
    """The machine lacks the font that ours is made of; `check --deploy` says so first."""


@dataclass(frozen=True)
class Face:
    """One weight of our family; the advances are in thousandths of the font size."""

    weight: int
    path: Path
    advances: Mapping[int, int]


@dataclass(frozen=True)
class Missing:
    """What our own and the whole family lack of a text: other families that have it, and what none has."""

    families: tuple[str, ...]
    characters: tuple[str, ...]


@cache
def faces() -> tuple[Face, ...]:
    """Our family, made where it is not there yet."""
    return tuple(_face(weight) for weight in WEIGHTS)


def folder() -> Path:
    """Where our fonts are kept."""
    return Path(settings.FONTS_ROOT)


def missing(text: str) -> Missing:
    """What of `text` our own and the whole family have no glyph for."""
    families: list[str] = []
    nowhere = []
    for character in sorted(set(text) - set(map(chr, faces()[0].advances))):
        if not _has_shape(character):
            continue
        found = _families(character)
        if not found:
            nowhere.append(character)
        elif not {SOURCE, *families} & set(found):
            families.append(found[0])
    return Missing(tuple(families), tuple(nowhere))


def advance(text: str, face: Face) -> int:
    """How wide `text` is on one line, in thousandths of the font size."""
    return sum(advances_of(text, face))


def advances_of(text: str, face: Face) -> Iterable[int]:
    """How wide each character of `text` is, in thousandths of the font size."""
    known = face.advances
    return [known[code] if code in known else _other_advance(chr(code)) for code in map(ord, text)]


def _face(weight: int) -> Face:
    source = _source(weight)
    path = folder() / f"perfgoals-serif-{weight}-{_version(source)}.otf"
    if not path.exists():
        # At the first start a worker and the children of the server all come at once, and it takes a core for a while.
        with alone_in(folder()):
            if not path.exists():
                write_whole(path, lambda part: _make(source, weight, part))
    with TTFont(path, lazy=True) as font:
        metrics = font["hmtx"].metrics
        advances = {code: metrics[name][0] for code, name in font.getBestCmap().items()}
    return Face(weight, path, advances)


def _source(weight: int) -> FontFile:
    source = find_font(SOURCE, WEIGHTS[weight])
    if source is None:
        raise FontMissing(f"The font {SOURCE} is not installed.")
    return source


def _version(source: FontFile) -> str:
    """Names a font by what it is made of; the size tells versions of the source apart."""
    made_of = [RECIPE, source.path.name, source.index, source.path.stat().st_size, version("fonttools")]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]


def _make(source: FontFile, weight: int, target: Path) -> None:
    options = subset.Options(
        font_number=source.index,
        # Without kerning and ligatures a text is as wide as its characters.
        layout_features=[],
        hinting=False,
        notdef_outline=True,
        recalc_timestamp=False,
    )
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    with subset.load_font(source.path, options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=_repertoire())
        cutter.subset(font)
        style = "Bold" if weight == 700 else "Regular"
        names = {1: FAMILY, 2: style, 4: f"{FAMILY} {style}", 6: f"{FAMILY.replace(' ', '')}-{style}"}
        font["name"].names = []
        for number, name in names.items():
            font["name"].setName(name, number, 3, 1, 0x409)
        font["CFF "].cff.fontNames = [names[6]]
        font.save(target)


def _repertoire() -> set[int]:
    """GB 2312, Latin with its accents, and the full-width and general punctuation."""
    pairs = (bytes([row, cell]) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    signs = "".join(pair.decode("gb2312", errors="ignore") for pair in pairs)
    ranges = (
        range(0x20, 0x7F),
        range(0xA0, 0x180),
        range(0x2010, 0x2028),
        range(0x2030, 0x205F),
        range(0xFF01, 0xFF5F),
    )
    return {*map(ord, signs), *map(ord, "≥≤≧≦≈≠±×÷℃‰㎡㎏€￥①〓"), *(code for some in ranges for code in some)}


def _other_advance(character: str) -> int:
    """Han characters fill a square; of the others one does better to expect too much than too little."""
    if not _has_shape(character):
        return 0
    return _SQUARE if unicodedata.east_asian_width(character) in "WF" else _NARROW


@cache
def _families(character: str) -> tuple[str, ...]:
    return tuple(families_with(character))


def _has_shape(character: str) -> bool:
    """Whether the character is drawn: not a space, a control or a mark that chooses a variant."""
    code = ord(character)
    return not (
        unicodedata.category(character) in {"Zs", "Zl", "Zp", "Cc", "Cf"}
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0100 <= code <= 0xE01EF
        or code in {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0}
    )
