from declarations.models.declaration import Budget, Declaration, DutyGoal, MainTask, Row, Target
from declarations.models.filling import Presence, Upload
from declarations.models.review import Event, Submission
from declarations.models.round import Extension, ReviewStage, Round

__all__ = [
    "Budget",
    "Declaration",
    "DutyGoal",
    "Event",
    "Extension",
    "MainTask",
    "Presence",
    "ReviewStage",
    "Round",
    "Row",
    "Submission",
    "Target",
    "Upload",
]
