"""Writes the workbooks that must be read and those that must be refused into two folders, for people to open:

DJANGO_SETTINGS_MODULE=tests.settings python -m tests.declarations.imports.workbooks FOLDER

Beside them, expected.json says of each what is to be found in it, or the message with which it is refused.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django


def write(folder: Path) -> None:
    """Write both folders, readable and refused, below `folder`."""
    from tests.declarations.imports.readable import READABLE
    from tests.declarations.imports.refused import REFUSED

    readable = {f"{name}.xlsx": (case.build(), case.expected) for name, case in READABLE.items()}
    refused = {f"{name}.{case.ending}": (case.build(), case.message) for name, case in REFUSED.items()}
    _write_folder(folder / "readable", readable)
    _write_folder(folder / "refused", refused)


def _write_folder(folder: Path, files: dict[str, tuple[bytes, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (contents, _) in files.items():
        (folder / name).write_bytes(contents)
    expected = {name: findings for name, (_, findings) in files.items()}
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    django.setup()
    write(Path(sys.argv[1]))
