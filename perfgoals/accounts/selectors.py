"""What is read about accounts and departments."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from perfgoals.accounts.models import Department
from perfgoals.accounts.signin import lockout_key


def locked_usernames(usernames: Iterable[str]) -> set[str]:
    """Those of `usernames` that cannot sign in now because of wrong passwords. One query."""
    locked = set(
        AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)
        .order_by()
        .values("username")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
        .values_list("username", flat=True)
    )
    # Those who are locked are few and the accounts many: where nobody is, these are not even read.
    return {username for username in usernames if lockout_key(username) in locked} if locked else set()


def in_tree_order(departments: Iterable[Department]) -> list[tuple[int, Department]]:
    """The departments with their depth, each followed by its subordinates; siblings keep the order they came in.

    A department whose superior is not among them stands on the top level.
    """
    departments = list(departments)
    known = {department.pk for department in departments}
    subordinates: dict[int | None, list[Department]] = defaultdict(list)
    for department in departments:
        subordinates[department.superior_id if department.superior_id in known else None].append(department)

    def below(superior: int | None, depth: int) -> Iterator[tuple[int, Department]]:
        for department in subordinates[superior]:
            yield depth, department
            yield from below(department.pk, depth + 1)

    return list(below(None, 0))


def keys_of_tree(superior: Department) -> set[int]:
    """The keys of the department and of all below it, however deep. One query."""
    subordinates: dict[int | None, list[int]] = defaultdict(list)
    for key, superior_key in Department.objects.order_by().values_list("pk", "superior"):
        subordinates[superior_key].append(key)
    found, new = set(), [superior.pk]
    while new:
        found.update(new)
        new = [key for above in new for key in subordinates[above]]
    return found
