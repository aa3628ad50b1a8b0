"""The indicator library (指标库): indicators to pick from, and picking them.

It holds the common indicators of published templates and what departments declared themselves, as soon as that is
approved. It never says whose an indicator was.
"""

import operator
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Trim

from declarations import selectors, services
from declarations.checks.indicators import plain
from declarations.enums import Status
from declarations.models import Declaration, Row, Target
from declarations.services import TARGETS, RowEdit, RowRefused
from indicators.enums import Comparison
from indicators.models import SecondaryIndicator, TertiaryIndicator
from perfgoals.accounts.models import User

# Of other values, such as 约5.5万人次 or 5月前, the number alone would mislead.
_PLAIN_NUMBER = r"^\s*-?[0-9][0-9,]*([.][0-9]+)?\s*$"
# What is picked; the value and the remark are the department's own.
PICKED_FIELDS = ("name", "comparison", "unit", "scoring_standard", "explanation")


@dataclass(frozen=True)
class Range:
    """The least and the greatest number that was declared in one unit."""

    least: Decimal
    most: Decimal
    unit: str


@dataclass(frozen=True)
class Entry:
    """An indicator of the library with the texts of its latest use; `key` names it in a request.

    `uses` counts the approved declarations' rows of this name under level-2 indicators named `group`.
    """

    key: str
    common: bool
    group: str
    indicator: Target | TertiaryIndicator
    uses: int
    ranges: tuple[Range, ...]

    @property
    def name(self) -> str:
        return self.indicator.name.strip()


def entries(words: Sequence[str] = (), group: str = "", kind: str = "") -> "QuerySet[Any, dict[str, Any]]":
    """The library's indicators as rows to be paged and then given to `with_texts`.

    Departments' own stand before common ones, because these are in the form already; the most used come first. `words`
    all occur in the name or explanation of one use; `group` is the name of the level-2 indicator; with `kind` only the
    uses by departments of that kind count.
    """
    own = _approved(kind).filter(tertiary=None)
    common = TertiaryIndicator.objects.filter(secondary__primary__template__published_at__isnull=False)
    used = Q(targets__declaration__status=Status.APPROVED)
    if kind:
        used &= Q(targets__declaration__department__kind=kind)
    found = [
        _entries(own, words, group, uses=Count("pk"), common=Value(0)),
        # Without regard to the kind, one that nobody has used yet is as good as any.
        _entries(common, words, group, uses=Count("targets", filter=used), common=Value(1)).filter(
            uses__gte=1 if kind else 0
        ),
    ]
    return found[0].union(found[1], all=True).order_by("common", "-uses", "group", "title")


def with_texts(rows: Iterable[Mapping[str, Any]], kind: str = "") -> list[Entry]:
    """Those rows of `entries` with what is shown of them. Three queries."""
    rows = list(rows)
    latest: dict[int, Mapping[int, Target | TertiaryIndicator]] = {
        0: Target.objects.in_bulk([row["latest"] for row in rows if not row["common"]]),
        1: TertiaryIndicator.objects.in_bulk([row["latest"] for row in rows if row["common"]]),
    }
    ranges = _ranges(rows, kind)
    return [
        Entry(
            key=f"{'common' if row['common'] else 'own'}-{row['latest']}",
            common=bool(row["common"]),
            group=row["group"],
            indicator=latest[row["common"]][row["latest"]],
            uses=row["uses"],
            ranges=tuple(ranges[row["common"], row["group"], row["title"]]),
        )
        for row in rows
    ]


def group_names() -> list[str]:
    """The names of the level-2 indicators of published templates, each once."""
    published = SecondaryIndicator.objects.filter(primary__template__published_at__isnull=False)
    names = published.order_by("primary__position", "position", "pk").values_list("name", flat=True)
    return list(dict.fromkeys(name.strip() for name in names))


def groups_to_pick_for(declaration: Declaration) -> "QuerySet[SecondaryIndicator]":
    """The level-2 indicators of the declaration's template that take indicators of the department's own."""
    groups = SecondaryIndicator.objects.filter(primary__template=declaration.round.template_id, allows_own=True)
    return groups.select_related("primary").order_by("primary__position", "position")


