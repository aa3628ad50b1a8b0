"""What stands in the indicator library, what never does, and picking from it."""

from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from declarations import library, services
from declarations.enums import Status
from declarations.library import Range, pick
from declarations.models import Target
from indicators.models import SecondaryIndicator, TertiaryIndicator
from perfgoals.accounts.enums import DepartmentKind, Role
from tests.declarations import builders
from tests.declarations.libraries import TEXTS, declared
from tests.declarations.races import race
from tests.declarations.services.edits import now, own_group, own_groups, targets, where
from tests.declarations.situations import stored

OUTPUTS, BENEFITS, MANAGEMENT = "重点工作任务完成", "履职效益", "预算管理"
# What every approved declaration of the builders adds.
FILLED = {(BENEFITS, "完成调研报告"), (OUTPUTS, "完成调研报告"), (MANAGEMENT, "预算执行率")}


def found(words: str = "", group: str = "", kind: str = "") -> dict[tuple[str, str], int]:
    """How often each indicator was used, by its level-2 indicator and name, in the library's order."""
    return {(row["group"], row["title"]): row["uses"] for row in library.entries(words.split(), group, kind)}


def entry(name: str, kind: str = "") -> library.Entry:
    (one,) = [one for one in library.with_texts(library.entries(kind=kind), kind) if one.name == name]
    return one


def test_approved_own_indicators_and_common_ones_with_their_uses(db):
    declared("群众满意度", "报告篇数")
    declared(" 群众满意度 ")
    assert found() == {
        (BENEFITS, "完成调研报告"): 2,
        (OUTPUTS, "完成调研报告"): 2,
        (OUTPUTS, "群众满意度"): 2,
        (OUTPUTS, "报告篇数"): 1,
        (MANAGEMENT, "预算执行率"): 2,
    }
    assert list(found()) == sorted(found(), key=lambda key: (key[0] == MANAGEMENT, -found()[key], key))


def test_common_indicator_that_nobody_has_used_yet(db):
    builders.template()
    assert found() == {(MANAGEMENT, "预算执行率"): 0}


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.RETURNED])
def test_what_is_not_approved_is_neither_found_nor_counted(db, status):
    declared("群众满意度")
    declared("群众满意度", "机密指标", status=status, texts={"value": "1", "explanation": "机密说明"})
    assert found() == dict.fromkeys(FILLED | {(OUTPUTS, "群众满意度")}, 1)
    assert found("机密") == {}
    assert entry("群众满意度").ranges == (Range(Decimal(90), Decimal(90), "%"),)
    assert entry("群众满意度").indicator.explanation == TEXTS["explanation"]


def test_indicators_of_draft_templates_are_not_found(db):
    draft = builders.template(published=False)
    TertiaryIndicator.objects.filter(secondary__primary__template=draft).update(name="起草中的指标")
    SecondaryIndicator.objects.filter(primary__template=draft).update(name="起草中的分组")
    assert found() == {}
    assert library.group_names() == []


def test_versions_of_a_template_share_their_common_indicators(db):
    builders.declaration(Status.APPROVED)
    builders.declaration(Status.APPROVED, round=builders.round_(template=builders.template(common={"value": "80"})))
    assert found(group=MANAGEMENT) == {(MANAGEMENT, "预算执行率"): 2}
    shown = entry("预算执行率")
    assert (shown.common, shown.ranges) == (True, (Range(Decimal(80), Decimal(95), "%"),))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("满意", {"群众满意度"}),
        ("群众 服务对象", {"群众满意度"}),
        ("服务　评价", {"群众满意度", "报告篇数"}),
        ("群众 篇数", set()),
        ("%", set()),
        ("_", set()),
        ("每降低1", set()),
    ],
)
def test_all_words_occur_in_name_or_explanation(db, words, expected):
    declared("群众满意度", "报告篇数")
    assert {name for _, name in found(words)} == expected


