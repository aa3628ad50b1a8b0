import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from indicators import services
from indicators.models import IndicatorTemplate, PrimaryIndicator, SecondaryIndicator, TertiaryIndicator
from indicators.services import (
    MODELS,
    NameIsTaken,
    NodeHasChanged,
    NodeIsGone,
    NotReadyToPublish,
    TemplateIsGone,
    TemplateIsPublished,
)
from indicators.tree import Level, Primary, Secondary, Tertiary, fingerprint, level_of, parent_id_of, tree_of
from perfgoals.audit.models import LogEntry
from tests.indicators.conftest import tree

FIELDS = {
    Level.PRIMARY: {"name": "新增", "kind": "input"},
    Level.SECONDARY: {"name": "新增", "explanation": "说明", "guidance": "提示", "allows_own": True},
    Level.TERTIARY: {
        "name": "新增",
        "comparison": "qualitative",
        "value": "相关",
        "unit": "",
        "scoring_standard": "标准",
        "explanation": "说明",
        "remark": "备注",
        "value_editable": False,
    },
}
PRINTING = {
    "orientation": "portrait",
    "amount_format": "grouped",
    "unit_column": True,
    "standard_column": False,
    "remark_column": False,
    "signature_lines": True,
}
all_levels = pytest.mark.parametrize("level", Level)


def node(level, name):
    return MODELS[level].objects.get(name=name)


def names(level, like):
    """The names under the parent of the node called `like`, in order."""
    beside = node(level, like)
    siblings = [row for row in MODELS[level].objects.all() if parent_id_of(row) == parent_id_of(beside)]
    return [row.name for row in sorted(siblings, key=lambda row: row.position)]


def change(template, row, parent_id=None, **fields):
    services.change_node(
        template, level_of(row), row.pk, {"name": row.name} | fields, parent_id or parent_id_of(row), fingerprint(row)
    )


def test_create_from_tree_stores_the_whole_tree(db):
    value = tree(3, points_total=50, guidance="填报说明", with_task_amounts=True, version=4, **PRINTING)
    assert tree_of(services.create_from_tree(value)) == value


def test_create_template_whose_name_is_taken(draft):
    with pytest.raises(NameIsTaken):
        services.create_template({"name": draft.name})
    assert IndicatorTemplate.objects.count() == 1


@all_levels
def test_added_node_is_the_last_one(draft, level):
    beside = {Level.PRIMARY: "一级0", Level.SECONDARY: "二级00", Level.TERTIARY: "三级000"}[level]
    before = names(level, beside)
    added = services.add_node(draft, level, parent_id_of(node(level, beside)), FIELDS[level])
    assert names(level, beside) == [*before, "新增"]
    stored = MODELS[level].objects.get(pk=added.pk)
    assert {field: getattr(stored, field) for field in FIELDS[level]} == FIELDS[level]


def test_node_added_after_a_deletion_is_the_last_one(draft):
    first = node(Level.TERTIARY, "三级000")
    services.delete_node(draft, Level.TERTIARY, first.pk, fingerprint(first, with_children=True))
    services.add_node(draft, Level.TERTIARY, first.secondary_id, FIELDS[Level.TERTIARY])
    assert names(Level.TERTIARY, "三级001") == ["三级001", "新增"]


@all_levels
def test_add_with_a_name_that_stands_beside_it(draft, level):
    beside = MODELS[level].objects.order_by("pk").first()
    with pytest.raises(NameIsTaken):
        services.add_node(draft, level, parent_id_of(beside), FIELDS[level] | {"name": beside.name})
    assert tree_of(draft) == tree()


@all_levels
def test_add_under_a_parent_of_another_template(draft, published, level):
    # The tree of `published` was made after that of `draft`.
    foreign = MODELS[level].objects.order_by("pk").last()
    with pytest.raises(NodeIsGone):
        services.add_node(draft, level, parent_id_of(foreign), FIELDS[level])
    assert tree_of(draft) == tree()


@all_levels
def test_change_writes_every_field(draft, level):
    row = MODELS[level].objects.order_by("pk").first()
    change(draft, row, **FIELDS[level])
    row.refresh_from_db()
    assert {field: getattr(row, field) for field in FIELDS[level]} == FIELDS[level]


def test_change_to_the_name_of_a_sibling(draft):
    with pytest.raises(NameIsTaken):
        change(draft, node(Level.SECONDARY, "二级00"), name="二级01")


def test_change_of_what_another_changed_meanwhile(draft):
    stale = node(Level.TERTIARY, "三级000")
    change(draft, node(Level.TERTIARY, "三级000"), value="80")
    with pytest.raises(NodeHasChanged):
        change(draft, stale, value="70")
    assert node(Level.TERTIARY, "三级000").value == "80"


