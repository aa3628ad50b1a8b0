"""Small whole numbers as texts hold them: 12 or 十二."""

# A regular expression of one to ninety-nine.
CHINESE_NUMERAL = "(?:[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"

_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)} | {"两": 2}


def parse_integer(text: str) -> int:
    """The whole number that `text` writes in digits or in Chinese, up to 九十九."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
