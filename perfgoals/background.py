"""Requests that a script makes behind a page that somebody is looking at.

Nobody reads what they answer as a page: the messages for the person wait for one that is seen. Otherwise such a
request, on its way while a form is sent, would use up the message on that form.
"""

from django.http import HttpRequest

HEADER = "X-Background"


def is_in_background(request: HttpRequest) -> bool:
    """Whether a script asks for a part of the page that it stands in."""
    return HEADER in request.headers
