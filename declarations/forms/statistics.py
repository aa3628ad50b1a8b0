"""The choice of what the statistics page covers."""

from typing import Any, cast

from django import forms

from declarations.forms.filters import ROLES_OVER_OFFICES
from declarations.models import Round
from perfgoals.accounts.enums import OfficeKind
from perfgoals.accounts.models import ReviewOffice, User


class StatisticsFilter(forms.Form):
    """A round by its year, the latest where none is asked for, and one office for whoever sees more than one."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    office = forms.ModelChoiceField(
        ReviewOffice.objects.filter(kind=OfficeKind.BUSINESS), label="归口科室", required=False, empty_label="全部科室"
    )

    def __init__(self, data: Any, *, user: User) -> None:
        # The latest first.
        self.rounds = list(Round.objects.all())
        latest = {"year": str(self.rounds[0].fiscal_year)} if self.rounds else {}
        asked = {name: data[name] for name in ("year", "office") if data.get(name)}
        super().__init__({**latest, **asked}, auto_id="filter-%s")
        years = [(str(round_.fiscal_year), f"{round_.fiscal_year} 年度") for round_ in self.rounds]
        cast(forms.ChoiceField, self.fields["year"]).choices = years
        if user.role not in ROLES_OVER_OFFICES:
            del self.fields["office"]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"

    def chosen_round(self) -> Round | None:
        """The round that is asked for; None where there is none, or where the address asks for what there is not."""
        if not self.is_valid():
            return None
        return next((round_ for round_ in self.rounds if round_.fiscal_year == self.cleaned_data["year"]), None)

    def chosen_office(self) -> ReviewOffice | None:
        """The office that is asked for; None stands for all that the person sees."""
        return self.cleaned_data.get("office")
