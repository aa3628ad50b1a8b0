"""Reads a PDF of the official table as it is drawn: its lines, the boxes that they close, and the text in each box."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise

import pikepdf
import pypdfium2
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from pypdfium2 import raw

from declarations.document import Document
from declarations.exports.pdf.sheet import sheet_of
from declarations.exports.table import Style, Table, layout, shares
from tests.declarations.exports.characters import characters

# Two lines that are so near, in points, are one.
NEAR = 1.2
# Letters that are so high are those of a watermark.
WATERMARK_HEIGHT = 45


@dataclass(frozen=True)
class Sign:
    """One character with the middle of its place, counted from the top left of the page."""

    text: str
    x: float
    y: float
    height: float


@dataclass
class Box:
    """What four drawn lines close."""

    left: float
    right: float
    top: float
    bottom: float
    signs: list[Sign] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join("".join(sign.text for sign in self.signs).split())

    @property
    def lines(self) -> list[str]:
        """The lines of the text from top to bottom."""
        lines: list[list[Sign]] = []
        for sign in self.signs:
            if lines and abs(lines[-1][-1].y - sign.y) < 5:
                lines[-1].append(sign)
            else:
                lines.append([sign])
        return ["".join(sign.text for sign in line) for line in lines]


@dataclass(frozen=True)
class DrawnPage:
    width: float
    height: float
    boxes: list[Box]
    around: list[Sign]
    watermark: str

    def rows(self) -> list[tuple[float, float]]:
        """The rows as pairs of top and bottom: each has a box of its own at the right edge of the table."""
        edge = max((box.right for box in self.boxes), default=0)
        return sorted((box.top, box.bottom) for box in self.boxes if abs(box.right - edge) < NEAR)

    def text_above(self) -> str:
        """What stands above the uppermost box."""
        top = min(box.top for box in self.boxes)
        return "".join("".join(sign.text for sign in self.around if sign.y < top).split())

    def text_below(self) -> str:
        """What stands below the lowest box."""
        bottom = max(box.bottom for box in self.boxes)
        return "".join("".join(sign.text for sign in self.around if sign.y > bottom).split())


def read(pdf: bytes) -> list[DrawnPage]:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [_read_page(page) for page in document]


def assert_drawn_right(pdf: bytes, document: Document, without: str = "") -> list[DrawnPage]:
    """Every row of the table stands in the PDF, once and in order, each text in a closed box of its own columns.

    Each page with indicators begins them with the header; beside each row stand its labels, whole, on its own page. A
    row that is divided goes on at the top of the next page, with its name again. The characters of `without`, which no
    font has, are 〓.
    """
    pages = read(pdf)
    hide = {ord(character): "〓" for character in without}

    def squeezed(text: str) -> str:
        return "".join(text.translate(hide).split())

    table = layout(document, document.printing)
    columns = _Columns(table, document)
    expected = (*table.head, *table.body)
    labels = [cell for row in expected for cell in row.cells if cell.style == Style.LABEL]
    header = [(cell.column, 1, squeezed(cell.text)) for cell in table.header.cells]
    position, begun = 0, {}
    for number, page in enumerate(pages):
        with_header = False
        rows = page.rows()
        assert rows, f"page {number + 1} has no row"
        for index, (top, bottom) in enumerate(rows):
            inside = [box for box in page.boxes if box.top < (top + bottom) / 2 < box.bottom]
            spans = sorted((*columns.of(box), box) for box in inside)
            assert _covered(spans) == list(range(1, len(table.columns) + 1)), (
                f"page {number + 1}: open box in row {index}"
            )
            if [(column, span, box.text) for column, span, box in spans] == header:
                assert not with_header
                with_header = True
                continue
            row = expected[position]
            assert with_header == (row.number > table.header.number), f"page {number + 1}: header"
            beside = [
                (cell.column, cell.colspan, squeezed(cell.text))
                for cell in labels
                if cell.row <= row.number < cell.row + cell.rowspan
            ]
            own = [cell for cell in row.cells if cell.style != Style.LABEL]
            places = {(cell.column, cell.colspan) for cell in own}
            found = [(column, span, box.text) for column, span, box in spans]
            assert [place for place in found if place[:2] not in places] == beside, f"page {number + 1}: labels"
            whole = {cell.column: squeezed(cell.text) for cell in own}
            names = {cell.column for cell in own if cell.style == Style.NAME}
            for column, span, text in found:
                again = begun and column in names and begun[column] == whole[column] == text
                if (column, span) in places and not again:
                    begun[column] = begun.get(column, "") + text
            if begun == whole:
                position, begun = position + 1, {}
                continue
            assert index == len(rows) - 1, f"page {number + 1}: {begun} is not {whole}"
            assert all(whole[column].startswith(text) for column, text in begun.items())
    assert (position, begun) == (len(expected), {})
    assert squeezed(table.title.text + table.subtitle.text) in pages[0].text_above()
    _assert_pages_are_numbered(pages, squeezed(f"{document.department}{document.fiscal_year}年度"))
    assert_glyphs_drawn(pdf)
    return pages


def assert_lines_begin_well(pages: list[DrawnPage]) -> None:
    """No line begins with a sign that belongs to the one before; for texts that don't themselves."""
    for page in pages:
        for box in page.boxes:
            assert not any(line[0] in "，。、；：！？）》”’%" for line in box.lines[1:]), box.lines


