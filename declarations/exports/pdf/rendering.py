"""Draws the official table: divided into pages beforehand, drawn once, and again only where it came out otherwise."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import NoReturn

import pydyf
import weasyprint
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from declarations.document import Document
from declarations.exports.imprint import UNMARKED, Imprint
from declarations.exports.pdf import page_references
from declarations.exports.pdf.breaks import line_starts
from declarations.exports.pdf.figures import Figures
from declarations.exports.pdf.fonts import FAMILY, Face, faces, missing
from declarations.exports.pdf.markup import html_of, missing_note, style_of
from declarations.exports.pdf.pages import Corrections, Frame, Page, divide
from declarations.exports.pdf.sheet import (
    CODE_ROOM,
    CODE_SIZE,
    LINE,
    NOTE_LINE,
    NOTE_SIZE,
    NOTE_SPACE,
    SIGNATURES,
    SMALL_TITLE_SIZE,
    SUBTITLE_LINE,
    TITLE_LINE,
    TITLE_SIZE,
    Sheet,
    sheet_of,
)
from declarations.exports.table import Table, layout

STYLES = Path(__file__).with_name("print.css")
VARIANT = "pdf/a-3u"
COLOURS = "colours"
ATTACHMENT = "declaration.json"
# One is enough for nearly every document; each further one knows the heights that the one before had.
MAX_PASSES = 4
# How far a drawn height may be from the reckoned one, in points.
TOLERANCE = 0.5
PIXEL = 0.75
# Nothing in the file depends on when it was made.
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)

logger = logging.getLogger(__name__)
page_references.keep()
_rendering = Lock()


class _StandardColours(ColorProfile):
    """The sRGB profile that PDF/A asks for: WeasyPrint's own, which it would open for each table and leave open."""

    def __init__(self) -> None:
        self._contents = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()
        super().__init__(BytesIO(self._contents), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))

    @property
    def content(self) -> bytes:
        """As it is in the file; written anew by the library of colours, it differs from time to time."""
        return self._contents


@dataclass(frozen=True)
class Opening:
    """What stands above the table on its first page: how high it is, and whether the title is set smaller."""

    height: float
    small: bool


class NothingFetched(URLFetcher):
    """Refuses every address: texts, style sheets and fonts are all given, so whatever asks is not ours."""

    def fetch(self, url: str, headers: object = None) -> NoReturn:
        raise ValueError("The official table loads nothing.")


_nothing_fetched = NothingFetched()


class OwnFontsFetched(URLFetcher):
    """Gives our own font files to our own style sheet, and nothing else."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        for face in faces():
            if url == face.path.as_uri():
                return URLFetcherResponse(url, face.path.read_bytes())
        raise ValueError("The official table loads nothing but its fonts.")


def render_pdf(document: Document, imprint: Imprint = UNMARKED, sealed: str | None = None) -> bytes:
    """The official table of `document` as a PDF file, with `sealed`, or the document sealed now, embedded."""
    table = layout(document, document.printing)
    sheet = sheet_of(document.printing)
    regular, bold = faces()
    lacking = missing("".join([*(cell.text for cell in table.cells()), imprint.status]))
    if lacking.characters:
        logger.warning("No font has %s: printed as 〓.", " ".join(f"U+{ord(sign):04X}" for sign in lacking.characters))
    opening = _opening(table, sheet, imprint, bold)
    frame = Frame(opening.height, _height_below(document, sheet, regular, missing_note(lacking.characters)))
    figures = Figures(table, regular)
    style = style_of(table, sheet, figures, lacking.families)
    corrections = Corrections()
    with _rendering:  # one font configuration for all threads
        for _ in range(MAX_PASSES):
            pages = divide(table, sheet, regular, frame, corrections)
            html = html_of(document, table, pages, imprint, figures, lacking.characters, small_title=opening.small)
            drawn = _draw(html, style)
            found = _corrections(pages, drawn, corrections)
            if found == corrections:
                break
            corrections = found
        return _written(drawn, document.sealed() if sealed is None else sealed)


def _opening(table: Table, sheet: Sheet, imprint: Imprint, face: Face) -> Opening:
    room = sheet.content_width - (2 * CODE_ROOM if imprint.address else 0)
    large, small = (
        len(line_starts(table.title.text, room * 1000 / size, face)) for size in (TITLE_SIZE, SMALL_TITLE_SIZE)
    )
    height = small * TITLE_LINE + SUBTITLE_LINE
    return Opening(max(height, CODE_SIZE if imprint.address else 0), large > 1)


def _height_below(document: Document, sheet: Sheet, face: Face, note: str) -> float:
    """What stands below the table: the note on missing characters, signatures and seal."""
    height = SIGNATURES if document.printing.signatures else 0.0
    if note:
        height += NOTE_SPACE + NOTE_LINE * len(line_starts(note, sheet.content_width * 1000 / NOTE_SIZE, face))
    return height


def _draw(html: str, style: str) -> weasyprint.Document:
    fonts, styles = _fonts_and_styles()
    own = weasyprint.CSS(string=style, font_config=fonts, url_fetcher=_nothing_fetched)
    return weasyprint.HTML(string=html, url_fetcher=_nothing_fetched).render(
        font_config=fonts,
        stylesheets=[styles, own],
        color_profiles={COLOURS: _colours()},
        output_intent=COLOURS,
        pdf_variant=VARIANT,
        pdf_tags=True,
    )


def _corrections(pages: Sequence[Page], drawn: weasyprint.Document, before: Corrections) -> Corrections:
    """`before` with what the drawn pages have otherwise than it was reckoned; `before` itself where all is right."""
    expected = [[*page.names] for page in pages]
    found = [[name for name in page.anchors if name.startswith("row-")] for page in drawn.pages]
    if found == expected:
        return before
    heights = dict(before.heights)
    for page in drawn.pages:
        tops = [(name, anchor[1]) for name, anchor in page.anchors.items() if name.startswith(("row-", "end-"))]
        for (name, top), (_, following) in pairwise(tops):
            if name.startswith("row-"):
                heights[name] = (following - top) * PIXEL + TOLERANCE
    return Corrections(heights, before.narrower + LINE / 10)


def _written(drawn: weasyprint.Document, sealed: str) -> bytes:
    for page in drawn.pages:
        page.anchors.clear()
    attachment = weasyprint.Attachment(
        string=sealed,
        url_fetcher=_nothing_fetched,
        name=ATTACHMENT,
        description="本表的封存数据",
        created=NO_DATE,
        modified=NO_DATE,
        relationship="Source",
    )
    pdf: bytes = drawn.write_pdf(
        pdf_variant=VARIANT, pdf_tags=True, output_intent=COLOURS, attachments=[attachment], finisher=_name_files_once
    )
    return pdf


def _name_files_once(drawn: weasyprint.Document, pdf: pydyf.PDF) -> None:
    """WeasyPrint names an attachment twice among the files that belong to the document."""
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


@cache
def _colours() -> "_StandardColours":
    return _StandardColours()


@cache
def _fonts_and_styles() -> tuple[FontConfiguration, weasyprint.CSS]:
    fonts = FontConfiguration()
    text = "".join(map(font_face, faces())) + STYLES.read_text(encoding="utf-8")
    return fonts, weasyprint.CSS(string=text, font_config=fonts, url_fetcher=OwnFontsFetched())


def font_face(face: Face) -> str:
    """The rule that gives a style sheet this face, which `OwnFontsFetched` fetches."""
    return f'@font-face {{ font-family: "{FAMILY}"; font-weight: {face.weight}; src: url("{face.path.as_uri()}") }}'