def test_words_find_an_indicator_by_any_use_and_show_the_latest_of_these(db):
    declared("群众满意度", texts={"explanation": "以问卷调查为准。"})
    declared("群众满意度", texts={"explanation": "以电话调查为准。"})
    (row,) = library.entries(["问卷", "群众"])
    (shown,) = library.with_texts([row])
    assert (shown.uses, shown.indicator.explanation) == (2, "以问卷调查为准。")
    assert entry("群众满意度").indicator.explanation == "以电话调查为准。"


def test_words_of_different_uses_do_not_add_up(db):
    declared("群众满意度", texts={"explanation": "以问卷调查为准。"})
    declared("群众满意度", texts={"explanation": "以电话调查为准。"})
    assert found("问卷 电话") == {}


def test_filter_by_level_2_indicator(db):
    declared("群众满意度")
    assert found(group=OUTPUTS) == {(OUTPUTS, "完成调研报告"): 1, (OUTPUTS, "群众满意度"): 1}
    assert found(group="没有的分组") == {}
    assert library.group_names() == [MANAGEMENT, OUTPUTS, BENEFITS]


def test_filter_by_kind_counts_only_its_uses(db):
    schools = [builders.department(kind=DepartmentKind.EDUCATION) for _ in range(2)]
    declared("群众满意度", department=schools[0], texts={"value": "80"})
    declared("群众满意度", department=schools[1], texts={"value": "85"})
    declared("群众满意度", "床位数", department=builders.department(kind=DepartmentKind.HEALTH))
    education, health = DepartmentKind.EDUCATION, DepartmentKind.HEALTH
    assert found("满意", kind=education) == {(OUTPUTS, "群众满意度"): 2}
    assert entry("群众满意度", kind=education).ranges == (Range(Decimal(80), Decimal(85), "%"),)
    assert found(kind=health) == dict.fromkeys(FILLED | {(OUTPUTS, "群众满意度"), (OUTPUTS, "床位数")}, 1)
    assert found(kind=DepartmentKind.CULTURE) == {}


def test_ranges_are_of_numbers_alone_and_each_of_one_unit(db):
    for value, unit in [("5", "篇"), ("12", "篇"), ("1,200", "字"), ("约5.5万", "字"), ("3月前", ""), ("7", " 篇 ")]:
        declared("报告", texts={"value": value, "unit": unit})
    declared("报告", texts={"value": "1", "unit": "篇", "comparison": "qualitative"})
    assert (entry("报告").uses, entry("报告").ranges) == (
        7,
        (Range(Decimal(5), Decimal(12), "篇"), Range(Decimal(1200), Decimal(1200), "字")),
    )


def test_qualitative_indicator_has_no_range(db):
    declared("群众满意度", texts={"value": "有所提升", "comparison": "qualitative", "unit": ""})
    assert entry("群众满意度").ranges == ()


def test_library_costs_the_same_for_any_number_of_indicators(db, django_assert_num_queries):
    for names in (["甲"], [str(number) for number in range(30)]):
        declared(*names)
        with django_assert_num_queries(4):
            library.with_texts(library.entries())


def draft(**fields):
    """An empty draft on the template of the library's declarations."""
    return builders.declaration(filled=False, **fields)


def pick_into(made, group, *keys):
    return pick(*where(made), group.pk, keys, **now(made))


def key_of(name: str) -> str:
    return entry(name).key


def test_picked_indicator_comes_without_value_and_remark(db):
    declared("群众满意度")
    made = draft()
    group = own_groups(made)[1]
    rows, left_out = pick_into(made, group, key_of("群众满意度"))
    expected = TEXTS | {"name": "群众满意度", "value": "", "remark": ""}
    assert [{name: getattr(row, name) for name in expected} for row in rows] == [expected]
    assert left_out == []
    (row,) = targets(group, made)
    assert ([row], row.tertiary, row.origin, row.unconfirmed, row.updated_by) == (
        rows,
        None,
        None,
        False,
        builders.preparer_of(made),
    )


def test_common_indicator_can_be_picked_as_an_own_one(db):
    made = draft()
    rows, _ = pick_into(made, own_group(made), key_of("预算执行率"))
    assert [(row.name, row.tertiary, row.value) for row in rows] == [("预算执行率", None, "")]


