"""How a task learns that its worker is to stop."""

from threading import Event

_asked = Event()


class WorkerStopping(BaseException):
    """A task ends here, unfinished, and goes back to the queue. No `Exception`: nobody shall take it for a failure."""


def ask() -> None:
    """Let the task under way stop where it next can."""
    _asked.set()


def withdraw() -> None:
    """Let tasks run again, in a process that goes on."""
    _asked.clear()


def stop_if_asked() -> None:
    """Called by long tasks between two things that they do. Raises WorkerStopping."""
    if _asked.is_set():
        raise WorkerStopping
