import pytest

from declarations.checks import Finding, Level
from declarations.checks.history import budget_like_earlier_years, values_like_earlier_years
from tests.declarations.documents import benefit, budget, document, document_with, group, primary, target


def year(fiscal_year: int, **changes):
    return document_with(target(**changes), fiscal_year=fiscal_year)


def test_value_unlike_every_earlier_year():
    earlier = [year(2021, value="5"), year(2020, value="约4.5"), year(2019, value="0")]
    assert list(values_like_earlier_years(year(2022, value="500"), earlier)) == [
        Finding(
            Level.WARNING,
            "value_unlike_earlier_years",
            "targets/target-1/value",
            "产出指标 › 重点工作任务完成 › 三级指标“完成调研报告” · 指标值",
            "指标值 500 与以前年度（2021 年度 5，2020 年度 4.5）相差 100 倍以上，请核对数值和度量单位是否有误。",
        )
    ]


@pytest.mark.parametrize(
    ("value", "before", "count"),
    [
        ("500", "5", 1),
        ("499.99", "5", 0),
        ("5", "500", 1),
        ("5", "499.99", 0),
        ("0.95", "95", 1),
        ("-500", "5", 1),
        ("0", "5", 0),
        ("500", "0", 0),
    ],
)
def test_value_at_the_edges(value, before, count):
    findings = values_like_earlier_years(year(2022, value=value), [year(2021, value=before)])
    assert len(list(findings)) == count


def test_value_like_that_of_one_earlier_year():
    earlier = [year(2021, value="5"), year(2020, value="400")]
    assert list(values_like_earlier_years(year(2022, value="500"), earlier)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "完成督查报告"},
        {"unit": "万篇"},
        {"comparison": "qualitative"},
        {"value": "按上级要求"},
    ],
)
def test_value_without_its_like(changes):
    earlier = [year(2021, **{"value": "5", **changes})]
    assert list(values_like_earlier_years(year(2022, value="500"), earlier)) == []


def test_value_of_another_group():
    earlier = document(indicators=(primary(group(), key="p"), benefit(target(value="5"))))
    assert list(values_like_earlier_years(year(2022, value="500"), [earlier])) == []


def test_value_matched_in_spite_of_width_and_space():
    earlier = [year(2021, value="5", name=" 完成(调研)报告", unit="％ ")]
    found = values_like_earlier_years(year(2022, value="500", name="完成（调研）报告", unit="%"), earlier)
    assert len(list(found)) == 1


def test_values_without_earlier_years():
    assert list(values_like_earlier_years(year(2022, value="500"), [])) == []


def test_budget_unlike_every_earlier_year():
    earlier = [
        document(fiscal_year=2020, budget=budget(project_expenditure="800")),
        document(fiscal_year=2021, budget=budget(project_expenditure="820.50")),
    ]
    now = document(budget=budget(project_expenditure="8381400"))
    assert list(budget_like_earlier_years(now, earlier)) == [
        Finding(
            Level.WARNING,
            "budget_unlike_earlier_years",
            "budget/project_expenditure",
            "预算情况 · 项目支出",
            "项目支出 8381400 万元与以前年度（2021 年度 820.5，2020 年度 800）相差 100 倍以上，"
            "请核对是否误将元填作万元。",
        )
    ]


@pytest.mark.parametrize(
    ("figure", "before", "count"),
    [
        ("1000", "10", 1),
        ("999.99", "10", 0),
        ("10", "1000", 1),
        ("0", "10", 0),
        ("10", "0", 0),
        ("", "10", 0),
        ("10", "", 0),
    ],
)
def test_budget_at_the_edges(figure, before, count):
    now = document(budget=budget(other_funds=figure))
    found = budget_like_earlier_years(now, [document(budget=budget(other_funds=before))])
    assert len(list(found)) == count


def test_budget_like_that_of_one_earlier_year():
    earlier = [document(budget=budget(other_funds="10")), document(budget=budget(other_funds="900"))]
    assert list(budget_like_earlier_years(document(budget=budget(other_funds="1000")), earlier)) == []
