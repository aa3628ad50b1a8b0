"""What is written to templates.

Every function works in one transaction on the locked template row, so that changes of one tree follow one another, and
refuses a published template. Texts of the exceptions are shown to people.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Max, ProtectedError, QuerySet, Value, When

from indicators.models import IndicatorTemplate, PrimaryIndicator, SecondaryIndicator, TertiaryIndicator
from indicators.readiness import problems_of
from indicators.tree import Level, Node, TemplateTree, fingerprint, parent_id_of, templates_with_trees, tree_of
from perfgoals.accounts.models import User
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record

MODELS: dict[Level, type[Node]] = {
    Level.PRIMARY: PrimaryIndicator,
    Level.SECONDARY: SecondaryIndicator,
    Level.TERTIARY: TertiaryIndicator,
}
PARENT_FIELD = {Level.PRIMARY: "template", Level.SECONDARY: "primary", Level.TERTIARY: "secondary"}
TEMPLATE_PATH = {
    Level.PRIMARY: "template",
    Level.SECONDARY: "primary__template",
    Level.TERTIARY: "secondary__primary__template",
}
# Above every position in use: rows pass through here, because the unique constraint looks at each row as it changes.
OFFSET = 1_000_000


class TemplateError(Exception):
    """A change that cannot be made; its text says why."""


class TemplateIsGone(TemplateError):
    """Somebody deleted the template."""

    def __init__(self) -> None:
        super().__init__("该模板已被他人删除。")


class TemplateIsPublished(TemplateError):
    """A published template never changes."""

    def __init__(self) -> None:
        super().__init__("该版本已发布，不能修改。如需修订，请复制为新版本。")


class TemplateIsInUse(TemplateError):
    """Something outside the template refers to the row that was to be deleted."""


class NodeIsGone(TemplateError):
    """The node, or what it was to stand under, is not in the template (any more)."""


class NodeHasChanged(TemplateError):
    """Somebody changed the node after the page was made that the change comes from."""


class NameIsTaken(TemplateError):
    """The name stands already where it has to be unique."""


class NotReadyToPublish(TemplateError):
    """The tree is not complete; `problems` says what is missing."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("".join(problems))
        self.problems = problems


def create_template(fields: Mapping[str, Any]) -> IndicatorTemplate:
    """A new, empty draft, version 1 unless `fields` say otherwise. Raises NameIsTaken."""
    try:
        with transaction.atomic():
            return IndicatorTemplate.objects.create(**fields)
    except IntegrityError as error:
        raise NameIsTaken("已有同名模板。如需修订该模板，请将其复制为新版本。") from error


@transaction.atomic
def create_from_tree(tree: TemplateTree) -> IndicatorTemplate:
    """A new draft with the contents of `tree`, in four queries. Raises NameIsTaken."""
    template = create_template(tree.model_dump(exclude={"primaries"}))
    primaries = PrimaryIndicator.objects.bulk_create(
        PrimaryIndicator(template=template, position=position, **primary.model_dump(exclude={"secondaries"}))
        for position, primary in enumerate(tree.primaries, 1)
    )
    secondaries = SecondaryIndicator.objects.bulk_create(
        SecondaryIndicator(primary=row, position=position, **secondary.model_dump(exclude={"tertiaries"}))
        for row, primary in zip(primaries, tree.primaries, strict=True)
        for position, secondary in enumerate(primary.secondaries, 1)
    )
    groups = [secondary for primary in tree.primaries for secondary in primary.secondaries]
    TertiaryIndicator.objects.bulk_create(
        TertiaryIndicator(secondary=row, position=position, **tertiary.model_dump())
        for row, secondary in zip(secondaries, groups, strict=True)
        for position, tertiary in enumerate(secondary.tertiaries, 1)
    )
    return template


@transaction.atomic
def change_template(template: IndicatorTemplate, fields: Mapping[str, Any]) -> None:
    """Write the template's own fields. Raises TemplateIsGone, TemplateIsPublished, NameIsTaken."""
    draft = _lock_draft(template)
    for field, value in fields.items():
        setattr(draft, field, value)
    try:
        with transaction.atomic():
            draft.save(update_fields=list(fields))
    except IntegrityError as error:
        raise NameIsTaken("已有同名同版本的模板，请使用其他名称。") from error


@transaction.atomic
def delete_template(template: IndicatorTemplate) -> None:
    """Delete a draft with its tree. Raises TemplateIsGone, TemplateIsPublished, TemplateIsInUse."""
    draft = _lock_draft(template)
    try:
        draft.delete()
    except ProtectedError as error:
        raise TemplateIsInUse("该模板已被使用，不能删除。") from error


@transaction.atomic
def copy_to_new_version(template: IndicatorTemplate) -> IndicatorTemplate:
    """A draft with the whole tree of `template` and the next version number of its name. Raises TemplateIsGone."""
    # All versions of the name are locked, so that two copies at once get two numbers.
    name = _lock(template).name
    list(IndicatorTemplate.objects.select_for_update().filter(name=name).order_by("pk"))
    newest = IndicatorTemplate.objects.filter(name=name).aggregate(newest=Max("version"))["newest"]
    return create_from_tree(tree_of(template).model_copy(update={"version": newest + 1}))


