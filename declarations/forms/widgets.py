"""Controls for the form's many cells.

Django draws each widget from a template of its own; a section of 120 indicators holds 850 of them, and drawing them
took three quarters of the time of its page.
"""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class TextArea(forms.Textarea):
    """A text box of one line, which grows with its text."""

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 1})
        del self.attrs["cols"]

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        # Browsers drop one line end after the tag: the first of the text must not be that one.
        return format_html(
            "<textarea{}>\n{}</textarea>",
            flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}),
            self.format_value(value) or "",
        )


class Line(forms.TextInput):
    """An input of one line."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        shown = {"type": "text", "name": name, "value": self.format_value(value) or ""}
        return format_html("<input{}>", flatatt({**shown, **self.build_attrs(self.attrs, attrs)}))


class Choice(forms.Select):
    """A list to choose one of; without groups of options."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            "<option{}>{}</option>",
            ((flatatt({"value": key, "selected": str(key) == chosen}), label) for key, label in self.choices),
        )
        shown = {"name": name, **self.build_attrs(self.attrs, attrs)}
        return format_html("<select{}>{}</select>", flatatt(shown), options)
