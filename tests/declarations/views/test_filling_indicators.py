"""The indicators: what the template sets stays as it is, own ones are typed, 120 of them in one request."""

import pytest

from declarations import services
from declarations.models import Target
from indicators.enums import Comparison
from indicators.models import SecondaryIndicator
from tests.declarations import builders
from tests.declarations.services.edits import own_group
from tests.declarations.value_texts import UNITS, VALUES
from tests.declarations.views.pages import Desk, section_url
from tests.queries import queries_of

INPUTS, OUTPUTS = 0, 1
TEXTS = {
    "name": "（“长”、/）" + "名" * 53,
    "comparison": Comparison.AT_LEAST,
    "value": "≧95%",
    "unit": "元/人·月",
    "scoring_standard": " 达到95%得5分，\n每降低1%扣1分。 ",
    "explanation": ("说明。\n" * 400)[:1500],
    "remark": "=1+1",
}


@pytest.fixture
def outputs(declaration, preparer):
    return Desk(preparer, section_url(declaration, "indicators", OUTPUTS))


def own_targets(declaration):
    return declaration.target_rows.filter(tertiary=None)


def add(desk, declaration):
    desk.press(f"add:{own_group(declaration).pk}")


def add_empty(desk, declaration, count):
    group = own_group(declaration)
    Target.objects.bulk_create(
        Target(declaration=declaration, secondary=group, position=number) for number in range(count)
    )
    desk.open()


def test_own_indicator_is_stored_and_shown_with_every_character(outputs, declaration):
    add(outputs, declaration)
    outputs.press("save", outputs.type(0, **TEXTS))

    assert own_targets(declaration).values(*TEXTS).get() == TEXTS
    outputs.open()
    assert {name: outputs.texts(name)[0].replace("\r\n", "\n") for name in TEXTS} == TEXTS


def test_value_texts_and_units_of_real_forms_are_kept_to_the_letter(outputs, declaration):
    add_empty(outputs, declaration, len(VALUES))
    texts = [
        {"name": f"指标{number}", "value": value, "unit": UNITS[number % len(UNITS)]}
        for number, value in enumerate(VALUES)
    ]
    outputs.press("save", *(outputs.type(number, **row) for number, row in enumerate(texts)))

    assert list(own_targets(declaration).values("name", "value", "unit")) == texts
    outputs.open()
    assert outputs.texts("value") == list(VALUES)


def test_120_indicators_of_one_group_are_saved_in_one_request(outputs, declaration):
    add_empty(outputs, declaration, 120)
    typed = [outputs.type(number, **{**TEXTS, "name": f"第{number}个指标"}) for number in range(120)]
    data = {**outputs.page.data, **{name: text for row in typed for name, text in row.items()}, "action": "save"}
    sent = sum(len(value) if isinstance(value, list) else 1 for value in data.values())

    response = outputs.send(data)

    assert sent > 1000
    assert response.status_code == 200
    assert list(own_targets(declaration).values(*TEXTS)) == [
        {**TEXTS, "name": f"第{number}个指标"} for number in range(120)
    ]
    assert outputs.texts("name") == [f"第{number}个指标" for number in range(120)]


def test_comparison_that_does_not_exist_is_told_at_its_place_and_the_other_rows_are_saved(outputs, declaration):
    add(outputs, declaration)
    add(outputs, declaration)

    outputs.press(
        "save", outputs.type(0, name="指标甲", comparison="about"), outputs.type(1, name="指标乙", comparison="ge")
    )

    place = f"targets-{outputs.keys[0]}-comparison"
    assert outputs.page.notes[place] == ["未保存请在列表中选择指标值类型。"]
    assert outputs.texts("name") == ["指标甲", "指标乙"]
    assert list(own_targets(declaration).values_list("name", "comparison")) == [("", ""), ("指标乙", "ge")]


def test_deleted_indicator_comes_back_in_its_group_with_every_text(outputs, declaration):
    for _ in range(3):
        add(outputs, declaration)
    outputs.press("save", *(outputs.type(n, **{**TEXTS, "name": f"指标{n}"}) for n in range(3)))
    before = list(own_targets(declaration).values("key", "secondary", "position", "number", *TEXTS))

    outputs.press(f"delete:{outputs.keys[1]}")
    assert own_targets(declaration).count() == 2
    outputs.press("undo")

    assert list(own_targets(declaration).values("key", "secondary", "position", "number", *TEXTS)) == before


