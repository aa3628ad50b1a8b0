"""Takes the pictures of README and handbooks: `make screenshots` writes them to docs/images from the demo's data.

Each picture is named for what it shows. The pages are those that the demo's people see.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import launch

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PASSWORD = "Jixiao-2023"  # the demo's; it is printed when the demo is loaded
STARTS_WITHIN_SECONDS = 30


def take_pictures(browser: Browser, site: str) -> None:
    """Sign in as one person of each role in turn and photograph the pages that the handbooks describe."""
    page = new_page(browser, site, None)
    page.goto(f"{site}/accounts/login/")
    save(page, "sign-in", whole=False)

    page = new_page(browser, site, "wlj-tianbao")
    save(page, "home-department", whole=False)
    open_link(page, "继续填报")
    save(page, "filling-goals", whole=False)
    for label, name in (
        ("预算情况", "filling-budget"),
        ("产出指标", "filling-indicators"),
        ("核对与送审", "filling-check"),
    ):
        page.locator("#sections").get_by_role("link", name=label).click()
        save(page, name, whole=False)

    page = new_page(browser, site, "jyj-tianbao")
    page.goto(f"{site}/declarations/?year=2022")
    open_link(page, "衡阳市教育局")
    save(page, "declaration", whole=True)

    page = new_page(browser, site, "xz-shenhe")
    save(page, "home-reviewer", whole=False)
    open_link(page, "审核")
    save(page, "review", whole=False)
    page.goto(f"{site}/declarations/")
    save(page, "list", whole=False)

    page = new_page(browser, site, "guanli")
    for address, name in (
        ("/templates/", "templates"),
        ("/rounds/", "rounds"),
        ("/accounts/departments/", "departments"),
        ("/accounts/users/", "accounts"),
    ):
        page.goto(f"{site}{address}")
        save(page, name, whole=False)

    page.goto("/templates/")
    open_link(page, "部门整体绩效目标申报表")
    page.get_by_role("button", name="复制为新版本").click()
    page.locator("#tree").get_by_role("link", name="编辑").nth(2).click()
    save(page, "template-edit", whole=False)


def new_page(browser: Browser, site: str, username: str | None) -> Page:
    """A page of its own session, signed in as `username`."""
    page = browser.new_context(
        base_url=site, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 800}
    ).new_page()
    if username:
        page.goto("/accounts/login/")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{site}/")
    return page


def open_link(page: Page, text: str) -> None:
    page.locator("main").get_by_role("link", name=text).first.click()


def save(page: Page, name: str, *, whole: bool) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png", full_page=whole)
    print(f"{name}.png  {page.url.split('/', 3)[-1]}")


@contextmanager
def demo_site() -> Iterator[str]:
    """Serve the demo from a database that lives as long as the context; yields its address."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        environment = {**os.environ, "DEBUG": "true", "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3"}
        manage = [sys.executable, str(ROOT / "manage.py")]
        for command in (["migrate", "--verbosity=0"], ["load_templates"], ["demo"]):
            subprocess.run([*manage, *command], check=True, env=environment, stdout=subprocess.DEVNULL)
        free.close()
        server = subprocess.Popen([*manage, "runserver", "--noreload", f"127.0.0.1:{port}"], env=environment)
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def wait_for(port: int) -> None:
    """Return as soon as something listens on the port. Raises TimeoutError."""
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"the demo site did not start within {STARTS_WITHIN_SECONDS} seconds")


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo_site() as address, sync_playwright() as playwright:
        take_pictures(launch(playwright), address)