def pick(
    declaration_id: int, actor: User, group: int, keys: Sequence[str], now: datetime | None = None
) -> tuple[list[Row], list[str]]:
    """Add the indicators of these keys to the level-2 indicator `group`, without values.

    Answers the new rows, and the names that were left out because they stand there already. What is not in the library
    is passed over. Raises NotEditable, and then adds nothing.
    """
    with transaction.atomic():
        declaration = selectors.locked_declaration(declaration_id)
        if not groups_to_pick_for(declaration).filter(pk=group).exists():
            raise RowRefused("请选择允许增加个性指标的二级指标。")
        here = {plain(name) for name in declaration.target_rows.filter(secondary=group).values_list("name", flat=True)}
        edits, left_out = [], []
        for indicator in indicators_of(keys).values():
            if plain(indicator.name) in here:
                left_out.append(indicator.name)
                continue
            here.add(plain(indicator.name))
            texts = {name: getattr(indicator, name) for name in PICKED_FIELDS}
            edits.append(RowEdit(uuid4(), version=0, texts=texts, group=group))
        return services.save_rows(declaration_id, actor, TARGETS, edits, now).saved, left_out


def _approved(kind: str) -> "QuerySet[Target]":
    """What stands in approved declarations, if given only in those of departments of one kind."""
    targets = Target.objects.filter(declaration__status=Status.APPROVED)
    return targets.filter(declaration__department__kind=kind) if kind else targets


def _entries(
    indicators: "QuerySet[Any]", words: Sequence[str], group: str, **annotations: Any
) -> "QuerySet[Any, dict[str, Any]]":
    """`indicators` put together by level-2 indicator and name, with the latest one in which all words occur."""
    match = reduce(operator.and_, (Q(name__icontains=word) | Q(explanation__icontains=word) for word in words), Q())
    named = indicators.annotate(group=Trim("secondary__name"), title=Trim("name")).exclude(title="").order_by()
    if group:
        named = named.filter(group=group)
    entries: QuerySet[Any, dict[str, Any]] = named.values("group", "title").annotate(
        latest=Max("pk", filter=match or None), **annotations
    )
    return entries.filter(latest__isnull=False)


def _ranges(rows: Sequence[Mapping[str, Any]], kind: str) -> dict[tuple[int, str, str], list[Range]]:
    """The ranges of each entry's values that are compared as numbers, by its `common`, `group` and `title`."""
    quantitative = (
        _approved(kind)
        .exclude(comparison__in=["", Comparison.QUALITATIVE])
        .filter(number__isnull=False, value__regex=_PLAIN_NUMBER)
    )
    by_unit = (
        quantitative.annotate(group=Trim("secondary__name"), title=Trim("name"), in_unit=Trim("unit"))
        .filter(group__in={row["group"] for row in rows}, title__in={row["title"] for row in rows})
        .order_by()
        .values("group", "title", "in_unit", common=Q(tertiary__isnull=False))
        .annotate(least=Min("number"), most=Max("number"), uses=Count("pk"))
        .order_by("-uses", "in_unit")
    )
    ranges = defaultdict(list)
    for found in by_unit:
        entry = int(found["common"]), found["group"], found["title"]
        ranges[entry].append(Range(found["least"], found["most"], found["in_unit"]))
    return ranges


def indicators_of(keys: Sequence[str]) -> dict[str, Target | TertiaryIndicator]:
    """Those of the keys that are in the library, in their order, with their indicators."""
    ids: dict[str, list[int]] = {"own": [], "common": []}
    for key in keys:
        source, _, number = key.partition("-")
        if source in ids and number.isdecimal() and len(number) <= 18:
            ids[source].append(int(number))
    own = _approved("").filter(tertiary=None, pk__in=ids["own"]).in_bulk()
    common = TertiaryIndicator.objects.filter(
        secondary__primary__template__published_at__isnull=False, pk__in=ids["common"]
    ).in_bulk()
    known = {f"own-{pk}": row for pk, row in own.items()} | {f"common-{pk}": row for pk, row in common.items()}
    return {key: known[key] for key in keys if key in known}
