from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where tables and bundles are kept during a test."""
    settings.FILES_ROOT = tmp_path / "files"
    return settings.FILES_ROOT
