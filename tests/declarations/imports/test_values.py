import pytest

from declarations.imports.values import Parts, is_unit, read_comparison, split_unit, take_apart
from tests.declarations.value_texts import VALUES

CERTAIN = {
    "≥95%": Parts("ge", "95", "%"),
    "≧ 95％": Parts("ge", "95", "%"),
    "⩾95%": Parts("ge", "95", "%"),
    "≮95%": Parts("ge", "95", "%"),
    ">=95%": Parts("ge", "95", "%"),
    "＞＝95%": Parts("ge", "95", "%"),
    "＞ ＝ 95 %": Parts("ge", "95", "%"),
    "不低于95%": Parts("ge", "95", "%"),
    "不少于３次": Parts("ge", "3", "次"),
    "不小于3次": Parts("ge", "3", "次"),
    "大于等于3次": Parts("ge", "3", "次"),
    "至少 3 次": Parts("ge", "3", "次"),
    "95%以上": Parts("ge", "95", "%"),
    "95%（含）以上": Parts("ge", "95", "%"),
    "3次及以上": Parts("ge", "3", "次"),
    "100以上": Parts("ge", "100", ""),
    "＞5项": Parts("gt", "5", "项"),
    "﹥5项": Parts("gt", "5", "项"),
    "大于5项": Parts("gt", "5", "项"),
    "高于5%": Parts("gt", "5", "%"),
    "超过5万人次": Parts("gt", "5", "万人次"),
    "=100%": Parts("eq", "100", "%"),
    "＝ 3 次": Parts("eq", "3", "次"),
    "等于100": Parts("eq", "100", ""),
    "<1.5倍": Parts("lt", "1.5", "倍"),
    "小于3%": Parts("lt", "3", "%"),
    "低于3%": Parts("lt", "3", "%"),
    "不满3人": Parts("lt", "3", "人"),
    "≤2.5天": Parts("le", "2.5", "天"),
    "≦2。5天": Parts("le", "2.5", "天"),
    "<=2.5天": Parts("le", "2.5", "天"),
    "≯2.5天": Parts("le", "2.5", "天"),
    "小于或等于2天": Parts("le", "2", "天"),
    "不超过3%": Parts("le", "3", "%"),
    "不高于3%": Parts("le", "3", "%"),
    "3个工作日以内": Parts("le", "3", "个工作日"),
    "20人以下": Parts("le", "20", "人"),
    "≥-5%": Parts("ge", "-5", "%"),
    "≥1,200人": Parts("ge", "1,200", "人"),
    "≥１，２００　人": Parts("ge", "1,200", "人"),
    "≥500㎡": Parts("ge", "500", "㎡"),
    "≤35μg/m³": Parts("le", "35", "μg/m³"),
    "≥190元每人每月": Parts("ge", "190", "元每人每月"),
    "不低于60户/人.月": Parts("ge", "60", "户/人.月"),
    "≥3人/年": Parts("ge", "3", "人/年"),
    "≤90万元": Parts("le", "90", "万元"),
    "≥3个月": Parts("ge", "3", "个月"),
    "\n≥95%\n": Parts("ge", "95", "%"),
}
UNCERTAIN = (
    "",
    "95%",
    "95",
    "定性",
    "约5.5万人次",
    "≥约5.5万人次",
    "1600人、200人",
    "≥1600人、200人",
    "9月前",
    "≤9月",
    "≤12月31日",
    "≤2022年",
    "≤3季度",
    "≤5点",
    "≤12:00",
    "≥5万",
    "不低于上年度水平",
    "不低于上年度5%",
    "达到95%",
    "达到95%以上",
    "95%左右",
    "95%-100%",
    "≥95%，≤100%",
    "≥90≤95",
    "≥95%（含）",
    "≥95%，每降低1%扣1分",
    "≥1/3",
    "≥1:5",
    "≥10,00人",
    "≥.5",
    "≥1.2.3",
    "≥一次",
    "≥95%\n≥90%",
    "优于95%",
    "=>95%",
    "上年度以上",
)


@pytest.mark.parametrize(("text", "parts"), CERTAIN.items())
def test_take_apart_when_certain(text, parts):
    assert take_apart(text) == parts


@pytest.mark.parametrize("text", UNCERTAIN)
def test_take_apart_when_uncertain_leaves_the_text(text):
    assert take_apart(text) is None


def test_take_apart_of_values_of_real_forms():
    assert {text: take_apart(text) for text in VALUES if take_apart(text)} == {
        "≥190元每人每月": Parts("ge", "190", "元每人每月"),
        "≧95%": Parts("ge", "95", "%"),
        "不低于60户/人.月": Parts("ge", "60", "户/人.月"),
        "≤90万元": Parts("le", "90", "万元"),
        "＝100％": Parts("eq", "100", "%"),
    }


@pytest.mark.parametrize(
    ("text", "parts"),
    {
        "95%": ("95", "%"),
        " 95 ％ ": ("95", "%"),
        "5次/年": ("5", "次/年"),
        "1,200万元": ("1,200", "万元"),
        "2.5天": ("2.5", "天"),
        "95": None,
        "9月": None,
        "≥95%": None,
        "约95%": None,
        "95%以上": None,
        "相关": None,
        "": None,
    }.items(),
)
def test_split_unit(text, parts):
    assert split_unit(text) == parts


@pytest.mark.parametrize(
    "text",
    ["%", "％", " 个 ", "人次", "万元", "万人次", "百万元", "元/人·月", "户/人.月", "人/年", "年", "月", "㎡", "℃"],
)
def test_is_unit_of_units(text):
    assert is_unit(text)


@pytest.mark.parametrize("text", ["", "-", "/", "无", "少1次扣1分", "5%", "5分", "达到得满分", "个/", "每年", "万"])
def test_is_unit_of_other_texts(text):
    assert not is_unit(text)


@pytest.mark.parametrize(
    ("text", "code"),
    {
        "≥": "ge",
        "≧": "ge",
        ">=": "ge",
        "＞＝": "ge",
        "＞ ＝": "ge",
        "大于等于": "ge",
        "不低于": "ge",
        "＞": "gt",
        ">": "gt",
        "大于": "gt",
        "＝": "eq",
        "=": "eq",
        "等于": "eq",
        "＜": "lt",
        "<": "lt",
        "小于": "lt",
        "≤": "le",
        "≦": "le",
        "<=": "le",
        "不超过": "le",
        "定性": "qualitative",
        " 定 性 ": "qualitative",
        "定性指标": "qualitative",
        "": "",
        " \n": "",
        "定量": None,
        "以上": None,
        "-": None,
        "≥≤": None,
        "95": None,
    }.items(),
)
def test_read_comparison(text, code):
    assert read_comparison(text) == code
