"""Draws files in processes of their own, so that a document that takes too much harms nobody else.

A process keeps at most one child a core, each warm for the next document. Every line that a child reads is one
document; it answers with a line that says how many bytes follow, or why there are none. A child that takes too long is
killed, one that dies is replaced, and all of them end with their parent, because they read the end of their input.
"""

import atexit
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock, Timer
from typing import IO, Any

from django.conf import settings

from declarations.exports import Format
from declarations.exports.imprint import UNMARKED, Imprint
from declarations.exports.renderer import fingerprint

# A child that has drawn so many is replaced: whatever a library keeps of each document is given back.
DRAWINGS_PER_CHILD = 500

# Signals that a process doesn't send itself: somebody, or a machine without memory, has stopped it.
FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT})

TOO_SLOW = "生成文件用时超过 {} 秒，已停止。申报表的内容可能过长，请精简文字后再试，或改为下载其他格式。"
TOO_LARGE = "生成文件所需内存超过 {} MB，已停止。申报表的内容可能过长，请精简文字后再试，或改为下载其他格式。"
TOO_BUSY = "正在生成的文件较多，请稍后再试。"
FAILED = "文件未能生成，原因已记入系统日志，请与系统管理员联系。"

logger = logging.getLogger(__name__)


class DrawingRefused(Exception):
    """No file was made; the message says why, in Chinese, for the person who asked."""


class _Ended(Exception):
    """The child ended before it had answered."""


def draw(sealed: str, format: Format, imprint: Imprint = UNMARKED) -> bytes:
    """The file of the document sealed as `sealed`, like `exports.render`, within the limits of time and memory.

    Raises `DrawingRefused` where a limit is broken or a text does not fit the format.
    """
    if format == Format.JSON:
        return sealed.encode()
    request = {
        "sealed": sealed,
        "format": format.value,
        "imprint": imprint.model_dump(),
        "seconds": settings.RENDER_SECONDS,
        "megabytes": settings.RENDER_MEGABYTES,
    }
    with _pool.child() as child:
        return child.draw(json.dumps(request, ensure_ascii=False).encode() + b"\n", settings.RENDER_SECONDS)


def start_ahead() -> None:
    """Start a child for the first who asks, and don't wait for it. Where none can be started, whoever asks is told."""
    with suppress(DrawingRefused):
        _pool.start_ahead()


