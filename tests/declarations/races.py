"""Several people who act at the same moment, each in a thread and on a database connection of his own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
    with races(len(contenders)) as run:
        return run(*contenders)


@contextmanager
def races(number: int) -> Iterator[Callable[..., list[Any]]]:
    """`race` for one race after the other, of `number` contenders each, in threads that stay connected."""
    barrier = Barrier(number)

    def run(contender: Callable[[], Any]) -> Any:
        # Beforehand, so that none is late for having to connect.
        connection.ensure_connection()
        # None ends before all have begun, so each has a thread of its own.
        barrier.wait(SECONDS)
        try:
            return contender()
        except REFUSALS as refusal:
            return refusal

    with ThreadPoolExecutor(number) as pool:

        def run_all(*contenders: Callable[[], Any]) -> list[Any]:
            return [future.result(SECONDS) for future in [pool.submit(run, contender) for contender in contenders]]

        try:
            yield run_all
        finally:
            run_all(*[_disconnect] * number)


def _disconnect() -> None:
    # `connection` is that of the thread that asks.
    connection.close()


def refusals(answers: list[Any]) -> list[str]:
    """The messages of those who were refused."""
    return [str(answer) for answer in answers if isinstance(answer, REFUSALS)]
