"""What reads and saves cost does not grow with the rows, but for one statement for each row that changes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from declarations import selectors
from declarations.services import GOALS, TARGETS, TASKS, Section
from tests.declarations import builders
from tests.declarations.services.edits import add, changed, own_group, rows, save


def with_rows(section: Section, count: int):
    made = builders.declaration(filled=False)
    group = own_group(made) if section is TARGETS else None
    add(made, section, *({section.fields[0]: str(number)} for number in range(count)), group=group)
    # What the group and the preparer cost is no part of the count.
    return builders.fresh(made)


def statements_of_save(section: Section, rows_there: int, rows_changed: int) -> list[str]:
    made = with_rows(section, rows_there)
    own = [row for row in rows(made, section) if getattr(row, "tertiary_id", None) is None]
    texts = [{section.fields[0]: "改" if number < rows_changed else str(number)} for number in range(len(own))]
    edits = [changed(row, **text) for row, text in zip(own, texts, strict=True)]
    with CaptureQueriesContext(connection) as captured:
        save(made, section, *edits)
    return [query["sql"].split()[0] for query in captured]


@pytest.mark.parametrize("section", [GOALS, TASKS, TARGETS])
def test_unchanged_rows_cost_nothing(db, section):
    assert statements_of_save(section, 30, 0) == statements_of_save(section, 1, 0)
    assert statements_of_save(section, 30, 1) == statements_of_save(section, 1, 1)


@pytest.mark.parametrize("section", [GOALS, TASKS, TARGETS])
def test_each_changed_row_costs_one_update(db, section):
    nothing, one, thirty = (statements_of_save(section, 30, changed) for changed in (0, 1, 30))
    assert "UPDATE" not in nothing
    # One for the row and one for the time at which the declaration was changed.
    assert one.count("UPDATE") == 2
    assert thirty.count("UPDATE") == 31
    assert len(thirty) - len(one) == 29


def test_document_costs_six_queries_for_any_number_of_rows(db, django_assert_num_queries):
    for count in (1, 30):
        made = builders.declaration(filled=False)
        for section in (GOALS, TASKS, TARGETS):
            add(made, section, *[{}] * count, group=own_group(made) if section is TARGETS else None)
        made = builders.fresh(made)
        with django_assert_num_queries(6):
            document = selectors.document_of(made)
        assert (len(document.duty_goals), len(document.main_tasks)) == (count, count)
        assert len(list(document.targets())) == count + 1
