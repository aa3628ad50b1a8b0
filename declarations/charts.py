"""The geometry of charts: numbers in, places and lengths in the units of the drawing out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Number = int | Decimal

# The length of the longest bar.
LONGEST = 1000
# What any number but 0 gets, so that it can be seen.
SHORTEST = 6
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Part:
    """One kind of the numbers that a bar is stacked of; `style` names its class in the style sheet."""

    style: str
    label: str


@dataclass(frozen=True)
class Segment:
    part: Part
    x: int
    width: int
    value: str


@dataclass(frozen=True)
class Bar:
    """A bar with its label and, in words, what it shows as a whole."""

    label: str
    value: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class BarChart:
    """Bars one below the other; `label` says what the picture shows."""

    label: str
    parts: tuple[Part, ...]
    bars: tuple[Bar, ...]
    kind: str = "bars"
    longest: int = LONGEST


@dataclass(frozen=True)
class BarValues:
    """What a bar is made of: for each part the number and how it is printed."""

    label: str
    value: str
    numbers: Sequence[Number]
    printed: Sequence[str]


def bar_chart(label: str, parts: Sequence[Part], rows: Sequence[BarValues], *, each_whole: bool = False) -> BarChart:
    """A bar for each of `rows`, whose numbers are not negative and belong to `parts`.

    The bar of the largest sum is `LONGEST`; with `each_whole` every one is, so that shares can be compared.
    """
    sums = [sum(map(Decimal, row.numbers)) for row in rows]
    largest = max(sums, default=Decimal(0))
    bars = []
    for row, whole in zip(rows, sums, strict=True):
        length = round(LONGEST * whole / (whole if each_whole else largest)) if whole else 0
        bars.append(Bar(row.label, row.value, tuple(_segments(parts, row, length))))
    return BarChart(label, tuple(parts), tuple(bars))


def _segments(parts: Sequence[Part], row: BarValues, length: int) -> list[Segment]:
    """The segments of one bar, without those of 0; together they are as long as the bar."""
    drawn = [index for index, number in enumerate(row.numbers) if number]
    whole = sum(map(Decimal, row.numbers))
    # Each has its shortest length for sure; the numbers share out the rest.
    rest = max(length - SHORTEST * len(drawn), 0)
    segments, reached, x = [], Decimal(0), 0
    for place, index in enumerate(drawn, start=1):
        reached += Decimal(row.numbers[index])
        end = SHORTEST * place + round(rest * reached / whole)
        segments.append(Segment(parts[index], x, end - x, row.printed[index]))
        x = end
    return segments


@dataclass(frozen=True)
class Tick:
    """A place on an axis with its label, or a mark across the plot; `anchor` is where its text begins, as in SVG."""

    at: int
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Drawing:
    """A line chart in one size. `line` and `area` are points as an SVG has them; the plot is inside of the margins."""

    width: int
    height: int
    left: int
    top: int
    right: int
    bottom: int
    line: str
    area: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    mark: Tick | None


@dataclass(frozen=True)
class LineChart:
    """The same line drawn for wide and for narrow pages; `label` says what the picture shows."""

    label: str
    wide: Drawing
    narrow: Drawing
    kind: str = "line"


@dataclass(frozen=True)
class Size:
    width: int
    height: int
    # At most so many labels on the axis below.
    labels: int


WIDE = Size(960, 300, 8)
NARROW = Size(360, 260, 4)
_LEFT, _TOP, _RIGHT, _BOTTOM = 52, 30, 28, 28


def line_chart(
    label: str,
    points: Sequence[tuple[int, int]],
    *,
    x_labels: Sequence[str],
    largest: int,
    mark: tuple[int, str] | None = None,
) -> LineChart:
    """A line through `points`, which come in the order of x from 0 to the last of `x_labels`.

    The axis at the left reaches from 0 to at least `largest`; `mark` is an x with words, drawn across the plot.
    """
    wide, narrow = (_drawing(size, points, x_labels, largest, mark) for size in (WIDE, NARROW))
    return LineChart(label, wide, narrow)


def _drawing(
    size: Size, points: Sequence[tuple[int, int]], x_labels: Sequence[str], largest: int, mark: tuple[int, str] | None
) -> Drawing:
    right, bottom = size.width - _RIGHT, size.height - _BOTTOM
    last = max(len(x_labels) - 1, 1)
    steps = axis_steps(largest)

    def x_of(x: int) -> int:
        return _LEFT + round((right - _LEFT) * x / last)

    def y_of(y: int) -> int:
        return bottom - round((bottom - _TOP) * y / steps[-1])

    line = " ".join(f"{x_of(x)},{y_of(y)}" for x, y in points)
    ends = (f"{x_of(points[0][0])},{bottom}", f"{x_of(points[-1][0])},{bottom}") if points else ("", "")
    every = -(-len(x_labels) // size.labels)
    return Drawing(
        width=size.width,
        height=size.height,
        left=_LEFT,
        top=_TOP,
        right=right,
        bottom=bottom,
        line=line,
        area=f"{ends[0]} {line} {ends[1]}" if points else "",
        x_ticks=tuple(Tick(x_of(x), x_labels[x]) for x in range(0, len(x_labels), every)),
        y_ticks=tuple(Tick(y_of(y), str(y), "end") for y in steps),
        mark=Tick(x_of(mark[0]), mark[1], "start" if mark[0] < last / 2 else "end") if mark else None,
    )


def axis_steps(largest: int) -> list[int]:
    """Round numbers from 0 to `largest` or just above it, in equal steps: 0, 20, 40, 60 for 47. At least two."""
    size = 1
    while True:
        for step in _STEPS:
            if 5 * step * size >= largest:
                above = max(-(-largest // (step * size)), 1)
                return [count * step * size for count in range(above + 1)]
        size *= 10


def stairs(days: Sequence[tuple[int, int]], end: int) -> list[tuple[int, int]]:
    """The points of a sum that starts at (0, 0), stays as it is between `days` and after the last of them until `end`.

    `days` are pairs of x and the sum there, in the order of x from 1.
    """
    points = [(0, 0)]
    for x, y in days:
        before, same = points[-1]
        if x - 1 > before:
            points.append((x - 1, same))
        points.append((x, y))
    if end > points[-1][0]:
        points.append((end, points[-1][1]))
    return points
