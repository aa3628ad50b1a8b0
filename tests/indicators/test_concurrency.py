from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from indicators import services
from indicators.models import IndicatorTemplate, TertiaryIndicator
from indicators.tree import tree_of
from tests.indicators.conftest import tree

pytestmark = pytest.mark.django_db(transaction=True)


class Elsewhere(Thread):
    """Somebody's change on a connection of its own; `result` is what it gave, or the exception that it raised."""

    def __init__(self, change, *refusals):
        super().__init__()
        self.change, self.refusals, self.result = change, refusals, None
        self.start()

    def run(self):
        try:
            self.result = self.change()
        except self.refusals as refusal:
            self.result = refusal
        finally:
            connection.close()


def test_row_inserted_while_the_template_is_being_published():
    template = services.create_from_tree(tree())
    group = TertiaryIndicator.objects.first().secondary_id
    row = TertiaryIndicator(secondary_id=group, position=9, name="趁隙加入", comparison="ge")
    with transaction.atomic():
        services.publish(template, None, timezone.now())
        other = Elsewhere(row.save, IntegrityError)
        # Long enough for an insert that does not wait.
        other.join(0.5)
    other.join()
    assert isinstance(other.result, IntegrityError)
    assert tree_of(template) == tree()


def test_published_while_a_row_is_being_inserted():
    template = services.create_from_tree(tree())
    group = TertiaryIndicator.objects.first().secondary_id
    with transaction.atomic():
        TertiaryIndicator.objects.create(
            secondary_id=group, position=9, name="没有值", comparison="ge", value_editable=False
        )
        other = Elsewhere(lambda: services.publish(template, None, timezone.now()), services.NotReadyToPublish)
        other.join(0.5)
    other.join()
    template.refresh_from_db()
    assert (isinstance(other.result, services.NotReadyToPublish), template.is_published) == (True, False)


def test_two_copies_at_once_get_two_versions():
    template = services.create_from_tree(tree())
    others = [Elsewhere(lambda: services.copy_to_new_version(template).version) for _ in range(2)]
    for other in others:
        other.join()
    assert sorted(other.result for other in others) == [2, 3]
    assert IndicatorTemplate.objects.count() == 3
