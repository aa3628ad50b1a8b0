"""PDFs that carry a file, as the system makes them and as somebody may have tampered with them."""

import zlib
from io import BytesIO
from typing import Any

import pikepdf

NAME = "declaration.json"


def stream_of(pdf: pikepdf.Pdf, contents: bytes) -> pikepdf.Stream:
    """The contents as they lie in the file: compressed."""
    stream = pikepdf.Stream(pdf, zlib.compress(contents))
    stream.Filter = pikepdf.Name.FlateDecode
    stream.Type = pikepdf.Name.EmbeddedFile
    return stream


def spec_of(pdf: pikepdf.Pdf, contents: bytes, name: str = NAME) -> pikepdf.Object:
    """What names a carried file."""
    made = pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F=name, UF=name, EF=pikepdf.Dictionary(F=stream_of(pdf, contents))
    )
    return pdf.make_indirect(made)


def listing(pdf: pikepdf.Pdf, *specs: pikepdf.Object) -> None:
    """List carried files where programs look for them."""
    names = [part for number, spec in enumerate(specs) for part in (f"{number}", spec)]
    pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array(names)))


def empty() -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    return pdf


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    out = BytesIO()
    pdf.save(out, recompress_flate=False, **options)
    return out.getvalue()


def carrying(contents: bytes, name: str = NAME) -> bytes:
    """A PDF of one empty page that carries the contents."""
    pdf = empty()
    listing(pdf, spec_of(pdf, contents, name))
    return saved(pdf, deterministic_id=True)
