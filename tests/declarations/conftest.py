"""What holds for all tests of declarations."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def files_root(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder for the files of this test alone: what another one has kept proves nothing."""
    settings.FILES_ROOT = tmp_path_factory.mktemp("files")
    return settings.FILES_ROOT
