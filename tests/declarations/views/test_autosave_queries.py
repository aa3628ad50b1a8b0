"""What a request of the form's script costs does not grow with the declaration."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from declarations.services import GOALS, TARGETS, TASKS
from tests.declarations.services import edits
from tests.declarations.views.autosaving import Script, sent_deletion, sent_placement, sent_row


def fill_up(declaration, count):
    """As many rows as `count` in every section."""
    group = edits.own_group(declaration)
    for section in (GOALS, TASKS, TARGETS):
        there = [row for row in edits.rows(declaration, section) if getattr(row, "tertiary_id", None) is None]
        texts = {section.fields[0]: "某"}
        edits.add(declaration, section, *[texts] * (count - len(there)), group=group if section is TARGETS else None)


def queries(script, **changes):
    with CaptureQueriesContext(connection) as captured:
        script.send(**changes)
    return [query["sql"] for query in captured]


def changes_of(declaration, kind):
    """A request of the kind, on the last row where it is about one."""
    goal = edits.rows(declaration, GOALS)[-1]
    target = edits.targets(edits.own_group(declaration), declaration)[-1]
    return {
        "nothing": {},
        "goal": {"rows": [sent_row(GOALS, goal, text=f"第{goal.version}次")]},
        "target": {"rows": [sent_row(TARGETS, target, name=f"第{target.version}次", value="5")]},
        "rejected": {"rows": [sent_row(GOALS, goal, text="长" * 2001)]},
        "conflict": {"rows": [{**sent_row(GOALS, goal, text="我的"), "version": 99}]},
        "gone": {"rows": [{**sent_row(GOALS, goal, text="我的"), "key": str(UUID(int=goal.version))}]},
        "same": {"rows": [sent_row(GOALS, goal, text=goal.text)]},
        "deleted": {"deleted": [sent_deletion(GOALS, goal)]},
        "placed": {"placed": [sent_placement(GOALS, goal, None)]},
        "budget": {"budget": {"version": declaration.budget.version, "texts": {"total": "1"}}},
    }[kind]


@pytest.mark.parametrize(
    "kind", ["nothing", "goal", "target", "rejected", "conflict", "gone", "same", "deleted", "placed", "budget"]
)
def test_request_takes_as_many_queries_with_30_rows_as_with_two(declaration, kind):
    script = Script(declaration)
    script.send()
    counts = []
    for count in (2, 30):
        fill_up(declaration, count)
        declaration.budget.refresh_from_db()
        changes = changes_of(declaration, kind)
        if kind == "budget":
            changes["budget"]["texts"]["total"] = str(count)
        counts.append(len(queries(script, **changes)))

    assert counts[0] == counts[1]
    # What only tells that the form is open is sent every 20 seconds by everybody.
    assert counts[0] < (15 if kind == "nothing" else 50)
