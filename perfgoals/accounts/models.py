"""The finance bureau's offices, the departments that declare, and the people of both."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from perfgoals.accounts.enums import DEPARTMENT_ROLES, REVIEW_ROLES, DepartmentKind, MailChoice, OfficeKind, Role


class ReviewOffice(models.Model):
    """An office of the finance bureau: a business office or the performance office."""

    name = models.CharField("科室名称", max_length=100, unique=True)
    kind = models.CharField("科室类型", max_length=20, choices=OfficeKind)

    class Meta:
        verbose_name = "财政局科室"
        ordering: ClassVar = ["kind", "name"]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department or unit that declares; a superior department stands over its subordinate units."""

    code = models.CharField(
        "单位代码",
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[0-9A-Za-z-]+\Z", "单位代码只能由数字、字母和连字符组成。")],
    )
    name = models.CharField("单位名称", max_length=100, unique=True)
    kind = models.CharField("部门类别", max_length=20, choices=DepartmentKind, default=DepartmentKind.OTHER)
    superior = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subordinates", verbose_name="主管部门"
    )
    office = models.ForeignKey(ReviewOffice, models.PROTECT, related_name="departments", verbose_name="归口业务科室")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "部门（单位）"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="department_not_its_own_superior", condition=Q(superior=None) | ~Q(superior=models.F("pk"))
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        """A stored account; without a password nobody can sign in to it."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> "User":
        """An administrator; called by `manage.py createsuperuser`, which sets the first one up."""
        return self.create_user(username, password, role=Role.ADMINISTRATOR, **fields)


class User(AbstractBaseUser):
    """A person with one role; department people belong to a department, reviewers to an office.

    Without an `email` nothing is sent, whatever `mail` says.
    """

    username = models.CharField(
        "用户名",
        max_length=50,
        unique=True,
        validators=[RegexValidator(r"^[0-9A-Za-z_.@-]+\Z", "用户名只能由字母、数字和 _ . @ - 组成。")],
        error_messages={"unique": "该用户名已被使用。"},
    )
    name = models.CharField("姓名", max_length=50)
    role = models.CharField("角色", max_length=30, choices=Role)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="所属部门（单位）"
    )
    office = models.ForeignKey(
        ReviewOffice, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="所属科室"
    )
    is_office_head = models.BooleanField("科室负责人", default=False)
    email = models.EmailField("邮箱", blank=True)
    mail = models.CharField("邮件通知", max_length=10, choices=MailChoice, default=MailChoice.AT_ONCE)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("首次登录须修改密码", default=False)
    # Part of the session's hash: raising it ends every session of this person.
    session_version = models.PositiveIntegerField(default=0, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        ordering: ClassVar = ["username"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="user_belongs_where_the_role_says",
                condition=(
                    Q(role__in=sorted(DEPARTMENT_ROLES), department__isnull=False, office__isnull=True)
                    | Q(role__in=sorted(REVIEW_ROLES), department__isnull=True, office__isnull=False)
                    | (
                        ~Q(role__in=sorted(DEPARTMENT_ROLES | REVIEW_ROLES))
                        & Q(department__isnull=True, office__isnull=True)
                    )
                ),
                violation_error_message="部门人员须选择所属部门，审核人须选择所属科室，其他角色两者均不选。",
            ),
            models.CheckConstraint(
                name="user_heads_an_office_only_as_reviewer",
                condition=Q(is_office_head=False) | Q(role__in=sorted(REVIEW_ROLES)),
                violation_error_message="只有审核人可以是科室负责人。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's hash covers the password alone; a change of role or a disabled account must end sessions too.
        return salted_hmac(
            "perfgoals.accounts.User.session",
            f"{self.password}:{self.session_version}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()
