"""A small bureau: an administrator, two offices of each kind that matter, two departments."""

import pytest
from django.test import Client

from perfgoals.accounts.enums import OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User

PASSWORD = "right-Password-1"


@pytest.fixture
def office(db: None) -> ReviewOffice:
    return ReviewOffice.objects.create(name="行政政法科", kind=OfficeKind.BUSINESS)


@pytest.fixture
def performance_office(db: None) -> ReviewOffice:
    return ReviewOffice.objects.create(name="绩效管理科", kind=OfficeKind.PERFORMANCE)


@pytest.fixture
def department(office: ReviewOffice) -> Department:
    return Department.objects.create(code="430400001", name="市政府办公室", office=office)


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_user("admin", PASSWORD, name="周明", role=Role.ADMINISTRATOR)


@pytest.fixture
def preparer(department: Department) -> User:
    return User.objects.create_user("zhangwei", PASSWORD, name="张伟", role=Role.PREPARER, department=department)


@pytest.fixture
def reviewer(office: ReviewOffice) -> User:
    return User.objects.create_user("liqiang", PASSWORD, name="李强", role=Role.REVIEWER, office=office)


def signed_in(user: User) -> Client:
    """A browser of its own in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/password/").status_code == 200
