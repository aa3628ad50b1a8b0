from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error blocks submission; a warning is a hint that the department may leave as it is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    `path` names the place: "goals", "goals/<key>/text", "tasks", "tasks/<key>/name", "budget/total", "indicators",
    "primaries/<key>", "groups/<key>", "targets/<key>/value". `place` says the same in Chinese words, for people.
    """

    level: Level
    code: str
    path: str
    place: str
    message: str
