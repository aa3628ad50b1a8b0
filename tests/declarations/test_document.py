import json

import pytest
from pydantic import ValidationError

from declarations.document import Document, Printing, digest_of
from tests.declarations.documents import document, document_with, reference_document, target


def test_sealed_document_reads_back_equal():
    original = reference_document()
    assert Document.model_validate_json(original.sealed()) == original


def test_sealed_document_keeps_texts_to_the_letter():
    typed = target(name="“名”（、/）＝", value="≧95%", unit=" 元/人·月", explanation="一\n\n 二\t𠮷", remark="0.950")
    restored = Document.model_validate_json(document_with(typed).sealed())
    assert next(restored.targets())[2] == typed


def test_equal_documents_have_equal_digests():
    original = reference_document()
    restored = Document.model_validate_json(original.sealed())
    assert (restored.sealed(), restored.digest()) == (original.sealed(), original.digest())
    assert original.digest() == digest_of(original.sealed())


def test_digest_changes_with_one_letter():
    assert document(department="甲").digest() != document(department="乙").digest()


def test_digest_of_a_known_text():
    assert digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_digest_of_what_was_sealed_before_there_was_another_way_of_printing_holds():
    reference = reference_document()
    assert reference.digest() == "5f6a7463b8cb5d5b61b9455ffe6a9256dec31d7dddb27df3d898ae00b22fc124"
    assert "printing" not in json.loads(reference.sealed())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("orientation", "portrait"),
        ("amounts", "grouped"),
        ("unit_column", True),
        ("standard_column", False),
        ("remark_column", False),
        ("signatures", True),
    ],
)
def test_another_way_of_printing_is_sealed_and_changes_the_digest(field, value):
    printed = document(printing=Printing(**{field: value}))
    assert json.loads(printed.sealed())["printing"] == Printing().model_dump() | {field: value}
    assert Document.model_validate_json(printed.sealed()) == printed
    assert printed.digest() != document().digest()


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (document(), "department"),
        (document().duty_goals[0], "text"),
        (document().main_tasks[0], "name"),
        (document().budget, "total"),
        (document().indicators[0], "groups"),
        (document().indicators[0].groups[0], "targets"),
        (target(), "value"),
    ],
)
def test_document_is_immutable(value, field):
    with pytest.raises(ValidationError, match="frozen"):
        setattr(value, field, "")


def test_unknown_field_is_refused():
    sealed = json.loads(document().sealed())
    sealed["budget"]["reserve"] = "1"
    with pytest.raises(ValidationError, match=r"budget\.reserve"):
        Document.model_validate_json(json.dumps(sealed))


@pytest.mark.parametrize(("field", "value"), [("comparison", "about"), ("kind", "process"), ("schema_version", 2)])
def test_unknown_choice_is_refused(field, value):
    sealed = json.loads(document().sealed())
    rows = {
        "comparison": sealed["indicators"][0]["groups"][0]["targets"][0],
        "kind": sealed["indicators"][0],
        "schema_version": sealed,
    }
    rows[field][field] = value
    with pytest.raises(ValidationError, match=field):
        Document.model_validate_json(json.dumps(sealed))


def test_groups_and_targets_in_printed_order():
    reference = reference_document()
    assert [(primary.name, group.name) for primary, group in reference.groups()] == [
        ("投入管理指标", "工作目标管理"),
        ("投入管理指标", "预算和财务管理"),
        ("投入管理指标", "绩效管理"),
        ("产出指标", "重点工作任务完成"),
        ("产出指标", "履职目标实现"),
        ("效益指标", "履职效益"),
        ("效益指标", "满意度"),
    ]
    assert [target.key for _, _, target in reference.targets()] == [f"target-{n}" for n in range(1, 30)]
