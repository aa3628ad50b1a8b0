"""Lets what people wait for come first, on a machine that serves pages too."""

import os
from contextlib import suppress
from pathlib import Path

NICENESS = 10
AUTOGROUP = Path("/proc/self/autogroup")


def give_way() -> None:
    """Let this process, and what it starts in its session, take the processor only where others leave it."""
    os.nice(NICENESS)
    # Linux may weigh sessions before it weighs the processes in them (sched_autogroup, man 7 sched). A session that is
    # shared with others, as from a terminal, is not ours to hold back; within it the niceness of processes counts.
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            AUTOGROUP.write_text(str(NICENESS))
