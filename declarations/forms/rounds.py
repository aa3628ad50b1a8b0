"""The forms of a round and of a department's extension."""

from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone

from declarations.enums import StageKind
from declarations.models import Extension, Round
from declarations.models.round import CLOSES_TOO_EARLY
from declarations.round_services import (
    YEAR_TAKEN,
    RoundValues,
    StageValues,
    fields_in_use,
    stages_of,
    why_no_extension,
)
from indicators.models import IndicatorTemplate
from perfgoals.accounts.forms import CHOOSE
from perfgoals.accounts.models import Department


class LocalTimeField(forms.DateTimeField):
    """A time to the minute, typed and shown in the site's time zone."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**kwargs)
        # A slip of the year, which a database might not even hold.
        self.validators += [
            MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC), "请核对年份。"),
            MaxValueValidator(datetime(2100, 1, 1, tzinfo=UTC), "请核对年份。"),
        ]


class RoundForm(forms.ModelForm):
    """A round with its review stages. What is in use is shown and cannot be changed."""

    stages = forms.MultipleChoiceField(
        label="审核环节",
        choices=StageKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="申报表依次经各环节审核，最后一个环节批复。",
    )

    class Meta:
        model = Round
        fields: ClassVar = ["fiscal_year", "title", "template", "opens_at", "closes_at", "adjustments_close_at"]
        field_classes: ClassVar = {
            "opens_at": LocalTimeField,
            "closes_at": LocalTimeField,
            "adjustments_close_at": LocalTimeField,
        }
        help_texts: ClassVar = {
            "fiscal_year": "每个预算年度只有一个申报批次。",
            "template": "只能选用已发布的模板。",
            "opens_at": "北京时间。",
            "closes_at": "北京时间；到此时起部门不能再填报、送审和撤回，经批准延期的除外。",
        }
        error_messages: ClassVar = {"fiscal_year": {"unique": YEAR_TAKEN}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        templates = cast(forms.ModelChoiceField, self.fields["template"])
        templates.queryset = IndicatorTemplate.objects.filter(published_at__isnull=False)
        templates.empty_label = CHOOSE
        self.in_use: dict[str, str] = {}
        if self.instance.pk is None:
            self.fields["fiscal_year"].initial = timezone.localdate().year + 1
        else:
            self.fields["stages"].initial = list(stages_of(self.instance))
            self.in_use = fields_in_use(self.instance)
        for name, reason in self.in_use.items():
            self.fields[name].disabled = True
            self.fields[name].help_text = reason

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        for name, reason in self.in_use.items():
            # A page from before the field was in use still sends it.
            sent = self.data.get(self.add_prefix(name))
            if sent is not None and sent != str(self.get_initial_for_field(self.fields[name], name)):
                self.add_error(None, reason)
        if "opens_at" in data and "closes_at" in data and data["closes_at"] <= data["opens_at"]:
            self.add_error("closes_at", CLOSES_TOO_EARLY)
        return self.cleaned_data

    def values(self) -> RoundValues:
        """What was typed, once the form is valid."""
        data = dict(self.cleaned_data)
        stages = tuple(StageValues(StageKind(kind)) for kind in data.pop("stages"))
        return RoundValues(**data, stages=stages)


class ExtensionForm(forms.ModelForm):
    """An extension of the round; for a department that has one, it takes its place."""

    class Meta:
        model = Extension
        fields: ClassVar = ["department", "closes_at", "reason"]
        field_classes: ClassVar = {"closes_at": LocalTimeField}
        help_texts: ClassVar = {"closes_at": "北京时间，须晚于本批次的截止时间。"}

    def __init__(self, round_: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "extension", **kwargs})
        self.round = round_
        departments = cast(forms.ModelChoiceField, self.fields["department"])
        departments.queryset = Department.objects.filter(Q(is_active=True) | Q(extensions__round=round_)).distinct()
        departments.empty_label = CHOOSE

    def clean_closes_at(self) -> datetime:
        closes_at: datetime = self.cleaned_data["closes_at"]
        if reason_against := why_no_extension(self.round, closes_at):
            raise ValidationError(reason_against)
        return closes_at
