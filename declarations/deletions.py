"""Who deleted a row last, for somebody who still types into it."""

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from declarations.models import Declaration, DeletedRow
from perfgoals.accounts.models import User


def remember_deletions(declaration: Declaration, actor: User, keys: Collection[UUID]) -> None:
    """Note that `actor` has just deleted the rows with these keys. One query, or none without keys."""
    at = timezone.now()
    DeletedRow.objects.bulk_create(
        [DeletedRow(declaration=declaration, key=key, deleted_by=actor, deleted_at=at) for key in keys],
        update_conflicts=True,
        unique_fields=["declaration", "key"],
        update_fields=["deleted_by", "deleted_at"],
    )


def forget_deletions(declaration: Declaration, keys: Collection[UUID]) -> None:
    """The rows with these keys are there (again). One query, or none without keys."""
    if keys:
        DeletedRow.objects.filter(declaration=declaration, key__in=keys).delete()


def deletions_of(declaration: Declaration, keys: Collection[UUID]) -> dict[UUID, DeletedRow]:
    """The deletions of rows by their keys, each with who did it. One query, or none without keys."""
    if not keys:
        return {}
    deletions = DeletedRow.objects.filter(declaration=declaration, key__in=keys).select_related("deleted_by")
    return {deletion.key: deletion for deletion in deletions}
