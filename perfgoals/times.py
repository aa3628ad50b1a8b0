"""Times as people read them."""

from datetime import datetime

from django.utils import timezone


def printed_time(moment: datetime) -> str:
    """`moment` to the minute in the site's time zone: 2022年03月01日 18:00, as templates write with `Y年m月d日 H:i`."""
    return f"{timezone.localtime(moment):%Y年%m月%d日 %H:%M}"


def printed_clock(moment: datetime) -> str:
    """The hour and minute of `moment` in the site's time zone: 18:00."""
    return f"{timezone.localtime(moment):%H:%M}"
