"""Comments as people write them on a declaration that they have just looked at."""

from typing import Any

from declarations import commenting
from declarations.document import Document
from declarations.models import Comment, Declaration
from declarations.selectors import sealed_document
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders


def reviewer_of(made: Declaration) -> User:
    """The first reviewer of the department's office, whatever stage the declaration is in."""
    return builders.person_of(made.department.office, Role.REVIEWER)


def comment(made: Declaration, author: User | None = None, path: str = "", **changes: Any) -> Comment:
    """A comment on the current submission, shared with the department, by the office's reviewer if by nobody else."""
    submission = builders.fresh(made).submission
    arguments = {"digest": submission.digest, "path": path, "text": "请说明依据。", "is_internal": False} | changes
    return commenting.add_comment(made.pk, author or reviewer_of(made), **arguments)


def submitted(made: Declaration) -> Document:
    """What was submitted last."""
    return sealed_document(builders.fresh(made).submission)


def target_path(made: Declaration, field: str = "value", number: int = -1) -> str:
    """The path of one text of an indicator that was submitted: of the last one, if no other is wanted."""
    target = [target for _, _, target in submitted(made).targets()][number]
    return f"targets/{target.key}/{field}"
