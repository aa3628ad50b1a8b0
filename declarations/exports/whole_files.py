"""Files that other processes may read at any time: whole, or not there, also after a power cut."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

# What is half-made ends so, and may be removed when it is old.
UNFINISHED = ".unfinished"


def write_whole(path: Path, write: Callable[[Path], object], mode: int = 0o644) -> None:
    """Let `write` fill a file of another name beside `path`, then rename it: two who do so at once do no harm."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=UNFINISHED, delete=False) as file:
        made = Path(file.name)
    try:
        write(made)
        made.chmod(mode)
        bring_out(made, path)
    finally:
        made.unlink(missing_ok=True)


def bring_out(made: Path, path: Path) -> None:
    """Give the finished file the name that others know; when this returns, it is on the disk."""
    with made.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(made, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process is in the folder in this way; where the file system has no locks, wait for nobody."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
