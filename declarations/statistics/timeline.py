"""How the time until a round's closing filled up."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from declarations.models import Submission
from declarations.statistics.progress import Tally
from declarations.statistics.scope import Scope


@dataclass(frozen=True)
class Day:
    """A day on which departments submitted for the first time, and how many had until its end, all together."""

    date: date
    submitted: Tally
    until_then: Tally


def by_day(scope: Scope) -> list[Day]:
    """Each day of the site's time zone on which there were first submissions. One query.

    A first submission counts on its day, whether it was withdrawn or returned later or not.
    """
    seen = Q(declaration__reached__gte=scope.reached)
    rows = (
        Submission.objects.filter(number=1, declaration__in=scope.declarations())
        .values(day=TruncDate("submitted_at"))
        .annotate(found=Count("pk"), money=Sum("total", filter=seen))
        .order_by("day")
    )
    tallies = [Tally(row["found"], row["money"] or Decimal(0)) for row in rows]
    sums = accumulate(tallies)
    return [Day(row["day"], *pair) for row, *pair in zip(rows, tallies, sums, strict=True)]
