"""What whoever writes the file of a bundle is given: its submissions in order, their tables, and what is left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from declarations.bundles import states
from declarations.bundles.contents import Item, items
from declarations.bundles.left_out import LeftOut, left_out_of
from declarations.exports import Format
from declarations.models import Bundle
from perfgoals.workers.stopping import stop_if_asked


class Abandoned(Exception):
    """The bundle was cancelled, or another worker has begun to assemble it."""


@dataclass
class Job:
    """One attempt to assemble a bundle. `folder` is a place for files, which is emptied afterwards."""

    bundle: Bundle
    folder: Path
    left_out: list[LeftOut] = field(default_factory=list)
    _step: int = 0

    def __post_init__(self) -> None:
        self.left_out.extend(left_out_of(self.bundle))

    def items(self) -> Iterator[Item]:
        """Every submission of the bundle in order; each counts as done when the next one is asked for.

        Raises Abandoned and WorkerStopping.
        """
        for part in self.bundle.parts.all():
            for item in items(part.submissions):
                stop_if_asked()
                yield item
                self._step += 1
                if not states.assembled_by(self.bundle).update(assembled=self._step):
                    raise Abandoned

    def table(self, item: Item, format: Format) -> bytes | None:
        """The file of the submission; none where it cannot be drawn, which is then noted among what is left out."""
        why = self._refused.get((item.submission.pk, format))
        if why is None:
            contents, why = item.table(format)
            if contents is not None:
                return contents
        document = item.document
        self.left_out.append(
            LeftOut(
                document.department_code,
                document.department,
                document.fiscal_year,
                f"{format.name}：{why}",
                format,
            )
        )
        return None

    @cached_property
    def _refused(self) -> dict[tuple[int, str], str]:
        return {
            (refused["submission"], refused["format"]): refused["why"]
            for part in self.bundle.parts.all()
            for refused in part.refused
        }
