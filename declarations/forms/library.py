"""The forms of the indicator library: what to look for, and where to put what is picked."""

from typing import Any, cast

from django import forms

from declarations import library
from declarations.exports.table import value_with_unit
from declarations.library import Range
from declarations.models import Declaration
from declarations.numbers import format_number
from indicators.models import SecondaryIndicator
from perfgoals.accounts.enums import DepartmentKind


class LibraryFilter(forms.Form):
    """Narrows the library down to what the address asks for; `group`, where to put things, is only handed on."""

    q = forms.CharField(
        label="名称或说明中的词语",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control"}),
    )
    under = forms.ChoiceField(label="二级指标", required=False, widget=forms.Select(attrs={"class": "form-select"}))
    kind = forms.ChoiceField(
        label="部门类别",
        required=False,
        choices=[("", "全部类别"), *DepartmentKind.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    group = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter-%s")
        names = library.group_names()
        cast(forms.ChoiceField, self.fields["under"]).choices = [("", "全部二级指标"), *zip(names, names, strict=True)]


class GroupField(forms.ModelChoiceField):
    def label_from_instance(self, obj: SecondaryIndicator) -> str:
        return f"{obj.primary.name} › {obj.name}"


class PickForm(forms.Form):
    """Where to put what is picked."""

    group = GroupField(
        SecondaryIndicator.objects.none(),
        label="加入到",
        empty_label="请选择二级指标",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": "请选择加入到哪个二级指标。", "invalid_choice": "请在列表中选择二级指标。"},
    )

    def __init__(self, data: Any = None, *, declaration: Declaration, group: str) -> None:
        super().__init__(data, auto_id="pick-%s", initial={"group": group}, use_required_attribute=False)
        cast(GroupField, self.fields["group"]).queryset = library.groups_to_pick_for(declaration)


def range_text(declared: Range) -> str:
    """The range with its unit, as 90～98%."""
    ends = dict.fromkeys(format_number(number) for number in (declared.least, declared.most))
    return value_with_unit("～".join(ends), declared.unit)
