"""Templates of known shape, and an administrator at work on them."""

import pytest
from django.test import Client
from django.utils import timezone

from indicators.models import IndicatorTemplate
from indicators.services import create_from_tree, publish
from indicators.tree import Primary, Secondary, TemplateTree, Tertiary
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.accounts.conftest import signed_in


def tree(rows: int = 2, **fields: object) -> TemplateTree:
    """A template that can be published, with `rows` nodes under each node of each level."""
    return TemplateTree(
        **{
            "name": "测试模板",
            "title": "整体绩效目标申报表",
            "primaries": tuple(
                Primary(
                    name=f"一级{i}",
                    kind="output" if i else "benefit",
                    secondaries=tuple(
                        Secondary(
                            name=f"二级{i}{j}",
                            explanation="说明",
                            tertiaries=tuple(
                                Tertiary(name=f"三级{i}{j}{k}", comparison="ge", value="90", unit="%", remark="5分")
                                for k in range(rows)
                            ),
                        )
                        for j in range(rows)
                    ),
                )
                for i in range(rows)
            ),
        }
        | fields
    )


@pytest.fixture
def draft(db: None) -> IndicatorTemplate:
    return create_from_tree(tree())


@pytest.fixture
def published(db: None) -> IndicatorTemplate:
    template = create_from_tree(tree(name="已发布的模板"))
    publish(template, None, timezone.now())
    return template


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_user("admin", name="周明", role=Role.ADMINISTRATOR)


@pytest.fixture
def admin(administrator: User) -> Client:
    return signed_in(administrator)
