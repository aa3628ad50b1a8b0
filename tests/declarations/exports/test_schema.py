"""The published JSON Schema says what is in the JSON, and in Chinese."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from declarations.document import Document, Value
from declarations.exports.schema import TITLES, json_schema, schema_text
from tests.declarations import documents
from tests.declarations.exports.json_schema import faults
from tests.declarations.generated import generated_documents
from tests.declarations.printings import EVERY_PRINTING, printing_id

SCHEMA = json_schema()
COMMITTED = Path(settings.BASE_DIR) / "docs" / "declaration-1.schema.json"


def faults_of(document):
    sealed = json.loads(document.sealed())
    return faults(sealed, SCHEMA, SCHEMA)


def test_schema_is_served_to_anybody_as_it_is_committed():
    answer = Client().get("/schema/declaration-1.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/schema+json")
    assert answer.content.decode() == schema_text() == COMMITTED.read_text(encoding="utf-8")


def test_reference_follows_the_schema():
    assert faults_of(documents.reference_document()) == []


@pytest.mark.parametrize("printing", EVERY_PRINTING, ids=printing_id)
def test_document_follows_the_schema_in_every_way_of_printing(printing):
    assert faults_of(documents.document(printing=printing)) == []


@hypothesis_settings(max_examples=50, deadline=None)
@given(document=generated_documents())
def test_any_document_follows_the_schema(document):
    assert faults_of(document) == []


def changed(**changes):
    return json.loads(documents.reference_document().sealed()) | changes


def changed_target(**changes):
    document = changed()
    document["indicators"][0]["groups"][0]["targets"][0] |= changes
    return document


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (changed(schema_version=2), ["/schema_version: not 1"]),
        (changed(fiscal_year="2022"), ["/fiscal_year: no integer"]),
        (changed(fiscal_year=True), ["/fiscal_year: no integer"]),
        (changed(points_total=50), ["/points_total: nothing of it"]),
        (changed(remark=""), [": with remark"]),
        ({k: v for k, v in changed().items() if k != "department"}, [": without department"]),
        (changed_target(comparison="≥"), ["/indicators/0/groups/0/targets/0/comparison: none of"]),
        (changed_target(value=95), ["/indicators/0/groups/0/targets/0/value: no string"]),
        (changed(printing={"orientation": "square"}), ["/printing/orientation: none of"]),
    ],
)
def test_what_is_no_document_does_not_follow_the_schema(document, expected):
    found = faults(document, SCHEMA, SCHEMA)
    assert len(found) == len(expected)
    assert all(fault.startswith(beginning) for fault, beginning in zip(found, expected, strict=True))


def test_every_field_has_a_title_in_chinese():
    def models(model):
        yield model
        for field in model.model_fields.values():
            for part in re.findall(r"declarations\.document\.(\w+)", str(field.annotation)):
                yield from models(next(known for known in Value.__subclasses__() if known.__name__ == part))

    assert set(models(Document)) == set(TITLES)
    for model, (title, fields) in TITLES.items():
        assert list(fields) == list(model.model_fields)
        for text in (title, *(label for label, _ in fields.values())):
            assert re.search(r"[\u4e00-\u9fff]", text)
    assert not re.search(r'"description": "[ -~]*"', schema_text())
