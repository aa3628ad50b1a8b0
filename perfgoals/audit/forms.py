"""The filters of the log."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils import timezone

from perfgoals.audit.enums import Action
from perfgoals.audit.models import LogEntry

# Wide enough for every log, and every time zone's midnight of it is a date too.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
LARGEST_ID = 2**63 - 1


class DayField(forms.DateField):
    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            validators=[
                MinValueValidator(FIRST_DAY, "日期不能早于 2000 年。"),
                MaxValueValidator(LAST_DAY, "日期不能晚于 2999 年。"),
            ],
            error_messages={"invalid": "日期格式不正确，正确的格式如 2023-03-01。"},
        )


class LogFilter(forms.Form):
    """Narrows the log down to what the address asks for."""

    since = DayField("起始日期")
    until = DayField("截止日期")
    person = forms.CharField(label="姓名或用户名", required=False, max_length=100)
    action = forms.ChoiceField(label="事项", required=False, choices=[("", "全部事项"), *Action.choices])
    subject = forms.CharField(label="对象或说明", required=False, max_length=100)
    address = forms.CharField(label="来源", required=False, max_length=45)
    declaration = forms.IntegerField(
        label="申报表", required=False, min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter-%s")
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name == "action" else "form-control"

    def clean(self) -> dict[str, Any]:
        super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "截止日期不能早于起始日期。")
        return self.cleaned_data

    def apply(self, entries: "QuerySet[LogEntry]") -> "QuerySet[LogEntry]":
        """Those of `entries` that the filters let through; none where the address asks for what cannot be."""
        if not self.is_valid():
            return entries.none()
        wanted = self.cleaned_data
        conditions = Q()
        if wanted["since"]:
            conditions &= Q(at__gte=_midnight(wanted["since"]))
        if wanted["until"]:
            conditions &= Q(at__lt=_midnight(wanted["until"] + timedelta(days=1)))
        if wanted["person"]:
            conditions &= Q(actor_name__icontains=wanted["person"]) | Q(actor__username__icontains=wanted["person"])
        if wanted["action"]:
            conditions &= Q(action=wanted["action"])
        if wanted["subject"]:
            conditions &= Q(subject__icontains=wanted["subject"]) | Q(text__icontains=wanted["subject"])
        if wanted["address"]:
            conditions &= Q(address__icontains=wanted["address"])
        if wanted["declaration"]:
            conditions &= Q(declaration_id=wanted["declaration"])
        return entries.filter(conditions)

    def in_words(self) -> str:
        """What a valid filter asks for, as people read it: 起始日期 2023-03-01；事项 送审."""
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        if "action" in wanted:
            wanted["action"] = Action(wanted["action"]).label
        return "；".join(f"{self.fields[name].label} {value}" for name, value in wanted.items())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
