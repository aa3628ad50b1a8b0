"""The rows of the form as the browser sends them.

Each row names itself (`row=<key>`) and carries its version, so that a request changes the rows that it holds and no
others; there is no count of rows to get wrong. A text that was not sent is not changed, nor is one that came back as it
was shown: a browser sends the whole form, and what somebody else has changed meanwhile is not to be put back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict

from declarations.document import BUDGET_LABELS
from declarations.forms import widgets
from declarations.models import Budget, DutyGoal, MainTask, Row, Target
from declarations.services import RowEdit
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
    """The texts of one row. `place` names the row for people who cannot see where it stands."""

    section: ClassVar[str]

    def __init__(self, data: Mapping[str, Any] | None = None, *, key: UUID, place: str = "", **kwargs: Any) -> None:
        super().__init__(data, prefix=str(key), auto_id=f"{self.section}-%s", use_required_attribute=False, **kwargs)
        for bound in self:
            bound.field.widget.attrs["class"] = "form-select" if bound.name == "comparison" else "form-control"
            bound.field.widget.attrs["aria-label"] = f"{place} {bound.label}".strip()


def _max(model: type[Row] | type[Budget], name: str) -> int:
    length = model._meta.get_field(name).max_length  # type: ignore[union-attr]  # never a relation
    assert length is not None  # noqa: S101  # every text of a row has a limit
    return length


class GoalForm(RowForm):
    section = "goals"
    text = Text("年度履职目标", _max(DutyGoal, "text"))


class TaskForm(RowForm):
    section = "tasks"
    name = Line("任务名称", _max(MainTask, "name"))
    content = Text("主要内容", _max(MainTask, "content"))
    amount = Line("金额（万元）", _max(MainTask, "amount"), widget=widgets.Line(attrs={"inputmode": "decimal"}))


class TargetForm(RowForm):
    section = "targets"
    name = Line("三级指标", _max(Target, "name"))
    comparison = forms.ChoiceField(
        label="指标值类型",
        required=False,
        choices=[("", "请选择"), *Comparison.choices],
        widget=widgets.Choice,
        error_messages={"invalid_choice": "请在列表中选择指标值类型。"},
    )
    value = Line("指标值", _max(Target, "value"))
    unit = Line("度量单位", _max(Target, "unit"), widget=widgets.Line)
    scoring_standard = Text("评/扣分标准", _max(Target, "scoring_standard"))
    explanation = Text("指标值说明", _max(Target, "explanation"))
    remark = Text("备注", _max(Target, "remark"))


class BudgetForm(forms.Form):
    """The five figures as they are typed; what they mean the checks say."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    total = Line(BUDGET_LABELS["total"], _max(Budget, "total"))
    fiscal_funds = Line(BUDGET_LABELS["fiscal_funds"], _max(Budget, "fiscal_funds"))
    other_funds = Line(BUDGET_LABELS["other_funds"], _max(Budget, "other_funds"))
    basic_expenditure = Line(BUDGET_LABELS["basic_expenditure"], _max(Budget, "basic_expenditure"))
    project_expenditure = Line(BUDGET_LABELS["project_expenditure"], _max(Budget, "project_expenditure"))

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
    form: RowForm

    def edit(self) -> RowEdit:
        """What a valid form asks the services for: only the texts that were changed."""
        texts = changed_texts(self.form, self.form.fields, self.seen)
        return RowEdit(self.key, self.version, texts, self.group, self.position)


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
        except ValueError:
            raise BadRequest("row without a proper key, version, group or position") from None
        if str(key) != text:
            raise BadRequest("row with a key that is not written our way")
        if not (0 <= version < 2**31 and (position is None or 0 <= position < 2**31) and (group or 0) < 2**63):
            raise BadRequest("row with a number out of range")
        seen = data.get(f"{text}-seen") or ""
        rows.append(PostedRow(key, version, seen, group, position, form_class(data, key=key)))
    return rows


def _optional_integer(text: str | None) -> int | None:
    return int(text) if text else None
