"""Templates from before there were ways of printing are as frozen, and as they were, after the migration."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from indicators.models import IndicatorTemplate, PrimaryIndicator
from indicators.services import create_from_tree, publish
from indicators.tree import tree_of
from tests.indicators.conftest import tree

BEFORE = [("indicators", "0002_published_templates_are_frozen")]
PUBLISHED = tree(name="已发布的模板")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def newest() -> Iterator[list[tuple[str, str]]]:
    """The names of the newest migrations, to which the database comes back in any case."""
    nodes = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield nodes
    MigrationExecutor(connection).migrate(nodes)


@pytest.fixture
def stored() -> tuple[IndicatorTemplate, IndicatorTemplate]:
    """A draft and a published template."""
    published = create_from_tree(PUBLISHED)
    publish(published, None, timezone.now())
    return create_from_tree(tree()), published


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except IntegrityError as refusal:
        return "a published indicator template cannot be changed" in str(refusal)
    return False


def test_templates_are_frozen_before_and_after_there_are_ways_of_printing(newest, stored):
    draft, published = stored
    titles = "UPDATE indicators_indicatortemplate SET title = '改标题' WHERE id = {}"
    names = "UPDATE indicators_primaryindicator SET name = '改名' WHERE template_id = {} AND position = 1"
    printing = "UPDATE indicators_indicatortemplate SET remark_column = NOT remark_column WHERE id = {}"
    MigrationExecutor(connection).migrate(BEFORE)
    assert [refused(sql.format(published.pk)) for sql in (titles, names)] == [True, True]

    MigrationExecutor(connection).migrate(newest)
    assert [refused(sql.format(published.pk)) for sql in (titles, names, printing)] == [True, True, True]
    # The ways of printing are the official ones.
    assert [tree_of(template) for template in stored] == [tree(), PUBLISHED]

    assert [refused(sql.format(draft.pk)) for sql in (titles, names, printing)] == [False, False, False]
    draft.refresh_from_db()
    assert (draft.title, draft.remark_column) == ("改标题", False)
    assert PrimaryIndicator.objects.filter(template=draft, name="改名").count() == 1
