from django.core.management import call_command

from indicators.models import IndicatorTemplate, PrimaryIndicator, SecondaryIndicator, TertiaryIndicator
from indicators.tree import tree_of
from tests.reference import reference_form

SIGNS = {"ge": "≥", "gt": ">", "eq": "=", "lt": "<", "le": "≤", "qualitative": "定性"}


def printed(template):
    """The template's texts as the official form has them, a group that allows own indicators without its rows."""
    return [
        {
            "name": primary.name,
            "children": [
                {
                    "name": secondary.name,
                    "explanation": secondary.explanation,
                    "children": [
                        {
                            "name": tertiary.name,
                            "value_type": SIGNS[tertiary.comparison],
                            "value": tertiary.value,
                            "unit": tertiary.unit,
                            "scoring": tertiary.scoring_standard,
                            "explanation": tertiary.explanation,
                            "remark": tertiary.remark,
                        }
                        for tertiary in secondary.tertiaries
                    ],
                }
                for secondary in primary.secondaries
            ],
        }
        for primary in tree_of(template).primaries
    ]


def test_loaded_template_has_the_texts_of_the_official_form(db, capsys):
    call_command("load_templates")
    template = IndicatorTemplate.objects.get()
    form = reference_form()
    for primary in form["indicators"]:
        for secondary in primary["children"]:
            # What stands under a group with an explanation is the department's own.
            if secondary["explanation"]:
                secondary["children"] = []
    assert printed(template) == form["indicators"]
    assert (template.title, template.points_total, template.is_published) == (form["title"], 50, True)


def test_loaded_template_is_printed_in_the_official_way(db, capsys):
    call_command("load_templates")
    template = tree_of(IndicatorTemplate.objects.get())
    printing = {
        "orientation": "landscape",
        "amount_format": "typed",
        "unit_column": False,
        "standard_column": True,
        "remark_column": True,
        "signature_lines": False,
    }
    assert template.model_dump(include=set(printing)) == printing


def test_groups_with_own_indicators_have_a_hint(db, capsys):
    call_command("load_templates")
    groups = SecondaryIndicator.objects.order_by("pk")
    assert [group.name for group in groups if group.allows_own and "例如：" in group.guidance] == [
        "重点工作任务完成",
        "履职目标实现",
        "履职效益",
        "满意度",
    ]
    assert [group.name for group in groups if not group.allows_own and not group.guidance] == [
        "工作目标管理",
        "预算和财务管理",
        "绩效管理",
    ]


def test_loading_twice_changes_nothing(db, capsys):
    call_command("load_templates")
    before = tree_of(IndicatorTemplate.objects.get())
    call_command("load_templates")
    models = (IndicatorTemplate, PrimaryIndicator, SecondaryIndicator, TertiaryIndicator)
    assert [model.objects.count() for model in models] == [1, 3, 7, 19]
    assert tree_of(IndicatorTemplate.objects.get()) == before
