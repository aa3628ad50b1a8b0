"""What an earlier approved declaration offers, and what taking it over adds."""

from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from declarations import selectors, services, taking_over
from declarations.enums import Status
from declarations.models import Declaration, Row
from declarations.services import GOALS, TARGETS, TASKS, RowEdit
from declarations.taking_over import offer, take_over
from indicators.models import SecondaryIndicator
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.documents import document, document_with, goal, group, primary, target, task
from tests.declarations.races import race
from tests.declarations.services.edits import add, changed, now, own_group, own_groups, rows, save, where
from tests.declarations.situations import stored

EVERYTHING = {
    "年度履职目标": ["做好办文办会工作；", "办理提案；"],
    "年度主要任务": ["保障机关运转"],
    "重点工作任务完成": ["完成调研报告"],
    "履职效益": ["群众受益人数"],
}


def offered(current, earlier, origins=(), *, here=False) -> dict[str, list[str]]:
    """The rows that are offered as new or, with `here`, those that are there already, by section or group."""
    made = offer(current, set(origins), earlier)
    parts = {"年度履职目标": made.goals, "年度主要任务": made.tasks} | {part.name: part.rows for part in made.groups}
    found = {
        name: [getattr(row.source, "text", None) or row.source.name for row in part if row.here == here]
        for name, part in parts.items()
    }
    return {name: texts for name, texts in found.items() if texts}


def blank(**changes):
    """A document with nothing filled in; its groups have keys as the database gives them."""
    benefits = primary(group(key="8", name="履职效益"), key="primary-2", name="效益指标")
    nothing = (primary(group(key="7")), benefits)
    return document(**{"duty_goals": (), "main_tasks": (), "indicators": nothing, **changes})


def with_targets(*targets):
    """A document that holds only these targets, under 产出指标 › 重点工作任务完成."""
    return blank(indicators=(primary(group(*targets, key="7")),))


def test_everything_is_offered_to_an_empty_declaration():
    made = offer(blank(), (), document())
    assert offered(blank(), document()) == EVERYTHING
    assert (made.fiscal_year, made.takeable) == (2022, 5)
    assert [(part.primary, part.name, part.group, part.refusal) for part in made.groups] == [
        ("产出指标", "重点工作任务完成", 7, ""),
        ("效益指标", "履职效益", 8, ""),
    ]


def test_rows_of_the_same_text_or_name_are_here_already():
    current = blank(
        duty_goals=(goal(key="1", text=" 做好办文办会工作； "),),
        main_tasks=(task(key="2", content="内容改过"),),
        indicators=(primary(group(target(key="3", value="9"), key="7")),),
    )
    assert offered(current, document(), here=True) == {
        "年度履职目标": ["做好办文办会工作；"],
        "年度主要任务": ["保障机关运转"],
        "重点工作任务完成": ["完成调研报告"],
    }
    assert offered(current, document())["年度履职目标"] == ["办理提案；"]


def test_names_are_compared_in_half_width():
    current = with_targets(target(key="3", name="ＰＭ2.5浓度"))
    earlier = document_with(target(name="PM2.5浓度"), target(key="target-2", name="PM10浓度"))
    assert offered(current, earlier)["重点工作任务完成"] == ["PM10浓度"]


def test_same_name_in_another_group_is_not_the_same_target():
    elsewhere = primary(group(target(key="3"), key="8", name="履职效益"), name="效益指标")
    current = blank(indicators=(primary(group(key="7")), elsewhere))
    assert offered(current, document_with(target()))["重点工作任务完成"] == ["完成调研报告"]


def test_rows_taken_over_before_are_here_whatever_became_of_their_texts():
    assert offered(blank(), document(), {"goal-1", "task-1", "target-1"}, here=True) == {
        "年度履职目标": ["做好办文办会工作；"],
        "年度主要任务": ["保障机关运转"],
        "重点工作任务完成": ["完成调研报告"],
    }


def test_own_target_that_is_common_now_is_here_already():
    current = with_targets(target(key="3", common=True))
    assert offered(current, document_with(target()), here=True) == {"重点工作任务完成": ["完成调研报告"]}


def test_common_targets_and_rows_without_a_name_are_not_offered():
    earlier = document_with(
        target(common=True), target(key="target-2", name=" "), duty_goals=(goal(text=" "),), main_tasks=(task(name=""),)
    )
    assert offered(blank(), earlier) == {"履职效益": ["群众受益人数"]}


@pytest.mark.parametrize(
    ("groups", "refusal"),
    [
        ([primary(group(key="7", name="别的"))], "本年度模板中没有对应的二级指标，不能带入。"),
        ([primary(group(key="7", allows_own=False))], "本年度模板中该二级指标不允许增加个性指标，不能带入。"),
        # Two of that name, and none under a level-1 indicator of the same name.
        (
            [primary(group(key="7"), name="甲"), primary(group(key="8"), name="乙")],
            "本年度模板中没有对应的二级指标，不能带入。",
        ),
    ],
)
def test_group_that_cannot_take_its_rows_says_why(groups, refusal):
    made = offer(blank(indicators=tuple(groups)), (), document_with(target()))
    assert (made.groups[0].group, made.groups[0].refusal) == (None, refusal)
    # The goals and the task.
    assert made.takeable == 3


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([primary(group(key="7", name=" 重点工作任务完成"))], 7),
        ([primary(group(key="7"), name="改了名的一级指标")], 7),
        ([primary(group(key="8"), name="效益指标"), primary(group(key="7"), name=" 产出指标")], 7),
    ],
)
def test_group_of_the_same_name_is_found(groups, expected):
    made = offer(blank(indicators=tuple(groups)), (), document_with(target()))
    assert (made.groups[0].group, made.groups[0].refusal) == (expected, "")


