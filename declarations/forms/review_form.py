"""The review form of a round as an administrator works at it: rows that are added, moved and deleted before saving."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import CharField, Model
from django.http import QueryDict

from declarations.enums import Scoring
from declarations.forms.rows import Text
from declarations.models import Criterion, Grade
from declarations.numbers import format_number, normalise, parse_amount
from declarations.review_form import MAX_POINTS, MAX_SCORE, CriterionValues, FormValues, GradeValues

MAX_DECIMALS = 2
YES, NO = "yes", "no"


def _longest(model: type[Model], name: str) -> int:
    """How many characters the column holds."""
    return cast(int, cast(CharField, model._meta.get_field(name)).max_length)


class Required(forms.CharField):
    """A text of one line that has to be there."""

    def __init__(self, label: str, max_length: int) -> None:
        super().__init__(
            label=label,
            max_length=max_length,
            widget=forms.TextInput({"class": "form-control"}),
            error_messages={"required": f"请填写{label}。", "max_length": f"不能超过 {max_length} 字。"},
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # The browser would cut a longer paste without a word.
        return {}


class Number(forms.CharField):
    """Points as people type them, as a Decimal of at most two decimals."""

    def __init__(self, label: str, most: Decimal, *, may_be_zero: bool) -> None:
        attributes = {"class": "form-control", "inputmode": "decimal", "autocomplete": "off"}
        super().__init__(label=label, required=False, widget=forms.TextInput(attributes))
        self.most, self.may_be_zero = most, may_be_zero

    def clean(self, value: Any) -> Decimal:
        number = parse_amount(normalise(super().clean(value)))
        least = 0 if self.may_be_zero else Decimal(1).scaleb(-MAX_DECIMALS)
        if number is None or not least <= number <= self.most or number != round(number, MAX_DECIMALS):
            above = "不小于 0" if self.may_be_zero else "大于 0"
            raise ValidationError(
                f"请填写{above}、不超过 {format_number(self.most)} 的数字，最多 {MAX_DECIMALS} 位小数。"
            )
        return number


class RowForm(forms.Form):
    """A row; `number` tells it from the others of its kind on the page."""

    kind: ClassVar[str]

    def __init__(
        self, number: int, data: Mapping[str, Any] | None = None, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(
            data, initial=initial, prefix=f"{self.kind}-{number}", auto_id="id-%s", use_required_attribute=False
        )
        self.number = number

    def typed(self) -> dict[str, Any]:
        """The texts as they stand in the fields."""
        return {name: self[name].value() for name in self.fields}


class CriterionForm(RowForm):
    kind = "criterion"

    aspect = Required("审核内容", _longest(Criterion, "aspect"))
    name = Required("审核要点", _longest(Criterion, "name"))
    points = Number("分值", MAX_POINTS, may_be_zero=False)
    question = Text(
        "具体内容", _longest(Criterion, "question"), widget=forms.Textarea({"class": "form-control", "rows": 3})
    )

    def values(self) -> CriterionValues:
        return CriterionValues(**self.cleaned_data)


class GradeForm(RowForm):
    kind = "grade"

    label = Required("等级", _longest(Grade, "label"))
    threshold = Number("不低于（分）", MAX_SCORE, may_be_zero=True)
    may_pass = forms.ChoiceField(
        label="能否通过",
        choices=[(YES, "可以通过"), (NO, "不能通过")],
        widget=forms.Select({"class": "form-select"}),
    )

    def values(self) -> GradeValues:
        return GradeValues(**{**self.cleaned_data, "may_pass": self.cleaned_data["may_pass"] == YES})


class HeadForm(forms.Form):
    """How the form is filled in."""

    scoring = forms.ChoiceField(label="填写方式", choices=Scoring.choices, widget=forms.RadioSelect)


class ReviewFormForm:
    """The whole form on the page. Nothing of it is stored before it is saved.

    Each row names itself (`criterion=<number>`), so that there is no count of rows to get wrong; the rows stand in the
    order in which they are sent.
    """

    def __init__(self, head: HeadForm, criteria: list[CriterionForm], grades: list[GradeForm]) -> None:
        self.head = head
        self.criteria = criteria
        self.grades = grades
        self.refusal = ""

    @classmethod
    def shown(cls, values: FormValues) -> "ReviewFormForm":
        """The form with these values in it."""
        criteria = [
            CriterionForm(
                number,
                initial={
                    "aspect": criterion.aspect,
                    "name": criterion.name,
                    "question": criterion.question,
                    "points": format_number(criterion.points),
                },
            )
            for number, criterion in enumerate(values.criteria, 1)
        ]
        grades = [
            GradeForm(
                number,
                initial={
                    "label": grade.label,
                    "threshold": format_number(grade.threshold),
                    "may_pass": YES if grade.may_pass else NO,
                },
            )
            for number, grade in enumerate(values.grades, 1)
        ]
        return cls(HeadForm(initial={"scoring": values.scoring}), criteria, grades)

    @classmethod
    def sent(cls, data: QueryDict) -> "ReviewFormForm":
        """What was sent, to be saved. Raises BadRequest for what the page does not send."""
        criteria = [CriterionForm(number, data) for number in _numbers(data, CriterionForm.kind)]
        grades = [GradeForm(number, data) for number in _numbers(data, GradeForm.kind)]
        return cls(HeadForm(data), criteria, grades)

    def worked(self, action: str) -> "ReviewFormForm":
        """The same, still unsaved, after the pressed button (`add:grade`, `up:criterion-3`) has done what it says."""
        criteria = [CriterionForm(row.number, initial=row.typed()) for row in self.criteria]
        grades = [GradeForm(row.number, initial=row.typed()) for row in self.grades]
        done = ReviewFormForm(HeadForm(initial={"scoring": self.head["scoring"].value()}), criteria, grades)
        found = re.fullmatch(r"(?:(add)|(up|down|delete)):(criterion|grade)(?:-([0-9]{1,4}))?", action)
        if found is None:
            raise BadRequest("not a button of the page")
        add, verb, kind, number = found.groups()
        rows: list[Any] = criteria if kind == CriterionForm.kind else grades
        if add:
            numbers = [row.number for row in rows]
            form_class = CriterionForm if kind == CriterionForm.kind else GradeForm
            rows.append(form_class(max(numbers, default=0) + 1, initial={"may_pass": YES}))
            _focus(rows[-1])
            return done
        index = next((index for index, row in enumerate(rows) if str(row.number) == number), None)
        if index is None:
            raise BadRequest("no such row")
        if verb == "delete":
            del rows[index]
            if rows:
                _focus(rows[min(index, len(rows) - 1)])
        else:
            there = max(0, index - 1) if verb == "up" else min(index + 1, len(rows) - 1)
            rows.insert(there, rows.pop(index))
            _focus(rows[there])
        return done

    def is_valid(self) -> bool:
        # All are looked at, so that every error is shown at once.
        validities = [form.is_valid() for form in (self.head, *self.criteria, *self.grades)]
        return all(validities)

    def values(self) -> FormValues:
        """What was typed, once the form is valid."""
        return FormValues(
            scoring=Scoring(self.head.cleaned_data["scoring"]),
            criteria=tuple(row.values() for row in self.criteria),
            grades=tuple(row.values() for row in self.grades),
        )

    @property
    def total(self) -> str:
        """The sum of the points as they stand, as printed; what is no number does not count."""
        points = [parse_amount(str(row["points"].value() or "")) for row in self.criteria]
        return format_number(sum((number for number in points if number is not None), Decimal(0)))


def _numbers(data: QueryDict, kind: str) -> list[int]:
    numbers = data.getlist(kind)
    if not all(re.fullmatch(r"[0-9]{1,4}", number) for number in numbers) or len(set(numbers)) < len(numbers):
        raise BadRequest("rows without proper numbers")
    return [int(number) for number in numbers]


def _focus(row: RowForm) -> None:
    """Let the cursor stand in the row when the page is shown."""
    next(iter(row.fields.values())).widget.attrs["autofocus"] = True
