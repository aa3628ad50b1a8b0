import pytest

from declarations.imports.targets import printed_texts, typed_texts

CELLS = {
    "name": "演出场次",
    "comparison": "≥",
    "value": "100",
    "scoring_standard": "",
    "explanation": "全年\n演出",
    "remark": "",
}
READ = CELLS | {"comparison": "ge", "unit": ""}


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ({}, {}),
        ({"scoring_standard": "场"}, {"unit": "场"}),
        ({"scoring_standard": " 人次 "}, {"unit": "人次"}),
        ({"scoring_standard": "-"}, {"unit": "-"}),
        ({"scoring_standard": "无"}, {"unit": "无"}),
        ({"scoring_standard": "-", "comparison": "定性", "value": "优"}, {"comparison": "qualitative", "value": "优"}),
        (
            {"scoring_standard": "%", "comparison": "定性", "value": "优"},
            {"comparison": "qualitative", "value": "优", "unit": "%"},
        ),
        ({"scoring_standard": "少1场扣1分"}, {"scoring_standard": "少1场扣1分"}),
        ({"scoring_standard": "少1场扣1分", "value": "100场"}, {"scoring_standard": "少1场扣1分", "unit": "场"}),
        ({"scoring_standard": "少1场扣1分", "value": "约百场"}, {"scoring_standard": "少1场扣1分", "value": "约百场"}),
        # Without a standard, the export prints no unit behind the value: it belongs to what was typed.
        ({"value": "100场"}, {"value": "100场"}),
        ({"value": "95%", "scoring_standard": "%"}, {"value": "95%", "unit": "%"}),
        ({"comparison": "", "value": "≥95%"}, {"value": "95", "unit": "%"}),
        (
            {"comparison": "", "value": "≥95%", "scoring_standard": "％"},
            {"value": "95", "unit": "%", "scoring_standard": "％"},
        ),
        ({"comparison": "", "value": "≥95%", "scoring_standard": "%"}, {"value": "95", "unit": "%"}),
        ({"comparison": "", "value": "≥95", "scoring_standard": "%"}, {"value": "95", "unit": "%"}),
        (
            {"comparison": "", "value": "≥95%", "scoring_standard": "少1%扣1分"},
            {"value": "95", "unit": "%", "scoring_standard": "少1%扣1分"},
        ),
        ({"comparison": "", "value": "约95%"}, {"comparison": "", "value": "约95%"}),
        ({"comparison": "≥", "value": "≥95%"}, {"value": "≥95%"}),
        ({"comparison": "正向", "value": "≥95%"}, {"comparison": "", "value": "≥95%"}),
        ({"name": "演出\n场次"}, {}),
    ],
)
def test_printed_texts_without_a_column_for_the_unit(cells, texts):
    assert printed_texts(CELLS | cells) == READ | texts


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ({"unit": "场"}, {"unit": "场"}),
        ({"unit": "", "scoring_standard": "场"}, {"unit": "场"}),
        ({"unit": "场", "scoring_standard": "次"}, {"unit": "场", "scoring_standard": "次"}),
        ({"unit": "", "scoring_standard": "-"}, {"unit": "", "scoring_standard": "-"}),
        ({"unit": "", "value": "100场", "scoring_standard": "扣1分"}, {"value": "100场", "scoring_standard": "扣1分"}),
        ({"unit": "%", "comparison": "", "value": "≥95%"}, {"unit": "%", "value": "95"}),
        ({"unit": "%", "comparison": "", "value": "≥95"}, {"unit": "%", "value": "95"}),
        ({"unit": "", "comparison": "", "value": "≥95%"}, {"unit": "%", "value": "95"}),
        ({"unit": "个", "comparison": "", "value": "≥95%"}, {"unit": "个", "comparison": "", "value": "≥95%"}),
    ],
)
def test_printed_texts_with_a_column_for_the_unit(cells, texts):
    assert printed_texts(CELLS | cells) == READ | texts


def test_printed_texts_without_columns_names_nothing_of_them():
    assert printed_texts({"name": "演出场次", "value": "≥95%"}) == {
        "name": "演出场次",
        "comparison": "ge",
        "value": "95",
        "unit": "%",
    }
    assert printed_texts({"name": "演出场次", "value": "优"}) == {"name": "演出场次", "value": "优"}


def test_typed_texts_are_left_as_they_are_but_for_the_comparison():
    cells = CELLS | {"comparison": "＞＝", "value": "≥95%", "unit": "", "scoring_standard": "场"}
    assert typed_texts(cells) == cells | {"comparison": "ge"}
