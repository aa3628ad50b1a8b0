"""Forms of templates and of the nodes of their trees."""

from copy import copy
from typing import Any, ClassVar

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Fieldset, Layout, Row
from django import forms

from indicators.models import IndicatorTemplate, PrimaryIndicator, SecondaryIndicator, TertiaryIndicator
from indicators.tree import FIELDS, Level, Node, children_of, fingerprint, level_of, parent_id_of

PRINTING_HELP = "决定打印预览以及下载的 PDF、Excel 的样式。不打印的栏目仍须填报和审核，内容照常保存。"


class Paragraphs(forms.CharField):
    """A text of several lines, without the carriage returns that browsers send: one line end is one character."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


HEAD = ("name", "title", "points_total", "with_task_amounts", "guidance")
CHOSEN = ("orientation", "amount_format")
SWITCHES = ("unit_column", "standard_column", "remark_column", "signature_lines")


class TemplateForm(forms.ModelForm):
    """The head of a template, and how its official table is printed."""

    class Meta:
        model = IndicatorTemplate
        fields: ClassVar = [*HEAD, *CHOSEN, *SWITCHES]
        field_classes: ClassVar = {"guidance": Paragraphs}
        widgets: ClassVar = {"guidance": forms.Textarea(attrs={"rows": 4}), **dict.fromkeys(CHOSEN, forms.RadioSelect)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            *HEAD,
            Fieldset(
                "打印设置",
                HTML(f'<p class="quiet">{PRINTING_HELP}</p>'),
                *(InlineRadios(name) for name in CHOSEN),
                *SWITCHES,
                css_class="printing-settings",
            ),
        )


class NodeForm(forms.ModelForm):
    """One node's fields; a new node has no `seen`, and one of the first level no choice of parent."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, template: IndicatorTemplate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = level_of(self.instance)
        layout: list[Any] = ["seen", *self.rows]
        if level.parent is not None and self.instance.pk is not None:
            self.fields["parent"] = forms.TypedChoiceField(
                label=f"所属{level.parent.label}", coerce=int, choices=_parents(template, level)
            )
            self.initial["parent"] = parent_id_of(self.instance)
            layout.append("parent")
        if self.instance.pk is not None:
            self.initial["seen"] = fingerprint(self.instance)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*layout)

    rows: ClassVar[list[Any]] = []

    def focus_first_error(self) -> None:
        """Let the browser put the cursor into the first field with an error, or into the name."""
        field = next((name for name in self.fields if name in self.errors), "name")
        self.fields[field].widget.attrs["autofocus"] = True

    def node_fields(self) -> dict[str, Any]:
        """The cleaned values of the node's own columns."""
        return {field: self.cleaned_data[field] for field in FIELDS[level_of(self.instance)]}


def _parents(template: IndicatorTemplate, level: Level) -> list[tuple[int, str]]:
    primaries = template.primaries.all()
    if level is Level.SECONDARY:
        return [(primary.pk, primary.name) for primary in primaries]
    return [
        (secondary.pk, f"{primary.name} / {secondary.name}")
        for primary in primaries
        for secondary in children_of(primary)
    ]


class PrimaryForm(NodeForm):
    rows: ClassVar = [Row(Column("name", css_class="col-md-8"), Column("kind", css_class="col-md-4"))]

    class Meta:
        model = PrimaryIndicator
        fields = FIELDS[Level.PRIMARY]


class SecondaryForm(NodeForm):
    rows: ClassVar = ["name", "allows_own", "explanation", "guidance"]

    class Meta:
        model = SecondaryIndicator
        fields = FIELDS[Level.SECONDARY]
        field_classes: ClassVar = dict.fromkeys(("explanation", "guidance"), Paragraphs)
        widgets: ClassVar = {name: forms.Textarea(attrs={"rows": 3}) for name in ("explanation", "guidance")}


class TertiaryForm(NodeForm):
    rows: ClassVar = [
        "name",
        Row(
            Column("comparison", css_class="col-md-4"),
            Column("value", css_class="col-md-4"),
            Column("unit", css_class="col-md-4"),
        ),
        "value_editable",
        "scoring_standard",
        "explanation",
        "remark",
    ]

    class Meta:
        model = TertiaryIndicator
        fields = FIELDS[Level.TERTIARY]
        field_classes: ClassVar = dict.fromkeys(("scoring_standard", "explanation", "remark"), Paragraphs)
        widgets: ClassVar = {
            "scoring_standard": forms.Textarea(attrs={"rows": 2}),
            "explanation": forms.Textarea(attrs={"rows": 3}),
            "remark": forms.Textarea(attrs={"rows": 2}),
        }


FORMS: dict[Level, type[NodeForm]] = {
    Level.PRIMARY: PrimaryForm,
    Level.SECONDARY: SecondaryForm,
    Level.TERTIARY: TertiaryForm,
}


def node_form(template: IndicatorTemplate, node: Node, data: Any = None) -> NodeForm:
    """The form of `node` (unsaved: of a new one) in `template`, whose tree is prefetched; bound to `data` if given."""
    # A copy, because validation writes what was typed into the instance and the page shows what is stored.
    return FORMS[level_of(node)](data, instance=copy(node), template=template)
