import pytest

from declarations.checks import Finding, Level, run_checks
from declarations.checks.indicators import (
    benefits_present,
    names_unique,
    outputs_present,
    own_targets_have_standards,
    quantitative_values_hold_numbers,
    rates_have_units,
    signs_agree,
    targets_filled,
)
from tests.declarations.documents import benefit, document, document_with, group, primary, target


def codes(findings):
    return [finding.code for finding in findings]


def test_outputs_missing():
    assert list(outputs_present(document_with())) == [
        Finding(
            Level.ERROR,
            "outputs_missing",
            "primaries/primary-1",
            "产出指标",
            "尚未填报产出指标，请在“产出指标”下至少填写一个三级指标。",
        )
    ]


def test_benefits_missing():
    empty = (
        primary(group(target())),
        primary(group(key="group-2", name="社会效益"), key="primary-2", name="效益指标", kind="benefit"),
        primary(group(key="group-3", name="公众满意"), key="primary-3", name="满意度指标", kind="satisfaction"),
    )
    assert list(benefits_present(document(indicators=empty))) == [
        Finding(
            Level.ERROR,
            "benefits_missing",
            "primaries/primary-2",
            "效益指标",
            "尚未填报效益或满意度指标，请在“效益指标”、“满意度指标”下至少填写一个三级指标。",
        )
    ]


def test_benefits_present_with_satisfaction_alone():
    indicators = (
        primary(group(key="group-2", name="社会效益"), key="primary-2", name="效益指标", kind="benefit"),
        primary(group(target(), name="公众满意"), name="满意度指标", kind="satisfaction"),
    )
    assert list(benefits_present(document(indicators=indicators))) == []


def test_template_without_outputs_and_benefits():
    other = document(indicators=(primary(group(target()), kind="other"),))
    assert [*outputs_present(other), *benefits_present(other)] == [
        Finding(
            Level.ERROR,
            "outputs_missing",
            "indicators",
            "绩效指标",
            "申报模板未设置产出指标，无法填报，请联系财政部门核对模板。",
        ),
        Finding(
            Level.ERROR,
            "benefits_missing",
            "indicators",
            "绩效指标",
            "申报模板未设置效益或满意度指标，无法填报，请联系财政部门核对模板。",
        ),
    ]


def test_outputs_and_benefits_present():
    assert [*outputs_present(document()), *benefits_present(document())] == []


def test_target_without_name_comparison_and_value():
    rows = (target(key="target-1"), target(key="target-2", name="　", comparison="", value=" "))
    place = "产出指标 › 重点工作任务完成 › 第2行"
    assert list(targets_filled(document_with(*rows))) == [
        Finding(
            Level.ERROR,
            "target_name_missing",
            "targets/target-2/name",
            f"{place} · 三级指标",
            "该指标的三级指标未填写，请填写指标名称，或删除该指标。",
        ),
        Finding(
            Level.ERROR,
            "target_comparison_missing",
            "targets/target-2/comparison",
            f"{place} · 指标值类型",
            "该指标的指标值类型未填写，请选择指标值类型，或删除该指标。",
        ),
        Finding(
            Level.ERROR,
            "target_value_missing",
            "targets/target-2/value",
            f"{place} · 指标值",
            "该指标的指标值未填写，请填写指标值，或删除该指标。",
        ),
    ]


def test_common_target_without_value_is_not_to_be_deleted():
    made = document_with(target(key="a", common=True, value=""))
    assert [finding.message for finding in targets_filled(made)] == ["该指标的指标值未填写，请填写指标值。"]


def test_quantitative_value_without_number():
    assert list(quantitative_values_hold_numbers(document_with(target(value="按时办结")))) == [
        Finding(
            Level.ERROR,
            "value_without_number",
            "targets/target-1/value",
            "产出指标 › 重点工作任务完成 › 三级指标“完成调研报告” · 指标值",
            "指标值类型为“≥”，但指标值“按时办结”中没有数字，请填写以阿拉伯数字表示的指标值，或将指标值类型改为“定性”。",
        )
    ]


@pytest.mark.parametrize(
    "changes", [{"comparison": "qualitative"}, {"comparison": ""}, {"value": ""}, {"value": "___"}]
)
def test_value_without_number_that_is_not_compared_or_has_another_finding(changes):
    unread = target(**{"value": "按时办结", **changes})
    assert list(quantitative_values_hold_numbers(document_with(unread))) == []


@pytest.mark.parametrize(
    ("comparison", "value"),
    [
        ("ge", "≥190元每人每月"),
        ("eq", "50000"),
        ("ge", "≧95%"),
        ("eq", "1600人、200人"),
        ("eq", "约5.5万人次"),
        ("ge", "不低于60户/人.月"),
        ("le", "9月前"),
        ("qualitative", "不低于上年度水平"),
        ("qualitative", "根据下达任务目标要求确定"),
        ("le", "≤90万元"),
        ("qualitative", "按时办结"),
        ("eq", "100%"),
        ("ge", "0.95"),
        ("gt", "22.5"),
        ("lt", "10891.615675"),
        ("eq", "72807.384975"),
    ],
)
@pytest.mark.parametrize("unit", ["%", "人/年", "元/人·月", "户/人.月", "-", "无", ""])
def test_values_of_real_forms_are_accepted(comparison, value, unit):
    assert run_checks(document_with(target(comparison=comparison, value=value, unit=unit))) == []


