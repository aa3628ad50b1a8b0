import pytest

from declarations.imports import read_workbook
from declarations.imports.reading import Reading
from tests.declarations.imports.readable import READABLE, summary


@pytest.mark.parametrize("name", READABLE)
def test_readable_workbook_is_read_whole(name):
    reading = read_workbook(READABLE[name].build(), f"{name}.xlsx")

    assert summary(reading) == READABLE[name].expected
    assert Reading.model_validate_json(reading.model_dump_json()) == reading
