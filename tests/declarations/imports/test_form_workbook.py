from hypothesis import given, settings

from declarations.document import Document
from declarations.exports.form_workbook import render_form_workbook
from declarations.exports.table import printable
from declarations.imports import read_workbook
from declarations.imports.reading import Identity, Source
from declarations.offline_form import OfflineForm
from tests.declarations import generated
from tests.declarations.imports.readable import summary


def form_of(document: Document) -> OfflineForm:
    """The form of a document of which every field may be written."""
    targets = [target for _, _, target in document.targets()]
    return OfflineForm(
        document=document,
        declaration=7,
        template=3,
        round="2022年度整体绩效目标申报",
        guidance="",
        group_guidance={group.key: "" for _, group in document.groups()},
        writable={target.key: ("value", "remark") for target in targets if target.common},
    )


@settings(max_examples=40, deadline=None)
@given(generated.generated_documents())
def test_form_is_read_as_it_was_handed_out(document):
    reading = read_workbook(render_form_workbook(form_of(document)), "填报表格.xlsx")

    def read(row: object, **groups: str) -> dict[str, str]:
        texts = {name: printable(str(text)) for name, text in row if name not in ("common", "key")}
        return {"key": row.key, **groups, **texts}

    tasks = [read(task) for task in document.main_tasks]
    if not document.with_task_amounts:
        tasks = [{name: text for name, text in task.items() if name != "amount"} for task in tasks]
    found = summary(reading)
    assert reading.source == Source.FORM
    assert reading.identity == Identity(
        declaration=7,
        fiscal_year=document.fiscal_year,
        department_code=document.department_code,
        template=3,
        digest=document.digest(),
    )
    assert found["goals"] == [read(goal) for goal in document.duty_goals]
    assert found["tasks"] == tasks
    assert found["budget"] == document.budget.model_dump()
    assert found["targets"] == [
        read(target, primary=primary.name, secondary=group.name) for primary, group, target in document.targets()
    ]
    assert found["problems"] == []
