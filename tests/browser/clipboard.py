"""The clipboard of a page: cells come from a spreadsheet and go to one, as Excel and WPS put them there."""

from typing import Any

from playwright.sync_api import Page

_PASTE = """
({ text, html }) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  if (html) clipboardData.setData('text/html', html);
  const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
  return !document.activeElement.dispatchEvent(event);
}
"""
_COPY = """
() => {
  const clipboardData = new DataTransfer();
  const event = new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
  return { text: clipboardData.getData('text/plain'), html: clipboardData.getData('text/html') };
}
"""
_TABLE = "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>1</td></tr></table></html>"


def paste(page: Page, text: str, html: str = _TABLE) -> bool:
    """Paste where the cursor stands; whether the page took it in hand and the browser does not."""
    return page.evaluate(_PASTE, {"text": text, "html": html})


def copy(page: Page) -> dict[str, Any]:
    """What Ctrl+C puts on the clipboard where the cursor stands: `text` and `html`, empty where the browser copies."""
    return page.evaluate(_COPY)
