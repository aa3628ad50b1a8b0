import pytest

from declarations.exports.measure import line_count


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("一二三四五", 5, 1),
        ("一二三四五六", 5, 2),
        ("abcdefghij", 5, 1),
        ("一\n\n二", 5, 3),
        # The comma may not begin a line: each line holds one character less.
        ("一二三四，" * 4, 5, 5),
    ],
)
def test_line_count_is_enough(text, width, lines):
    assert line_count(text, width) == lines
