"""The browser that tests and screenshots run in."""

import os
from pathlib import Path

from playwright.sync_api import Browser, Playwright

DEBIAN_CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def launch(playwright: Playwright) -> Browser:
    """Start Chromium: the one that CHROMIUM names, else Debian's, else Playwright's own."""
    return playwright.chromium.launch(executable_path=program(), args=FLAGS)


def program() -> str | None:
    return os.environ.get("CHROMIUM") or (DEBIAN_CHROMIUM if Path(DEBIAN_CHROMIUM).exists() else None)
