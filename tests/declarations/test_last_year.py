import pytest

from declarations.last_year import last_year_budget, last_year_texts, last_year_values, measure
from tests.declarations.documents import benefit, budget, document, document_with, goal, group, primary, target, task


def year(fiscal_year: int, **changes):
    return document_with(target(**changes), fiscal_year=fiscal_year)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"comparison": "ge", "value": "95", "unit": "%"}, "≥95%"),
        ({"comparison": "eq", "value": "100%", "unit": "%"}, "=100%"),
        ({"comparison": "lt", "value": "5", "unit": "/", "scoring_standard": ""}, "<5"),
        ({"comparison": "ge", "value": "5", "unit": "篇", "scoring_standard": ""}, "≥5篇"),
        ({"comparison": "ge", "value": "≧ 95", "unit": "%"}, "≧ 95%"),
        ({"comparison": "qualitative", "value": "有所提升", "unit": ""}, "有所提升"),
        ({"comparison": "", "value": "5", "unit": "人"}, "5人"),
    ],
)
def test_measure(changes, text):
    assert measure(target(**changes)) == text


def test_value_of_the_same_name_in_the_group_of_the_same_name():
    earlier = [year(2021, key="a", value="4", name=" 完成调研报告"), year(2020, key="b", value="3")]
    assert last_year_values(year(2022), {}, earlier) == {
        "target-1": "2021 年度：≥4篇",
        "benefit-1": "2021 年度：≥5人",
    }


def test_value_of_the_row_that_it_was_taken_over_from_whatever_its_name():
    earlier = [year(2021, key="a", value="4"), year(2020, key="b", value="3")]
    current = document_with(target(name="改过的名称"), target(key="target-2"))
    assert last_year_values(current, {"target-1": "b"}, earlier) == {
        "target-1": "2020 年度：≥3篇",
        "target-2": "2021 年度：≥4篇",
        "benefit-1": "2021 年度：≥5人",
    }


def test_row_that_it_was_taken_over_from_goes_before_another_of_its_name():
    earlier = [document_with(target(key="a", value="4"), target(key="b", name="旧名", value="3"), fiscal_year=2021)]
    assert last_year_values(year(2022), {"target-1": "b"}, earlier)["target-1"] == "2021 年度：≥3篇"


def test_year_without_the_target_or_without_a_value_is_passed_over():
    earlier = [year(2021, name="别的"), year(2020, value=" "), year(2019, value="2")]
    assert last_year_values(year(2022), {}, earlier)["target-1"] == "2019 年度：≥2篇"


def test_same_name_in_another_group_has_nothing_to_say():
    earlier = document(indicators=(primary(group(target(key="a"), name="别的组")), benefit()), fiscal_year=2021)
    assert last_year_values(year(2022), {}, [earlier]) == {"benefit-1": "2021 年度：≥5人"}


def test_common_targets_have_their_value_of_last_year_too():
    assert last_year_values(year(2022, common=True), {}, [year(2021, common=True, value="4")])["target-1"] == (
        "2021 年度：≥4篇"
    )


def test_budget_of_the_latest_year_that_has_the_figure():
    earlier = [
        document(fiscal_year=2021, budget=budget(total="2,677.70", other_funds=" ")),
        document(fiscal_year=2020, budget=budget(other_funds="约5")),
    ]
    assert last_year_budget(earlier) == {
        "total": "2021 年度：2677.7",
        "fiscal_funds": "2021 年度：2677.7",
        "other_funds": "2020 年度：约5",
        "basic_expenditure": "2021 年度：1839.56",
        "project_expenditure": "2021 年度：838.14",
    }


def test_nothing_before_says_nothing():
    assert (last_year_values(document(), {}, []), last_year_budget([])) == ({}, {})


def test_texts_of_last_year_by_path():
    last_year = document_with(
        target(key="a", value="4"),
        fiscal_year=2021,
        duty_goals=(goal(key="old-1", text="办会；"), goal(key="old-2", text=" 办理提案；")),
        main_tasks=(
            task(key="old-1", content="按时支付。", amount="10.50"),
            task(key="old-2", name="更新设备", content=" ", amount=""),
        ),
        budget=budget(total="2,600", fiscal_funds="", other_funds="", basic_expenditure="", project_expenditure=""),
    )
    current = document_with(
        target(name="改过的名称"),
        duty_goals=(goal(), goal(key="goal-2", text="办理提案；"), goal(key="goal-3", text="新目标")),
        main_tasks=(task(), task(key="task-2", name="更新设备"), task(key="task-3", name="新任务")),
    )
    assert last_year_texts(current, {"goal-1": "old-1", "target-1": "a"}, last_year) == {
        "goals/goal-1/text": "2021 年度：办会；",
        "goals/goal-2/text": "2021 年度：相同",
        "tasks/task-1/content": "2021 年度：按时支付。",
        "tasks/task-1/amount": "2021 年度：10.5",
        "budget/total": "2021 年度：2600",
        "targets/target-1/value": "2021 年度：≥4篇",
        "targets/benefit-1/value": "2021 年度：相同",
    }


def test_target_that_has_not_changed_is_the_same_and_one_with_another_sign_is_not():
    last_year = document(fiscal_year=2021)
    texts = last_year_texts(document_with(target(comparison="eq")), {}, last_year)
    assert {path: text for path, text in texts.items() if path.startswith("targets/")} == {
        "targets/target-1/value": "2021 年度：≥5篇",
        "targets/benefit-1/value": "2021 年度：相同",
    }
    assert last_year_texts(document(), {}, last_year)["targets/target-1/value"] == "2021 年度：相同"


def test_rows_without_text_are_not_those_of_the_year_before():
    blank = {"duty_goals": (goal(text=" "),), "main_tasks": (task(name=""),), "indicators": ()}
    last_year = document(fiscal_year=2021, **blank)
    texts = last_year_texts(document(**blank), {}, last_year)
    assert [path for path in texts if not path.startswith("budget/")] == []
