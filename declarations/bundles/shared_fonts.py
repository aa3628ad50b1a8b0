"""The fonts of a bound book: one for all tables, where each table brings its own excerpt of it.

The excerpts are nine tenths of a table. They keep the numbers of the glyphs, so the whole font does in their place; one
that does not is left as it is.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

from declarations.exports.pdf.fonts import FAMILY, faces

# The names of the weights in a file, after the six letters that tell excerpts apart.
NAMES = {400: FAMILY.replace(" ", "-"), 700: f"{FAMILY.replace(' ', '-')}-Bold"}
_PAIR = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")
_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
{}
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""
# The weight of the font that `complete` puts in the place of a dictionary that names nothing else.
_LATER = "/PerfgoalsWeight"


class SharedFonts:
    """Takes the excerpts out of the pages of one file, and puts in their place what `complete` makes the font of.

    The font itself would cost each file some megabytes of memory: the widths of 8,000 glyphs are so many objects.
    """

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self._fonts: dict[int, Object] = {}
        self._weights: dict[tuple[int, int], int | None] = {}

    def use(self, page: Page) -> None:
        """Let the page, which is in the file, use the fonts of all."""
        for resources in _resources(page.obj):
            fonts = resources.get("/Font", Dictionary())
            for name, font in list(fonts.items()):
                weight = self._weight_of(font)
                if weight is not None:
                    fonts[name] = self._font(weight)

    def _weight_of(self, font: Object) -> int | None:
        """The weight of our family that the font is an excerpt of; None where it is of another, or numbered anew."""
        key = font.objgen
        if key == (0, 0):
            return _excerpt_of(font)
        if key not in self._weights:
            self._weights[key] = _excerpt_of(font)
        return self._weights[key]

    def _font(self, weight: int) -> Object:
        if weight not in self._fonts:
            self._fonts[weight] = self.pdf.make_indirect(Dictionary({"/Type": Name.Font, _LATER: weight}))
        return self._fonts[weight]


def complete(pdf: Pdf) -> None:
    """Bring the fonts that stand for excerpts into the file: each once, whatever it was put together from."""
    whole: dict[int, Object] = {}
    for page in pdf.pages:
        for resources in _resources(page.obj):
            fonts = resources.get("/Font", Dictionary())
            for name, font in list(fonts.items()):
                if _LATER not in font:
                    continue
                weight = int(font[_LATER])
                if weight not in whole:
                    whole[weight] = pdf.make_indirect(_font(pdf, weight))
                fonts[name] = whole[weight]


def _resources(drawn: Object) -> Iterator[Any]:
    """What a page draws with, and what the drawings that it uses draw with."""
    resources = drawn.get("/Resources")
    if resources is None:
        return
    yield resources
    for inner in resources.get("/XObject", Dictionary()).values():
        if inner.get("/Subtype") == Name.Form:
            yield from _resources(inner)


def _excerpt_of(font: Any) -> int | None:
    name = str(font.get("/BaseFont", "")).partition("+")[2]
    weight = next((weight for weight, known in NAMES.items() if known == name), None)
    if weight is None or "/ToUnicode" not in font:
        return None
    numbers = _glyphs(weight)
    pairs = [(int(glyph, 16), _text(code)) for glyph, code in _PAIR.findall(font.ToUnicode.read_bytes())]
    return weight if all(numbers.get(text, glyph) == glyph for glyph, text in pairs) else None


def _text(code: bytes) -> str:
    return bytes.fromhex(code.decode()).decode("utf-16-be")


@cache
def _glyphs(weight: int) -> Mapping[str, int]:
    """The number of the glyph of each character."""
    with _opened(weight) as font:
        return {chr(code): font.getGlyphID(name) for code, name in font.getBestCmap().items()}


def _opened(weight: int) -> TTFont:
    return TTFont(next(face.path for face in faces() if face.weight == weight), lazy=True)


def _file(pdf: Pdf, weight: int) -> Stream:
    contents = next(face.path for face in faces() if face.weight == weight).read_bytes()
    return pdf.make_stream(contents, Subtype=Name.OpenType)


def _font(pdf: Pdf, weight: int) -> Dictionary:
    name = Name(f"/{NAMES[weight]}")
    with _opened(weight) as font:
        scale = 1000 / font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        widths = [round(metrics[glyph][0] * scale) for glyph in font.getGlyphOrder()]
        head, line = font["head"], font["hhea"]
        box = [round(edge * scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)]
        ascent, descent = round(line.ascent * scale), round(line.descent * scale)
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        FontFamily=FAMILY,
        Flags=6,
        FontBBox=Array(box),
        ItalicAngle=0,
        Ascent=ascent,
        Descent=descent,
        CapHeight=ascent,
        StemV=80,
        FontFile3=_file(pdf, weight),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType0,
        BaseFont=name,
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        CIDToGIDMap=Name.Identity,
        DW=1000,
        W=Array([0, Array(widths)]),
        FontDescriptor=pdf.make_indirect(descriptor),
    )
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=pdf.make_stream(_to_unicode(weight)),
    )


@cache
def _to_unicode(weight: int) -> bytes:
    """What each glyph stands for, for searching and copying."""
    # Of several characters of one glyph, the first: the space, not the one that breaks no line.
    characters: dict[int, str] = {}
    for text, glyph in sorted(_glyphs(weight).items()):
        characters.setdefault(glyph, text)
    lines = [f"<{glyph:04x}> <{text.encode('utf-16-be').hex()}>" for glyph, text in sorted(characters.items())]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    return _CMAP.format("\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)).encode()
