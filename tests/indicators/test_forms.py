"""The forms of templates and nodes."""

import pytest

from indicators.forms import TemplateForm, node_form
from indicators.models import IndicatorTemplate, SecondaryIndicator, TertiaryIndicator

SENT, STORED = "第一行\r\n第二行", "第一行\n第二行"


def test_guidance_is_stored_with_plain_line_ends(db: None) -> None:
    printing = {"orientation": "landscape", "amount_format": "typed"}
    form = TemplateForm({"name": "模板", "title": "申报表", "guidance": SENT, **printing})
    assert form.is_valid()
    assert form.cleaned_data["guidance"] == STORED


@pytest.mark.parametrize(
    ("node", "fields"),
    [
        (SecondaryIndicator(), ("explanation", "guidance")),
        (TertiaryIndicator(), ("scoring_standard", "explanation", "remark")),
    ],
)
def test_texts_of_a_node_are_stored_with_plain_line_ends(
    draft: IndicatorTemplate, node: SecondaryIndicator | TertiaryIndicator, fields: tuple[str, ...]
) -> None:
    form = node_form(draft, node, {"name": "新增", "comparison": "qualitative", **dict.fromkeys(fields, SENT)})
    assert form.is_valid()
    assert {field: form.node_fields()[field] for field in fields} == dict.fromkeys(fields, STORED)


def test_line_ends_count_once_against_the_limit(draft: IndicatorTemplate) -> None:
    data = {"name": "新增", "comparison": "qualitative", "remark": "\r\n".join(["字"] * 1000)}
    assert node_form(draft, TertiaryIndicator(), data).is_valid()
