"""The reference form of 2022 as it was taken down, before any code of ours has read it."""

import json
from pathlib import Path
from typing import Any

import indicators

REFERENCE_FORM = Path(indicators.__file__).parent / "data" / "official-form-2022.json"


def reference_form() -> dict[str, Any]:
    """Its texts, by their names in the file."""
    return json.loads(REFERENCE_FORM.read_text(encoding="utf-8"))
