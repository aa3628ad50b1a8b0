import pytest

from declarations.exports.cells import LINE_HEIGHT, PADDING, PADDING_ABOVE_AND_BELOW, text_height

SIZE = 10


def lines(text, characters):
    """How many lines the height is for, in a cell as wide as so many full-width characters."""
    height = text_height(text, characters * SIZE + PADDING, SIZE)
    return (height - PADDING_ABOVE_AND_BELOW) / (SIZE * LINE_HEIGHT)


@pytest.mark.parametrize(
    ("text", "characters", "expected"),
    [
        ("", 10, 1),
        ("一二三四五六七八九十", 10, 1),
        ("一二三四五六七八九十一", 10, 2),
        ("一\n二\n\n三", 10, 4),
        # No line begins with a comma: 十 goes down with it.
        ("一二三四五六七八九十，", 10, 2),
        ("一二三四五六七八九，一二三四五六七八九十", 10, 2),
        # A word is not divided where it fits into a line of its own.
        ("完成internationalization工作", 15, 2),
        ("完成全市计划internationalization", 14, 2),
        # A longer one is.
        ("https://www.example.gov.cn/art/2022/3/1/art_12345_6789012.html", 10, 5),
        # Wide letters may be as wide as Chinese characters.
        ("MMMMMMMMMMM", 10, 2),
        ("iiiiiiiiii", 10, 1),
        ("𠮷㛃䶮𬀩𠮷㛃䶮𬀩𠮷㛃䶮", 10, 2),
    ],
)
def test_text_height_is_that_of_the_lines_that_the_text_takes(text, characters, expected):
    assert lines(text, characters) == pytest.approx(expected)
