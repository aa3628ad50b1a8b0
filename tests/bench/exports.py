"""What the exports of the official table cost beside the bare libraries and beside other programs."""

import gc
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from time import process_time

import weasyprint
from openpyxl import Workbook

from declarations.document import Document
from declarations.exports import Format, drawing
from declarations.exports.frames import with_room
from declarations.exports.imprint import UNMARKED
from declarations.exports.pdf import render_pdf, rendering
from declarations.exports.pdf.figures import Figures
from declarations.exports.pdf.fonts import faces
from declarations.exports.pdf.markup import html_of, style_of
from declarations.exports.pdf.pages import Corrections, Frame, divide
from declarations.exports.pdf.sheet import sheet_of
from declarations.exports.table import layout
from declarations.exports.workbook import render_workbook
from tests.bench.timing import compare
from tests.declarations import documents
from tests.declarations.documents import reference_document

ROWS = (30, 100, 300, 1000)
TABLES = 200
# After so many a process has loaded all that it loads.
WARM_UP = 20


def run() -> None:
    """Print the times of PDF and workbook, and the memory of a process that draws."""
    document = reference_document()
    html, style = undivided(document)
    # As the processes that draw do.
    gc.freeze()
    compare(
        "PDF",
        lambda: drawn(document),
        "one bare WeasyPrint pass",
        lambda: bare_pass(html, style),
        clock=process_time,
    )
    compare(
        "PDF in a process of its own",
        lambda: drawing.draw(document.sealed(), Format.PDF),
        "in this one",
        lambda: drawn(document),
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, program in others(document, html, style, Path(folder)):
            compare("PDF", lambda: drawing.draw(document.sealed(), Format.PDF), name, program)
    for count in ROWS:
        by_rows(count)
    compare(
        "Workbook",
        lambda: render_workbook(document),
        "the same rows by openpyxl",
        lambda: plain_workbook(document),
        clock=process_time,
    )
    memory()


def undivided(document: Document) -> tuple[str, str]:
    """The same rows as one table for WeasyPrint to divide, labels uncut, with the same fonts and style sheet."""
    table = layout(document, document.printing)
    sheet = sheet_of(document.printing)
    face = faces()[0]
    endless = replace(sheet, height=1e9)
    pages = divide(table, endless, face, Frame(), Corrections())
    figures = Figures(table, face)
    html = html_of(document, table, pages, UNMARKED, figures, (), small_title=False)
    return html, style_of(table, sheet, figures, ())


def drawn(document: Document) -> bytes:
    """The table as PDF, drawn as the processes that draw do."""
    return with_room(lambda: render_pdf(document))


def bare_pass(html: str, style: str) -> bytes:
    fonts, styles = rendering._fonts_and_styles()
    own = weasyprint.CSS(string=style, font_config=fonts)
    bare = weasyprint.HTML(string=html)
    # The same room: without, it is chance which of the two is the slower one.
    pdf: bytes = with_room(lambda: bare.write_pdf(stylesheets=[styles, own], font_config=fonts))
    return pdf


def others(document: Document, html: str, style: str, folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """Other programs of this machine that make a PDF of the same table."""
    page = folder / "table.html"
    sheet = rendering.STYLES.read_text(encoding="utf-8")
    fonts = "".join(map(rendering.font_face, faces()))
    page.write_text(html.replace("</head>", f"<style>{fonts}{sheet}{style}</style></head>"), encoding="utf-8")
    if chromium := shutil.which("chromium"):
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
        command = [chromium, *options, f"--print-to-pdf={folder}/chromium.pdf", page.as_uri()]
        yield "Chromium's command line", lambda: quietly(command)
    else:
        print("Chromium is not installed.")
    if office := shutil.which("soffice"):
        workbook = folder / "table.xlsx"
        workbook.write_bytes(render_workbook(document))
        command = [office, f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to", "pdf"]
        yield "LibreOffice from the workbook", lambda: quietly([*command, "--outdir", str(folder), str(workbook)])
    else:
        print("LibreOffice is not installed.")


def quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def by_rows(count: int) -> None:
    """Print what a table of so many indicators takes."""
    targets = [target for _, _, target in reference_document().targets()]
    rows = (targets[n % len(targets)].model_copy(update={"key": f"target-{n}"}) for n in range(count))
    document = documents.document_with(*rows)
    html, style = undivided(document)
    compare(
        f"PDF of {count} indicators",
        lambda: drawn(document),
        "one bare WeasyPrint pass",
        lambda: bare_pass(html, style),
        clock=process_time,
        turns=3 if count < 1000 else 1,
    )


def plain_workbook(document: Document) -> None:
    workbook = Workbook()
    for row in layout(document).rows:
        workbook.worksheets[0].append([cell.text for cell in row.cells])
    workbook.save(BytesIO())


def memory() -> None:
    """Print what a process that draws has in memory before and after many tables."""
    tables = [
        reference_document().sealed(),
        documents.document().sealed(),
        documents.document_with(documents.target(name="𠮷㛃䶮𬀩", explanation="长" * 1500)).sealed(),
    ]
    taken: dict[int, float] = {}
    for number in range(1, WARM_UP + TABLES + 1):
        drawing.draw(tables[number % len(tables)], Format.PDF)
        if number in (WARM_UP, WARM_UP + TABLES):
            taken[number] = megabytes(drawing._pool.idle[-1].process.pid)
    before, after = taken.values()
    growth = after / before
    print(f"Memory of a process that draws: {before:.0f} MB, after {TABLES} tables {after:.0f} MB = {growth:.2f} x")


def megabytes(process: int) -> float:
    """What a process has in memory."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