def assert_glyphs_drawn(pdf: bytes) -> None:
    """Each character that is no space is drawn with a glyph of its font that has an outline."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        for name, (font, codes) in _fonts_with_codes(opened).items():
            descriptor = font.DescendantFonts[0].FontDescriptor
            stream = descriptor.get("/FontFile3") or descriptor.get("/FontFile2")
            glyphs = TTFont(BytesIO(stream.read_bytes()))
            order, shapes = glyphs.getGlyphOrder(), glyphs.getGlyphSet()
            spaces = _codes_of_spaces(font.ToUnicode.read_bytes().decode("latin-1"))
            for code in codes - spaces:
                assert code != 0, f"{name} draws .notdef"
                pen = BoundsPen(shapes)
                shapes[order[code]].draw(pen)
                assert pen.bounds, f"{name} draws nothing for glyph {code}"


def fonts_of(pdf: bytes) -> set[str]:
    """The fonts that text is set in, all of them embedded."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return {str(font.BaseFont)[1:].partition("+")[2] for font, _ in _fonts_with_codes(opened).values()}


def _read_page(page: pypdfium2.PdfPage) -> DrawnPage:
    width, height = page.get_size()
    horizontal, vertical = _lines(page, height)
    signs = list(_signs(page, height))
    boxes = _boxes(_merged(horizontal), _merged(vertical))
    around, watermark = [], []
    for sign in signs:
        if sign.height > WATERMARK_HEIGHT:
            watermark.append(sign.text)
            continue
        box = next((b for b in boxes if b.left < sign.x < b.right and b.top < sign.y < b.bottom), None)
        (box.signs if box else around).append(sign)
    return DrawnPage(width, height, boxes, around, "".join(watermark))


