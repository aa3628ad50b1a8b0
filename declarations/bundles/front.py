"""Cover and table of contents of a bound book, drawn by WeasyPrint in the type of the tables."""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import weasyprint
from django.template.loader import render_to_string
from weasyprint.text.fonts import FontConfiguration

from declarations.bundles.left_out import LeftOut
from declarations.exports.pdf.fonts import FAMILY, GETA, SOURCE, faces, missing
from declarations.exports.pdf.rendering import NothingFetched, OwnFontsFetched, font_face
from declarations.models import Bundle

STYLES = Path(__file__).with_name("front.css")
# The links of the contents name entries by number; `book` then leads them to their pages.
SCHEME = "book:"


@dataclass(frozen=True)
class Entry:
    """A table in the book: whose it is, how it stands, and on which page it begins."""

    year: int
    department: str
    mark: str
    page: int


def draw_cover(bundle: Bundle, title: str, number: int, orientation: str) -> bytes:
    """The cover, one page: the title of the form, what was ordered, and how many tables there are."""
    return _draw("cover", orientation, {"bundle": bundle, "title": title, "number": number})


def draw_contents(entries: list[Entry], left_out: list[LeftOut], orientation: str) -> bytes:
    """The table of contents, by year, and what is left out."""
    numbered = enumerate(entries)
    years = [(year, list(group)) for year, group in groupby(numbered, key=lambda pair: pair[1].year)]
    return _draw("contents", orientation, {"years": years, "left_out": left_out, "scheme": SCHEME})


def draw(html: str, style: str) -> bytes:
    """A few pages of plain HTML in the fonts of the tables; what no font has is printed as they print it."""
    lacking = missing(html)
    for character in lacking.characters:
        html = html.replace(character, GETA)
    families = ", ".join(f'"{family}"' for family in (FAMILY, SOURCE, *lacking.families))
    fonts = FontConfiguration()
    text = "\n".join([*map(font_face, faces()), style, f"html {{ font-family: {families} }}"])
    styles = weasyprint.CSS(string=text, font_config=fonts, url_fetcher=OwnFontsFetched())
    document = weasyprint.HTML(string=html, url_fetcher=NothingFetched())
    pdf: bytes = document.write_pdf(stylesheets=[styles], font_config=fonts)
    return pdf


def _draw(part: str, orientation: str, context: dict[str, Any]) -> bytes:
    html = render_to_string(f"declarations/bundles/{part}_pdf.html", context)
    return draw(html, f"{STYLES.read_text(encoding='utf-8')}@page {{ size: A4 {orientation} }}")
