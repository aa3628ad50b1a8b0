"""The tabs, filters and order of the queue, as its address carries them."""

from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet

from declarations.enums import QueueTab, StageKind
from declarations.forms.filters import SearchFilter
from declarations.models import Declaration
from declarations.numbers import storable_amount
from declarations.people import colleagues_of
from perfgoals.accounts.enums import REVIEW_ROLES, Role
from perfgoals.accounts.models import Department, User
from perfgoals.accounts.selectors import keys_of_tree

MINE, NOBODY = "me", "nobody"
WITH_HINTS, WITHOUT_HINTS = "some", "none"
# By how the address names it: the field to sort by and what people call it. Submissions are numbered as they come.
ORDERS = {
    "code": ("department__code", "单位代码"),
    "submitted": ("submission", "送审时间"),
    "due": ("due_at", "办理期限"),
    "amount": ("submission__total", "预算总额"),
    "hints": ("submission__warnings", "系统提示"),
}


class Amount(forms.CharField):
    """An amount in 万元 as people type it."""

    def __init__(self, label: str) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 8})
        super().__init__(label=label, required=False, max_length=50, widget=widget)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        amount = storable_amount(text) if text else None
        if text and amount is None:
            raise forms.ValidationError("请输入以万元为单位的金额，如 1200.5。")
        return amount


class QueueFilter(SearchFilter):
    """Narrows what somebody reviews down to what the address asks for."""

    tab = forms.TypedChoiceField(
        choices=QueueTab, coerce=QueueTab, required=False, empty_value=QueueTab.WAITING, widget=forms.HiddenInput
    )
    assignee = forms.ChoiceField(label="经办人", required=False)
    order = forms.ChoiceField(
        label="排序",
        required=False,
        choices=[
            ("", "按缓急"),
            *(
                (f"{sign}{name}", f"{label}，{direction}")
                for name, (_, label) in ORDERS.items()
                for sign, direction in (("", "升序"), ("-", "降序"))
            ),
        ],
    )
    stage = forms.ChoiceField(
        label="所在环节",
        required=False,
        choices=[("", "全部环节"), *((kind.value, f"{kind.label}审核") for kind in StageKind)],
    )
    superior = forms.ModelChoiceField(
        Department.objects.none(), label="主管部门及其下属单位", required=False, empty_label="全部部门"
    )
    hints = forms.ChoiceField(
        label="系统提示",
        required=False,
        choices=[("", "不限"), (WITH_HINTS, "有提示"), (WITHOUT_HINTS, "无提示")],
    )
    amount_from = Amount("预算总额自（万元）")
    amount_to = Amount("预算总额至（万元）")
    adjusted = forms.BooleanField(label="只看调整", required=False)
    field_order = ("q", "year", "assignee", "order", "stage", "superior", "office", "hints", "amount_from", "amount_to")
    # What stands in sight; the rest is behind 更多条件.
    foremost: ClassVar = frozenset({"q", "year", "assignee", "order"})

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, user=user)
        self.fields["adjusted"].widget.attrs["class"] = "form-check-input"
        if user.role in REVIEW_ROLES:
            people = [
                (str(person.pk), person.name if person.is_active else f"{person.name}（已停用）")
                for person in colleagues_of(user)
                if person.pk != user.pk
            ]
            self._offer("assignee", [("", "全部"), (MINE, "我"), (NOBODY, "待认领"), *people])
            superiors = Department.objects.filter(subordinates__isnull=False).distinct()
            if user.role == Role.REVIEWER:
                superiors = superiors.filter(Q(office=user.office_id) | Q(subordinates__office=user.office_id))
            self.fields["superior"].queryset = superiors  # type: ignore[attr-defined]
        else:
            del self.fields["assignee"], self.fields["superior"]

    @property
    def in_sight(self) -> list[forms.BoundField]:
        """The fields that always stand in sight."""
        return [field for field in self.visible_fields() if field.name in self.foremost]

    @property
    def further(self) -> list[forms.BoundField]:
        """The fields behind 更多条件."""
        return [field for field in self.visible_fields() if field.name not in self.foremost]

    @property
    def further_is_used(self) -> bool:
        """Whether any field behind 更多条件 is filled in."""
        return any(field.value() for field in self.further)

    @property
    def narrows(self) -> bool:
        """Whether any condition is given."""
        return any(field.value() for field in self.visible_fields() if field.name != "order")

    @property
    def chosen_tab(self) -> QueueTab:
        """The tab that the address asks for; the first one where there is no such."""
        self.is_valid()
        return self.cleaned_data.get("tab", QueueTab.WAITING)

    @property
    def chosen_order(self) -> str:
        """How to sort, as the address names it; empty for the order by urgency."""
        self.is_valid()
        return self.cleaned_data.get("order", "")

    def query(self, **changes: str) -> str:
        """What the address carries, in a fixed order and without what is empty, save for `changes`."""
        sent = {name: self.data.get(name, "") for name in self.fields} | changes
        return urlencode({name: value for name, value in sent.items() if value})

    def narrow(self, declarations: "QuerySet[Declaration]") -> "QuerySet[Declaration]":
        wanted = self.cleaned_data
        conditions = Q()
        if wanted["stage"]:
            conditions &= Q(stage__kind=wanted["stage"])
        if wanted.get("superior"):
            conditions &= Q(department__in=keys_of_tree(wanted["superior"]))
        if person := wanted.get("assignee"):
            conditions &= Q(assignee={MINE: self.user.pk, NOBODY: None}.get(person, person))
        if wanted["hints"]:
            conditions &= (
                Q(submission__warnings=0) if wanted["hints"] == WITHOUT_HINTS else Q(submission__warnings__gt=0)
            )
        if wanted["amount_from"] is not None:
            conditions &= Q(submission__total__gte=wanted["amount_from"])
        if wanted["amount_to"] is not None:
            conditions &= Q(submission__total__lte=wanted["amount_to"])
        if wanted["adjusted"]:
            conditions &= Q(submission__revision__gt=1)
        return declarations.filter(conditions)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        lowest, highest = cleaned.get("amount_from"), cleaned.get("amount_to")
        if lowest is not None and highest is not None and lowest > highest:
            self.add_error("amount_to", "不应小于起始金额。")
        return cleaned