def _lines(page: pypdfium2.PdfPage, height: float) -> tuple[list, list]:
    """The stroked lines: horizontal ones as (y, left, right), vertical ones as (x, top, bottom)."""
    horizontal, vertical = [], []
    for item in page.get_objects([raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = item.get_bounds()
        if right - left > top - bottom and top - bottom < 2:
            horizontal.append((height - (top + bottom) / 2, left, right))
        elif right - left < 2:
            vertical.append(((left + right) / 2, height - top, height - bottom))
    return horizontal, vertical


def _merged(lines: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Lines that continue each other as one."""
    merged: list[list[float]] = []
    for at, start, end in sorted((round(at * 2) / 2, start, end) for at, start, end in lines):
        last = next((line for line in merged[-40:] if abs(line[0] - at) < NEAR and start <= line[2] + NEAR), None)
        if last and start >= last[1] - NEAR:
            last[2] = max(last[2], end)
        else:
            merged.append([at, start, end])
    return [(at, start, end) for at, start, end in merged]


def _boxes(horizontal: list, vertical: list) -> list[Box]:
    """The smallest rectangles whose four sides are drawn from corner to corner."""
    boxes = []
    for y, start, end in horizontal:
        crossing = sorted(
            x for x, top, bottom in vertical if start - NEAR <= x <= end + NEAR and top - NEAR <= y <= bottom - NEAR
        )
        for left, right in pairwise(crossing):
            below = sorted(
                other
                for other, first, last in horizontal
                if other > y + NEAR and first - NEAR <= left and right <= last + NEAR
            )
            if not below:
                continue
            sides = all(
                any(
                    abs(x - side) < NEAR and top - NEAR <= y and below[0] <= bottom + NEAR
                    for x, top, bottom in vertical
                )
                for side in (left, right)
            )
            if sides:
                boxes.append(Box(left, right, y, below[0]))
    return boxes


def _signs(page: pypdfium2.PdfPage, height: float) -> Iterator[Sign]:
    for sign in characters(page):
        x, y = (sign.left + sign.right) / 2, height - (sign.top + sign.bottom) / 2
        yield Sign(sign.text, x, y, sign.top - sign.bottom)


class _Columns:
    """Which columns a box spans, by where they are on the sheet."""

    def __init__(self, table: Table, document: Document) -> None:
        sheet = sheet_of(document.printing)
        self.edges = [sheet.left]
        for share in shares(table.columns):
            self.edges.append(self.edges[-1] + sheet.content_width * share / 100)

    def of(self, box: Box) -> tuple[int, int]:
        first = next(n for n, edge in enumerate(self.edges) if abs(edge - box.left) < 1.5)
        last = next(n for n, edge in enumerate(self.edges) if abs(edge - box.right) < 1.5)
        return first + 1, last - first


def _covered(spans: list[tuple[int, int, Box]]) -> list[int]:
    return [column for first, span, _ in spans for column in range(first, first + span)]


def _assert_pages_are_numbered(pages: list[DrawnPage], footer: str) -> None:
    for number, page in enumerate(pages, start=1):
        assert page.text_below().endswith(f"{footer}第{number}页共{len(pages)}页"), page.text_below()
        middle = [sign for sign in page.around if sign.y > page.height - 48 and abs(sign.x - page.width / 2) < 30]
        assert middle == [], "the page number of a bound book has no room"


def _fonts_with_codes(opened: pikepdf.Pdf) -> dict[str, tuple[pikepdf.Object, set[int]]]:
    """Each font with the codes of the glyphs that are drawn with it."""
    found: dict[str, tuple[pikepdf.Object, set[int]]] = {}
    for page in opened.pages:
        font = ""
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                font = str(operands[0])
                found.setdefault(font, (page.Resources.Font[font], set()))
            elif str(operator) in ("Tj", "TJ"):
                pieces = operands[0] if str(operator) == "TJ" else [operands[0]]
                for piece in pieces:
                    if isinstance(piece, pikepdf.String):
                        code = bytes(piece)
                        found[font][1].update(int.from_bytes(code[n : n + 2], "big") for n in range(0, len(code), 2))
    return found


def _codes_of_spaces(cmap: str) -> set[int]:
    """The codes that stand for white space, by the font's own table."""
    spaces = set()
    for line in cmap.splitlines():
        parts = line.split()
        if len(parts) == 2 and parts[0].startswith("<") and parts[1].startswith("<"):
            text = bytes.fromhex(parts[1].strip("<>")).decode("utf-16-be")
            if not text.strip():
                spaces.add(int(parts[0].strip("<>"), 16))
    return spaces
