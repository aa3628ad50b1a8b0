"""The forms of sign-in, of the own settings and of the administrators' pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from perfgoals.accounts.enums import DEPARTMENT_ROLES, REVIEW_ROLES, OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User
from perfgoals.accounts.services import errors_of_place

CHOOSE = "（请选择）"
INVALID_EMAIL = {"invalid": "邮箱格式不正确，正确的格式如 zhangsan@example.gov.cn。"}


Row = TypeVar("Row", bound=Model)


@contextmanager
def refusals_on(
    form: forms.BaseForm, refusal: type[Exception] = ValidationError, field: str | None = None
) -> Iterator[None]:
    """Show what a service refuses inside the block as errors of the form or, where given, of its `field`."""
    try:
        yield
    except refusal as error:
        form.add_error(field, error if isinstance(error, ValidationError) else str(error))


class SignInForm(AuthenticationForm):
    error_messages = {  # noqa: RUF012  # declared so by Django
        "invalid_login": "用户名或密码不正确。请核对后重新输入；连续输错 5 次，账号将锁定 15 分钟。",
        "inactive": "该账号已停用，请联系系统管理员。",
    }


class NewPasswordForm(PasswordChangeForm):
    """A new password, which has to be another than the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = "至少 10 个字符；不能全为数字，不能是常见密码，也不能与用户名相近。"
        self.fields["new_password2"].help_text = "请再次输入新密码。"

    def clean(self) -> dict[str, Any]:
        super().clean()
        old, new = self.cleaned_data.get("old_password"), self.cleaned_data.get("new_password1")
        if old and old == new:
            self.add_error("new_password1", "新密码不能与旧密码相同。")
        return self.cleaned_data


class SettingsForm(forms.ModelForm):
    """What everybody sets about oneself."""

    class Meta:
        model = User
        fields: ClassVar = ["email", "mail"]
        error_messages: ClassVar = {"email": INVALID_EMAIL}
        widgets: ClassVar = {
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "mail": forms.RadioSelect,
        }
        help_texts: ClassVar = {
            "email": "用于接收通知邮件，可以留空。",
            "mail": "未填写邮箱的，无论如何选择均不发送邮件。系统内的通知不受此项影响。",
        }


class DepartmentField(forms.ModelChoiceField):
    def label_from_instance(self, department: Department) -> str:
        return f"{department.code} {department.name}"


class OfficeField(forms.ModelChoiceField):
    def label_from_instance(self, office: ReviewOffice) -> str:
        return f"{office.name}（{office.get_kind_display()}）"


def offer(form: forms.BaseForm, field: str, choices: QuerySet[Department]) -> None:
    """Let people choose among `choices` in this field of the form."""
    cast(forms.ModelChoiceField, form.fields[field]).queryset = choices


class OfficeForm(forms.ModelForm):
    class Meta:
        model = ReviewOffice
        fields: ClassVar = ["name", "kind"]
        error_messages: ClassVar = {"name": {"unique": "已有同名科室。"}}


class DepartmentForm(forms.ModelForm):
    superior = DepartmentField(
        Department.objects.none(),
        label="主管部门",
        required=False,
        empty_label="（无，一级预算单位）",
        help_text="下属单位须选择主管部门；一级预算单位留空。",
    )
    office = forms.ModelChoiceField(
        ReviewOffice.objects.filter(kind=OfficeKind.BUSINESS), label="归口业务科室", empty_label=CHOOSE
    )

    class Meta:
        model = Department
        fields: ClassVar = ["code", "name", "kind", "superior", "office", "is_active"]
        error_messages: ClassVar = {
            "code": {"unique": "该单位代码已被其他单位使用。"},
            "name": {"unique": "已有同名单位。"},
        }
        help_texts: ClassVar = {
            "code": "由数字、字母和连字符组成，不能与其他单位重复。",
            "is_active": "停用的部门不再参加新的申报，已有申报表仍可查阅。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        superiors = Department.objects.exclude(pk=self.instance.pk)
        offer(self, "superior", superiors.filter(Q(is_active=True) | Q(pk=self.instance.superior_id)))


class AccountForm(forms.ModelForm):
    """An account. The role decides whether it belongs to a department, an office or neither."""

    department = DepartmentField(
        Department.objects.none(), label="所属部门（单位）", required=False, empty_label=CHOOSE
    )
    office = OfficeField(ReviewOffice.objects.all(), label="所属科室", required=False, empty_label=CHOOSE)

    class Meta:
        model = User
        fields: ClassVar = ["username", "name", "role", "department", "office", "is_office_head", "email", "is_active"]
        error_messages: ClassVar = {"email": INVALID_EMAIL}
        help_texts: ClassVar = {
            "username": "用于登录，由字母、数字和 _ . @ - 组成，创建后不能更改。",
            "is_office_head": "仅限审核人。科室负责人可以分派本科室的申报表，查看各审核人的办理情况。",
            "email": "用于接收通知邮件，可以留空；本人可以在“个人设置”中更改。",
            "is_active": "停用后立即退出登录，并且不能再登录；已办理的事项仍保留其姓名。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "department", Department.objects.filter(Q(is_active=True) | Q(pk=self.instance.department_id)))
        if self.instance.pk is None:
            del self.fields["is_active"]
        else:
            self.fields["username"].disabled = True
        self.fields["role"].widget.attrs |= {
            "data-department-roles": " ".join(sorted(DEPARTMENT_ROLES)),
            "data-office-roles": " ".join(sorted(REVIEW_ROLES)),
        }

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if {"role", "department", "office"} <= data.keys():
            errors = errors_of_place(
                data["role"], data["department"], data["office"], is_office_head=data["is_office_head"]
            )
            for field, message in errors.items():
                self.add_error(field, message)
        return data


class Filter(forms.Form):
    """The search fields above a list. What cannot be understood limits nothing and is marked.

    A field `q` searches the columns `searched`, a field `active` those enabled or disabled; the others are columns.
    """

    searched: ClassVar[tuple[str, ...]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"

    def apply(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Those of `rows` that have what was filled in and understood."""
        self.is_valid()
        conditions = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        if text := conditions.pop("q", None):
            rows = rows.filter(Q(*((f"{column}__icontains", text) for column in self.searched), _connector=Q.OR))
        if active := conditions.pop("active", None):
            rows = rows.filter(is_active=active == "yes")
        return rows.filter(**conditions)


ACTIVE_CHOICES = [("", "全部"), ("yes", "启用"), ("no", "停用")]


class AccountFilter(Filter):
    searched = ("username", "name")
    q = forms.CharField(label="用户名或姓名", max_length=100, required=False)
    role = forms.ChoiceField(label="角色", choices=[("", "全部"), *Role.choices], required=False)
    department = DepartmentField(Department.objects.all(), label="部门", required=False, empty_label="全部")
    office = OfficeField(ReviewOffice.objects.all(), label="科室", required=False, empty_label="全部")
    active = forms.ChoiceField(label="状态", choices=ACTIVE_CHOICES, required=False)


class DepartmentFilter(Filter):
    searched = ("code", "name")
    q = forms.CharField(label="单位代码或名称", max_length=100, required=False)
    office = forms.ModelChoiceField(
        ReviewOffice.objects.filter(kind=OfficeKind.BUSINESS),
        label="归口业务科室",
        required=False,
        empty_label="全部",
    )
    active = forms.ChoiceField(label="状态", choices=ACTIVE_CHOICES, required=False)


class OfficeFilter(Filter):
    searched = ("name",)
    q = forms.CharField(label="科室名称", max_length=100, required=False)