def test_change_of_a_group_that_another_added_to(draft):
    group = node(Level.SECONDARY, "二级00")
    seen = fingerprint(group)
    services.add_node(draft, Level.TERTIARY, group.pk, FIELDS[Level.TERTIARY])
    services.change_node(draft, Level.SECONDARY, group.pk, {"name": "改名"}, group.primary_id, seen)
    assert names(Level.SECONDARY, "改名") == ["改名", "二级01"]


@pytest.mark.parametrize(
    ("level", "name", "target", "after"),
    [
        (Level.SECONDARY, "二级00", "一级1", ["二级10", "二级11", "二级00"]),
        (Level.TERTIARY, "三级000", "二级11", ["三级110", "三级111", "三级000"]),
    ],
)
def test_change_of_parent_puts_the_node_last(draft, level, name, target, after):
    change(draft, node(level, name), parent_id=node(level.parent, target).pk)
    assert names(level, name) == after


def test_change_of_parent_to_another_template(draft, published):
    foreign = PrimaryIndicator.objects.filter(template=published).first()
    row = SecondaryIndicator.objects.filter(primary__template=draft).first()
    with pytest.raises(NodeIsGone):
        change(draft, row, parent_id=foreign.pk)


@pytest.mark.parametrize(
    ("moves", "after"),
    [
        ([("三级000", 1)], "102"),
        ([("三级002", -1)], "021"),
        ([("三级000", -1)], "012"),
        ([("三级002", 1)], "012"),
        ([("三级000", 1), ("三级000", 1)], "120"),
        ([("三级002", -1), ("三级002", -1), ("三级001", -1)], "210"),
    ],
)
def test_order_after_moves(db, moves, after):
    template = services.create_from_tree(tree(3))
    for name, step in moves:
        services.move_node(template, Level.TERTIARY, node(Level.TERTIARY, name).pk, step)
    assert names(Level.TERTIARY, "三级000") == [f"三级00{number}" for number in after]
    assert names(Level.TERTIARY, "三级010") == ["三级010", "三级011", "三级012"]


@all_levels
def test_move_on_every_level(draft, level):
    row = MODELS[level].objects.order_by("pk").first()
    before = names(level, row.name)
    services.move_node(draft, level, row.pk, 1)
    assert names(level, row.name) == before[::-1]


def test_move_takes_as_many_queries_for_3_as_for_30(db):
    counts = []
    for size, name in ((3, "小"), (30, "大")):
        group = Secondary(name="组", tertiaries=[Tertiary(name=f"{i:02}", comparison="ge") for i in range(size)])
        value = tree(name=name, primaries=(Primary(name="一级", kind="output", secondaries=(group,)),))
        template = services.create_from_tree(value)
        row = TertiaryIndicator.objects.get(secondary__primary__template=template, name="00")
        with CaptureQueriesContext(connection) as queries:
            services.move_node(template, Level.TERTIARY, row.pk, 1)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@all_levels
def test_delete_takes_what_stands_under_the_node(draft, level):
    row = MODELS[level].objects.order_by("pk").first()
    services.delete_node(draft, level, row.pk, fingerprint(row, with_children=True))
    counts = tuple(model.objects.count() for model in MODELS.values())
    assert counts == {Level.PRIMARY: (1, 2, 4), Level.SECONDARY: (2, 3, 6), Level.TERTIARY: (2, 4, 7)}[level]


def test_delete_of_a_group_that_another_added_to(draft):
    group = node(Level.SECONDARY, "二级00")
    seen = fingerprint(group, with_children=True)
    services.add_node(draft, Level.TERTIARY, group.pk, FIELDS[Level.TERTIARY])
    with pytest.raises(NodeHasChanged):
        services.delete_node(draft, Level.SECONDARY, group.pk, seen)
    assert SecondaryIndicator.objects.filter(pk=group.pk).exists()


@all_levels
def test_node_that_is_gone(draft, level):
    for act in (
        lambda: services.change_node(draft, level, 10**9, {"name": "改名"}, draft.pk, ""),
        lambda: services.move_node(draft, level, 10**9, 1),
        lambda: services.delete_node(draft, level, 10**9, ""),
    ):
        with pytest.raises(NodeIsGone):
            act()


def changes(template):
    """Every way to write to a template."""
    row = PrimaryIndicator.objects.filter(template=template).first()
    pk = row.pk if row else 1
    return [
        lambda: services.change_template(template, {"title": "改标题"}),
        lambda: services.delete_template(template),
        lambda: services.publish(template, None, timezone.now()),
        lambda: services.add_node(template, Level.PRIMARY, template.pk, FIELDS[Level.PRIMARY]),
        lambda: services.change_node(template, Level.PRIMARY, pk, {"name": "改名"}, template.pk, ""),
        lambda: services.move_node(template, Level.PRIMARY, pk, 1),
        lambda: services.delete_node(template, Level.PRIMARY, pk, ""),
    ]


