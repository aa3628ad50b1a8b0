import pytest

from declarations.checks import Finding, Level
from declarations.checks.budget import (
    budget_expenditure_sums_to_total,
    budget_figures_readable,
    budget_funds_sum_to_total,
)
from tests.declarations.documents import budget, document


def of(**figures: str):
    return document(budget=budget(**figures))


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "budget_missing", "未填写金额，请填写以万元为单位的数字；没有此项金额的，请填 0。"),
        (" ", "budget_missing", "未填写金额，请填写以万元为单位的数字；没有此项金额的，请填 0。"),
        (
            "约800万元",
            "budget_not_a_number",
            "“约800万元”不是数字，请只填写以万元为单位的数字，不填单位或说明文字。",
        ),
        ("-0.01", "budget_negative", "“-0.01”为负数，金额不得小于 0，请核对后重新填写。"),
        (
            "838.1400001",
            "budget_too_precise",
            "“838.1400001”的小数超过 6 位，请以万元为单位保留至多 6 位小数。",
        ),
        (
            "1000000000",
            "budget_too_large",
            "“1000000000”超出可填报的范围（整数部分最多 9 位），请核对是否误将元填作万元。",
        ),
    ],
)
def test_budget_figure_unreadable(text, code, message):
    assert list(budget_figures_readable(of(project_expenditure=text))) == [
        Finding(Level.ERROR, code, "budget/project_expenditure", "预算情况 · 项目支出", message)
    ]


@pytest.mark.parametrize(
    "text", ["0", "0.00", "１，２３４．５", "2677。7", "72807.384975", "1.1000000", "999999999.999999"]
)
def test_budget_figure_readable(text):
    assert list(budget_figures_readable(of(other_funds=text))) == []


def test_budget_all_missing():
    empty = dict.fromkeys(("total", "fiscal_funds", "other_funds", "basic_expenditure", "project_expenditure"), "")
    assert [finding.path for finding in budget_figures_readable(of(**empty))] == [
        "budget/total",
        "budget/fiscal_funds",
        "budget/other_funds",
        "budget/basic_expenditure",
        "budget/project_expenditure",
    ]


def test_budget_funds_unlike_total():
    assert list(budget_funds_sum_to_total(of(other_funds="10"))) == [
        Finding(
            Level.ERROR,
            "budget_funds_unlike_total",
            "budget/total",
            "预算情况 · 部门预算总额",
            "部门预算总额 2677.7 万元 ≠ 财政性资金 2677.7 + 其他资金 10 = 2687.7 万元，相差 10 万元，"
            "请核对并修改有误的金额，使两者相等。",
        )
    ]


def test_budget_expenditure_unlike_total():
    assert list(budget_expenditure_sums_to_total(of(basic_expenditure="1839.5"))) == [
        Finding(
            Level.ERROR,
            "budget_expenditure_unlike_total",
            "budget/total",
            "预算情况 · 部门预算总额",
            "部门预算总额 2677.7 万元 ≠ 基本支出 1839.5 + 项目支出 838.14 = 2677.64 万元，相差 0.06 万元，"
            "请核对并修改有误的金额，使两者相等。",
        )
    ]


@pytest.mark.parametrize(("other_funds", "codes"), [("0.01", []), ("0.010001", ["budget_funds_unlike_total"])])
def test_budget_funds_at_the_tolerance(other_funds, codes):
    assert [finding.code for finding in budget_funds_sum_to_total(of(other_funds=other_funds))] == codes


@pytest.mark.parametrize(("basic", "codes"), [("1839.55", []), ("1839.549999", ["budget_expenditure_unlike_total"])])
def test_budget_expenditure_at_the_tolerance(basic, codes):
    assert [finding.code for finding in budget_expenditure_sums_to_total(of(basic_expenditure=basic))] == codes


def test_budget_sums_are_exact_where_binary_fractions_are_not():
    exact = of(total="0.3", fiscal_funds="0.1", other_funds="0.21", basic_expenditure="0.2", project_expenditure="0.09")
    assert [*budget_funds_sum_to_total(exact), *budget_expenditure_sums_to_total(exact)] == []


@pytest.mark.parametrize("text", ["", "无", "-10"])
def test_budget_sum_not_looked_at_where_a_figure_is_unreadable(text):
    assert list(budget_funds_sum_to_total(of(other_funds=text))) == []
    assert list(budget_expenditure_sums_to_total(of(total=text))) == []
