"""What the exports of the reference form cost beside the bare libraries."""

from io import BytesIO

import weasyprint
from django.template.loader import render_to_string
from openpyxl import Workbook
from weasyprint.text.fonts import FontConfiguration

from declarations.exports.pdf import STYLES, render_pdf
from declarations.exports.table import layout
from declarations.exports.workbook import render_workbook
from tests.bench.timing import compare
from tests.declarations.documents import reference_document


def run() -> None:
    """Print the times of PDF and workbook."""
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
