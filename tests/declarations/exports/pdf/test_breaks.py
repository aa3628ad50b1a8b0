import pytest

from declarations.exports.pdf.breaks import line_starts
from declarations.exports.pdf.fonts import faces

REGULAR = faces()[0]


def lines(text: str, width: float) -> list[str]:
    """The lines of `text` in a column as wide as that many full-width characters."""
    starts = line_starts(text, width * 1000, REGULAR)
    return [text[start:stop] for start, stop in zip(starts, [*starts[1:], len(text)], strict=True)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 4, [""]),
        ("一二三四", 4, ["一二三四"]),
        ("一二三四五", 4, ["一二三四", "五"]),
        # Neither begins a line.
        ("一二三四，五", 4, ["一二三", "四，五"]),
        ("一二三四”。五", 4, ["一二三", "四”。五"]),
        # None ends with an opening bracket.
        ("一二三（四）", 4, ["一二三", "（四）"]),
        ("一\n二", 4, ["一\n", "二"]),
        ("一\n\n二\n", 4, ["一\n", "\n", "二\n"]),
        # A word stays whole, unless the column is too narrow for it.
        ("一二ABCD", 4, ["一二", "ABCD"]),
        ("123456789", 2, ["123", "456", "789"]),
        ("AB CD", 1.9, ["AB ", "CD"]),
    ],
)
def test_lines_end_as_chinese_is_set(text, width, expected):
    assert lines(text, width) == expected


def test_sign_that_belongs_to_a_line_too_narrow_for_it_is_broken_off():
    assert lines("一，，，", 2) == ["一，", "，，"]
