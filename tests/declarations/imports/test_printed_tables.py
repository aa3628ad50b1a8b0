"""Our own official table comes back as it was in every way of printing it; what it does not print is left alone."""

from io import BytesIO
from itertools import product

import pytest
from hypothesis import given, settings
from openpyxl import load_workbook

from declarations.document import Printing
from declarations.exports.imprint import Imprint
from declarations.exports.workbook import render_workbook
from tests.declarations import documents
from tests.declarations.generated import generated_documents
from tests.declarations.imports.test_round_trip import differences
from tests.declarations.offline_forms import offline_form, uploaded, with_uuids
from tests.declarations.printings import EVERY_PRINTING, printing_id

REFERENCE = with_uuids(documents.reference_document())
SEALED = Imprint(
    status="已批复　2022年3月1日　衡阳市财政局绩效科",
    digest=REFERENCE.digest(),
    address=f"https://goals.example.gov.cn/verify/{REFERENCE.digest()[:32]}/",
)
COLUMNS = [
    Printing(amounts="grouped", unit_column=unit, standard_column=standard, remark_column=remark)
    for unit, standard, remark in product((False, True), repeat=3)
]


def missing_columns(printing):
    """The hint at columns that are not there."""
    left_out = [("评/扣分标准", printing.standard_column), ("备注", printing.remark_column)]
    missing = [label for label, printed in left_out if not printed]
    return [f"表中没有“{'”“'.join(missing)}”列，这些内容不作改动"] if missing else []


@pytest.mark.parametrize("printing", [way for way in EVERY_PRINTING if way.orientation == "portrait"], ids=printing_id)
def test_reference_table_that_nobody_changed_shows_no_difference(printing):
    document = REFERENCE.model_copy(update={"printing": printing})
    proposal = uploaded(render_workbook(document, SEALED), offline_form(document))
    assert differences(proposal) == []
    assert proposal.document == document
    assert ([problem.message for problem in proposal.problems], proposal.missing) == (missing_columns(printing), 0)


@pytest.mark.parametrize("printing", COLUMNS, ids=printing_id)
@settings(max_examples=8, deadline=None)
@given(document=generated_documents())
def test_any_table_that_nobody_changed_shows_no_difference(printing, document):
    document = document.model_copy(update={"printing": printing})
    proposal = uploaded(render_workbook(document), offline_form(document))
    assert differences(proposal) == []
    assert proposal.document == document


@pytest.mark.parametrize("printing", COLUMNS, ids=printing_id)
def test_value_that_was_changed_comes_back_and_its_unit_stays(printing):
    typed = documents.target(value="5", unit="篇", scoring_standard="少1篇扣1分。", remark="5分")
    document = with_uuids(documents.document_with(typed)).model_copy(update={"printing": printing})
    workbook = load_workbook(BytesIO(render_workbook(document)))
    row = next(row for row in workbook.worksheets[0].iter_rows() if row[2].value == typed.name)
    row[4].value = row[4].value.replace("5", "6")
    proposal = uploaded(workbook, offline_form(document))
    changed = next(proposal.document.targets())[2]
    assert changed == next(document.targets())[2].model_copy(update={"value": "6"})
    assert proposal.errors == ()


@pytest.mark.parametrize("printing", COLUMNS, ids=printing_id)
def test_new_row_has_what_was_printed_of_it(printing):
    typed = documents.target(comparison="ge", value="5", unit="篇", scoring_standard="少1篇扣1分。", remark="5分")
    document = with_uuids(documents.document_with(typed)).model_copy(update={"printing": printing})
    empty = with_uuids(documents.document_with()).model_copy(update={"printing": printing})
    proposal = uploaded(render_workbook(document), offline_form(empty))
    new = next(proposal.document.targets())[2]
    left_out = {} if printing.standard_column else {"scoring_standard": ""}
    left_out |= {} if printing.remark_column else {"remark": ""}
    assert new == typed.model_copy(update={"key": new.key, **left_out})


def test_amounts_that_are_printed_rounded_come_back_with_all_their_digits():
    figures = documents.budget(total="72807.384975", fiscal_funds="1,000", other_funds="约100", basic_expenditure="")
    task = documents.task(amount="0.000001")
    document = with_uuids(
        documents.document(
            budget=figures, main_tasks=(task,), with_task_amounts=True, printing=Printing(amounts="grouped")
        )
    )
    proposal = uploaded(render_workbook(document), offline_form(document))
    assert (differences(proposal), proposal.document) == ([], document)
