"""People who act while their accounts are being changed."""

import pytest
from django.db import transaction

from perfgoals.accounts import services
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from perfgoals.audit.enums import Action
from perfgoals.audit.models import LogEntry
from perfgoals.audit.recording import record
from perfgoals.audit.verification import verify
from tests.declarations import builders
from tests.declarations.races import race

TIMES = 50


@pytest.mark.django_db(transaction=True)
def test_account_is_changed_while_its_person_acts() -> None:
    administrator, person = builders.user(Role.ADMINISTRATOR), builders.user(Role.AUDITOR)

    def change() -> None:
        for number in range(TIMES):
            services.change_account(
                person,
                by=administrator,
                name=f"改名{number}",
                role=Role.AUDITOR,
                department=None,
                office=None,
                is_office_head=False,
                email="",
                is_active=True,
            )

    def act() -> None:
        for _ in range(TIMES):
            with transaction.atomic():
                record(User.objects.get(pk=person.pk), Action.SIGN_IN)

    assert race(change, act, act) == [None] * 3
    assert LogEntry.objects.count() == 3 * TIMES
    assert verify().faults == []
