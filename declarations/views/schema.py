from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from declarations.exports.schema import schema_text
from perfgoals.accounts.access import public


@public
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the JSON export. It holds nobody's data, so that any program may fetch it."""
    return HttpResponse(_published(), "application/schema+json")


@cache
def _published() -> str:
    return schema_text()