@dataclass
class _Child:
    """One process that draws, used by one thread at a time, and the folder of its temporary files."""

    process: subprocess.Popen[bytes]
    folder: str
    drawings: int = 0
    timed_out: bool = False

    @classmethod
    def start(cls) -> "_Child":
        try:
            return cls._started(tempfile.mkdtemp(prefix="perfgoals-"))
        except OSError as error:
            logger.exception("A process that draws could not be started.")
            raise DrawingRefused(FAILED) from error

    @classmethod
    def _started(cls, folder: str) -> "_Child":
        # Before the child, for the tables that it draws are kept under it: asked for after our code was replaced on the
        # disk, it would be that of the new version.
        fingerprint()
        paths = [str(settings.BASE_DIR), *filter(None, [os.environ.get("PYTHONPATH")])]
        process = subprocess.Popen(  # noqa: S603  # nothing of it comes from outside
            [sys.executable, "-m", "declarations.exports.drawing_child", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            cwd=settings.BASE_DIR,
            # Ctrl+C ends the parent, and the end of its input the child: without a page of tracebacks. Not a session
            # of its own, which Linux would give as much of the processor as the whole site has.
            process_group=0,
        )
        return cls(process, folder)

    @property
    def usable(self) -> bool:
        return self.process.poll() is None and self.drawings < DRAWINGS_PER_CHILD

    def draw(self, line: bytes, seconds: float) -> bytes:
        """What the child answers to `line`; raises `DrawingRefused` with its reason."""
        timer = Timer(seconds, self._time_out)
        timer.daemon = True
        timer.start()
        try:
            answer, contents = self._ask(line)
        except (_Ended, OSError) as error:
            timer.cancel()
            raise DrawingRefused(self._reason(seconds)) from error
        finally:
            timer.cancel()
        self.drawings += 1
        if "refused" in answer:
            raise DrawingRefused(answer["refused"])
        if "length" not in answer:
            # It can't go on and ends by itself; it is not given another document meanwhile.
            self.drawings = DRAWINGS_PER_CHILD
            raise DrawingRefused(TOO_LARGE.format(settings.RENDER_MEGABYTES) if "too_large" in answer else FAILED)
        return contents

    def end(self) -> None:
        """Stop the process, whatever it does, and remove what it left."""
        self.process.kill()
        self.process.wait()
        self.let_go()
        shutil.rmtree(self.folder, ignore_errors=True)

    def let_go(self) -> None:
        """Close this process's ends of the pipes."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()

    def _ask(self, line: bytes) -> tuple[dict[str, Any], bytes]:
        stdin, stdout = self._pipes()
        # A child that has no memory for all of it says so before it has read it.
        with suppress(BrokenPipeError):
            stdin.write(line)
            stdin.flush()
        head = stdout.readline()
        if not head.endswith(b"\n"):
            raise _Ended
        answer: dict[str, Any] = json.loads(head)
        length = answer.get("length", 0)
        contents = stdout.read(length)
        if len(contents) < length:
            raise _Ended
        return answer, contents

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise _Ended
        return stdin, stdout

    def _reason(self, seconds: float) -> str:
        """Why there is no answer: libraries of C stop the process where they get no memory."""
        if self.timed_out:
            return TOO_SLOW.format(seconds)
        code = self.process.wait()
        logger.error("A process that draws has ended with code %s.", code)
        stopped_itself = code < 0 and -code not in FROM_OUTSIDE
        return TOO_LARGE.format(settings.RENDER_MEGABYTES) if stopped_itself else FAILED

    def _time_out(self) -> None:
        self.timed_out = True
        self.process.kill()


@dataclass
class _Pool:
    """The children of this process: at most one a core, started when they are needed."""

    size: int = field(default_factory=lambda: os.cpu_count() or 1)
    idle: list[_Child] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.free = BoundedSemaphore(self.size)

    @contextmanager
    def child(self) -> Iterator[_Child]:
        """A child for one drawing."""
        if not self.free.acquire(timeout=settings.RENDER_SECONDS):
            raise DrawingRefused(TOO_BUSY)
        try:
            child = self._take()
            try:
                yield child
            except DrawingRefused:
                raise
            except BaseException:
                # Interrupted in the middle: its answer would be taken for that to the next document.
                child.end()
                raise
            finally:
                self._put_back(child)
        finally:
            self.free.release()

    def start_ahead(self) -> None:
        child = _Child.start()
        with self.lock:
            self.idle.append(child)

    def end_children(self) -> None:
        """End those that are idle."""
        with self.lock:
            idle, self.idle = self.idle, []
        for child in idle:
            child.end()

    def _take(self) -> _Child:
        while True:
            with self.lock:
                child = self.idle.pop() if self.idle else None
            if child is None:
                return _Child.start()
            if child.usable:
                return child
            child.end()

    def _put_back(self, child: _Child) -> None:
        if child.usable and not child.timed_out:
            with self.lock:
                self.idle.append(child)
        else:
            child.end()


_pool = _Pool()


def _leave_children() -> None:
    """A forked process has children of its own, and does not keep those of its parent alive."""
    global _pool
    for child in _pool.idle:
        child.let_go()
    _pool = _Pool()


def _end_children() -> None:
    """Those that are idle: they would end by themselves, but later than the temporary folders of tests."""
    # Told again to end, as gunicorn tells its workers after Ctrl+C, this process would stop in the middle.
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(told, signal.SIG_IGN)
    _pool.end_children()


os.register_at_fork(after_in_child=_leave_children)
atexit.register(_end_children)
