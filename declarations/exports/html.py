"""The official table as HTML for word processors: plain table markup with inline styles, which Word and WPS keep."""

from collections.abc import Iterator, Sequence
from html import escape

from declarations.document import Document
from declarations.exports.imprint import UNMARKED, Imprint, imprint_line
from declarations.exports.table import Cell, Row, Style, Table, layout, shares

_FONT = "font-family:宋体,SimSun,'Songti SC','Noto Serif CJK SC',serif"
_TABLE = f"border-collapse:collapse;width:100%;{_FONT};font-size:10.5pt"
_LEFT = frozenset({Style.TEXT, Style.NAME, Style.ITEM, Style.SUBITEM})
# Under the bracket of the row above it, "1、资金来源：（".
_SUBITEM_INDENT = "padding-left:6.9em"


def render_html(document: Document, imprint: Imprint = UNMARKED) -> bytes:
    """A page of the table alone. What stands in its <article> is the copy for the clipboard."""
    table = layout(document, document.printing)
    below = imprint_line(imprint)
    page = [
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n',
        f"<title>{_escaped(table.title.text)}</title>\n</head>\n<body>\n<article>\n",
        table_as_html(table),
        "</article>\n",
        f'<footer><p style="{_FONT};font-size:9pt">{_escaped(below)}</p></footer>\n' if below else "",
        "</body>\n</html>\n",
    ]
    return "".join(page).encode()


def table_as_html(table: Table) -> str:
    """Title, year, the table and the lines for signatures, with nothing in them that only our pages understand."""
    columns = "".join(f'<col style="width:{share:g}%">' for share in shares(table.columns))
    return "\n".join(
        [
            _paragraph(table.title.text, "text-align:center;font-size:18pt;font-weight:bold"),
            _paragraph(table.subtitle.text, "text-align:center;font-size:10.5pt"),
            f'<table border="1" cellspacing="0" cellpadding="4" style="{_TABLE}"><colgroup>{columns}</colgroup>',
            "<tbody>",
            *_rows(table.head),
            "</tbody>",
            "<tbody>",
            *_rows((table.header, *table.body)),
            "</tbody>",
            "</table>",
            *(_paragraph("　　　　　　".join(line), "font-size:10.5pt;margin-top:1.5em") for line in table.signatures),
            "",
        ]
    )


def _rows(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        yield f"<tr>{''.join(_cell(cell) for cell in row.cells)}</tr>"


def _cell(cell: Cell) -> str:
    spans = "".join(
        f' {name}="{number}"' for name, number in (("rowspan", cell.rowspan), ("colspan", cell.colspan)) if number > 1
    )
    style = f"border:0.5pt solid #000;text-align:{'left' if cell.style in _LEFT else 'center'};vertical-align:middle"
    # Word makes the texts of header cells bold, and joins spaces.
    style += ";font-weight:normal;white-space:pre-wrap"
    if cell.amount is None:
        # A spreadsheet takes it as a text: "=" begins no formula, and 95% stays as it is.
        style += ";mso-number-format:'\\@'"
    if cell.style == Style.SUBITEM:
        style += f";{_SUBITEM_INDENT}"
    tag, scope = ("th", f' scope="{cell.scope}"') if cell.scope else ("td", "")
    return f'<{tag}{scope}{spans} style="{style}">{_escaped(cell.text)}</{tag}>'


def _paragraph(text: str, style: str) -> str:
    return f'<p style="{_FONT};{style}">{_escaped(text)}</p>'


def _escaped(text: str) -> str:
    # The style is for spreadsheets, which begin a new cell otherwise.
    return escape(text).replace("\n", '<br style="mso-data-placement:same-cell">')
