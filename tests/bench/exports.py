"""What the exports of the reference form cost beside the bare libraries: `make bench`.

Machines differ, ratios hardly: all are timed in turns within one run, and their medians compared.
"""

from collections.abc import Callable
from io import BytesIO
from statistics import median
from time import perf_counter

import django
import weasyprint
from django.template.loader import render_to_string
from openpyxl import Workbook
from weasyprint.text.fonts import FontConfiguration

from declarations.exports.pdf import STYLES, render_pdf
from declarations.exports.table import layout
from declarations.exports.workbook import render_workbook
from tests.declarations.documents import reference_document

TURNS = 7


def main() -> None:
    django.setup()
    document = reference_document()
    table = layout(document)
    html = render_to_string("declarations/table_pdf.html", {"table": table, "closes_broken_rows": False})
    fonts = FontConfiguration()
    styles = [weasyprint.CSS(filename=sheet, font_config=fonts) for sheet in STYLES]

    def one_pass() -> None:
        weasyprint.HTML(string=html).write_pdf(stylesheets=styles, font_config=fonts)

    def plain_rows() -> None:
        workbook = Workbook()
        for row in table.rows:
            workbook.worksheets[0].append([cell.text for cell in row.cells])
        workbook.save(BytesIO())

    compare("PDF", lambda: render_pdf(document), "one WeasyPrint pass, merged cells uncut", one_pass)
    compare("Workbook", lambda: render_workbook(document), "the same texts as plain openpyxl rows", plain_rows)


def compare(name: str, ours: Callable[[], object], base_name: str, base: Callable[[], object]) -> None:
    """Time both in turns, after one turn each to warm up, and print the ratio of their medians."""
    times: dict[Callable[[], object], list[float]] = {ours: [], base: []}
    for turn in range(TURNS + 1):
        for run, taken in times.items():
            start = perf_counter()
            run()
            if turn:
                taken.append(perf_counter() - start)
    mine, bare = (median(taken) for taken in times.values())
    print(f"{name:<10}{mine * 1000:6.0f} ms = {mine / bare:.1f} x {base_name} ({bare * 1000:.0f} ms)")


if __name__ == "__main__":
    main()