def test_undo_of_full_length_text_is_stored(outputs, declaration):
    add(outputs, declaration)
    outputs.press("save", outputs.type(0, explanation="长\n" * 2500))

    outputs.press(f"delete:{outputs.keys[0]}")
    outputs.press("undo")

    assert own_targets(declaration).get().explanation == "长\n" * 2500


def test_moving_keeps_to_the_group(db):
    template = builders.template(published=False)
    second = SecondaryIndicator.objects.create(
        primary=template.primaries.get(position=OUTPUTS), position=1, name="第二组", allows_own=True
    )
    builders.publish(template)
    declaration = builders.declaration(filled=False, round=builders.round_(template=template))
    desk = Desk(builders.preparer_of(declaration), section_url(declaration, "indicators", OUTPUTS))
    add(desk, declaration)
    desk.press(f"add:{second.pk}")
    upper, lower = desk.keys

    desk.press(f"down:{upper}")
    desk.press(f"up:{lower}")

    assert desk.keys == [upper, lower]
    assert list(own_targets(declaration).values_list("secondary__name", "position")) == [
        ("重点工作任务完成", 0),
        ("第二组", 0),
    ]


def common_indicator(*, value_editable):
    """The preparer at the one common indicator of a declaration, and the declaration."""
    template = builders.template(common={"value_editable": value_editable})
    declaration = builders.declaration(filled=False, round=builders.round_(template=template))
    desk = Desk(builders.preparer_of(declaration), section_url(declaration, "indicators", INPUTS))
    return desk, declaration


@pytest.mark.parametrize(("value_editable", "writable"), [(False, ["remark"]), (True, ["value", "remark"])])
def test_common_indicator_is_prefilled_and_takes_only_what_the_template_leaves_open(db, value_editable, writable):
    desk, _ = common_indicator(value_editable=value_editable)
    (key,) = desk.keys

    assert [name for name, _ in desk.page.fields if name.startswith(key)] == [
        f"{key}-{name}" for name in ("version", "seen", "group", *writable)
    ]
    assert desk.page.buttons == ["save", "save", "next"]
    assert "预算执行率" in desk.page.text


@pytest.mark.parametrize(
    ("value_editable", "changed"), [(False, {"remark": "改=1+1"}), (True, {"remark": "改=1+1", "value": "改≧95%"})]
)
def test_locked_texts_of_common_indicator_are_not_changed_by_a_forged_request(db, value_editable, changed):
    desk, declaration = common_indicator(value_editable=value_editable)
    before = declaration.target_rows.values(*TEXTS).get()
    (key,) = desk.keys
    forged = {f"{key}-{name}": f"改{text}" for name, text in TEXTS.items()} | {f"{key}-comparison": "lt"}

    desk.send(desk.page.data | forged | {"action": "save"})

    assert declaration.target_rows.values(*TEXTS).get() == before | changed


@pytest.mark.parametrize("action", ["up", "down", "delete"])
def test_common_indicator_is_neither_moved_nor_deleted_by_a_forged_request(db, action):
    common, declaration = common_indicator(value_editable=True)
    before = list(declaration.target_rows.values())

    common.send(common.page.data | {"action": f"{action}:{common.keys[0]}"})

    assert list(declaration.target_rows.values()) == before
    assert ("共性指标由模板统一设置，不能删除。" in common.page.text) == (action == "delete")


def test_section_is_full_over_all_its_groups(outputs, declaration, monkeypatch):
    monkeypatch.setattr(services, "MAX_ROWS", 3)
    add_empty(outputs, declaration, 2)

    add(outputs, declaration)

    assert declaration.target_rows.count() == 3
    assert "本部分最多3行，不能再增加。" in outputs.page.text


@pytest.mark.parametrize("section", [("goals",), ("tasks",), ("budget",), ("indicators", OUTPUTS), ("check",)])
def test_page_takes_as_many_queries_for_30_rows_as_for_one(declaration, preparer, client, section):
    client.force_login(preparer)
    counts = []
    rows = 0
    for wanted in (1, 3, 30):
        while rows < wanted:
            services.add_row(declaration.pk, preparer, services.GOALS)
            services.add_row(declaration.pk, preparer, services.TASKS)
            services.add_row(declaration.pk, preparer, services.TARGETS, own_group(declaration).pk)
            rows += 1
        counts.append(len(queries_of(client, section_url(declaration, *section))))

    assert len(set(counts)) == 1, counts
    assert counts[0] < 25
