"""Several people who act at the same moment, each in a thread and on a database connection of his own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from declarations.round_services import RoundRefused
from declarations.services import NotEditable
from declarations.workflow import StepRefused

SECONDS = 60
REFUSALS = (StepRefused, NotEditable, RoundRefused)


def race(*contenders: Callable[[], Any]) -> list[Any]:
    """What each contender answered, or the refusal it was told; anything else that one raises is raised here."""
    barrier = Barrier(len(contenders))

    def run(contender: Callable[[], Any]) -> Any:
        try:
            # Beforehand, so that none is late for having to connect.
            connection.ensure_connection()
            barrier.wait(SECONDS)
            return contender()
        except REFUSALS as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(contenders)) as pool:
        return [future.result(SECONDS) for future in [pool.submit(run, contender) for contender in contenders]]


def refusals(answers: list[Any]) -> list[str]:
    """The messages of those who were refused."""
    return [str(answer) for answer in answers if isinstance(answer, REFUSALS)]
