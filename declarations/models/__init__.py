from declarations.models.assessment import Assessment, Criterion, Grade, Score
from declarations.models.bundle import Bundle, BundlePart
from declarations.models.comment import Comment, CommentText
from declarations.models.declaration import Budget, Contribution, Declaration, DutyGoal, MainTask, Row, Target
from declarations.models.filling import DeletedRow, Presence, Upload
from declarations.models.notice import Mail, Notice
from declarations.models.queue import RememberedQueue
from declarations.models.review import Event, Submission, SubmissionFinding
from declarations.models.round import Extension, ReviewStage, Round

__all__ = [
    "Assessment",
    "Budget",
    "Bundle",
    "BundlePart",
    "Comment",
    "CommentText",
    "Contribution",
    "Criterion",
    "Declaration",
    "DeletedRow",
    "DutyGoal",
    "Event",
    "Extension",
    "Grade",
    "Mail",
    "MainTask",
    "Notice",
    "Presence",
    "RememberedQueue",
    "ReviewStage",
    "Round",
    "Row",
    "Score",
    "Submission",
    "SubmissionFinding",
    "Target",
    "Upload",
]