def test_published_template_refuses_every_change(published):
    before = tree_of(published)
    for act in changes(published):
        with pytest.raises(TemplateIsPublished):
            act()
    assert tree_of(published) == before


def test_deleted_template_refuses_every_change(draft):
    gone = IndicatorTemplate(pk=draft.pk)
    services.delete_template(draft)
    for act in [*changes(gone), lambda: services.copy_to_new_version(gone)]:
        with pytest.raises(TemplateIsGone):
            act()
    assert (IndicatorTemplate.objects.count(), TertiaryIndicator.objects.count()) == (0, 0)


def test_change_template_to_a_taken_name(draft, published):
    with pytest.raises(NameIsTaken):
        services.change_template(draft, {"name": published.name})
    services.change_template(draft, {"name": "新名称", "points_total": 100})
    assert tree_of(draft) == tree(name="新名称", points_total=100)


def test_publish_writes_who_and_when(draft, administrator):
    now = timezone.now()
    services.publish(draft, administrator, now)
    draft.refresh_from_db()
    assert (draft.published_at, draft.published_by) == (now, administrator)
    assert tree_of(draft) == tree()


BENEFIT = Primary(name="效益指标", kind="benefit", secondaries=(Secondary(name="效益", allows_own=True),))
NO_VALUE = Tertiary(name="预算执行率", comparison="ge", value=" ", value_editable=False)
NO_NUMBER = Tertiary(name="预算执行率", comparison="ge", value="较高", value_editable=False)
FULL_WIDTH = Tertiary(name="预算执行率", comparison="ge", value="９５", value_editable=False)
FIXED_WORD = Tertiary(name="相关性", comparison="qualitative", value="相关", value_editable=False)
OPEN_VALUE = Tertiary(name="预算执行率", comparison="ge", value="")


def output(*secondaries):
    return Primary(name="产出指标", kind="output", secondaries=secondaries)


@pytest.mark.parametrize(
    ("primaries", "problems"),
    [
        ((), ["模板中还没有一级指标。"]),
        ((BENEFIT,), ["没有类别为“产出”的一级指标。"]),
        (
            (output(Secondary(name="数量", allows_own=True)),),
            ["没有类别为“效益”或“满意度”的一级指标。"],
        ),
        ((output(), BENEFIT), ["一级指标“产出指标”下还没有二级指标。"]),
        (
            (output(Secondary(name="数量")), BENEFIT),
            ["二级指标“数量”下没有三级指标，又不允许部门增加个性指标。"],
        ),
        (
            (output(Secondary(name="数量", tertiaries=(NO_VALUE,))), BENEFIT),
            ["三级指标“预算执行率”没有指标值，又不允许部门修改。"],
        ),
        (
            (output(Secondary(name="数量", tertiaries=(NO_NUMBER,))), BENEFIT),
            ["三级指标“预算执行率”的指标值中没有数字，又不允许部门修改。"],
        ),
        ((output(Secondary(name="数量", tertiaries=(FULL_WIDTH, FIXED_WORD))), BENEFIT), []),
        ((output(Secondary(name="数量", tertiaries=(OPEN_VALUE,))), BENEFIT), []),
    ],
)
def test_publish_asks_for_a_tree_that_can_be_filled_in(db, primaries, problems):
    template = services.create_from_tree(tree(primaries=primaries))
    found = []
    try:
        services.publish(template, None, timezone.now())
    except NotReadyToPublish as refusal:
        found = refusal.problems
    template.refresh_from_db()
    assert (found, template.is_published) == (problems, not problems)


def test_publish_without_a_comparison(draft):
    TertiaryIndicator.objects.filter(name="三级000").update(comparison="")
    with pytest.raises(NotReadyToPublish) as refusal:
        services.publish(draft, None, timezone.now())
    assert refusal.value.problems == ["三级指标“三级000”未选择指标值类型。"]


def test_copy_is_the_whole_tree_in_the_next_version(published):
    second = services.copy_to_new_version(published)
    third = services.copy_to_new_version(published)
    original = tree_of(published)
    assert tree_of(second) == original.model_copy(update={"version": 2})
    assert tree_of(third) == original.model_copy(update={"version": 3})
    assert not second.is_published
    services.delete_template(second)
    assert tree_of(published) == original


def test_copy_is_printed_as_the_original_is(db):
    original = services.create_from_tree(tree(**PRINTING))
    assert tree_of(services.copy_to_new_version(original)) == tree(**PRINTING, version=2)


def test_publication_is_logged(draft, administrator):
    now = timezone.now()
    services.publish(draft, administrator, now)
    logged = LogEntry.objects.values_list("actor", "action", "subject", "at").last()
    assert logged == (administrator.pk, "publish_template", str(draft), now)
