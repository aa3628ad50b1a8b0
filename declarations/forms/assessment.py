"""The review form as a reviewer fills it in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.forms import BoundField

from declarations.assessing import Mark
from declarations.enums import Scoring
from declarations.forms.rows import Text
from declarations.models import Assessment, Criterion, Declaration
from declarations.models.review import MAX_TEXT
from declarations.numbers import format_number, parse_amount

MAX_DECIMALS = 2

_FIELD = re.compile(r"(?:points|text)-([0-9]{1,18})")


class Points(forms.CharField):
    """What one point of the form is given, as a Decimal of at most two decimals; None where nothing was typed."""

    def __init__(self, criterion: Criterion) -> None:
        attributes = {"class": "form-control", "inputmode": "decimal", "autocomplete": "off", "data-draft": True}
        super().__init__(required=False, label=f"{criterion}得分", widget=forms.TextInput(attributes))
        self.most = criterion.points

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        points = parse_amount(text)
        if points is None or not 0 <= points <= self.most or points != round(points, MAX_DECIMALS):
            raise forms.ValidationError(
                f"请填写 0 至 {format_number(self.most)} 之间的数字，最多 {MAX_DECIMALS} 位小数。"
            )
        return points


@dataclass(frozen=True)
class Point:
    """One point of the form with its fields; `points` is None where the round does not score."""

    criterion: Criterion
    points: BoundField | None
    text: BoundField

    @property
    def most(self) -> str:
        """The most points that can be given, as printed."""
        return format_number(self.criterion.points)


class AssessmentForm(forms.Form):
    """The fields of every criterion of the declaration's round, with what is `stored` where nothing was sent."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, declaration: Declaration, stored: Assessment | None = None
    ) -> None:
        self.criteria = list(declaration.round.criteria.all())
        self.is_scored = declaration.round.scoring == Scoring.SCORED
        initial = {}
        for score in stored.scores.all() if stored else ():
            initial[f"points-{score.criterion_id}"] = "" if score.points is None else format_number(score.points)
            initial[f"text-{score.criterion_id}"] = score.text
        super().__init__(data, initial=initial, auto_id="assessment-%s", use_required_attribute=False)
        for criterion in self.criteria:
            if self.is_scored:
                self.fields[f"points-{criterion.pk}"] = Points(criterion)
            attributes = {"class": "form-control", "rows": 2, "data-draft": True}
            self.fields[f"text-{criterion.pk}"] = Text(
                f"{criterion}的意见", MAX_TEXT, widget=forms.Textarea(attributes)
            )

    @property
    def was_sent(self) -> bool:
        """Whether anything of the form came with the request."""
        return any(_FIELD.fullmatch(name) for name in self.data)

    def clean(self) -> None:
        known = {str(criterion.pk) for criterion in self.criteria}
        sent = {found[1] for name in self.data if (found := _FIELD.fullmatch(name))}
        if sent - known:
            raise forms.ValidationError("审核表已被管理员修改，请核对后重新填写。")

    def aspects(self) -> Iterator[tuple[str, list[Point]]]:
        """The points of the form below what they belong to, in their order."""
        for aspect, criteria in groupby(self.criteria, key=lambda criterion: criterion.aspect):
            yield aspect, [self._point(criterion) for criterion in criteria]

    def marks(self) -> dict[int, Mark]:
        """What was sent, by criterion; of a valid form."""
        return {
            criterion.pk: Mark(
                self.cleaned_data.get(f"points-{criterion.pk}"), self.cleaned_data[f"text-{criterion.pk}"].strip()
            )
            for criterion in self.criteria
            if {f"points-{criterion.pk}", f"text-{criterion.pk}"} & self.data.keys()
        }

    def _point(self, criterion: Criterion) -> Point:
        points = self[f"points-{criterion.pk}"] if self.is_scored else None
        return Point(criterion, points, self[f"text-{criterion.pk}"])
