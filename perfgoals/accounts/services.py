"""What changes accounts, departments and offices. Refusals are ValidationErrors with Chinese messages by field."""

import secrets

from axes.utils import reset
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model

from perfgoals.accounts.enums import DEPARTMENT_ROLES, OFFICE_KIND_OF_ROLE, REVIEW_ROLES, OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User
from perfgoals.accounts.signin import lockout_key
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record

# Without the characters that look alike: an initial password is read from one screen and typed into another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS = GROUP_LENGTH = 4
# What the log tells of a change.
LOGGED_FIELDS: dict[type[Model], tuple[str, ...]] = {
    User: ("name", "role", "department", "office", "is_office_head", "email", "mail", "is_active"),
    Department: ("code", "name", "kind", "superior", "office", "is_active"),
    ReviewOffice: ("name", "kind"),
}


def create_account(
    *,
    by: User,
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
    with transaction.atomic():
        _store(user)
        _record_change(by, Action.CREATE_ACCOUNT, user, {})
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
        # No key: people whose acts are being logged hold the log, and want to see that their account is there.
        account = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        before, texts_before = _rights(account), _texts(account)
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
        _record_change(by, Action.CHANGE_ACCOUNT, account, texts_before)
    return account


def change_settings(user: User, *, email: str, mail: str) -> None:
    """Store where the person is written to and when; what the person may do stays as it is."""
    user.email = email
    user.mail = mail
    user.clean_fields()
    with transaction.atomic():
        before = _texts(User.objects.select_for_update(no_key=True).get(pk=user.pk))
        user.save(update_fields=["email", "mail"])
        _record_change(user, Action.CHANGE_ACCOUNT, user, before)


def change_password(user: User, password: str) -> None:
    """Set the password that the person chose; it ends the person's sessions."""
    user.set_password(password)
    user.must_change_password = False
    with transaction.atomic():
        user.save(update_fields=["password", "must_change_password"])
        record(user, Action.CHANGE_PASSWORD, subject=_subject(user))


def reset_password(user: User, *, by: User) -> str:
    """A new initial password, to be changed at the next sign-in; it ends the person's sessions and any lock-out."""
    password = _initial_password()
    user.set_password(password)
    user.must_change_password = True
    with transaction.atomic():
        user.save(update_fields=["password", "must_change_password"])
        reset(username=lockout_key(user.username))
        record(by, Action.RESET_PASSWORD, subject=_subject(user))
    return password


@transaction.atomic
def unlock(user: User, *, by: User) -> None:
    """Forget the wrong passwords that were tried on the account."""
    reset(username=lockout_key(user.username))
    record(by, Action.UNLOCK_ACCOUNT, subject=_subject(user))


@transaction.atomic
def record_failed_sign_in(username: str, *, is_locked: bool) -> None:
    """Write to the log that somebody tried to sign in as `username`, and whether the account is locked from now on.

    A name that nobody has is left out: it may be a password, typed into the wrong field.
    """
    user = User.objects.filter(username__iexact=username).first()
    action = Action.LOCK_ACCOUNT if is_locked else Action.FAIL_SIGN_IN
    record(None, action, subject=_subject(user) if user else "不存在的账号")


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


def store_department(department: Department, *, by: User) -> None:
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
        before = _texts(Department.objects.filter(pk=department.pk).first())
        _store(department)
        _record_change(by, Action.STORE_DEPARTMENT, department, before)


def store_office(office: ReviewOffice, *, by: User) -> None:
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
        _record_change(by, Action.STORE_OFFICE, office, _texts(stored))


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


def _record_change(by: User, action: Action, row: Model, before: dict[str, str]) -> None:
    """Write to the log how the texts of the stored row differ from those `before`, if they do."""
    changes = [
        f"{name}：{before[name] or '空'} → {text or '空'}" if before else f"{name}：{text}"
        for name, text in _texts(row).items()
        if text != before.get(name, "")
    ]
    if changes:
        record(by, action, subject=_subject(row), text="；".join(changes))


def _subject(row: Model) -> str:
    name = f"{row.username}（{row.name}）" if isinstance(row, User) else str(row)
    return f"{row._meta.verbose_name} {name}"


def _texts(row: Model | None) -> dict[str, str]:
    """What the log tells of the row, by the names of its fields; nothing of one that is not stored yet."""
    if row is None:
        return {}
    fields = (field for field in row._meta.fields if field.name in LOGGED_FIELDS[row._meta.model])
    return {str(field.verbose_name): _text(row, field.name) for field in fields}


def _text(row: Model, name: str) -> str:
    value = getattr(row, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    shown = getattr(row, f"get_{name}_display", None)
    return str(shown() if shown else value or "")
