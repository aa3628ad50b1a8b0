"""Pages in a real browser, which fail their test on anything that goes wrong behind the page."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from declarations.models import Declaration
from tests.browser.chromium import launch
from tests.declarations import builders
from tests.declarations.views.pages import section_url

# Playwright's event loop runs in the thread of the tests; nothing here calls the database from a coroutine.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

SCREENSHOTS = Path(settings.BASE_DIR) / "test-results"
# A page or a script may be answered 4xx on purpose; a style sheet, a script file or a picture never.
ANSWERED_ON_PURPOSE = {"document", "fetch", "xhr"}
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember on the test whether it failed, for the screenshots."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What went wrong behind the pages; a test that provokes it on purpose compares this and clears it."""
    return []


@pytest.fixture
def site(live_server: Any) -> str:
    """The address at which pages are opened; a module whose tests kill the server has one of its own."""
    return live_server.url


@pytest.fixture
def open_page(
    browser: Browser, site: str, complaints: list[str], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of its own session: `open_page(user, width=390, java_script_enabled=False)`.

    With a user it is signed in already. The test fails on script errors, on what the content security policy
    stops, on missing files, on answers of 500 and above and on requests to anywhere else.
    """
    pages: list[Page] = []

    def open_page(user: Any = None, *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        # What fades has no colour that could be looked at.
        options = {"reduced_motion": "reduce"} | options
        context = browser.new_context(
            base_url=site,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            **options,
        )
        watch(context, site, complaints)
        if user is not None:
            sign_in(context, user, site)
        pages.append(context.new_page())
        return pages[-1]

    yield open_page

    for number, page in enumerate(pages, start=1):
        if complaints or request.node.stash.get(FAILED, False):
            page.screenshot(path=SCREENSHOTS / f"{file_name(request.node)}-{number}.png", full_page=True)
        page.context.close()
    if complaints:
        pytest.fail("Behind the pages:\n" + "\n".join(complaints), pytrace=False)


@pytest.fixture
def open_section(open_page: Callable[..., Page], declaration: Declaration) -> Callable[..., Page]:
    """A function that opens a section of the module's declaration, as its preparer unless it is told who."""

    def open_section(*section: Any, user: Any = None, **options: Any) -> Page:
        page = open_page(user or builders.preparer_of(declaration), **options)
        page.goto(section_url(declaration, *section))
        return page

    return open_section


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page in a window of 1280 pixels, not signed in."""
    return open_page()


def sign_in(context: BrowserContext, user: Any, url: str) -> None:
    """Give the context a session of the user, past the sign-in form."""
    session = builders.client_of(user).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": session.key, "value": session.value, "url": url}])


def watch(context: BrowserContext, url: str, complaints: list[str]) -> None:
    """Collect what goes wrong in the pages of the context."""
    server = urlsplit(url).netloc

    def on_response(response: Response) -> None:
        if response.status >= 500 or (
            response.status >= 400 and response.request.resource_type not in ANSWERED_ON_PURPOSE
        ):
            complaints.append(f"{response.status} {response.url}")

    def on_console(message: Any) -> None:
        # What failed to load is told apart above.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"console: {message.text}")

    def on_request(request: Any) -> None:
        address = urlsplit(request.url)
        if address.netloc != server and address.scheme not in {"blob", "data"}:
            complaints.append(f"left the site: {request.url}")

    context.on("response", on_response)
    context.on("console", on_console)
    context.on("request", on_request)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))


def file_name(node: pytest.Item) -> str:
    return re.sub(r"[^\w.-]+", "-", node.nodeid.removeprefix("tests/browser/"))
