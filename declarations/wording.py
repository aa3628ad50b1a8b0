"""What changed inside a text: the pieces that stayed, that were taken out and that were put in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import takewhile

# A number or a word of letters is one piece; of Chinese, each character.
_TOKENS = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z]+|.", re.DOTALL)
# Below it, what differs has so little in common that marking single characters in it would only confuse.
_ALIKE = 0.5


class Part(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    part: Part
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order: without the added ones `before`, without the removed ones `after`."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    start = _common(old, new)
    old_rest, new_rest = old[start:], new[start:]
    end = _common(old_rest[::-1], new_rest[::-1])
    old_middle, new_middle = old_rest[: len(old_rest) - end], new_rest[: len(new_rest) - end]
    found = [
        (Part.SAME, old[:start]),
        *_differing(old_middle, new_middle),
        (Part.SAME, old[len(old) - end :]),
    ]
    return [Piece(part, "".join(tokens)) for part, tokens in found if tokens]


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many tokens the two begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


def _differing(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Part, Sequence[str]]]:
    matcher = SequenceMatcher(None, old, new)
    if matcher.ratio() < _ALIKE:
        yield Part.REMOVED, old
        yield Part.ADDED, new
        return
    for what, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if what == "equal":
            yield Part.SAME, old[old_start:old_end]
        else:
            yield Part.REMOVED, old[old_start:old_end]
            yield Part.ADDED, new[new_start:new_end]
