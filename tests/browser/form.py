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


def expect_state(page: Page, text: str) -> None:
    expect(state(page)).to_contain_text(text, timeout=PATIENCE)


def expect_cut(page: Page) -> None:
    """The page says that the network is cut, and what was typed a moment ago is kept on the computer."""
    expect_state(page, CUT)
    page.wait_for_timeout(KEPT_WITHIN)


def expect_message(page: Page, text: str) -> None:
    expect(page.locator("#save-message")).to_contain_text(text, timeout=PATIENCE)


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
