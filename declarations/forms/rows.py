"""The rows of the form as the browser sends them.

Each row names itself (`row=<key>`) and carries its version, so that a request changes the rows that it holds and no
others; there is no count of rows to get wrong. A text that was not sent is not changed, nor is one that came back as it
was shown: a browser sends the whole form, and what somebody else has changed meanwhile is not to be put back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest
from django.db import models
from django.http import QueryDict

from declarations.document import BUDGET_LABELS
from declarations.forms import widgets
from declarations.models import Budget, DutyGoal, MainTask, Row, Target
from declarations.services import GOALS, TARGETS, TASKS, RowEdit, Section
from indicators.enums import Comparison


class Text(forms.CharField):
    """A text kept as it was typed, save for the line ends that browsers turn into CR LF."""

    default_error_messages: ClassVar = {
        "max_length": "不能超过 %(limit_value)d 字，现有 %(show_value)d 字，请精简后再保存。",
        "null_characters_not_allowed": "含有不可见的空字符，请删除后重新输入。",
    }

    def __init__(self, label: str, max_length: int, **kwargs: Any) -> None:
        kwargs.setdefault("widget", widgets.TextArea())
        super().__init__(label=label, max_length=max_length, required=False, strip=False, **kwargs)

    def clean(self, value: Any) -> str:
        # Before the length is looked at: the browser counts a line end as one character.
        return super().clean(value.replace("\r\n", "\n") if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # The browser would cut a longer paste without a word; the server says what is too long and keeps it.
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class Line(Text):
    """A text of one line; line breaks, which come with pasted cells, are taken out."""

    def clean(self, value: Any) -> str:
        return super().clean(value.replace("\r", "").replace("\n", "") if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # For the form's script: no line is broken in it.
        return super().widget_attrs(widget) | {"data-one-line": True}


def fingerprint(texts: Iterable[str]) -> str:
    """What tells, when the form comes back, which of the texts that it showed were changed."""
    return " ".join(sha256(text.encode()).hexdigest()[:16] for text in texts)


def changed_texts(form: forms.Form, names: Iterable[str], seen: str) -> dict[str, str]:
    """The texts of a valid form that were sent and are not what `seen`, the fingerprint of `names`, says."""
    names = list(names)
    shown = dict(zip(names, seen.split(), strict=False))
    texts = {name: form.cleaned_data[name] for name in names if form.add_prefix(name) in form.data}
    return {name: text for name, text in texts.items() if fingerprint([text]) != shown.get(name)}


class RowForm(forms.Form):
    """The texts of one row. `place` names the row for people who cannot see where it stands.

    `path` begins the paths of the section's findings.
    """

    path: ClassVar[str]
    section: ClassVar[Section]

    def __init__(self, data: Mapping[str, Any] | None = None, *, key: UUID, place: str = "", **kwargs: Any) -> None:
        super().__init__(data, prefix=str(key), auto_id=f"{self.path}-%s", use_required_attribute=False, **kwargs)
        for bound in self:
            bound.field.widget.attrs["class"] = "form-select" if bound.name == "comparison" else "form-control"
            bound.field.widget.attrs["aria-label"] = f"{place} {bound.label}".strip()


def _of(kind: type[Text], model: type[Row] | type[Budget], name: str, **kwargs: Any) -> Text:
    """A field of `kind` with the label and the limit of the column that it fills."""
    column = cast("models.Field[Any, Any]", model._meta.get_field(name))
    return kind(str(column.verbose_name), cast(int, column.max_length), **kwargs)


class GoalForm(RowForm):
    path, section = "goals", GOALS
    text = _of(Text, DutyGoal, "text")


class TaskForm(RowForm):
    path, section = "tasks", TASKS
    name = _of(Line, MainTask, "name")
    content = _of(Text, MainTask, "content")
    amount = _of(Line, MainTask, "amount", widget=widgets.Line(attrs={"inputmode": "decimal"}))


class TargetForm(RowForm):
    path, section = "targets", TARGETS
    name = _of(Line, Target, "name")
    comparison = forms.ChoiceField(
        label="指标值类型",
        required=False,
        choices=[("", "请选择"), *Comparison.choices],
        widget=widgets.Choice,
        error_messages={"invalid_choice": "请在列表中选择指标值类型。"},
    )
    value = _of(Line, Target, "value")
    unit = _of(Line, Target, "unit", widget=widgets.Line)
    scoring_standard = _of(Text, Target, "scoring_standard")
    explanation = _of(Text, Target, "explanation")
    remark = _of(Text, Target, "remark")


class BudgetForm(forms.Form):
    """The five figures as they are typed; what they mean the checks say."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    total = _of(Line, Budget, "total")
    fiscal_funds = _of(Line, Budget, "fiscal_funds")
    other_funds = _of(Line, Budget, "other_funds")
    basic_expenditure = _of(Line, Budget, "basic_expenditure")
    project_expenditure = _of(Line, Budget, "project_expenditure")

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="budget-%s", use_required_attribute=False, **kwargs)
        for name in BUDGET_LABELS:
            self.fields[name].widget = widgets.Line(
                attrs={"class": "form-control number", "inputmode": "decimal", "autocomplete": "off"}
            )

    def figures(self) -> dict[str, str]:
        """The figures of a valid form that were changed."""
        return changed_texts(self, BUDGET_LABELS, self.cleaned_data["seen"])


@dataclass(frozen=True)
class PostedRow:
    """A row that was sent: where it belongs, the version and texts that the sender saw, and its form, valid or not.

    `seen` is the fingerprint of the texts, empty for a row that is yet to be made.
    """

    key: UUID
    version: int
    seen: str
    group: int | None
    position: int | None
    origin: UUID | None
    form: RowForm

    def edit(self) -> RowEdit:
        """What a valid form asks the services for: only the texts that were changed."""
        texts = changed_texts(self.form, self.form.fields, self.seen)
        return RowEdit(self.key, self.version, texts, self.group, self.position, self.origin)


def posted_rows(data: QueryDict, form_class: type[RowForm], named_by: str = "row") -> list[PostedRow]:
    """The rows that the fields `named_by` name in a request, in their order.

    Raises BadRequest where the request was not made by our form.
    """
    rows = []
    for text in dict.fromkeys(data.getlist(named_by)):
        try:
            key = UUID(text)
            version = int(data.get(f"{text}-version") or "")
            group = _optional_integer(data.get(f"{text}-group"))
            position = _optional_integer(data.get(f"{text}-position"))
            origin = UUID(named) if (named := data.get(f"{text}-origin")) else None
        except ValueError:
            raise BadRequest("row without a proper key, version, group, position or origin") from None
        if str(key) != text:
            raise BadRequest("row with a key that is not written our way")
        if not (0 <= version < 2**31 and (position is None or 0 <= position < 2**31) and (group or 0) < 2**63):
            raise BadRequest("row with a number out of range")
        seen = data.get(f"{text}-seen") or ""
        rows.append(PostedRow(key, version, seen, group, position, origin, form_class(data, key=key)))
    return rows


def _optional_integer(text: str | None) -> int | None:
    return int(text) if text else None
