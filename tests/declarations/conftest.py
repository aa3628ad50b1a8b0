"""What holds for all tests of declarations."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest


@pytest.fixture(autouse=True)
def files_root(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for the files of this test alone, not there yet: what another one has kept proves nothing."""
    root = tmp_path_factory.getbasetemp() / "files" / uuid4().hex
    settings.FILES_ROOT = root
    return root
