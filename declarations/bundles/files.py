"""Where bundles lie: `FILES_ROOT/bundles`, which all machines of a site share.

A file is named by its bundle and attempt, so no two workers ever write the same one. It is written in a folder of its
own and moved out when it is whole: whoever finds it under its name finds all of it, also after a power cut.
"""

import errno
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from declarations.enums import BundleStatus
from declarations.exports import whole_files
from declarations.models import Bundle

_NAME = re.compile(r"(?P<bundle>[0-9]+)-(?P<attempt>[0-9]+)\.\w+")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def folder() -> Path:
    return Path(settings.FILES_ROOT) / "bundles"


def path_of(bundle: Bundle) -> Path:
    """Where the file of the bundle, which is done, lies."""
    return folder() / bundle.file


def is_full(error: BaseException) -> bool:
    """Whether the error, or one that it comes from, says that the disk, or a quota of it, is full."""
    causes = [error, error.__cause__, error.__context__]
    return any(isinstance(cause, OSError) and cause.errno in _FULL for cause in causes)


@contextmanager
def workshop(bundle_id: int, attempt: int) -> Iterator[Path]:
    """A folder to make a file in; it is gone afterwards, whatever happens."""
    place = folder() / f"{bundle_id}-{attempt}{whole_files.UNFINISHED}"
    try:
        place.mkdir(parents=True)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def bring_out(made: Path, bundle_id: int, attempt: int) -> Path:
    """Move the finished file out of its workshop; when this returns, it is on the disk."""
    finished = folder() / f"{bundle_id}-{attempt}{made.suffix}"
    whole_files.bring_out(made, finished)
    return finished


def remove(path: Path) -> None:
    """Remove a file or folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def remove_abandoned() -> int:
    """Remove what killed workers left half-made and what belongs to no bundle any more; answers how much that was."""
    # Listed first: an attempt is in the database before it makes anything, so what is listed here is known there.
    found = [(path, _NAME.fullmatch(path.name)) for path in folder().iterdir()] if folder().is_dir() else []
    named = {int(name["bundle"]) for _, name in found if name}
    bundles = Bundle.objects.in_bulk(named)
    abandoned = [path for path, name in found if name and not _belongs(path, bundles.get(int(name["bundle"])), name)]
    for path in abandoned:
        remove(path)
    return len(abandoned)


def _belongs(path: Path, bundle: Bundle | None, name: re.Match[str]) -> bool:
    if bundle is None:
        return False
    if bundle.status == BundleStatus.RUNNING:
        return bundle.attempt == int(name["attempt"])
    return bundle.status == BundleStatus.DONE and path.name == bundle.file
