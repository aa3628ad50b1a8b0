"""Who has the form of a declaration open."""

from datetime import datetime, timedelta

from declarations.models import Declaration, Presence
from perfgoals.accounts.models import User

# Three missed messages: a browser sends one every 20 seconds.
GONE_AFTER = timedelta(seconds=60)


def others_present(declaration: Declaration, user: User, now: datetime) -> list[User]:
    """Note that `user` has the form open now, and answer who else has, by name."""
    Presence.objects.update_or_create(declaration=declaration, user=user, defaults={"seen_at": now})
    present = Presence.objects.filter(declaration=declaration, seen_at__gt=now - GONE_AFTER).exclude(user=user)
    return [presence.user for presence in present.select_related("user").order_by("user__name", "user__pk")]
