"""The forms of a round and of a department's extension."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.forms.boundfield import BoundField, BoundWidget
from django.http import QueryDict
from django.utils import timezone

from declarations.enums import BUREAU_STAGES, StageKind
from declarations.models import Extension, Round
from declarations.models.round import CLOSES_TOO_EARLY
from declarations.numbers import normalise
from declarations.round_services import (
    ADJUSTMENTS_CLOSE_TOO_EARLY,
    MAX_TARGET_DAYS,
    NO_STAGE_OF_BUREAU,
    WRONG_DAYS,
    YEAR_TAKEN,
    RoundValues,
    StageValues,
    fields_in_use,
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


class DaysField(forms.CharField):
    """The days that a stage is to take; None where nothing was typed."""

    def __init__(self, label: str) -> None:
        attributes = {"inputmode": "numeric", "autocomplete": "off", "class": "form-control"}
        super().__init__(label=label, required=False, widget=forms.TextInput(attributes))

    def clean(self, value: Any) -> int | None:
        text = normalise(super().clean(value))
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_TARGET_DAYS:
            raise ValidationError(WRONG_DAYS)
        return int(text)


class RoundForm(forms.ModelForm):
    """A round with its review stages. What is in use is shown and cannot be changed."""

    stages = forms.MultipleChoiceField(label="审核环节", choices=StageKind.choices, widget=forms.CheckboxSelectMultiple)

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
            "adjustments_close_at": "北京时间；到此时起不能再调整已批复的申报表。留空的，至预算年度终了。",
        }
        error_messages: ClassVar = {"fiscal_year": {"unique": YEAR_TAKEN}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        templates = cast(forms.ModelChoiceField, self.fields["template"])
        templates.queryset = IndicatorTemplate.objects.filter(published_at__isnull=False)
        templates.empty_label = CHOOSE
        for kind in StageKind:
            self.fields[_days_of(kind)] = DaysField(f"{kind.label}办理时限（天）")
        self.in_use: dict[str, str] = {}
        if self.instance.pk is None:
            self.fields["fiscal_year"].initial = timezone.localdate().year + 1
        else:
            days = {StageKind(stage.kind): stage.target_days for stage in self.instance.stages.all()}
            self.fields["stages"].initial = list(days)
            for kind in days:
                self.fields[_days_of(kind)].initial = days[kind]
            self.in_use = fields_in_use(self.instance)
        for name, reason in self.in_use.items():
            self.fields[name].disabled = True
            self.fields[name].help_text = reason

    def settings(self) -> list[BoundField]:
        """The fields without the stages, in their order."""
        return [self[name] for name in self.Meta.fields]

    def stage_rows(self) -> Iterator[tuple[BoundWidget, BoundField]]:
        """For each stage, in order, the box that chooses it and its days."""
        for box, kind in zip(self["stages"], StageKind, strict=True):
            yield box, self[_days_of(kind)]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        for name, reason in self.in_use.items():
            # A page from before the field was in use still sends it.
            sent = set(cast(QueryDict, self.data).getlist(self.add_prefix(name)))
            stored = self.get_initial_for_field(self.fields[name], name)
            if sent and sent != {str(value) for value in (stored if isinstance(stored, list) else [stored])}:
                self.add_error(None, reason)
        if data.get("stages") and not BUREAU_STAGES & set(data["stages"]):
            self.add_error("stages", NO_STAGE_OF_BUREAU)
        opens_at, closes_at, adjustments = map(data.get, ("opens_at", "closes_at", "adjustments_close_at"))
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", CLOSES_TOO_EARLY)
        if closes_at and adjustments and adjustments <= closes_at:
            self.add_error("adjustments_close_at", ADJUSTMENTS_CLOSE_TOO_EARLY)
        return self.cleaned_data

    def values(self) -> RoundValues:
        """What was typed, once the form is valid. The days of a stage that is not chosen are of no account."""
        data = self.cleaned_data
        stages = (StageValues(StageKind(kind), data[_days_of(StageKind(kind))]) for kind in data["stages"])
        return RoundValues(**{name: data[name] for name in self.Meta.fields}, stages=tuple(stages))


def _days_of(kind: StageKind) -> str:
    """The name of the field of a stage's days."""
    return f"days_{kind}"


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
