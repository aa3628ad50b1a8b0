"""The process that draws: `python -m declarations.exports.drawing_child FOLDER`, started by `drawing`.

FOLDER is made for its temporary files, and removed when it ends.
"""

import gc
import json
import logging
import os
import resource
import shutil
import signal
import sys
import tempfile
from functools import partial
from typing import IO, Any

import django

from declarations.exports.frames import with_room

logger = logging.getLogger(__name__)


def main(folder: str) -> None:
    """Answer each line of standard input, until it ends."""
    # Who stops a service tells all of its processes. This one ends with its parent, which still waits for an answer.
    for told in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(told, signal.SIG_IGN)
    tempfile.tempdir = folder
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not come between the answers.
    os.dup2(2, 1)
    django.setup()
    load()
    try:
        while request := _read(answers):
            limit_memory(request["megabytes"])
            # The parent kills a child that takes too long; this is for a child whose parent is no more.
            signal.alarm(int(request["seconds"]) + 5)
            fit = with_room(partial(answer, request, answers))
            signal.alarm(0)
            if not fit:
                break
    except BrokenPipeError:
        # The parent was killed meanwhile. What nobody reads is not written once more at the end, and fails again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def load() -> None:
    """Load what drawing needs, with a configuration of fonts of our own, while nobody waits yet.

    The first process on a machine also makes our fonts, which takes some seconds.
    """
    from django.conf import settings

    from declarations.exports import fontconfig

    try:
        fontconfig.use_own_configuration(settings.FONTS_ROOT)
        from declarations.exports import pdf, workbook  # noqa: F401
        from declarations.exports.pdf import fonts

        fonts.faces()
        # What is loaded stays: the collector need not look at it again for each table.
        gc.freeze()
    except Exception:
        # Each PDF will fail on its own; workbooks need none of it.
        logger.exception("What a PDF needs could not be loaded.")


def answer(request: dict[str, Any], answers: IO[bytes]) -> bool:
    """Draw one document and write it, or why not; says whether this process is fit for another."""
    from declarations.exports.workbook import TextTooLongError

    try:
        contents = draw(request)
    except TextTooLongError as error:
        _write(answers, {"refused": str(error)})
        return True
    except MemoryError:
        _write(answers, {"too_large": True})
        return False
    except Exception:
        logger.exception("A file could not be drawn.")
        _write(answers, {"failed": True})
        return False
    _write(answers, {"length": len(contents)}, contents)
    return True


def draw(request: dict[str, Any]) -> bytes:
    """The file that is asked for; a PDF carries the sealed text itself, not one that is sealed anew."""
    from declarations.document import Document
    from declarations.exports import Format, render
    from declarations.exports.imprint import Imprint

    document = Document.model_validate_json(request["sealed"])
    imprint = Imprint(**request["imprint"])
    if request["format"] == Format.PDF:
        from declarations.exports.pdf import render_pdf

        return render_pdf(document, imprint, request["sealed"])
    return render(document, Format(request["format"]), imprint)


def limit_memory(megabytes: int) -> None:
    """Let this process take no more than that much address space."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _read(answers: IO[bytes]) -> dict[str, Any]:
    """The next request; nothing where there is none any more, or no memory for it."""
    try:
        line = sys.stdin.buffer.readline()
        request: dict[str, Any] = json.loads(line) if line else {}
    except MemoryError:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        _write(answers, {"too_large": True})
        return {}
    return request


def _write(answers: IO[bytes], head: dict[str, Any], contents: bytes = b"") -> None:
    answers.write(json.dumps(head).encode() + b"\n" + contents)
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
