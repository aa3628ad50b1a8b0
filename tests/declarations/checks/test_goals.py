import pytest

from declarations.checks import Finding, Level
from declarations.checks.goals import goals_filled, goals_numbered_without_gaps, goals_present, own_number
from tests.declarations.documents import document, goal


def numbered(*texts: str):
    return document(duty_goals=tuple(goal(key=f"goal-{n}", text=text) for n, text in enumerate(texts, 1)))


def test_goals_present_without_goals():
    assert list(goals_present(document(duty_goals=()))) == [
        Finding(
            Level.ERROR,
            "goals_missing",
            "goals",
            "年度履职目标",
            "尚未填报年度履职目标，请至少填写一条。",
        )
    ]


def test_goals_present_with_one():
    assert list(goals_present(document(duty_goals=(goal(),)))) == []


@pytest.mark.parametrize("text", ["", " ", "\u3000\n\t"])
def test_goals_filled_with_an_empty_goal(text):
    assert list(goals_filled(numbered("做好工作", text))) == [
        Finding(
            Level.ERROR,
            "goal_empty",
            "goals/goal-2/text",
            "年度履职目标 第2条",
            "该条年度履职目标内容为空，请填写目标内容，或删除该条。",
        )
    ]


def test_goals_filled_with_short_texts():
    assert list(goals_filled(numbered("做", "1"))) == []


def test_goals_numbered_with_a_gap():
    assert list(goals_numbered_without_gaps(numbered("目标1：甲", "目标2：乙", "目标4：丙"))) == [
        Finding(
            Level.WARNING,
            "goal_numbers_with_gaps",
            "goals/goal-3/text",
            "年度履职目标 第3条",
            "目标内容自带的序号依次为 1、2、4，与应有的 1、2、3 不符，请核对是否遗漏目标或序号有误；"
            "打印时表格会自动编号，序号可以不填。",
        )
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ("甲", "乙", "丙"),
        ("目标1：甲", "目标2：乙"),
        ("1.甲", "２．乙", "3、丙"),
        ("（一）甲", "（二）乙"),
        ("一、甲", "二、乙"),
        ("甲", "2、乙"),
    ],
)
def test_goals_numbered_without_a_gap(texts):
    assert list(goals_numbered_without_gaps(numbered(*texts))) == []


@pytest.mark.parametrize(
    "texts", [("2.甲",), ("甲", "1、乙"), ("一、甲", "三、乙"), ("1.甲", "1.乙"), ("（二）甲", "（一）乙")]
)
def test_goals_numbered_otherwise_than_printed(texts):
    assert [finding.code for finding in goals_numbered_without_gaps(numbered(*texts))] == ["goal_numbers_with_gaps"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("目标3：完善机制", 3),
        ("目标三：完善机制", 3),
        ("目标3 完善机制", 3),
        (" 3. 完善机制", 3),
        ("3、完善机制", 3),
        ("（三）完善机制", 3),
        ("(3)完善机制", 3),
        ("十二、完善机制", 12),
        ("二十、完善机制", 20),
        ("3.5万人次培训", None),
        ("三大任务按时完成", None),
        ("目标责任制考核", None),
        ("2022年，完善机制", None),
        ("完善机制：3、4", None),
        ("", None),
    ],
)
def test_own_number(text, number):
    assert own_number(text) == number