def test_several_are_added_in_the_order_of_the_page_behind_those_that_are_there(db):
    declared("甲", "乙")
    made = builders.declaration()
    group = own_group(made)
    pick_into(made, group, key_of("乙"), key_of("甲"), key_of("乙"))
    assert [row.name for row in targets(group, made)] == ["完成调研报告", "乙", "甲"]


def test_name_that_stands_in_the_group_is_left_out(db):
    declared("群众满意度")
    made = draft()
    first, second = own_groups(made)
    pick_into(made, first, key_of("群众满意度"))
    Target.objects.filter(declaration=made, secondary=first).update(name=" 群众满意度")
    before = stored()
    assert pick_into(made, first, key_of("群众满意度")) == ([], ["群众满意度"])
    assert stored() == before
    assert len(pick_into(made, second, key_of("群众满意度"))[0]) == 1


def test_one_name_of_two_groups_is_added_once(db):
    declared("甲")
    made = draft()
    keys = [one.key for one in library.with_texts(library.entries()) if one.name == "完成调研报告"]
    rows, left_out = pick_into(made, own_group(made), *keys)
    assert ([row.name for row in rows], left_out) == (["完成调研报告"], ["完成调研报告"])
    assert len(keys) == 2


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.RETURNED])
def test_what_is_not_approved_cannot_be_picked_by_its_number(db, status):
    secret = declared("机密指标", status=status).target_rows.get(name="机密指标")
    hidden = TertiaryIndicator.objects.get(secondary__primary__template=builders.template(published=False))
    approved_common = declared("甲").target_rows.get(tertiary__isnull=False)
    made = draft()
    keys = [f"own-{secret.pk}", f"common-{hidden.pk}", f"own-{approved_common.pk}"]
    before = stored()
    assert pick_into(made, own_group(made), *keys) == ([], [])
    assert stored() == before


@pytest.mark.parametrize("key", ["", "own", "own-", "own-x", "own--1", "other-1", "own-" + "9" * 30, "own-１", "\0"])
def test_key_that_is_none_is_passed_over(db, key):
    made = draft()
    assert pick_into(made, own_group(made), key) == ([], [])


def test_group_that_takes_no_own_indicators_or_is_of_another_template(db):
    declared("甲")
    made = draft()
    common = SecondaryIndicator.objects.get(primary__template=made.round.template, name=MANAGEMENT)
    other = SecondaryIndicator.objects.get(primary__template=builders.template(), name=OUTPUTS)
    before = stored()
    for group in (common.pk, other.pk, 2**70):
        with pytest.raises(services.RowRefused, match="请选择允许增加个性指标的二级指标。"):
            pick(*where(made), group, [key_of("甲")], **now(made))
    assert stored() == before


def test_who_cannot_fill_in_cannot_pick(db):
    declared("甲")
    made = draft()
    group, key = own_group(made).pk, key_of("甲")
    head = builders.user(Role.DEPARTMENT_HEAD, department=made.department)
    with pytest.raises(services.NotEditable, match="您只能查看本申报表。"):
        pick(made.pk, head, group, [key], timezone.now())
    with pytest.raises(services.NotEditable, match="截止，只能查看"):
        pick(*where(made), group, [key], made.round.closes_at)
    submitted = builders.declaration(Status.IN_REVIEW, round=made.round)
    with pytest.raises(services.NotEditable, match="不能修改"):
        pick(*where(submitted), group, [key], **now(made))
    assert not Target.objects.filter(declaration__in=[made, submitted], name="甲").exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_pick_a_name_once():
    declared("甲")
    key, round = key_of("甲"), builders.round_()
    for _ in range(10):
        made = draft(round=round)
        group = own_group(made)
        people = [builders.preparer_of(made), builders.user(Role.PREPARER, department=made.department)]
        answers = race(*(partial(pick, made.pk, person, group.pk, [key], **now(made)) for person in people))
        assert sorted((len(rows), left_out) for rows, left_out in answers) == [(0, ["甲"]), (1, [])]
        assert [row.name for row in targets(group, made)] == ["甲"]
