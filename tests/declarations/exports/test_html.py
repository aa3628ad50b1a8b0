import re

from django.template.loader import render_to_string

from declarations.exports.table import layout
from tests.declarations import documents
from tests.declarations.exports.printed import cells_of_html, plain_cells


def html_of(document: documents.Document) -> str:
    return render_to_string("declarations/_table.html", {"table": layout(document)})


def test_html_of_reference_has_the_cells_of_the_table():
    reference = documents.reference_document()

    assert cells_of_html(html_of(reference)) == plain_cells(layout(reference))


def test_html_keeps_markup_in_texts_as_text():
    hostile = '<script>alert(1)</script><img src="http://example.com/x">&amp;{{ 7|add:1 }}'
    document = documents.document_with(
        documents.target(name=hostile, value=hostile, remark=hostile), department=hostile, title=hostile
    )
    html = html_of(document)

    assert cells_of_html(html) == plain_cells(layout(document))
    assert "<script" not in html
    assert "<img" not in html


def test_html_names_each_place_once():
    html = html_of(documents.reference_document())

    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert '<td class="centred" rowspan="1" colspan="1" data-path="targets/target-20/value"' in html
    assert ' id="cell-targets-target-20-value">95</td>' in html


def test_html_has_header_cells_for_columns_rows_and_groups():
    html = html_of(documents.reference_document())

    assert '<th scope="col" class="heading" rowspan="1" colspan="1">*指标值</th>' in html
    assert re.search(r'<th scope="rowgroup" class="label" rowspan="22"[^>]*>投入管理指标</th>', html)
    assert re.search(r'<th scope="row" class="name"[^>]*>预算执行率</th>', html)


def test_html_has_no_inline_style_or_script():
    html = html_of(documents.reference_document())

    assert not re.search(r"<(style|script)|\sstyle=|\son\w+=", html)
