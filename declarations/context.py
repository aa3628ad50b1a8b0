"""What every page of somebody signed in shows about declarations."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from declarations.notices import unread_count


def unread_notices(request: HttpRequest) -> dict[str, object]:
    """`unread_notices`: how many notices wait for the person; asked for only where a page shows it."""
    user = request.user
    return {"unread_notices": SimpleLazyObject(lambda: unread_count(user)) if user.is_authenticated else 0}
