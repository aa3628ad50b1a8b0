"""Comments, their answers, and the texts that comments are picked from."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, ClassVar

from django import forms

from declarations.comment_texts import active_texts
from declarations.forms.rows import Text
from declarations.models import CommentText
from declarations.models.review import MAX_TEXT
from declarations.quoting import Quote
from perfgoals.accounts.forms import ACTIVE_CHOICES, Filter

INTERNAL, SHARED = "internal", "shared"


class Words(Text):
    """What somebody writes, which is not white space alone."""

    def __init__(self, label: str, missing: str, rows: int) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "class": "form-control", "data-draft": True})
        super().__init__(label, MAX_TEXT, widget=widget, error_messages={"required": missing})
        self.required = True

    def clean(self, value: Any) -> str:
        return super().clean(value.strip() if isinstance(value, str) else value)


class CommentForm(forms.Form):
    """A comment on one of `places`; `digest` is that of the submission that its author has before him.

    Whether the place exists and who may read the comment, the service looks at. `common` holds the texts to pick from.
    """

    digest = forms.CharField(required=False, widget=forms.HiddenInput)
    path = forms.CharField(
        label="意见位置", required=False, widget=forms.Select(attrs={"class": "form-select", "data-draft": True})
    )
    common = forms.CharField(label="常用意见", required=False, widget=forms.Select(attrs={"class": "form-select"}))
    text = Words("意见内容", "请填写意见内容。", rows=4)

    def __init__(self, places: Iterable[Quote], data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="comment-%s", use_required_attribute=False, **kwargs)
        _offer(self, "path", _by_heading(places))
        _offer(self, "common", [("", "常用意见"), *((text.text, text.title) for text in active_texts())])

    def with_picked_text(self) -> dict[str, str]:
        """What was typed, with the text that was picked behind it."""
        typed = {name: str(self[name].value() or "") for name in self.fields}
        texts = (typed["text"].rstrip(), typed.pop("common"))
        return typed | {"text": "\n".join(text for text in texts if text)}


class AnswerForm(forms.Form):
    """An answer to the comment with this key."""

    text = Words("回复内容", "请填写回复内容。", rows=3)

    def __init__(self, comment: int, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id=f"answer-{comment}-%s", use_required_attribute=False)


class CommentTextForm(forms.ModelForm):
    class Meta:
        model = CommentText
        fields: ClassVar = ["title", "text", "is_active"]
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 5})}
        help_texts: ClassVar = {"is_active": "停用后，审核人员不能再选用；已提出的意见不受影响。"}
        error_messages: ClassVar = {"title": {"unique": "已有同名常用意见。"}}


class CommentTextFilter(Filter):
    searched = ("title", "text")
    q = forms.CharField(label="名称或内容", max_length=100, required=False)
    active = forms.ChoiceField(label="状态", choices=ACTIVE_CHOICES, required=False)


def _offer(form: forms.Form, name: str, choices: Iterable[Any]) -> None:
    form.fields[name].widget.choices = list(choices)


def _by_heading(places: Iterable[Quote]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (heading, [(quote.place.path, quote.label) for quote in quoted])
        for heading, quoted in groupby(places, key=lambda quote: quote.heading)
    ]