def two_years(**fields) -> tuple[Declaration, Declaration]:
    """What was approved for a department, and its empty draft of the year after."""
    approved = builders.declaration(Status.APPROVED)
    template = approved.round.template
    rounds = builders.round_(template=fields.pop("template", template))
    return approved, builders.declaration(round=rounds, department=approved.department, filled=False, **fields)


def keys_of(approved: Declaration) -> set[str]:
    return {str(row.key) for section in (GOALS, TASKS, TARGETS) for row in rows(approved, section)}


def take(made: Declaration, approved: Declaration, keys=None) -> list[Row]:
    picked = keys_of(approved) if keys is None else keys
    return take_over(*where(made), approved.round.fiscal_year, picked, **now(made))


def test_everything_comes_over_but_money(db):
    approved, made = two_years()
    before = stored("declarations.Budget")
    taken = take(made, approved)
    origins = {section: rows(approved, section) for section in (GOALS, TASKS)}
    assert [row.text for row in rows(made, GOALS)] == ["做好办文办会工作；"]
    assert [(row.name, row.content, row.amount) for row in rows(made, TASKS)] == [
        ("保障机关运转", "按时支付水电费。", "")
    ]
    for section, sources in origins.items():
        assert [row.origin for row in rows(made, section)] == [row.key for row in sources]
    own = made.target_rows.filter(tertiary=None).order_by("secondary__primary__position")
    sources = approved.target_rows.filter(tertiary=None).order_by("secondary__primary__position")
    fields = ("secondary_id", "number", *TARGETS.fields)
    assert list(own.values(*fields)) == list(sources.values(*fields))
    assert [row.origin for row in own] == [row.key for row in sources]
    assert all(row.unconfirmed and row.version == 1 for row in taken)
    assert taken == [*rows(made, GOALS), *rows(made, TASKS), *own]
    assert stored("declarations.Budget") == before


def test_common_targets_are_left_as_they_are(db):
    approved = builders.declaration(filled=True)
    common = approved.target_rows.get(tertiary__isnull=False)
    save(approved, TARGETS, changed(common, value="80", remark="去年的备注"))
    builders.submit(approved)
    builders.approve(approved)
    made = builders.next_year(approved)
    take(made, approved)
    assert made.target_rows.filter(tertiary__isnull=False).values_list("value", "remark", "unconfirmed").get() == (
        "95",
        "",
        False,
    )


def test_only_the_picked_rows_come_over(db):
    approved, made = two_years()
    (task_row,) = rows(approved, TASKS)
    taken = take(made, approved, {str(task_row.key), str(uuid4()), "no key"})
    assert [row.origin for row in taken] == [task_row.key]
    assert (rows(made, GOALS), rows(made, TASKS), made.target_rows.filter(tertiary=None).count()) == ([], taken, 0)


def test_second_time_adds_nothing(db):
    approved, made = two_years()
    take(made, approved)
    before = stored()
    assert take(made, approved) == []
    assert stored() == before


def test_changed_row_is_not_taken_again_but_a_deleted_one_can_be(db):
    approved, made = two_years()
    goal_row, task_row, *_ = take(made, approved)
    save(made, GOALS, changed(goal_row, text="改过的"))
    services.delete_row(*where(made), TASKS, task_row.key, task_row.version, **now(made))
    assert [row.origin for row in take(made, approved)] == [task_row.origin]
    assert [row.text for row in rows(made, GOALS)] == ["改过的"]


def test_new_rows_stand_behind_those_that_are_there(db):
    approved, made = two_years()
    add(made, GOALS, {"text": "今年的"})
    add(made, TARGETS, {"name": "今年的"}, group=own_group(made))
    take(made, approved)
    assert [row.text for row in rows(made, GOALS)] == ["今年的", "做好办文办会工作；"]
    own = made.target_rows.filter(secondary=own_group(made)).order_by("position")
    assert [row.name for row in own] == ["今年的", "完成调研报告"]


def test_groups_of_a_new_template_are_found_by_name(db):
    changed_template = builders.template(published=False)
    SecondaryIndicator.objects.filter(primary__template=changed_template, name="履职效益").update(name="别的")
    builders.publish(changed_template)
    approved, made = two_years(template=changed_template)
    take(made, approved)
    assert [row.secondary for row in made.target_rows.filter(tertiary=None)] == [own_groups(made)[0]]


