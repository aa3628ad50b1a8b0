"""Finished tables of sealed submissions, kept so that a download is served at once.

A file is named by a hash of all that it shows and of what drew it, so none is ever out of date: where anything
changes, another file is looked for and, where there is none, drawn. The folder can be emptied at any time.
"""

import hashlib
import json
import logging
import os
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from declarations.document import digest_of
from declarations.exports import Format
from declarations.exports.drawing import draw
from declarations.exports.imprint import Imprint
from declarations.exports.renderer import fingerprint
from declarations.exports.whole_files import UNFINISHED, write_whole

DAY = 24 * 60 * 60
# A file that nobody has asked for as long goes; whoever asks then waits for a new one.
DAYS_KEPT = 90
# Of another renderer. Not at once: while the machines of a site are brought up to date, both are at work.
DAYS_KEPT_OF_ANOTHER_RENDERER = 1

logger = logging.getLogger(__name__)


def table_of(sealed: str, format: Format, imprint: Imprint) -> bytes:
    """The file of the sealed document with its imprint: as it is kept, or drawn and kept. Raises DrawingRefused."""
    kept = kept_table(sealed, format, imprint)
    return new_table(sealed, format, imprint) if kept is None else kept


def new_table(sealed: str, format: Format, imprint: Imprint) -> bytes:
    """The file, drawn now and kept from now on, where `kept_table` has none. Raises DrawingRefused."""
    contents = draw(sealed, format, imprint)
    try:
        write_whole(_path(sealed, format, imprint), lambda part: part.write_bytes(contents), 0o600)
    except OSError:
        logger.exception("A table cannot be kept; it is served all the same.")
    return contents


def kept_table(sealed: str, format: Format, imprint: Imprint) -> bytes | None:
    """The file, where nothing has to be drawn for it."""
    if format == Format.JSON:
        return sealed.encode()
    path = _path(sealed, format, imprint)
    try:
        contents = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        logger.exception("A kept table cannot be read.")
        return None
    _note_use(path)
    return contents


def is_kept(sealed: str, format: Format, imprint: Imprint) -> bool:
    """Whether `table_of` need not draw."""
    return format == Format.JSON or _path(sealed, format, imprint).is_file()


def remove_outdated() -> int:
    """Remove what nobody needs any more, in the time of its last use; answers how many files that were."""
    folder, now, removed = _folder(), time.time(), 0
    for path in folder.glob("*/*/*"):
        is_current = path.parent.parent.name == _generation() and path.suffix != UNFINISHED
        days = DAYS_KEPT if is_current else DAYS_KEPT_OF_ANOTHER_RENDERER
        # Another worker may be clearing up too.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < now - days * DAY:
                path.unlink()
                removed += 1
    for emptied in (*folder.glob("*/*"), *folder.glob("*")):
        with suppress(OSError):
            emptied.rmdir()
    return removed


def _folder() -> Path:
    return Path(settings.FILES_ROOT) / "tables"


def _generation() -> str:
    return hashlib.sha256(fingerprint().encode()).hexdigest()[:16]


def _path(sealed: str, format: Format, imprint: Imprint) -> Path:
    shown = json.dumps([digest_of(sealed), format, imprint.model_dump(), fingerprint()])
    name = hashlib.sha256(shown.encode()).hexdigest()
    return _folder() / _generation() / name[:2] / f"{name}.{format}"


def _note_use(path: Path) -> None:
    with suppress(OSError):
        if path.stat().st_mtime < time.time() - DAY:
            os.utime(path)
