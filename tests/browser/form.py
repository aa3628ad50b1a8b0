"""The form in a browser while it saves itself."""

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from declarations.models import Declaration

SAVED = "已保存"
CUT = "未保存：网络中断，已暂存在本机"
SERVER_ERROR = "未保存：服务器暂时不可用，已暂存在本机"
IN_TROUBLE = "有内容未保存，见标出之处"
# Time enough for every retry on a slow machine.
PATIENCE = 60_000
# Milliseconds after the last key.
KEPT_WITHIN = 300

# What is easily lost on its way: line breaks at the edges, characters of two code units and of several, markup.
WILD = (
    "\n\n前导换行，𠮷野家 𠀀 👨‍👩‍👧 ＡＢＣ１２３\t制表 \"双\" '单' </textarea><script>alert(1)</script> &amp; &lt;b&gt;"
    "\u3000全角空格 \\n \\u0041 {{ x }}\n\n末尾空格  \n"
)


def goals(page: Page) -> Locator:
    """The fields of the duty goals."""
    return page.locator('[data-rows="goals"] textarea')


def goals_shown(page: Page) -> list[str]:
    return [field.input_value() for field in goals(page).all()]


def state(page: Page) -> Locator:
    return page.locator("#save-state")


def open_and_ask(page: Page, address: str) -> None:
    """Open a section of the form; returns when the server has told it what is new."""
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/autosave/")):
        page.goto(address)


def expect_text(page: Page, place: Locator, text: str) -> None:
    """The place comes to hold the text. Looks at once again, where `expect` waits for half a second between looks."""
    if not until(page, lambda: text in " ".join((place.text_content() or "").split())):
        expect(place).to_contain_text(text)


def expect_state(page: Page, text: str) -> None:
    expect_text(page, state(page), text)


def expect_cut(page: Page) -> None:
    """The page says that the network is cut, and what was typed a moment ago is kept on the computer."""
    expect_state(page, CUT)
    page.wait_for_timeout(KEPT_WITHIN)


def expect_message(page: Page, text: str) -> None:
    expect_text(page, page.locator("#save-message"), text)


def look_up(page: Page) -> None:
    """Come back to the window, which asks the server at once what is new."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def goals_stored(declaration: Declaration) -> list[str]:
    return list(declaration.dutygoal_rows.order_by("position").values_list("text", flat=True))


def until(page: Page, holds: Callable[[], bool], seconds: float = PATIENCE / 1000) -> bool:
    """Whether something comes to hold within so many seconds, while the page goes on."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        page.wait_for_timeout(50)
    return holds()
