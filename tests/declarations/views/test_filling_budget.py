"""The budget: figures kept as typed, the amounts read from them, and what the page says about them."""

from decimal import Decimal

import pytest

from declarations.document import BUDGET_LABELS
from declarations.models import Budget
from tests.declarations.documents import FIGURES
from tests.declarations.views.pages import section_url


@pytest.fixture
def desk_of(desk_of):
    """The common `desk_of`, at the budget alone and without a name where none matters."""
    return lambda name="张三": desk_of(name, "budget")


def typed():
    return Budget.objects.values(*BUDGET_LABELS).get()


def shown(desk):
    return {name: desk.page.data[name][0] for name in BUDGET_LABELS}


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2677.7", "2677.7"),
        ("2677.70", "2677.7"),
        ("２６７７。７", "2677.7"),
        (" 2,677.7 ", "2677.7"),
        ("２，６７７．７", "2677.7"),
        ("10891.615675", "10891.615675"),
        ("72807.384975", "72807.384975"),
        ("999999999.999999", "999999999.999999"),
        ("0", "0"),
        ("", None),
        ("约100", None),
        ("-1", None),
        ("1000000000", None),
        ("0.1234567", None),
        ("1_000", None),
    ],
)
def test_figure_is_kept_to_the_letter_and_its_amount_stored(desk_of, text, amount):
    desk = desk_of()

    desk.press("save", {"total": text})

    assert Budget.objects.values_list("total", "total_amount").get() == (text, amount and Decimal(amount))
    desk.open()
    assert shown(desk)["total"] == text


def test_figures_saved_pass_without_a_word(desk_of):
    desk = desk_of()

    desk.press("save", FIGURES)

    assert typed() == FIGURES
    assert desk.page.notes == {}
    assert "已保存" in desk.page.text


def test_next_leads_to_the_first_indicators(desk_of, declaration):
    desk = desk_of()
    response = desk.press("next", FIGURES)

    assert response.redirect_chain == [(section_url(declaration, "indicators", 0), 302)]
    assert typed() == FIGURES


def test_figures_that_do_not_sum_are_told_at_the_total(desk_of):
    desk = desk_of()

    desk.press("save", FIGURES | {"other_funds": "10", "basic_expenditure": "1839.57"})

    assert desk.page.notes == {
        "budget-total": [
            "须改正部门预算总额2677.7万元≠财政性资金2677.7+其他资金10=2687.7万元，相差10万元，请核对并修改有误的金额，使两者相等。"
        ]
    }


def test_figures_that_are_no_amounts_are_told_at_their_places(desk_of):
    desk = desk_of()

    desk.press("save", FIGURES | {"total": "", "fiscal_funds": "约100", "other_funds": "-1"})

    assert {place: notes[0][:14] for place, notes in desk.page.notes.items()} == {
        "budget-total": "须改正未填写金额，请填写以万",
        "budget-fiscal_funds": "须改正“约100”不是数字，",
        "budget-other_funds": "须改正“-1”为负数，金额不",
    }


def test_figure_that_was_not_sent_stays(desk_of):
    desk = desk_of()
    desk.press("save", FIGURES)

    desk.send({"version": "2", "other_funds": "1", "action": "save"})

    assert typed() == FIGURES | {"other_funds": "1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1" * 51, "未保存不能超过50字，现有51字，请精简后再保存。"),
        ("1\0", "未保存含有不可见的空字符，请删除后重新输入。"),
    ],
)
def test_figure_that_cannot_be_stored_is_told_and_kept_with_the_others(desk_of, text, message):
    desk = desk_of()

    desk.press("save", FIGURES | {"other_funds": text})

    assert set(typed().values()) == {""}
    assert shown(desk) == FIGURES | {"other_funds": text}
    assert message in desk.page.notes["budget-other_funds"]
    assert "以下内容未保存，请处理标出之处后再次保存。" in desk.page.text

    desk.press("save", {"other_funds": "0"})
    assert typed() == FIGURES


def test_figures_changed_by_another_are_shown_beside_ones_own_and_overwritten_knowingly(desk_of):
    li, wang = desk_of("李一"), desk_of("王二")
    li.press("save", FIGURES)

    wang.press("save", {"total": "1", "other_funds": "0"})
    assert typed() == FIGURES
    assert shown(wang) == FIGURES | {"total": "1"}
    assert wang.page.differences == {"budget": {"total": ("1", "2677.7")}}
    assert "预算情况已由李一于" in wang.page.text

    wang.press("save")
    assert typed() == FIGURES | {"total": "1"}


def test_theirs_gives_up_ones_own_figures(desk_of):
    li, wang = desk_of("李一"), desk_of("王二")
    li.press("save", FIGURES)
    wang.press("save", {"total": "1"})

    wang.press("theirs:budget")

    assert typed() == shown(wang) == FIGURES
    assert wang.page.differences == {}
    assert "未保存" not in wang.page.text


def test_figures_changed_by_another_are_no_conflict_where_nothing_was_typed(desk_of):
    li, wang = desk_of("李一"), desk_of("王二")
    li.press("save", FIGURES)

    wang.press("save")

    assert typed() == shown(wang) == FIGURES
    assert "未保存" not in wang.page.text


@pytest.mark.parametrize("version", [None, "", "x", "-1", "0", str(2**31), "9" * 5000, "1\0"])
def test_budget_without_a_proper_version_is_refused(desk_of, version):
    desk = desk_of()
    data = FIGURES if version is None else FIGURES | {"version": version}

    assert desk.client.post(desk.url, data).status_code == 400
    assert set(typed().values()) == {""}
