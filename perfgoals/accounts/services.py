"""What changes accounts, departments and offices. Refusals are ValidationErrors with Chinese messages by field."""

import secrets

from axes.utils import reset
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model

from perfgoals.accounts.enums import DEPARTMENT_ROLES, OFFICE_KIND_OF_ROLE, REVIEW_ROLES, OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User
from perfgoals.accounts.signin import lockout_key

# Without the characters that look alike: an initial password is read from one screen and typed into another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS = GROUP_LENGTH = 4


def create_account(
    *,
    username: str,
    name: str,
    role: str,
    department: Department | None = None,
    office: ReviewOffice | None = None,
    is_office_head: bool = False,
    email: str = "",
) -> tuple[User, str]:
    """A new account and its initial password, which is stored nowhere and has to be changed at the first sign-in."""
    user = User(
        username=username,
        name=name,
        role=role,
        department=department,
        office=office,
        is_office_head=is_office_head,
        email=email,
        must_change_password=True,
    )
    password = _initial_password()
    user.set_password(password)
    _refuse_wrong_place(user)
    user.clean_fields()
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError({"username": "该用户名已被使用。"})
    _store(user)
    return user, password


def change_account(
    user: User,
    *,
    by: User,
    name: str,
    role: str,
    department: Department | None,
    office: ReviewOffice | None,
    is_office_head: bool,
    email: str,
    is_active: bool,
) -> User:
    """The stored account after the change. A change of what the person may do ends the person's sessions.

    Administrators can neither disable nor demote themselves, so one always remains.
    """
    with transaction.atomic():
        account = User.objects.select_for_update().get(pk=user.pk)
        before = _rights(account)
        account.name = name
        account.role = role
        account.department = department
        account.office = office
        account.is_office_head = is_office_head
        account.email = email
        account.is_active = is_active
        if account == by and not is_active:
            raise ValidationError({"is_active": "不能停用自己的账号，请由其他管理员操作。"})
        if account == by and role != Role.ADMINISTRATOR:
            raise ValidationError({"role": "不能更改自己的角色，请由其他管理员操作。"})
        _refuse_wrong_place(account)
        if _rights(account) != before:
            account.session_version += 1
        _store(account)
    return account


def change_settings(user: User, *, email: str, mail: str) -> None:
    """Store where the person is written to and when; what the person may do stays as it is."""
    user.email = email
    user.mail = mail
    user.clean_fields()
    user.save(update_fields=["email", "mail"])


def change_password(user: User, password: str) -> None:
    """Set the password that the person chose; it ends the person's sessions."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])


def reset_password(user: User) -> str:
    """A new initial password, to be changed at the next sign-in; it ends the person's sessions and any lock-out."""
    password = _initial_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    unlock(user)
    return password


def unlock(user: User) -> None:
    """Forget the wrong passwords that were tried on the account."""
    reset(username=lockout_key(user.username))


def errors_of_place(
    role: str, department: Department | None, office: ReviewOffice | None, *, is_office_head: bool
) -> dict[str, str]:
    """What is wrong, by field, with where a person of this role belongs and whether the person heads the office."""
    errors = {}
    if role in DEPARTMENT_ROLES and department is None:
        errors["department"] = "部门人员须选择所属部门（单位）。"
    if role not in DEPARTMENT_ROLES and department is not None:
        errors["department"] = f"“{Role(role).label}”不属于任何部门（单位），请将此项留空。"
    if role in REVIEW_ROLES:
        kind = OFFICE_KIND_OF_ROLE[Role(role)]
        if office is None:
            errors["office"] = "审核人须选择所属科室。"
        elif office.kind != kind:
            errors["office"] = f"“{Role(role).label}”须属于{kind.label}，所选科室为{office.get_kind_display()}。"
    elif office is not None:
        errors["office"] = f"“{Role(role).label}”不属于任何科室，请将此项留空。"
    if is_office_head and role not in REVIEW_ROLES:
        errors["is_office_head"] = f"“{Role(role).label}”不能是科室负责人，请取消此项。"
    return errors


def store_department(department: Department) -> None:
    """Store a new or changed department; refused where it would stand under itself."""
    if department.office_id is not None and department.office.kind != OfficeKind.BUSINESS:
        raise ValidationError({"office": "归口科室须为业务科室。"})
    with transaction.atomic():
        # All rows are locked: two changes at once could close a circle that neither closes alone.
        superiors = dict(Department.objects.select_for_update().order_by("pk").values_list("pk", "superior_id"))
        above = department.superior_id
        while above is not None:
            if above == department.pk:
                raise ValidationError({"superior": "主管部门不能是本部门或其下属单位。"})
            above = superiors[above]
        _store(department)


def store_office(office: ReviewOffice) -> None:
    """Store a new or changed office; its kind stays as long as departments or people belong to it."""
    with transaction.atomic():
        stored = ReviewOffice.objects.select_for_update().filter(pk=office.pk).first()
        if (
            stored is not None
            and stored.kind != office.kind
            and (stored.departments.exists() or stored.people.exists())
        ):
            raise ValidationError({"kind": "该科室已有归口部门或人员，不能更改科室类型。"})
        _store(office)


def _rights(user: User) -> tuple[object, ...]:
    return user.role, user.department_id, user.office_id, user.is_office_head, user.is_active


def _refuse_wrong_place(user: User) -> None:
    if errors := errors_of_place(user.role, user.department, user.office, is_office_head=user.is_office_head):
        raise ValidationError(errors)


def _initial_password() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


def _store(instance: Model) -> None:
    instance.full_clean()
    try:
        with transaction.atomic():
            instance.save()
    except IntegrityError:
        # Somebody else took a unique value since the check: it is told as the check would have told it.
        instance.full_clean()
        raise
