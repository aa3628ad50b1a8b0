"""The departments that a round still waits for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, F

from declarations.enums import Status
from declarations.statistics.progress import is_missing, is_overdue, joined_with_declarations
from declarations.statistics.scope import Scope

NOT_BEGUN = "未开始"


@dataclass(frozen=True)
class Missing:
    """A department that has not submitted, or has something to correct.

    `extended_until` is None without an extension; `declaration` the key of the declaration, where there is one that
    who asks may see.
    """

    code: str
    department: str
    office: str
    superior: str
    state: str
    extended_until: datetime | None
    is_overdue: bool
    declaration: int | None


def missing_departments(scope: Scope, limit: int | None = None) -> Iterator[Missing]:
    """Those missing, the overdue ones first, then by office and code; the first `limit` of them. One query."""
    found = (
        joined_with_declarations(scope)
        .filter(is_missing())
        .annotate(
            overdue=ExpressionWrapper(is_overdue(scope), output_field=BooleanField()),
            office_name=F("office__name"),
            superior_name=F("superior__name"),
            declaration=F("own__pk"),
            status=F("own__status"),
            reached=F("own__reached"),
            until=F("extended__closes_at"),
        )
        .order_by("-overdue", "office", "code")
    )
    wanted = ("code", "name", "office_name", "superior_name", "status", "until", "overdue", "declaration", "reached")
    for row in found.values(*wanted)[:limit]:
        is_seen = row["declaration"] is not None and row["reached"] >= scope.reached
        yield Missing(
            code=row["code"],
            department=row["name"],
            office=row["office_name"],
            superior=row["superior_name"] or "",
            state=Status(row["status"]).label if row["status"] else NOT_BEGUN,
            extended_until=row["until"],
            is_overdue=row["overdue"],
            declaration=row["declaration"] if is_seen else None,
        )