def test_later_years_and_other_departments_have_nothing_to_offer(db):
    early = builders.round_()
    approved, made = two_years()
    other = builders.declaration(Status.APPROVED, round=approved.round)
    assert list(taking_over.documents_before(made)) == [approved.round.fiscal_year]
    earliest = builders.declaration(round=early, department=approved.department, filled=False)
    assert taking_over.documents_before(earliest) == {}
    with pytest.raises(KeyError):
        take(earliest, approved)
    assert take(made, approved, keys_of(other)) == []


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.RETURNED])
def test_only_approved_declarations_have_something_to_offer(db, status):
    earlier = builders.declaration(status)
    made = builders.declaration(round=builders.round_(), department=earlier.department, filled=False)
    assert taking_over.documents_before(made) == {}


def test_earlier_years_are_offered_the_latest_first(db):
    approved, second = two_years()
    builders.fill(second, builders.preparer_of(second))
    builders.submit(second)
    builders.approve(second)
    made = builders.declaration(round=builders.round_(), department=approved.department, filled=False)
    years = [second.round.fiscal_year, approved.round.fiscal_year]
    assert list(taking_over.documents_before(made)) == years


def test_what_was_taken_on_from_year_to_year_is_here_by_its_name(db):
    approved, second = two_years()
    take(second, approved)
    made = builders.declaration(round=builders.round_(), department=approved.department, filled=False)
    save(made, GOALS, RowEdit(uuid4(), 0, {"text": "做好办文办会工作；"}, origin=rows(second, GOALS)[0].key))
    assert take(made, approved, {str(rows(approved, GOALS)[0].key)}) == []


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.APPROVED])
def test_submitted_declaration_takes_nothing(db, status):
    approved = builders.declaration(Status.APPROVED)
    made = builders.declaration(status, round=builders.round_(), department=approved.department)
    before = stored()
    with pytest.raises(services.NotEditable, match="不能修改"):
        take(made, approved)
    assert stored() == before


def test_closed_round_takes_nothing(db):
    approved, made = two_years()
    before = stored()
    with pytest.raises(services.NotEditable, match="截止，只能查看"):
        take_over(*where(made), approved.round.fiscal_year, keys_of(approved), made.round.closes_at)
    assert stored() == before


@pytest.mark.parametrize("role", [Role.DEPARTMENT_HEAD, Role.ADMINISTRATOR])
def test_who_cannot_fill_in_cannot_take_over(db, role):
    approved, made = two_years()
    where_from = {"department": made.department} if role == Role.DEPARTMENT_HEAD else {}
    person = builders.user(role, **where_from)
    with pytest.raises(services.NotEditable, match="您只能查看本申报表。"):
        take_over(made.pk, person, approved.round.fiscal_year, keys_of(approved), timezone.now())
    assert rows(made, GOALS) == []


def test_section_that_is_full_takes_nothing_at_all(db, monkeypatch):
    approved, made = two_years()
    add(made, TASKS, {"name": "今年的"})
    monkeypatch.setattr(services, "MAX_ROWS", 1)
    with pytest.raises(services.RowRefused, match="最多 1 行"):
        take(made, approved)
    assert rows(made, GOALS) == []


def test_offer_costs_nine_queries_for_any_number_of_rows(db, django_assert_num_queries):
    for count in (1, 30):
        approved, made = two_years()
        for section in (GOALS, TASKS, TARGETS):
            texts = [{section.fields[0]: str(number)} for number in range(count)]
            add(made, section, *texts, group=own_group(made) if section is TARGETS else None)
        take(made, approved)
        earlier = taking_over.documents_before(made)[approved.round.fiscal_year]
        made = selectors.declarations().get(pk=made.pk)
        with django_assert_num_queries(9):
            taking_over.offer_of(made, earlier)


def test_unconfirmed_rows_are_counted_by_section(db, django_assert_num_queries):
    approved, made = two_years()
    assert taking_over.unconfirmed_counts(made) == {}
    goal_row, *_ = take(made, approved)
    outputs, benefits = (str(own.primary_id) for own in own_groups(made))
    with django_assert_num_queries(3):
        counts = taking_over.unconfirmed_counts(made)
    assert counts == {"goals": 1, "tasks": 1, outputs: 1, benefits: 1}
    save(made, GOALS, changed(goal_row, text="改过的"))
    assert taking_over.unconfirmed_counts(made) == {"tasks": 1, outputs: 1, benefits: 1}
    assert taking_over.unconfirmed_counts(approved) == {}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_each_row_once():
    template = builders.template()
    first, second = (builders.round_(template=template) for _ in range(2))
    for _ in range(10):
        approved = builders.declaration(Status.APPROVED, round=first)
        made = builders.declaration(round=second, department=approved.department, filled=False)
        people = [builders.preparer_of(made), builders.user(Role.PREPARER, department=made.department)]
        year, keys = first.fiscal_year, keys_of(approved)
        answers = race(*(partial(take_over, made.pk, person, year, keys, **now(made)) for person in people))
        assert sorted(len(answer) for answer in answers) == [0, 4]
        origins = [row.origin for section in (GOALS, TASKS) for row in rows(made, section)]
        origins += made.target_rows.filter(tertiary=None).values_list("origin", flat=True)
        assert len(origins) == len(set(origins)) == 4
