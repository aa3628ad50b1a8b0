"""The process that draws: `python -m declarations.exports.drawing_child`, started by `drawing`."""

import json
import logging
import os
import resource
import signal
import sys
from typing import IO, Any

import django

logger = logging.getLogger(__name__)


def main() -> None:
    """Answer each line of standard input, until it ends."""
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not come between the answers.
    os.dup2(2, 1)
    django.setup()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        limit_memory(request["megabytes"])
        # The parent kills a child that takes too long; this is for a child whose parent is no more.
        signal.alarm(request["seconds"] + 5)
        if not answer(request, answers):
            return
        signal.alarm(0)


def answer(request: dict[str, Any], answers: IO[bytes]) -> bool:
    """Draw one document and write it, or why not; says whether this process is fit for another."""
    from declarations.document import Document
    from declarations.exports import Format, render
    from declarations.exports.drawing import FAILED, TOO_LARGE
    from declarations.exports.imprint import Imprint
    from declarations.exports.workbook import TextTooLongError

    try:
        document = Document.model_validate_json(request["sealed"])
        contents = render(document, Format(request["format"]), Imprint(**request["imprint"]))
    except TextTooLongError as error:
        _write(answers, {"refused": str(error)})
        return True
    except MemoryError:
        _write(answers, {"refused": TOO_LARGE.format(request["megabytes"])})
        return False
    except Exception:
        logger.exception("A file could not be drawn.")
        _write(answers, {"refused": FAILED})
        return False
    _write(answers, {"length": len(contents)}, contents)
    return True


def limit_memory(megabytes: int) -> None:
    """Let this process take no more than that much address space."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _write(answers: IO[bytes], head: dict[str, Any], contents: bytes = b"") -> None:
    answers.write(json.dumps(head).encode() + b"\n" + contents)
    answers.flush()


if __name__ == "__main__":
    main()
