"""The form's script, at work for somebody while he types."""

import json
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from declarations.models import Declaration, Row
from declarations.services import GOALS, TARGETS, TASKS, Section
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.views.pages import Page

NAMES: dict[Section, str] = {GOALS: "goals", TASKS: "tasks", TARGETS: "targets"}


def address_of(declaration: Declaration) -> str:
    return reverse("declarations:autosave", args=[declaration.pk])


def sent_row(section: Section, row: Row, **texts: str) -> dict[str, Any]:
    """A row with other texts than those seen on it."""
    return {"section": NAMES[section], "key": str(row.key), "version": row.version, "texts": texts}


def sent_new(section: Section, key: str, group: int | None = None, **texts: str) -> dict[str, Any]:
    """A row that is yet to be made."""
    return {"section": NAMES[section], "key": key, "version": 0, "group": group, "texts": texts}


def sent_deletion(section: Section, row: Row) -> dict[str, Any]:
    return {"section": NAMES[section], "key": str(row.key), "version": row.version}


def sent_placement(section: Section, row: Row, after: Row | None) -> dict[str, Any]:
    return {"section": NAMES[section], "key": str(row.key), "after": str(after.key) if after else None}


class Script:
    """The script of one page of the form; it remembers the state of the declaration that the last answer named."""

    def __init__(self, declaration: Declaration, person: User | None = None, page: str = "goals") -> None:
        person = person or builders.preparer_of(declaration)
        self.client = builders.client_of(person)
        self.url = address_of(declaration)
        self.user, self.page = person.pk, page
        self.seen = builders.fresh(declaration).updated_at.isoformat()

    def body(self, **changes: Any) -> dict[str, Any]:
        return {"user": self.user, "page": self.page, "seen": self.seen, **changes}

    def post(self, body: Any) -> HttpResponse:
        """Send anything; text and bytes as they are."""
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post(self.url, data, content_type="application/json")

    def send(self, **changes: Any) -> dict[str, Any]:
        """Send changes, or none, and read the answer."""
        response = self.post(self.body(**changes))
        assert response.status_code == 200
        answer = response.json()
        self.seen = answer["seen"]
        return answer

    def rows(self, **changes: Any) -> dict[str, Any]:
        """What came of each row that was sent."""
        return self.send(**changes)["rows"]


def words(html: str) -> str:
    """The words of a part of the page, without white space."""
    return Page(HttpResponse(html)).text
