from hypothesis import given, settings

from declarations.document import Document
from declarations.exports.table import SIGNS, goal_line, printable, printed_standard, printed_value
from declarations.exports.workbook import render_workbook
from declarations.imports import read_workbook
from declarations.numbers import print_amount
from tests.declarations import generated


def printed_rows(document: Document) -> dict[str, list[dict[str, str]]]:
    """What the official table prints of each row, without those of which it prints nothing."""
    amount = {"amount"} if document.with_task_amounts else set()
    tasks = [
        {name: printable(text) for name, text in task.model_dump(include={"name", "content", *amount}).items()}
        for task in document.main_tasks
    ]
    for task in tasks:
        task |= {name: print_amount(task[name]) for name in amount}
    targets = [
        {
            name: printable(text)
            for name, text in {
                "name": target.name,
                "comparison": SIGNS[target.comparison],
                "value": printed_value(target),
                "scoring_standard": printed_standard(target),
                "explanation": target.explanation,
                "remark": target.remark,
            }.items()
        }
        for _, _, target in document.targets()
    ]
    return {
        name: [row for row in rows if any(text.strip() for text in row.values())]
        for name, rows in (("tasks", tasks), ("targets", targets))
    }


@settings(max_examples=60, deadline=None)
@given(generated.generated_documents())
def test_export_is_read_as_it_is_printed(document):
    reading = read_workbook(render_workbook(document), "导出.xlsx")

    printed = printed_rows(document)
    goals = printable("\n".join(goal_line(n, goal.text) for n, goal in enumerate(document.duty_goals, 1)))
    assert "\n".join(goal.printed["text"] for goal in reading.goals) == goals
    assert [task.printed for task in reading.tasks] == printed["tasks"]
    assert [target.printed for target in reading.targets] == printed["targets"]
    assert reading.budget == {name: print_amount(text) for name, text in document.budget.model_dump().items()}
    assert (reading.department, reading.fiscal_year) == (document.department, document.fiscal_year)
    assert reading.problems == ()
