"""Loads the demo into an empty database."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import transaction

from declarations import notices
from declarations.demo import bureau, data, histories
from declarations.models import Notice, Round
from indicators.models import IndicatorTemplate
from perfgoals.accounts.models import Department, ReviewOffice, User

TEMPLATE = "部门整体绩效目标申报表（2022）"


class OtherDataPresent(Exception):
    """The database holds data of others, among which invented departments and known passwords have no place."""


def load(now: datetime) -> bool:
    """Create the whole demo, or nothing where it is there already; answers whether it did.

    Raises OtherDataPresent.
    """
    described = data.bureau()
    if is_loaded(described):
        return False
    if any(model._default_manager.exists() for model in (User, Department, ReviewOffice, Round)):
        raise OtherDataPresent
    with transaction.atomic():
        call_command("load_templates", stdout=StringIO())
        template = IndicatorTemplate.objects.filter(name=TEMPLATE, published_at__isnull=False).latest("version")
        bureau.create(described, template, now)
        histories.play(data.histories())
        # What is more than a week old, people have seen.
        notices.mark_read(Notice.objects.filter(at__lt=now - timedelta(days=7)), now)
    return True


def is_loaded(described: dict[str, Any]) -> bool:
    """Whether the demo's accounts are there; they are made with everything else or not at all."""
    usernames = [person["username"] for person in described["people"]]
    return User.objects.filter(username__in=usernames).count() == len(usernames)
