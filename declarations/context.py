"""What every page of somebody signed in shows about declarations."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from declarations.notices import unread_count


def unread_notices(request: HttpRequest) -> dict[str, object]:
    """`unread_notices`: how many notices wait for the person; asked for only where a page shows it."""
    # A request that is refused early, as for a wrong host, has nobody yet.
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_notices": 0}
    return {"unread_notices": SimpleLazyObject(lambda: unread_count(user))}
