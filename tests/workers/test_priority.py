"""How much of the processor workers take."""

import os
import subprocess
import sys

import pytest

from perfgoals.workers.priority import AUTOGROUP, NICENESS

NICE = min(os.nice(0) + NICENESS, 19)
GIVE_WAY = "from perfgoals.workers.priority import AUTOGROUP, give_way; give_way(); import os; print(os.nice(0)); "
READ_GROUP = "print(*AUTOGROUP.read_text().split()[-1:])"
weighs_sessions = pytest.mark.skipif(not AUTOGROUP.exists(), reason="this kernel does not weigh sessions")


def said(code: str, *, session: bool) -> list[int]:
    """What a process of its own that runs the code prints, in a session of its own or in that of the test."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, start_new_session=session, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    return [int(line) for line in run.stdout.split()]


@weighs_sessions
def test_worker_is_nice_and_so_is_its_session_where_that_is_its_own() -> None:
    assert said(GIVE_WAY + READ_GROUP, session=True) == [NICE, NICENESS]


@weighs_sessions
def test_worker_is_nice_in_a_session_of_others_that_stays_as_it_was() -> None:
    # Nothing is read where the session is the machine's first, which has no weight of its own.
    group = said(f"from perfgoals.workers.priority import AUTOGROUP; {READ_GROUP}", session=False)
    assert said(GIVE_WAY + READ_GROUP, session=False) == [NICE, *group]


def test_worker_is_nice_where_sessions_are_not_weighed() -> None:
    elsewhere = "from perfgoals.workers import priority; priority.AUTOGROUP = priority.Path('/nowhere/autogroup'); "
    assert said(elsewhere + GIVE_WAY, session=True) == [NICE]