@transaction.atomic
def publish(template: IndicatorTemplate, actor: User | None, now: datetime) -> None:
    """Freeze the template for ever. `actor` is None where the program itself publishes what it ships.

    Raises TemplateIsGone, TemplateIsPublished, NotReadyToPublish.
    """
    draft = _lock_draft(template)
    if problems := problems_of(templates_with_trees().get(pk=draft.pk)):
        raise NotReadyToPublish(problems)
    draft.published_at = now
    draft.published_by = actor
    draft.save(update_fields=["published_at", "published_by"])
    record(actor, Action.PUBLISH_TEMPLATE, subject=str(draft), at=now)


@transaction.atomic
def add_node(template: IndicatorTemplate, level: Level, parent_id: int, fields: Mapping[str, Any]) -> Node:
    """Add a node as the last one under `parent_id` (for a primary, the template's own id).

    Raises TemplateIsGone, TemplateIsPublished, NodeIsGone, NameIsTaken.
    """
    draft = _lock_draft(template)
    _require_parent(draft, level, parent_id)
    _require_free_name(level, parent_id, fields["name"])
    return MODELS[level].objects.create(
        **{f"{PARENT_FIELD[level]}_id": parent_id}, position=_last_position(level, parent_id) + 1, **fields
    )


@transaction.atomic
def change_node(
    template: IndicatorTemplate, level: Level, node_id: int, fields: Mapping[str, Any], parent_id: int, seen: str
) -> None:
    """Write a node's fields; under another parent than its own it becomes the last one.

    `seen` is the fingerprint of the node that the change started from. Raises TemplateIsGone, TemplateIsPublished,
    NodeIsGone, NodeHasChanged, NameIsTaken.
    """
    draft = _lock_draft(template)
    node = _node(draft, level, node_id)
    _require_parent(draft, level, parent_id)
    if fingerprint(node) != seen:
        raise NodeHasChanged("该指标刚被他人修改，以下为您填写的内容，尚未保存。请核对后再保存。")
    _require_free_name(level, parent_id, fields["name"], besides=node_id)
    for field, value in fields.items():
        setattr(node, field, value)
    if parent_id != parent_id_of(node):
        node.position = _last_position(level, parent_id) + 1
        setattr(node, f"{PARENT_FIELD[level]}_id", parent_id)
    node.save()


@transaction.atomic
def move_node(template: IndicatorTemplate, level: Level, node_id: int, step: int) -> None:
    """Move a node among its siblings, -1 up or 1 down; the first stays first, the last stays last.

    Raises TemplateIsGone, TemplateIsPublished, NodeIsGone.
    """
    draft = _lock_draft(template)
    parent_id = parent_id_of(_node(draft, level, node_id))
    siblings = _siblings(level, parent_id)
    order = list(siblings.order_by("position").values_list("pk", flat=True))
    place = order.index(node_id)
    target = min(max(place + step, 0), len(order) - 1)
    if target == place:
        return
    order.insert(target, order.pop(place))
    siblings.update(position=F("position") + OFFSET)
    siblings.update(position=Case(*(When(pk=pk, then=Value(position)) for position, pk in enumerate(order, 1))))


@transaction.atomic
def delete_node(template: IndicatorTemplate, level: Level, node_id: int, seen: str) -> None:
    """Delete a node with all that stands under it.

    `seen` is the fingerprint, with children, of what the person was shown. Raises TemplateIsGone,
    TemplateIsPublished, TemplateIsInUse, NodeIsGone, NodeHasChanged.
    """
    draft = _lock_draft(template)
    node = _node(draft, level, node_id)
    if fingerprint(node, with_children=True) != seen:
        raise NodeHasChanged("该指标或其下级刚被他人修改，尚未删除。请核对后再删除。")
    try:
        node.delete()
    except ProtectedError as error:
        raise TemplateIsInUse("该指标已被使用，不能删除。") from error


def _lock(template: IndicatorTemplate) -> IndicatorTemplate:
    try:
        return IndicatorTemplate.objects.select_for_update().get(pk=template.pk)
    except IndicatorTemplate.DoesNotExist as error:
        raise TemplateIsGone from error


def _lock_draft(template: IndicatorTemplate) -> IndicatorTemplate:
    stored = _lock(template)
    if stored.is_published:
        raise TemplateIsPublished
    return stored


def _node(template: IndicatorTemplate, level: Level, node_id: int) -> Node:
    node: Node | None = MODELS[level].objects.filter(pk=node_id, **{TEMPLATE_PATH[level]: template}).first()
    if node is None:
        raise NodeIsGone(f"该{level.label}已被他人删除。")
    return node


def _require_parent(template: IndicatorTemplate, level: Level, parent_id: int) -> None:
    if level.parent is not None:
        _node(template, level.parent, parent_id)
    elif parent_id != template.pk:
        raise NodeIsGone("一级指标不属于该模板。")


def _siblings(level: Level, parent_id: int) -> "QuerySet[Any]":
    return MODELS[level].objects.filter(**{PARENT_FIELD[level]: parent_id})


def _require_free_name(level: Level, parent_id: int, name: str, besides: int | None = None) -> None:
    if _siblings(level, parent_id).filter(name=name).exclude(pk=besides).exists():
        raise NameIsTaken(f"同一上级下已有名为“{name}”的{level.label}。")


def _last_position(level: Level, parent_id: int) -> int:
    return int(_siblings(level, parent_id).aggregate(last=Max("position", default=0))["last"])
