"""Somebody at work on a declaration, for the tests of the form's pages."""

from collections.abc import Callable

import pytest

from declarations.models import Declaration
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.views.pages import Desk, section_url


@pytest.fixture
def declaration(db: None) -> Declaration:
    """A draft with nothing but the common indicators."""
    return builders.declaration(filled=False)


@pytest.fixture
def preparer(declaration: Declaration) -> User:
    """The first preparer of the declaration's department."""
    return builders.preparer_of(declaration)


@pytest.fixture
def desk_of(declaration: Declaration) -> Callable[..., Desk]:
    """A function that seats a new preparer of the department, by name, at a section."""

    def desk_of(name: str, *section: str | int) -> Desk:
        person = builders.user(Role.PREPARER, department=declaration.department, name=name)
        return Desk(person, section_url(declaration, *section))

    return desk_of
