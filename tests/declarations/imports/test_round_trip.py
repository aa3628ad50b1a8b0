"""What goes out as a workbook comes back as it was, and what was changed in it comes back changed."""

from typing import Any

import pytest
from hypothesis import given, settings

from declarations.checks.places import TARGET_LABELS
from declarations.comparison import compare
from declarations.document import Document
from declarations.exports.form_workbook import render_form_workbook
from declarations.exports.table import SIGNS
from declarations.exports.workbook import render_workbook
from declarations.form_layout import (
    GOALS_SHEET,
    IDENTITY_NAMES,
    IDENTITY_SHEET,
    TARGETS_SHEET,
    TASKS_SHEET,
)
from declarations.imports.matching import Proposal
from declarations.imports.targets import printed_texts
from tests.declarations import documents
from tests.declarations.generated import generated_documents
from tests.declarations.offline_forms import form_workbook, offline_form, uploaded, with_uuids

REFERENCE = with_uuids(documents.reference_document())
RENDERERS = {
    "form": lambda document: render_form_workbook(offline_form(document)),
    "table": render_workbook,
}


def differences(proposal: Proposal) -> list[Any]:
    """What is proposed, and what is wrong."""
    changed = [
        (row.title, row.kind.value, row.moved, [(f.name, f.before, f.after) for f in row.changed_fields])
        for row in proposal.comparison.rows()
        if row.differs
    ]
    return changed + [(problem.message, str(problem.location)) for problem in proposal.errors]


def typed_anew(row: Any) -> Any:
    """A new target as it is read: what stands together in one cell is taken apart."""
    cells = {name: getattr(row, name) for name in TARGET_LABELS} | {"comparison": SIGNS[row.comparison]}
    return row.model_copy(update=printed_texts(cells))


def as_read(old: Document, new: Document) -> Document:
    """The new document as it is to come back: common indicators keep what the template sets."""
    old_targets = {target.key: target for _, _, target in old.targets()}

    def target_as_read(target: Any) -> Any:
        if target.common:
            return old_targets[target.key].model_copy(update={"value": target.value, "remark": target.remark})
        return target if target.key in old_targets else typed_anew(target)

    indicators = tuple(
        primary.model_copy(
            update={
                "groups": tuple(
                    group.model_copy(update={"targets": tuple(map(target_as_read, group.targets))})
                    for group in primary.groups
                )
            }
        )
        for primary in new.indicators
    )
    return new.model_copy(update={"indicators": indicators})


def without_new_keys(document: Document, old: Document) -> Document:
    """The document with its new rows named by their order."""
    known = {
        GOALS_SHEET: {row.key for row in old.duty_goals},
        TASKS_SHEET: {row.key for row in old.main_tasks},
        TARGETS_SHEET: {target.key for _, _, target in old.targets()},
    }

    def renamed(rows: Any, sheet: str) -> Any:
        return tuple(row if row.key in known[sheet] else row.model_copy(update={"key": "new"}) for row in rows)

    return document.model_copy(
        update={
            "duty_goals": renamed(document.duty_goals, GOALS_SHEET),
            "main_tasks": renamed(document.main_tasks, TASKS_SHEET),
            "indicators": tuple(
                primary.model_copy(
                    update={
                        "groups": tuple(
                            group.model_copy(update={"targets": renamed(group.targets, TARGETS_SHEET)})
                            for group in primary.groups
                        )
                    }
                )
                for primary in document.indicators
            ),
        }
    )


def filled_in(old: Document, new: Document) -> Any:
    """The form of the old document, filled in until it holds the new one: rows that are new have no key."""
    workbook = form_workbook(offline_form(new))
    identity = workbook[IDENTITY_SHEET]
    identity.cell(IDENTITY_NAMES.index("digest") + 1, 2).value = old.digest()
    known = {
        GOALS_SHEET: {row.key for row in old.duty_goals},
        TASKS_SHEET: {row.key for row in old.main_tasks},
        TARGETS_SHEET: {target.key for _, _, target in old.targets()},
    }
    for sheet, keys in known.items():
        for row in range(2, workbook[sheet].max_row + 1):
            if workbook[sheet].cell(row, 1).value not in keys:
                workbook[sheet].cell(row, 1).value = None
    return workbook


@pytest.mark.parametrize("kind", RENDERERS)
def test_reference_form_that_nobody_changed_shows_no_difference(kind):
    proposal = uploaded(RENDERERS[kind](REFERENCE), offline_form(REFERENCE))
    assert differences(proposal) == []
    assert proposal.document == REFERENCE
    assert (proposal.problems, proposal.missing) == ((), 0)


@pytest.mark.parametrize("kind", RENDERERS)
@settings(max_examples=20, deadline=None)
@given(document=generated_documents())
def test_any_document_that_nobody_changed_shows_no_difference(kind, document):
    proposal = uploaded(RENDERERS[kind](document), offline_form(document))
    assert differences(proposal) == []
    assert proposal.document == document


@settings(max_examples=15, deadline=None)
@given(old=generated_documents(blank=False), new=generated_documents(blank=False))
def test_form_that_was_changed_comes_back_as_it_was_changed(old, new):
    new = as_read(old, new)
    proposal = uploaded(filled_in(old, new), offline_form(old))
    assert without_new_keys(proposal.document, old) == without_new_keys(new, old)
    assert proposal.errors == ()
    assert proposal.comparison == compare(old, proposal.document)
