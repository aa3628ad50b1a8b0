"""Steps on several declarations at once: each in a transaction of its own, with an outcome of its own."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from declarations import assigning, overviews, selectors, workflow
from declarations.assigning import AssignmentRefused
from declarations.enums import Step
from declarations.models import Declaration
from declarations.workflow import StepRefused
from perfgoals.accounts.models import User

MAX_SELECTED = 100

_TOKEN = re.compile(r"(?P<declaration>[0-9]{1,18}):(?P<digest>[0-9a-f]{0,64}):(?P<stage>[0-9]{0,18})")


@dataclass(frozen=True)
class Selected:
    """A declaration that somebody has selected, with the digest of the submission and the stage that he saw."""

    declaration_id: int
    digest: str
    stage: int | None

    @classmethod
    def of(cls, declaration: Declaration) -> "Selected":
        """The declaration as it stands."""
        digest = declaration.submission.digest if declaration.submission else ""
        return cls(declaration.pk, digest, declaration.stage_id)

    @classmethod
    def read(cls, token: str) -> "Selected":
        """What a form names by `token`. Raises ValueError where no page of ours has made it."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise ValueError(token)
        stage = found["stage"]
        return cls(int(found["declaration"]), found["digest"], int(stage) if stage else None)

    @property
    def token(self) -> str:
        return f"{self.declaration_id}:{self.digest}:{self.stage or ''}"


@dataclass(frozen=True)
class Outcome:
    """What became of one that was selected: `done` or `refused` is a Chinese sentence, the other is empty.

    Of a declaration that the person may not see nothing is said but that it was not found.
    """

    declaration: Declaration | None
    done: str = ""
    refused: str = ""


def seen_by(actor: User, selection: Iterable[Selected]) -> dict[int, Declaration]:
    """The selected declarations that `actor` may see, by key. A fixed number of queries."""
    keys = [selected.declaration_id for selected in selection]
    visible = overviews.without_documents(selectors.declarations_of(actor)).filter(pk__in=keys)
    return {declaration.pk: declaration for declaration in visible}


def decide(selection: Sequence[Selected], step: Step, actor: User, *, reason: str, text: str) -> list[Outcome]:
    """Take the step on each, on what was seen of it."""

    def take(selected: Selected) -> str:
        event = workflow.take_step(
            selected.declaration_id,
            step,
            actor,
            digest=selected.digest,
            stage=selected.stage,
            reason=reason,
            text=text,
        )
        taken, stage = event.get_step_display(), event.declaration.stage
        return f"{taken}，转入{stage}。" if stage else f"{taken}。"

    return _each(selection, actor, take)


def take(selection: Sequence[Selected], actor: User, now: datetime) -> list[Outcome]:
    """Make `actor` the one who deals with each that nobody deals with yet."""

    def take(selected: Selected) -> str:
        assigning.take(selected.declaration_id, actor, now)
        return "由您经办。"

    return _each(selection, actor, take)


def assign(selection: Sequence[Selected], actor: User, assignee: User, now: datetime) -> list[Outcome]:
    """Make `assignee` the one who deals with each, as the head of the office."""

    def assign(selected: Selected) -> str:
        assigning.assign(selected.declaration_id, actor, assignee.pk, now)
        return f"由{assignee}经办。"

    return _each(selection, actor, assign)


def _each(selection: Sequence[Selected], actor: User, act: Callable[[Selected], str]) -> list[Outcome]:
    visible = seen_by(actor, selection)
    outcomes = []
    for selected in selection:
        declaration = visible.get(selected.declaration_id)
        if declaration is None:
            outcomes.append(Outcome(None, refused="未找到该申报表，或者您不能查看。"))
            continue
        try:
            outcomes.append(Outcome(declaration, done=act(selected)))
        except (StepRefused, AssignmentRefused) as refusal:
            outcomes.append(Outcome(declaration, refused=str(refusal)))
    return outcomes
