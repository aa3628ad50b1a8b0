"""Declarations whose indicators stand in the indicator library, or must not."""

from typing import Any

from declarations.enums import Status
from declarations.models import Declaration
from declarations.services import TARGETS
from tests.declarations import builders
from tests.declarations.services.edits import add, own_group

TEXTS = {
    "comparison": "ge",
    "value": "90",
    "unit": "%",
    "scoring_standard": "每降低1%扣1分。",
    "explanation": "反映服务对象的评价。",
    "remark": "5分",
}


def declared(
    *names: str, status: Status = Status.APPROVED, texts: dict[str, str] | None = None, **fields: Any
) -> Declaration:
    """A declaration in `status` that has own indicators of these names in its first group; takes what a builder takes.

    `texts` change those of each indicator.
    """
    made: Declaration = builders.declaration(**fields)
    add(made, TARGETS, *({**TEXTS, **(texts or {}), "name": name} for name in names), group=own_group(made))
    if status != Status.DRAFT:
        builders.submit(made)
    if status == Status.RETURNED:
        builders.return_(made)
    if status == Status.APPROVED:
        builders.approve(made)
    return builders.fresh(made)