def test_long_texts_and_many_targets_are_accepted():
    rows = [
        target(key=f"target-{n}", name=f"（“{n}”、/）".ljust(60, "项"), explanation="考察情况\n" * 300)
        for n in range(120)
    ]
    assert run_checks(document_with(*rows)) == []


def test_names_repeated_under_one_group():
    rows = (target(key="target-1", name="培训（期）1"), target(key="target-2", name=" 培训(期)１ "))
    assert list(names_unique(document_with(*rows))) == [
        Finding(
            Level.ERROR,
            "name_repeated",
            "targets/target-2/name",
            "产出指标 › 重点工作任务完成 › 三级指标“培训(期)１” · 三级指标",
            "“重点工作任务完成”下有 2 个三级指标同名“培训(期)1”，请合并重复的指标，或改用不同的名称。",
        )
    ]


def test_names_unlike_or_under_different_groups_or_empty():
    rows = (target(key="a", name="甲"), target(key="b", name="乙"), target(key="c", name=""), target(key="d", name=" "))
    indicators = (primary(group(*rows)), benefit(target(key="e", name="甲")))
    assert list(names_unique(document(indicators=indicators))) == []


def test_own_target_without_scoring_standard():
    assert list(own_targets_have_standards(document_with(target(scoring_standard=" ")))) == [
        Finding(
            Level.WARNING,
            "scoring_standard_missing",
            "targets/target-1/scoring_standard",
            "产出指标 › 重点工作任务完成 › 三级指标“完成调研报告” · 评/扣分标准",
            "该个性指标未填写评/扣分标准，建议写明如何得分、如何扣分。",
        )
    ]


def test_common_target_without_scoring_standard():
    assert list(own_targets_have_standards(document_with(target(common=True, scoring_standard="")))) == []


def test_rate_without_unit():
    assert list(rates_have_units(document_with(target(name="办结率", value="95", unit="")))) == [
        Finding(
            Level.WARNING,
            "rate_without_unit",
            "targets/target-1/unit",
            "产出指标 › 重点工作任务完成 › 三级指标“办结率” · 度量单位",
            "该指标为比率，指标值“95”未注明度量单位，建议将度量单位填为“%”并核对指标值。",
        )
    ]


@pytest.mark.parametrize("changes", [{"unit": "-"}, {"unit": "无"}, {"unit": "／"}, {"name": "群众满意度（综合）"}])
def test_rate_without_a_real_unit(changes):
    rate = target(**{"name": "办结率", "value": "95", "unit": "", **changes})
    assert codes(rates_have_units(document_with(rate))) == ["rate_without_unit"]


@pytest.mark.parametrize(
    "changes",
    [
        {"unit": "%"},
        {"value": "95％"},
        {"value": "百分之95"},
        {"comparison": "qualitative", "value": "较高"},
        {"name": "办结数量"},
        {"value": ""},
    ],
)
def test_rate_with_unit_or_no_rate(changes):
    rate = target(**{"name": "办结率", "value": "95", "unit": "", **changes})
    assert list(rates_have_units(document_with(rate))) == []


def test_sign_unlike_comparison():
    assert list(signs_agree(document_with(target(comparison="ge", value="≤90万元")))) == [
        Finding(
            Level.WARNING,
            "sign_unlike_comparison",
            "targets/target-1/value",
            "产出指标 › 重点工作任务完成 › 三级指标“完成调研报告” · 指标值",
            "指标值“≤90万元”以“≤”开头，与所选指标值类型“≥”不一致，请修改其中之一。",
        )
    ]


@pytest.mark.parametrize(
    ("comparison", "value"),
    [("le", "≧95%"), ("ge", "＞5"), ("gt", ">=5"), ("eq", "＜5"), ("lt", "＝5"), ("qualitative", "≥5")],
)
def test_signs_that_disagree(comparison, value):
    assert codes(signs_agree(document_with(target(comparison=comparison, value=value)))) == ["sign_unlike_comparison"]


@pytest.mark.parametrize(
    ("comparison", "value"),
    [
        ("ge", "≥190元每人每月"),
        ("ge", "≧95%"),
        ("ge", ">=5"),
        ("le", "≦5"),
        ("gt", "＞5"),
        ("lt", "<5"),
        ("eq", "＝5"),
        ("", "≥5"),
        ("le", "5≥"),
    ],
)
def test_signs_that_agree(comparison, value):
    assert list(signs_agree(document_with(target(comparison=comparison, value=value)))) == []
