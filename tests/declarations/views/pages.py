"""The form as a browser without script has it: what it would send, what stands where, and somebody at work on it."""

from collections import defaultdict
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from declarations.models import Declaration
from perfgoals.accounts.models import User

FORM_ID = "section-form"
# The pages of the form, as `section_url` takes them.
SECTIONS = [("goals",), ("tasks",), ("budget",), ("indicators", 0), ("indicators", 1)]
CHECK = ("check",)


class Page(HTMLParser):
    """The parts of one answer that a form's user has before him.

    `fields` is what the form sends, without its buttons; `buttons` the values of those that can be pressed; `notes`
    what is said about each element, by its id; `differences` what I and what somebody else wrote, by the row and the
    field; `descriptions` the elements that describe a field, by its id; `links` every address; `text` all words without
    white space. Nothing of what is hidden or what only a script would copy.
    """

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[str] = []
        self.notes: dict[str, list[str]] = defaultdict(list)
        self.differences: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        self.descriptions: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.text = ""
        self._in_form = False
        self._fieldsets: list[bool] = []
        self._select: tuple[str, list[str]] | None = None
        self._textarea: str | None = None
        self._typed = ""
        self._note: str | None = None
        self._names_cell = False
        self._described = ""
        self._row = ""
        self._compared: list[str] | None = None
        self._in_cell = False
        self._unseen = ""
        self.feed(response.content.decode())

    @property
    def data(self) -> dict[str, list[str]]:
        """What the form sends, by field name."""
        sent = defaultdict(list)
        for name, value in self.fields:
            sent[name].append(value)
        return dict(sent)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if self._unseen:
            return
        if element := attributes.get("id"):
            self.ids.append(element)
            if tag in ("input", "textarea", "select"):
                self.descriptions[element] = (attributes.get("aria-describedby") or "").split()
        if tag == "template" or "hidden" in attributes:
            self._unseen = tag
            return
        self._described = attributes.get("data-cell") or self._described
        self._row = attributes.get("data-key") or self._row
        if tag == "form":
            self._in_form = attributes.get("id") == FORM_ID
        if tag == "fieldset":
            self._fieldsets.append("disabled" in attributes)
        if tag == "a":
            self.links.append(attributes.get("href") or "")
        if tag == "p" and "note" in (attributes.get("class") or "").split():
            self._note = ""
        # A note on a row begins with the name of its cell.
        self._names_cell = tag == "b"
        if tag == "td":
            if name := attributes.get("data-mine"):
                self._compared = [name]
            if self._compared:
                self._compared.append("")
                self._in_cell = True
        if "disabled" in attributes or any(self._fieldsets) or not self._in_form:
            return
        if tag == "input":
            self._send(attributes.get("name"), attributes.get("value") or "")
        elif tag == "textarea":
            self._textarea, self._typed = attributes.get("name"), ""
        elif tag == "select":
            self._select = (attributes["name"] or "", [])
        elif tag == "option" and self._select and "selected" in attributes:
            self._select[1].append(attributes.get("value") or "")
        elif tag == "button" and attributes.get("type") == "submit":
            self.buttons.append(attributes.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag == self._unseen:
                self._unseen = ""
            return
        self._names_cell = False
        if tag == "form":
            self._in_form = False
        elif tag == "fieldset":
            self._fieldsets.pop()
        elif tag == "textarea" and self._textarea:
            # The line end after the tag belongs to the markup.
            self._send(self._textarea, self._typed.replace("\r\n", "\n").removeprefix("\n"))
            self._textarea = None
        elif tag == "select" and self._select:
            name, chosen = self._select
            self._send(name, chosen[-1] if chosen else "")
            self._select = None
        elif tag == "p" and self._note is not None:
            self.notes[self._described].append(self._note)
            self._note = None
        elif tag == "td":
            self._in_cell = False
        elif tag == "tr" and self._compared:
            field, mine, theirs = self._compared
            self.differences[self._row][field] = (mine, theirs)
            self._compared = None

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        plain = "".join(data.split())
        self.text += plain
        if self._textarea:
            self._typed += data
        if self._note is not None and not self._names_cell:
            self._note += plain
        if self._compared and self._in_cell:
            self._compared[-1] += data

    def _send(self, name: str | None, value: str) -> None:
        if name:
            self.fields.append((name, value.replace("\r\n", "\n").replace("\n", "\r\n")))


class Desk:
    """Somebody at one page of the form. The page stays as it is while others work, until it is opened or sent."""

    def __init__(self, user: User, url: str) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.url = url
        self.open()

    def open(self) -> None:
        """Load the page anew."""
        response = self.client.get(self.url)
        assert response.status_code == HTTPStatus.OK
        self.page = Page(response)

    @property
    def keys(self) -> list[str]:
        """The keys of the rows that can be changed, as they stand."""
        return self.page.data.get("row", [])

    def texts(self, name: str) -> list[str]:
        """One text of each row, as they stand."""
        return [self.page.data[f"{key}-{name}"][0] for key in self.keys]

    def type(self, row: int, **texts: str) -> dict[str, str]:
        """The fields of the row of that index with texts typed into them."""
        return {f"{self.keys[row]}-{name}": text for name, text in texts.items()}

    def press(self, action: str, *typed: dict[str, str]) -> HttpResponse:
        """Send the page with what was typed, by one of its buttons, and see the answer."""
        assert action in self.page.buttons
        data: dict[str, Any] = self.page.data
        for fields in typed:
            assert data.keys() >= fields.keys()
            data |= fields
        return self.send(data | {"action": action})

    def send(self, data: dict[str, Any]) -> HttpResponse:
        """Send any data to the page and see the answer."""
        response = self.client.post(self.url, data, follow=True)
        self.page = Page(response)
        return response


def section_url(declaration: Declaration, name: str, primary: int | None = None) -> str:
    """The address of a section; an indicator section is that of the level-1 indicator at position `primary`."""
    if primary is None:
        return reverse(f"declarations:{name}", args=[declaration.pk])
    key = declaration.round.template.primaries.get(position=primary).pk
    return reverse("declarations:indicators", args=[declaration.pk, key])
