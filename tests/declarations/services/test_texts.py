"""What real forms hold is kept to the letter, from the save to the document."""

import pytest

from declarations import selectors
from declarations.document import Document
from declarations.services import GOALS, TARGETS, TASKS
from tests.declarations import builders
from tests.declarations.services.edits import add, changed, own_group, save
from tests.declarations.value_texts import UNITS, VALUES

NAME = (
    "“一件事一次办”事项（含跨省通办、省内通办/全市通办）网上可办率、"
    "城镇新增就业人数（人）及“民生实事”按期办结完成情况数"
)
EXPLANATION = ("反映部门履职情况，　详见附件。\n\n" + "1.考察“三服务”工作；\t=SUM(A1)；2. 𠮷祥 <b>&amp;</b>\n") * 30


def documents(made) -> list[Document]:
    """The declaration as its rows make it, and as it comes out of its seal."""
    document = selectors.document_of(builders.fresh(made))
    return [document, Document.model_validate_json(document.sealed())]


def own_targets(document: Document):
    return [target for _, _, target in document.targets() if not target.common]


def test_values_and_units_are_kept_to_the_letter(db):
    made = builders.declaration(filled=False)
    pairs = [(value, unit) for value in VALUES for unit in UNITS]
    add(made, TARGETS, *({"value": value, "unit": unit} for value, unit in pairs), group=own_group(made))
    for document in documents(made):
        assert [(target.value, target.unit) for target in own_targets(document)] == pairs


def test_values_typed_over_one_another_are_kept_to_the_letter(db):
    made = builders.declaration(filled=False)
    (row,) = add(made, TARGETS, {"value": "旧", "unit": "旧"}, group=own_group(made))
    kept = []
    for number, value in enumerate(VALUES):
        (row,) = save(made, TARGETS, changed(row, value=value, unit=UNITS[number % len(UNITS)])).saved
        (target,) = own_targets(documents(made)[0])
        kept.append((target.value, target.unit))
    assert kept == [(value, UNITS[number % len(UNITS)]) for number, value in enumerate(VALUES)]


def test_long_name_and_explanation_are_kept_to_the_letter(db):
    made = builders.declaration(filled=False)
    assert len(NAME) == 60
    assert len(EXPLANATION) >= 1500
    texts = {
        "name": NAME,
        "comparison": "qualitative",
        "value": "按时办结",
        "unit": "",
        "scoring_standard": EXPLANATION[:2000],
        "explanation": EXPLANATION,
        "remark": " ＝口1分\n",
    }
    add(made, TARGETS, texts, group=own_group(made))
    for document in documents(made):
        (target,) = own_targets(document)
        assert target.model_dump(exclude={"key", "common"}) == texts


@pytest.mark.parametrize("text", [EXPLANATION[:2000], " ", "=1+1", "字\u200b", "ﬁ①㎡", "e\u0301"])
def test_goals_and_tasks_are_kept_to_the_letter(db, text):
    made = builders.declaration(filled=False)
    add(made, GOALS, {"text": text})
    add(made, TASKS, {"name": text[:200], "content": text, "amount": "2677。70"})
    for document in documents(made):
        assert [goal.text for goal in document.duty_goals] == [text]
        assert [(task.name, task.content, task.amount) for task in document.main_tasks] == [
            (text[:200], text, "2677。70")
        ]


def test_hundred_and_twenty_targets_of_one_group_come_in_their_order(db):
    made = builders.declaration(filled=False)
    names = [f"指标{number}" for number in range(120)]
    add(made, TARGETS, *({"name": name} for name in names), group=own_group(made))
    for document in documents(made):
        assert [target.name for target in own_targets(document)] == names
