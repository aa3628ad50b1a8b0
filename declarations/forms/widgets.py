"""Controls for the form's many cells.

Django draws each widget from a template of its own, and each attribute through several layers; a section of 300
indicators holds 2,100 of them, and drawing them took most of the time of its page.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe


def _attributes(attrs: Mapping[str, Any]) -> str:
    """The attributes as they stand in a tag; those that are True stand without a value, those that are False not."""
    return "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in attrs.items()
        if value is not None and value is not False
    )


class TextArea(forms.Textarea):
    """A text box of one line, which grows with its text."""

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 1})
        del self.attrs["cols"]

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        shown = _attributes({"name": name, **self.build_attrs(self.attrs, attrs)})
        # Browsers drop one line end after the tag: the first of the text must not be that one.
        return mark_safe(f"<textarea{shown}>\n{escape(self.format_value(value) or '')}</textarea>")  # noqa: S308


class Line(forms.TextInput):
    """An input of one line."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        shown = {"type": "text", "name": name, "value": self.format_value(value) or ""}
        return mark_safe(f"<input{_attributes({**shown, **self.build_attrs(self.attrs, attrs)})}>")  # noqa: S308


class Choice(forms.Select):
    """A list to choose one of; without groups of options."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = "".join(
            f"<option{_attributes({'value': key, 'selected': str(key) == chosen})}>{escape(str(label))}</option>"
            for key, label in self.choices
        )
        shown = _attributes({"name": name, **self.build_attrs(self.attrs, attrs)})
        return mark_safe(f"<select{shown}>{options}</select>")  # noqa: S308
