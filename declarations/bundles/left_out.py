"""What a bundle goes without, as it stands in the database and as whoever writes and shows it takes it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from declarations.models import Bundle


@dataclass(frozen=True)
class LeftOut:
    """A declaration, one that was never begun, or a single table of one, and in Chinese why it is not in the bundle.

    `format` is that of the table which could not be drawn; nothing where the declaration is left out.
    """

    code: str
    department: str
    year: int
    why: str
    format: str = ""


def left_out_of(bundle: Bundle) -> list[LeftOut]:
    """What the bundle goes without, as far as is known by now."""
    return [LeftOut(**each) for each in bundle.left_out]


def to_store(left_out: Iterable[LeftOut]) -> list[dict[str, Any]]:
    """The same for `Bundle.left_out`."""
    return [asdict(each) for each in left_out]
