import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.wording import Part, Piece, pieces


def marked(before: str, after: str) -> str:
    """The pieces in one line: [-removed-] and {+added+}."""
    signs = {Part.SAME: "{}", Part.REMOVED: "[-{}-]", Part.ADDED: "{{+{}+}}"}
    return "".join(signs[piece.part].format(piece.text) for piece in pieces(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ""),
        ("完成", "完成", "完成"),
        ("", "完成", "{+完成+}"),
        ("完成", "", "[-完成-]"),
        ("每降低1%扣1分。", "每降低1%扣0.5分。", "每降低1%扣[-1-]{+0.5+}分。"),
        ("完成5篇报告", "完成报告", "完成[-5篇-]报告"),
        ("按时支付水电费", "按时足额支付水电、物业费", "按时{+足额+}支付水电{+、物业+}费"),
        ("保障机关运转", "办理群众来信来访", "[-保障机关运转-]{+办理群众来信来访+}"),
        ("甲aa甲", "甲a甲", "甲[-aa-]{+a+}甲"),
        ("甲", "甲甲", "甲{+甲+}"),
        ("第一行\n第二行", "第一行\n第三行", "第一行\n第[-二-]{+三+}行"),
    ],
)
def test_what_changed_in_a_text(before, after, expected):
    assert marked(before, after) == expected


@given(st.text("甲乙1.a\n", max_size=30), st.text("甲乙1.a\n", max_size=30))
def test_pieces_hold_both_texts_to_the_letter(before, after):
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.part != Part.ADDED) == before
    assert "".join(piece.text for piece in found if piece.part != Part.REMOVED) == after
    assert Piece(Part.SAME, "") not in found
