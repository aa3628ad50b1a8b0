"""The filters of lists of declarations."""

from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet

from declarations import permissions
from declarations.enums import Status
from declarations.models import Declaration, Round
from perfgoals.accounts.enums import REVIEW_ROLES, ROLES_READING_EVERYTHING, OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User

WAITING = "waiting"
APPROVED, NOT_APPROVED = "some", "none"
# Whoever sees the declarations of more than one office.
ROLES_OVER_OFFICES = ROLES_READING_EVERYTHING | {Role.PERFORMANCE_REVIEWER}


class SearchFilter(forms.Form):
    """What every list of declarations can be searched by: department, office and year."""

    q = forms.CharField(
        label="部门名称或代码", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    office = forms.ModelChoiceField(
        ReviewOffice.objects.filter(kind=OfficeKind.BUSINESS), label="归口科室", required=False, empty_label="全部科室"
    )
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.user = user
        years = Round.objects.values_list("fiscal_year", flat=True)
        self._offer("year", [("", "全部年度"), *((str(year), f"{year} 年度") for year in years)])
        if user.role not in ROLES_OVER_OFFICES:
            del self.fields["office"]
        for field in self.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def apply(self, declarations: "QuerySet[Declaration]") -> "QuerySet[Declaration]":
        """Those of `declarations` that the filters let through; none where the address asks for what there is not."""
        if not self.is_valid():
            return declarations.none()
        wanted = self.cleaned_data
        if wanted["q"]:
            # Departments are few beside declarations: their texts are looked at once, not once a declaration.
            departments = Department.objects.filter(Q(name__icontains=wanted["q"]) | Q(code__icontains=wanted["q"]))
            declarations = declarations.filter(department__in=departments.order_by().values("pk"))
        if wanted.get("office"):
            declarations = declarations.filter(department__office=wanted["office"])
        if wanted["year"]:
            declarations = declarations.filter(round__fiscal_year=wanted["year"])
        return self.narrow(declarations)

    def in_use(self) -> list[tuple[str, str]]:
        """What the address asks for, by the names of the fields, as it stands there."""
        return [(name, self.data[name]) for name in self.fields if self.data.get(name)]

    def narrow(self, declarations: "QuerySet[Declaration]") -> "QuerySet[Declaration]":
        """Those of `declarations` that the further filters of the list let through, which are valid."""
        raise NotImplementedError

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices


class DeclarationFilter(SearchFilter):
    """Narrows the declarations that `user` may see down to what the address asks for."""

    status = forms.ChoiceField(label="状态", required=False)
    # What is being adjusted is approved and, say, in review: its status does not tell.
    approval = forms.ChoiceField(
        label="现行批复", required=False, choices=[("", "不限"), (APPROVED, "有"), (NOT_APPROVED, "没有")]
    )
    field_order = ("q", "status", "approval", "office", "year")

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, user=user)
        waiting = [(WAITING, "待我审核")] if user.role in REVIEW_ROLES else []
        self._offer("status", [("", "全部状态"), *waiting, *Status.choices])

    def narrow(self, declarations: "QuerySet[Declaration]") -> "QuerySet[Declaration]":
        status, approval = self.cleaned_data["status"], self.cleaned_data["approval"]
        if approval:
            declarations = declarations.filter(approved__isnull=approval == NOT_APPROVED)
        if status == WAITING:
            return declarations.filter(permissions.waiting_for(self.user))
        return declarations.filter(status=status) if status else declarations
