"""One page of a long list, as `_pagination.html` shows it."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 30


def paged(request: HttpRequest, items: QuerySet[Any] | Sequence[Any]) -> dict[str, Any]:
    """The context `page` and `query` for the page that the address asks for; a page out of range is the nearest one."""
    parameters = request.GET.copy()
    parameters.pop("page", None)
    query = parameters.urlencode()
    return {
        "page": Paginator(items, PAGE_SIZE).get_page(request.GET.get("page")),
        "query": f"{query}&" if query else "",
    }
