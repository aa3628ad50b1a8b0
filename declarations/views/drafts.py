"""What browsers keep of what is typed, until the server has taken it (static/js/drafts.js)."""

import re

from django.contrib import messages
from django.http import HttpRequest
from django.utils.safestring import SafeString


def tell_taken(request: HttpRequest, text: str | SafeString) -> None:
    """Say that what was sent is stored; the browser forgets what it has kept of it when it shows the message."""
    draft = request.POST.get("draft", "")
    messages.success(request, text, extra_tags=draft if re.fullmatch(r"[0-9a-f-]{1,36}", draft) else "")
