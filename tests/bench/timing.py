"""Times of two ways of doing a thing, taken in turns: machines differ, ratios hardly."""

import gc
from collections.abc import Callable
from statistics import median
from time import perf_counter

TURNS = 7


def medians(*runs: Callable[[], object], clock: Callable[[], float] = perf_counter, turns: int = TURNS) -> list[float]:
    """The median seconds of each of `runs`, timed in turns after one turn each to warm up.

    With `process_time` as the clock, what other processes take does not count; nor does what `runs` start themselves.
    """
    times: list[list[float]] = [[] for _ in runs]
    for turn in range(turns + 1):
        for run, taken in zip(runs, times, strict=True):
            # Otherwise one of them always pays for what the others leave.
            gc.collect()
            start = clock()
            run()
            if turn:
                taken.append(clock() - start)
    return [median(taken) for taken in times]


def compare(
    name: str,
    ours: Callable[[], object],
    base_name: str,
    base: Callable[[], object],
    *,
    clock: Callable[[], float] = perf_counter,
    turns: int = TURNS,
) -> None:
    """Print what `ours` takes, in milliseconds and as a multiple of `base`."""
    mine, bare = medians(ours, base, clock=clock, turns=turns)
    print(f"{name:<30}{mine * 1000:6.0f} ms = {mine / bare:.2f} x {base_name} ({bare * 1000:.0f} ms)")
