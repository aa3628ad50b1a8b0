import pytest
from django.core.exceptions import ValidationError

from perfgoals.accounts.forms import (
    AccountFilter,
    AccountForm,
    DepartmentForm,
    NewPasswordForm,
    OfficeForm,
    refusals_on,
)
from perfgoals.accounts.models import Department, ReviewOffice, User
from tests.accounts.conftest import PASSWORD


def offered(form, field: str) -> list[str]:
    return [str(choice) for choice in form.fields[field].queryset]


def test_account_form_for_a_new_account_asks_for_no_state(db: None) -> None:
    assert list(AccountForm().fields) == [
        "username",
        "name",
        "role",
        "department",
        "office",
        "is_office_head",
        "email",
    ]


def test_account_form_offers_active_departments_and_the_own_one(department: Department, preparer: User) -> None:
    Department.objects.create(code="9", name="撤并单位", office=department.office, is_active=False)
    assert offered(AccountForm(), "department") == ["市政府办公室"]
    Department.objects.update(is_active=False)
    assert offered(AccountForm(instance=preparer), "department") == ["市政府办公室"]


def test_account_form_tells_the_script_which_role_belongs_where(db: None) -> None:
    attributes = AccountForm().fields["role"].widget.attrs
    assert attributes["data-department-roles"] == "department_head preparer"
    assert attributes["data-office-roles"] == "performance_reviewer reviewer"


def test_account_form_with_a_place_that_does_not_fit_says_it_once(department: Department, office: ReviewOffice) -> None:
    place = {"department": department.pk, "office": office.pk, "is_office_head": "on"}
    form = AccountForm({"username": "a", "name": "某人", "role": "auditor", **place})
    assert form.errors == {
        "department": ["“审计人员”不属于任何部门（单位），请将此项留空。"],
        "office": ["“审计人员”不属于任何科室，请将此项留空。"],
        "is_office_head": ["“审计人员”不能是科室负责人，请取消此项。"],
    }


def test_account_form_of_an_office_head_is_right_for_a_reviewer(office: ReviewOffice) -> None:
    form = AccountForm(
        {"username": "a", "name": "某人", "role": "reviewer", "office": office.pk, "is_office_head": "on"}
    )
    assert form.errors == {}
    assert form.cleaned_data["is_office_head"] is True


def test_department_form_offers_others_as_superior_and_business_offices(
    department: Department, performance_office: ReviewOffice
) -> None:
    other = Department.objects.create(code="9", name="教育局", office=department.office)
    form = DepartmentForm(instance=department)
    assert offered(form, "superior") == [str(other)]
    assert offered(form, "office") == [str(department.office)]


def test_new_password_form_refuses_the_old_one(preparer: User) -> None:
    form = NewPasswordForm(preparer, {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD})
    assert form.errors == {"new_password1": ["新密码不能与旧密码相同。"]}


def test_filter_marks_what_it_does_not_understand_and_limits_nothing(preparer: User) -> None:
    filters = AccountFilter({"role": "no-such-role", "q": "张"})
    assert list(filters.apply(User.objects.all())) == [preparer]
    assert list(filters.errors) == ["role"]


def test_refusals_on_shows_them_at_their_fields(db: None) -> None:
    form = AccountForm({"username": "a", "name": "某人", "role": "auditor"})
    assert form.is_valid()
    with refusals_on(form):
        raise ValidationError({"name": "不行。", "__all__": "都不行。"})
    assert form.errors == {"name": ["不行。"], "__all__": ["都不行。"]}


def test_refusals_on_lets_everything_else_through(db: None) -> None:
    with pytest.raises(ZeroDivisionError), refusals_on(AccountForm()):
        raise ZeroDivisionError


def test_names_and_codes_that_are_taken_are_told_in_plain_words(department: Department) -> None:
    taken = {"code": department.code, "name": department.name, "kind": "other", "office": department.office_id}
    assert DepartmentForm(taken).errors == {"code": ["该单位代码已被其他单位使用。"], "name": ["已有同名单位。"]}
    assert OfficeForm({"name": department.office.name, "kind": "business"}).errors == {"name": ["已有同名科室。"]}
