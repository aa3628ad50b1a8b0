from decimal import Decimal

import pytest

from declarations.checks import Finding, Level
from declarations.checks.points import points_sum_to_total, read_points
from tests.declarations.documents import document_with, reference_document, target


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("5分", "5"),
        ("５分", "5"),
        ("2.5分", "2.5"),
        ("（5 分）", "5"),
        ("【权重】10分", "10"),
        ("10分【权重】", "10"),
        ("权重：10", "10"),
        ("分值：2.5", "2.5"),
        ("满分为10分", "10"),
        ("得五分", "5"),
        ("得二十五分", "25"),
        ("该指标达到95%得满分，共计5分，每降低百分之二扣1分", "5"),
        ("该指标达到95%得5分，每降低百分之二扣1分。", "5"),
        ("调研报告大于等于5个得5分，少1个扣一分，扣完为止。", "5"),
        ("提案办结率达到90%得5分，每降低百分之二口1分。", "5"),
        ("达到95%得5分，达到90%得3分，否则不得分", "5"),
        ("每完成一项得1分，共计6分", "6"),
        ("评分达到90分以上得4分", "4"),
        ("5分钟内到达得3分", "3"),
        ("加大督查力度5分", "5"),
        ("", None),
        ("每降低1%扣0.5分，扣完5分为止", None),
        ("酌情扣1～3分", None),
        ("未完成的扣该项2分", None),
        ("超额完成加1分", None),
        ("每完成一项得1分", None),
        ("百分之九十", None),
        ("十分重要", None),
        ("权重10%", None),
        ("评分达到90分以上", None),
        ("5分钟", None),
    ],
)
def test_read_points(text, points):
    assert read_points(text) == (None if points is None else Decimal(points))


def test_points_of_the_reference_sum_to_fifty():
    own = [target for _, _, target in reference_document().targets() if not target.common]
    assert [read_points(target.remark) for target in own] == [Decimal(5)] * 10
    assert list(points_sum_to_total(reference_document())) == []


def test_points_unlike_total():
    rows = [
        target(key="a", name="甲", remark="5分", scoring_standard="得50分"),
        target(key="b", name="乙", scoring_standard="完成得4.5分，否则扣2分"),
        target(key="c", name=" "),
        target(key="d", name="丁", common=True, remark="40分"),
    ]
    other = target(key="e", name="戊", remark="０．５分")
    assert list(points_sum_to_total(document_with(*rows, other, points_total=Decimal("50.00")))) == [
        Finding(
            Level.WARNING,
            "points_unlike_total",
            "indicators",
            "绩效指标",
            "个性指标的备注和评/扣分标准中写明的分值合计 10 分，应为 50 分，相差 40 分，请核对各指标的分值。"
            "未写明分值的有 2 个指标：“未命名”、“群众受益人数”。",
        )
    ]


@pytest.mark.parametrize(("remark", "count"), [("49.99分", 1), ("50分", 0), ("50.01分", 1)])
def test_points_at_the_total(remark, count):
    findings = points_sum_to_total(document_with(target(remark=remark), points_total=Decimal(50)))
    assert len(list(findings)) == count


def test_points_without_a_total_or_without_any_stated():
    assert list(points_sum_to_total(document_with(target(remark="5分"), points_total=None))) == []
    assert list(points_sum_to_total(document_with(target(remark="尽快"), points_total=Decimal(50)))) == []
