"""The room for the frames of deep calls."""

import resource

import pytest

from declarations.exports.frames import with_room

CALLS = 2000


def test_no_depth_of_calls_costs_memory_anew_each_time():
    costs = [with_room(lambda depth=depth: page_faults(depth)) for depth in range(400)]

    assert max(costs) < CALLS / 10


def test_result_and_failure_of_the_call_are_passed_on():
    def fail():
        raise ValueError("no")

    assert with_room(lambda: 5) == 5
    with pytest.raises(ValueError, match="no"):
        with_room(fail)


def page_faults(depth: int) -> int:
    """How often memory is asked for while something is called again and again at that depth."""
    if depth:
        return page_faults(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(CALLS):
        leaf()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def leaf() -> None:
    """What is called."""
