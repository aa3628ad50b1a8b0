import pytest

from declarations.exports.pdf.fonts import faces


@pytest.fixture(scope="session", autouse=True)
def fonts() -> None:
    """Those of the site, made once: each test has a folder of files of its own."""
    faces()
