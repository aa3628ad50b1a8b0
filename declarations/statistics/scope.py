"""What somebody's statistics cover."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import QuerySet

from declarations.enums import StageKind
from declarations.models import Declaration, ReviewStage, Round
from perfgoals.accounts.enums import REVIEW_ROLES, Role
from perfgoals.accounts.models import Department, ReviewOffice, User


@dataclass(frozen=True)
class Scope:
    """A round as it stands at `now`, for the active departments of `office`, or of all offices.

    Every such department is counted, but of a declaration that has not come as far as `reached` (`StageKind.rank`)
    neither money nor findings: who asks may not see it, as `permissions.visible_to` has it.
    """

    round: Round
    office: ReviewOffice | None
    reached: int
    now: datetime

    def departments(self) -> "QuerySet[Department]":
        """The departments that should declare."""
        active = Department.objects.filter(is_active=True)
        return active.filter(office=self.office) if self.office else active

    def declarations(self) -> "QuerySet[Declaration]":
        """The declarations of these departments, also those that have not come as far."""
        of_active = Declaration.objects.filter(round=self.round, department__is_active=True)
        return of_active.filter(department__office=self.office) if self.office else of_active

    def seen_declarations(self) -> "QuerySet[Declaration]":
        """Those of them that who asks may see."""
        return self.declarations().filter(reached__gte=self.reached)

    @cached_property
    def stages(self) -> list[ReviewStage]:
        """The stages of the round, in order."""
        return list(self.round.stages.all())


def scope_of(user: User, round_: Round, office: ReviewOffice | None, now: datetime) -> Scope:
    """What `user`, of the bureau, gets to see of the round; a reviewer of a business office always his own office."""
    if user.role == Role.REVIEWER:
        office = user.office
    reached = StageKind.BUSINESS.rank if user.role in REVIEW_ROLES else 0
    return Scope(round_, office, reached, now)
