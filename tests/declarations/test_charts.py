from decimal import Decimal

import pytest

from declarations.charts import (
    LONGEST,
    NARROW,
    SHORTEST,
    WIDE,
    Bar,
    BarValues,
    Part,
    Segment,
    Tick,
    axis_steps,
    bar_chart,
    line_chart,
    stairs,
)

DONE, OPEN, LATE = (Part(style, style) for style in ("done", "open", "late"))
PARTS = (DONE, OPEN, LATE)


def values(*numbers: int | Decimal, label: str = "甲") -> BarValues:
    return BarValues(label, "全部", numbers, [str(number) for number in numbers])


def segments_of(*rows: BarValues, each_whole: bool = False) -> list[list[tuple[Part, int, int]]]:
    chart = bar_chart("图", PARTS, rows, each_whole=each_whole)
    return [[(segment.part, segment.x, segment.width) for segment in bar.segments] for bar in chart.bars]


def test_a_chart_holds_its_labels_and_parts() -> None:
    chart = bar_chart("图", PARTS, [values(0, 5, 0, label="乙")])
    assert (chart.label, chart.parts, chart.kind, chart.longest) == ("图", PARTS, "bars", LONGEST)
    assert chart.bars == (Bar("乙", "全部", (Segment(OPEN, 0, LONGEST, "5"),)),)


def test_a_chart_without_rows_has_no_bars() -> None:
    assert bar_chart("图", PARTS, []).bars == ()


@pytest.mark.parametrize("each_whole", [False, True])
def test_a_bar_of_nothing_has_no_segments(each_whole: bool) -> None:
    assert segments_of(values(0, 0, 0), each_whole=each_whole) == [[]]
    assert segments_of(values(0, 0, 0), values(1, 0, 0), each_whole=each_whole) == [[], [(DONE, 0, LONGEST)]]


def test_bars_are_as_long_as_their_sums_beside_the_largest() -> None:
    assert segments_of(values(100, 0, 0), values(0, 50, 0), values(0, 0, 1)) == [
        [(DONE, 0, 1000)],
        [(OPEN, 0, 500)],
        [(LATE, 0, 10)],
    ]


def test_segments_stand_one_behind_the_other_and_fill_the_bar() -> None:
    # Each has its shortest length, 982 are shared out by 1 : 2 : 1.
    assert segments_of(values(1, 2, 1)) == [[(DONE, 0, 252), (OPEN, 252, 496), (LATE, 748, 252)]]
    assert SHORTEST == 6


def test_whole_bars_show_shares_whatever_their_sums() -> None:
    numbers = [values(1, 1, 0), values(Decimal("70000.5"), Decimal("70000.5"), Decimal(0))]
    halves = [(DONE, 0, 500), (OPEN, 500, 500)]
    assert segments_of(*numbers, each_whole=True) == [halves, halves]


def test_what_is_tiny_is_seen_and_nothing_reaches_beyond_the_longest() -> None:
    [tiny] = segments_of(values(1, 10**9, 1))
    assert [width for _, _, width in tiny] == [SHORTEST, LONGEST - 2 * SHORTEST, SHORTEST]
    # A bar that is shorter than its segments at their shortest.
    assert segments_of(values(10**9, 0, 0), values(1, 1, 1))[1] == [(DONE, 0, 6), (OPEN, 6, 6), (LATE, 12, 6)]


@pytest.mark.parametrize(
    ("largest", "steps"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (10, [0, 2, 4, 6, 8, 10]),
        (11, [0, 5, 10, 15]),
        (47, [0, 10, 20, 30, 40, 50]),
        (51, [0, 20, 40, 60]),
        (50_000, [0, 10_000, 20_000, 30_000, 40_000, 50_000]),
    ],
)
def test_axis_steps_are_round_and_reach_the_largest(largest: int, steps: list[int]) -> None:
    assert axis_steps(largest) == steps


@pytest.mark.parametrize(
    ("days", "end", "points"),
    [
        ([], 0, [(0, 0)]),
        ([], 3, [(0, 0), (3, 0)]),
        ([(1, 2)], 1, [(0, 0), (1, 2)]),
        ([(1, 2), (2, 5)], 2, [(0, 0), (1, 2), (2, 5)]),
        ([(3, 2)], 3, [(0, 0), (2, 0), (3, 2)]),
        ([(1, 2), (4, 3)], 9, [(0, 0), (1, 2), (3, 2), (4, 3), (9, 3)]),
    ],
)
def test_stairs_stay_level_between_the_days(
    days: list[tuple[int, int]], end: int, points: list[tuple[int, int]]
) -> None:
    assert stairs(days, end) == points


def test_a_line_is_drawn_inside_of_the_margins() -> None:
    chart = line_chart("图", [(0, 0), (1, 2), (4, 4)], x_labels=list("abcde"), largest=4, mark=(3, "截止"))
    wide = chart.wide

    assert (chart.label, chart.kind) == ("图", "line")
    assert (wide.width, wide.height) == (WIDE.width, WIDE.height) == (960, 300)
    assert (wide.left, wide.top, wide.right, wide.bottom) == (52, 30, 932, 272)
    # 220 to the right for each x, 60.5 up for each y.
    assert wide.line == "52,272 272,151 932,30"
    assert wide.area == "52,272 52,272 272,151 932,30 932,272"
    assert wide.x_ticks == tuple(Tick(at, label) for at, label in zip((52, 272, 492, 712, 932), "abcde", strict=True))
    assert wide.y_ticks == tuple(Tick(at, str(y), "end") for y, at in enumerate((272, 212, 151, 90, 30)))
    assert wide.mark == Tick(712, "截止", "end")


def test_the_narrow_drawing_has_fewer_labels() -> None:
    labels = [str(number) for number in range(9)]
    chart = line_chart("图", [(0, 0), (8, 1)], x_labels=labels, largest=1)

    assert (chart.narrow.width, chart.narrow.line) == (NARROW.width, "52,232 332,30")
    assert [tick.label for tick in chart.wide.x_ticks] == ["0", "2", "4", "6", "8"]
    assert [tick.label for tick in chart.narrow.x_ticks] == ["0", "3", "6"]
    assert chart.wide.mark is None


@pytest.mark.parametrize(("at", "anchor"), [(0, "start"), (4, "start"), (5, "end"), (10, "end")])
def test_a_marks_words_stand_on_the_side_that_has_room(at: int, anchor: str) -> None:
    mark = line_chart("图", [(0, 0)], x_labels=["x"] * 11, largest=1, mark=(at, "截止")).narrow.mark
    assert mark == Tick(52 + at * 28, "截止", anchor)


def test_a_line_of_no_points_and_of_one_day() -> None:
    empty = line_chart("图", [], x_labels=["a"], largest=0).wide
    assert (empty.line, empty.area, empty.x_ticks) == ("", "", (Tick(52, "a"),))
    single = line_chart("图", [(0, 0)], x_labels=["a"], largest=0).wide
    assert (single.line, single.area) == ("52,272", "52,272 52,272 52,272")
