"""The demo's data files."""

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

import indicators

FOLDER = Path(__file__).parent / "data"
OFFICIAL_FORM = Path(indicators.__file__).parent / "data" / "official-form-2022.json"


def bureau() -> dict[str, Any]:
    """The offices, departments, people and rounds, and the password of all accounts."""
    return read(FOLDER / "bureau.json")


def histories() -> list[dict[str, Any]]:
    """What happened to each declaration, as steps in the order of time within each of them."""
    return read(FOLDER / "histories.json")


def form(name: str, year: int) -> dict[str, Any]:
    """A filled-in form as it was in `year`; the forms have the shape of the official one."""
    path = OFFICIAL_FORM if name == OFFICIAL_FORM.stem else FOLDER / "forms" / f"{name}.json"
    return of_year(read(path), str(year))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def of_year(node: Any, year: str) -> Any:
    """`node` with each {"2022": …, "2023": …} in it replaced by that of `year`, or left out of its list if missing."""
    if isinstance(node, list):
        return [of_year(item, year) for item in node if not differs_by_year(item) or year in item]
    if differs_by_year(node):
        return of_year(node[year], year)
    if isinstance(node, dict):
        return {name: of_year(value, year) for name, value in node.items()}
    return node


def differs_by_year(node: Any) -> bool:
    return isinstance(node, dict) and bool(node) and all(name.isdecimal() for name in node)


def moment(start: datetime, days: int, clock: str) -> datetime:
    """`days` after the local day of `start`, at `clock` (HH:MM) of the site's time zone."""
    day = timezone.localdate(start) + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))
