"""Where a declaration is on its way, from filling in to approval, in words."""

from dataclasses import dataclass

from declarations import permissions
from declarations.enums import StageKind, Status
from declarations.models import Declaration


@dataclass(frozen=True)
class Waypoint:
    """One stop of the way; `is_here` where the declaration is now, `is_passed` where nothing is left to do."""

    label: str
    is_passed: bool
    is_here: bool


def waypoints(declaration: Declaration) -> list[Waypoint]:
    """Every stop of the declaration's way: filling in, the stages of its round and approval. No query."""
    stages = permissions.stages_of(declaration)
    labels = ["调整" if declaration.is_adjusting else "填报", *(StageKind(s.kind).label for s in stages), "批复"]
    is_over = declaration.status == Status.APPROVED
    if is_over:
        here = len(labels) - 1
    else:
        here = next((number for number, stage in enumerate(stages, start=1) if stage == declaration.stage), 0)
    return [Waypoint(label, index < here or is_over, index == here) for index, label in enumerate(labels)]


def waits_for(declaration: Declaration) -> str:
    """Who has to act now, in words; empty after the approval."""
    if declaration.status == Status.APPROVED:
        return ""
    if declaration.stage is None:
        return f"{declaration.department}填报人"
    match declaration.stage.kind:
        case StageKind.DEPARTMENT_HEAD:
            place = f"{declaration.department}负责人"
        case StageKind.SUPERIOR:
            place = str(declaration.department.superior)
        case StageKind.BUSINESS:
            place = str(declaration.department.office)
        case _:
            place = StageKind.PERFORMANCE.label
    return f"{place}（经办人：{declaration.assignee}）" if declaration.assignee else place
