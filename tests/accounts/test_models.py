import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from perfgoals.accounts.enums import MailChoice, Role
from perfgoals.accounts.models import User
from tests.accounts.conftest import PASSWORD


def test_only_reviewers_can_be_stored_as_heads_of_their_office(
    preparer: User, administrator: User, reviewer: User
) -> None:
    for user, is_stored in ((preparer, False), (administrator, False), (reviewer, True)):
        user.is_office_head = True
        if is_stored:
            user.save()
        else:
            with pytest.raises(IntegrityError, match="user_heads_an_office_only_as_reviewer"), transaction.atomic():
                user.save()
    assert list(User.objects.filter(is_office_head=True)) == [reviewer]


def test_createsuperuser_makes_an_administrator_without_an_email(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", username="guanli", name="钟毅", interactive=False, verbosity=0)
    user = User.objects.get()
    assert user.check_password(PASSWORD)
    assert (user.username, user.name, user.role, user.email, user.mail) == (
        "guanli",
        "钟毅",
        Role.ADMINISTRATOR,
        "",
        MailChoice.AT_ONCE,
    )
