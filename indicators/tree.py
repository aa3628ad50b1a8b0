"""A template with its whole tree as one immutable value: what a data file holds and what a copy copies."""

import hashlib
import json
from decimal import Decimal
from typing import Any, Literal

from django.db import models
from django.db.models import QuerySet
from pydantic import BaseModel, ConfigDict, field_validator

from indicators.models import IndicatorTemplate, PrimaryIndicator, SecondaryIndicator, TertiaryIndicator

Node = PrimaryIndicator | SecondaryIndicator | TertiaryIndicator


class Level(models.TextChoices):
    """The three levels of the tree; the value stands in addresses."""

    PRIMARY = "primary", "一级指标"
    SECONDARY = "secondary", "二级指标"
    TERTIARY = "tertiary", "三级指标"

    @property
    def child(self) -> "Level | None":
        """The level below; None below the third."""
        return {Level.PRIMARY: Level.SECONDARY, Level.SECONDARY: Level.TERTIARY}.get(self)

    @property
    def parent(self) -> "Level | None":
        """The level above; None above the first."""
        return {Level.SECONDARY: Level.PRIMARY, Level.TERTIARY: Level.SECONDARY}.get(self)


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    @field_validator("primaries", "secondaries", "tertiaries", mode="before", check_fields=False)
    @classmethod
    def children(cls, value: Any) -> Any:
        """The rows behind a stored node's relation."""
        return tuple(value.all()) if isinstance(value, models.Manager) else value


class Tertiary(Value):
    name: str
    comparison: Literal["ge", "gt", "eq", "lt", "le", "qualitative"]
    value: str = ""
    unit: str = ""
    scoring_standard: str = ""
    explanation: str = ""
    remark: str = ""
    value_editable: bool = True


class Secondary(Value):
    name: str
    explanation: str = ""
    guidance: str = ""
    allows_own: bool = False
    tertiaries: tuple[Tertiary, ...] = ()


class Primary(Value):
    name: str
    kind: Literal["input", "output", "benefit", "satisfaction", "other"]
    secondaries: tuple[Secondary, ...] = ()


class TemplateTree(Value):
    name: str
    version: int = 1
    title: str
    points_total: Decimal | None = None
    with_task_amounts: bool = False
    guidance: str = ""
    orientation: Literal["landscape", "portrait"] = "landscape"
    amount_format: Literal["typed", "grouped"] = "typed"
    unit_column: bool = False
    standard_column: bool = True
    remark_column: bool = True
    signature_lines: bool = False
    primaries: tuple[Primary, ...] = ()


FIELDS: dict[Level, tuple[str, ...]] = {
    Level.PRIMARY: ("name", "kind"),
    Level.SECONDARY: ("name", "explanation", "guidance", "allows_own"),
    Level.TERTIARY: tuple(Tertiary.model_fields),
}


def level_of(node: Node) -> Level:
    """The level that `node` stands on."""
    if isinstance(node, PrimaryIndicator):
        return Level.PRIMARY
    return Level.SECONDARY if isinstance(node, SecondaryIndicator) else Level.TERTIARY


def parent_id_of(node: Node) -> int:
    """The id of what `node` stands under: a template, a primary or a secondary."""
    if isinstance(node, PrimaryIndicator):
        return node.template_id
    return node.primary_id if isinstance(node, SecondaryIndicator) else node.secondary_id


def children_of(node: Node) -> "list[SecondaryIndicator] | list[TertiaryIndicator]":
    """What stands directly under `node`, in order."""
    if isinstance(node, PrimaryIndicator):
        return list(node.secondaries.all())
    return list(node.tertiaries.all()) if isinstance(node, SecondaryIndicator) else []


def fingerprint(node: Node, *, with_children: bool = False) -> str:
    """A short text that differs where the node's own contents (or with them its whole subtree) differ.

    A page carries it, and a change that names another than the stored one was made without seeing what stands there.
    """
    seen: list[object] = [parent_id_of(node), *(getattr(node, field) for field in FIELDS[level_of(node)])]
    if with_children:
        seen.append([fingerprint(child, with_children=True) for child in children_of(node)])
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:20]


def templates_with_trees() -> "QuerySet[IndicatorTemplate]":
    """Templates with their whole trees in order, at four queries."""
    return IndicatorTemplate.objects.prefetch_related("primaries__secondaries__tertiaries")


def tree_of(template: IndicatorTemplate) -> TemplateTree:
    """The stored template, published or not, as a value."""
    return TemplateTree.model_validate(templates_with_trees().get(pk=template.pk))
