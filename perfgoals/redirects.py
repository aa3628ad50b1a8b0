"""Ways to another page."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect

from perfgoals.accounts.access import Request


def to_whole_page(request: Request, url: str) -> HttpResponse:
    """Go to the page at `url`, also where htmx would only put it into the place of a part of this one."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
