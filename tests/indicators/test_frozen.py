"""The database refuses every change of a published template, whatever the path."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from indicators.models import IndicatorTemplate, PrimaryIndicator, SecondaryIndicator, TertiaryIndicator
from indicators.tree import tree_of

MESSAGE = "a published indicator template cannot be changed"
NODES = [
    (PrimaryIndicator, "template", "template"),
    (SecondaryIndicator, "primary", "primary__template"),
    (TertiaryIndicator, "secondary", "secondary__primary__template"),
]
all_nodes = pytest.mark.parametrize(("model", "parent", "path"), NODES)


def first(model, path, template):
    return model.objects.filter(**{path: template}).order_by("pk").first()


def new(model, parent, path, template, **fields):
    """An unsaved node beside the first one of its level in `template`."""
    beside = getattr(first(model, path, template), f"{parent}_id")
    return model(**{f"{parent}_id": beside, "position": 50, "name": "新增"} | fields)


def execute(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def assert_refused(template: IndicatorTemplate, change: Callable[[], object]) -> None:
    before = tree_of(template)
    with pytest.raises(IntegrityError, match=MESSAGE), transaction.atomic():
        change()
    assert tree_of(template) == before


@all_nodes
def test_insert_into_published(published, model, parent, path):
    node = new(model, parent, path, published)
    assert_refused(published, node.save)
    assert_refused(published, lambda: model.objects.bulk_create([new(model, parent, path, published)]))
    table = model._meta.db_table
    columns = ", ".join(field.column for field in model._meta.fields if not field.primary_key)
    values = columns.replace("position", "99").replace("name", "'别名'")
    assert_refused(published, lambda: execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table}"))  # noqa: S608


@all_nodes
def test_update_in_published(published, model, parent, path):
    node = first(model, path, published)
    node.name = "改名"
    assert_refused(published, node.save)
    assert_refused(published, lambda: model.objects.filter(pk=node.pk).update(name="改名"))
    assert_refused(published, lambda: model.objects.bulk_update([node], ["name"]))
    assert_refused(published, lambda: execute(f"UPDATE {model._meta.db_table} SET name = '改名'"))  # noqa: S608


@all_nodes
def test_delete_from_published(published, model, parent, path):
    row = first(model, path, published)
    assert_refused(published, row.delete)
    assert_refused(published, lambda: model.objects.all().delete())
    assert_refused(published, lambda: execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", row.pk))  # noqa: S608


@all_nodes
def test_row_moved_into_published(draft, published, model, parent, path):
    node = first(model, path, draft)
    target = getattr(first(model, path, published), f"{parent}_id")
    change = {f"{parent}_id": target, "position": 50, "name": "移入"}
    assert_refused(published, lambda: model.objects.filter(pk=node.pk).update(**change))


@all_nodes
def test_row_moved_out_of_published(draft, published, model, parent, path):
    node = first(model, path, published)
    target = getattr(first(model, path, draft), f"{parent}_id")
    change = {f"{parent}_id": target, "position": 50, "name": "移出"}
    assert_refused(published, lambda: model.objects.filter(pk=node.pk).update(**change))


def test_template_itself(published):
    published.title = "改标题"
    table = "indicators_indicatortemplate"
    assert_refused(published, published.save)
    assert_refused(published, published.delete)
    assert_refused(published, lambda: IndicatorTemplate.objects.update(title="改标题"))
    assert_refused(published, lambda: IndicatorTemplate.objects.update(published_at=None))
    assert_refused(published, lambda: IndicatorTemplate.objects.bulk_update([published], ["title"]))
    assert_refused(published, lambda: execute(f"UPDATE {table} SET published_at = NULL"))  # noqa: S608
    assert_refused(published, lambda: execute(f"DELETE FROM {table}"))  # noqa: S608


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("orientation", "portrait"),
        ("amount_format", "grouped"),
        ("unit_column", True),
        ("standard_column", False),
        ("remark_column", False),
        ("signature_lines", True),
    ],
)
def test_printing_of_published(published, field, value):
    setattr(published, field, value)
    assert_refused(published, published.save)
    assert_refused(published, lambda: IndicatorTemplate.objects.update(**{field: value}))


def test_template_deleted_without_a_tree(db):
    template = IndicatorTemplate.objects.create(name="空模板", published_at=timezone.now())
    assert_refused(template, template.delete)


def upsert(model, row, unique_fields):
    model.objects.bulk_create([row], update_conflicts=True, unique_fields=unique_fields, update_fields=["name"])


@all_nodes
def test_upsert_onto_a_published_row(published, model, parent, path):
    row = first(model, path, published)
    row.name = "改名"
    assert_refused(published, lambda: upsert(model, row, ["id"]))


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite has OR REPLACE")
@all_nodes
def test_replaced_by_a_row_of_a_draft(draft, published, model, parent, path):
    table, row = model._meta.db_table, first(model, path, published)
    columns = ", ".join(field.column for field in model._meta.fields if not field.primary_key)
    values = columns.replace("position", "99").replace("name", "'别名'")
    source = first(model, path, draft).pk
    insert = (
        f"INSERT OR REPLACE INTO {table} (id, {columns}) SELECT {row.pk}, {values} FROM {table} WHERE id = {source}"  # noqa: S608
    )
    assert_refused(published, lambda: execute(insert))
    assert_refused(published, lambda: execute(f"UPDATE OR REPLACE {table} SET id = {row.pk} WHERE id = {source}"))  # noqa: S608


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite has OR REPLACE")
def test_template_replaced(draft, published):
    table = "indicators_indicatortemplate"
    others = ", ".join(
        field.column
        for field in IndicatorTemplate._meta.fields
        if field.column not in ("id", "name", "version", "published_at", "published_by_id")
    )
    values = f"'已发布的模板', 1, {others}"
    columns = f"name, version, {others}"
    assert_refused(
        published,
        lambda: execute(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {values} FROM {table}"),  # noqa: S608
    )
    assert_refused(
        published,
        lambda: execute(f"UPDATE OR REPLACE {table} SET name = '已发布的模板' WHERE id = %s", draft.pk),  # noqa: S608
    )


@all_nodes
def test_draft_beside_a_published_template_stays_open(draft, published, model, parent, path):
    node = new(model, parent, path, draft)
    node.save()
    model.objects.filter(pk=node.pk).update(name="改名")
    assert model.objects.get(pk=node.pk).name == "改名"
    node.delete()
    assert not model.objects.filter(name="改名").exists()


def test_publishing_is_allowed_once(draft, administrator):
    changed = IndicatorTemplate.objects.filter(pk=draft.pk).update(
        published_at=timezone.now(), published_by=administrator
    )
    assert changed == 1
    assert_refused(draft, lambda: IndicatorTemplate.objects.filter(pk=draft.pk).update(published_at=timezone.now()))


def test_draft_can_be_deleted(draft):
    draft.delete()
    assert (IndicatorTemplate.objects.count(), TertiaryIndicator.objects.count()) == (0, 0)
