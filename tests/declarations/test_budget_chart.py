import pytest

from declarations.budget_chart import LONGEST, BudgetLine, budget_chart
from tests.declarations.documents import FIGURES, budget, document


def line_of(now: str, before: str | None) -> BudgetLine:
    """The line of other funds beside a total of 100; without `before` there is no other year."""
    figures = {"total": "100", "fiscal_funds": "0", "basic_expenditure": "0", "project_expenditure": "0"}
    last_year = None if before is None else document(fiscal_year=2021, budget=budget(**figures, other_funds=before))
    return budget_chart(document(budget=budget(**figures, other_funds=now)), last_year).lines[2]


def test_five_figures_of_both_years():
    last_year = document(
        fiscal_year=2021, budget=budget(total="2400", fiscal_funds="2,400.00", other_funds="0", basic_expenditure="")
    )
    chart = budget_chart(document(budget=budget(project_expenditure="419.07")), last_year)
    assert (chart.year, chart.year_before) == (2022, 2021)
    assert chart.lines == (
        BudgetLine("部门预算总额", "2677.7", "2400", "+277.7", "+11.6%", LONGEST, 179),
        BudgetLine("财政性资金", "2677.7", "2400", "+277.7", "+11.6%", LONGEST, 179),
        BudgetLine("其他资金", "0", "0", "0", "", 0, 0),
        BudgetLine("基本支出", "1839.56", "", "", "", 137, 0),
        BudgetLine("项目支出", "419.07", "838.14", "-419.07", "-50.0%", 31, 63),
    )


@pytest.mark.parametrize(
    ("now", "before", "line"),
    [
        ("50", None, BudgetLine("其他资金", "50", "", "", "", 100, 0)),
        ("50", "", BudgetLine("其他资金", "50", "", "", "", 100, 0)),
        ("50", "50.0", BudgetLine("其他资金", "50", "50", "0", "0%", 100, 100)),
        ("50", "0", BudgetLine("其他资金", "50", "0", "+50", "", 100, 0)),
        ("0", "50", BudgetLine("其他资金", "0", "50", "-50", "-100.0%", 0, 100)),
        ("约50", "50", BudgetLine("其他资金", "约50", "50", "", "", 0, 100)),
        ("５０。５", "50", BudgetLine("其他资金", "50.5", "50", "+0.5", "+1.0%", 101, 100)),
        ("-5", "50", BudgetLine("其他资金", "-5", "50", "-55", "-110.0%", 0, 100)),
        ("0.000001", "0.01", BudgetLine("其他资金", "0.000001", "0.01", "-0.009999", "-100.0%", 1, 1)),
    ],
)
def test_edges_of_a_figure(now, before, line):
    assert line_of(now, before) == line


@pytest.mark.parametrize("text", ["", "0", "待定", "-1"])
def test_budget_without_a_positive_amount_has_no_bars(text):
    figures = budget(**dict.fromkeys(FIGURES, text))
    chart = budget_chart(document(budget=figures), document(fiscal_year=2021, budget=figures))
    assert [(line.now, line.bar_now, line.bar_before) for line in chart.lines] == [(text, 0, 0)] * 5
