"""Whatever a workbook holds, it is read or refused with a message; nothing else is raised."""

import re
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.imports import Unreadable, read_workbook
from declarations.imports.reading import Reading
from tests.declarations.imports.building import (
    HEADINGS,
    ROWS,
    inline_rows,
    package,
    parts_of,
    saved,
    typed,
    with_shared_strings,
    with_sheet_data,
)
from tests.declarations.imports.readable import form

NONSENSE = (
    "",
    "-1",
    "0",
    "1e999",
    "NaN",
    "99999999999999999999",
    "A0",
    "XFD1048576",
    "A1:",
    "../..",
    "e",
    "目标",
    "#REF!",
)
LABELS = [text for row in ROWS for text in row if isinstance(text, str)]
CELLS = st.one_of(st.none(), st.sampled_from(LABELS), st.sampled_from(["-", "≥", "95%", "注：", "目标2：", 3, 0.5]))


@cache
def parts(number: int) -> dict[str, bytes]:
    built = (typed(merged=("A13:A15",)), with_shared_strings(typed()), with_shared_strings(saved(form())))
    return parts_of(built[number])


def outcome(contents: bytes) -> str:
    """ "read" where what was read survives being kept as JSON, or the message of the refusal."""
    try:
        reading = read_workbook(contents, "甲.xlsx")
    except Unreadable as reason:
        return str(reason)
    return "read" if Reading.model_validate_json(reading.model_dump_json()) == reading else "lost"


def is_read_or_refused(contents: bytes) -> bool:
    return outcome(contents).startswith(("read", "“甲.xlsx”无法导入："))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_workbook_with_any_values_in_its_xml_is_read_or_refused(data):
    changed = dict(parts(data.draw(st.integers(0, 2))))
    name = data.draw(
        st.sampled_from(sorted(name for name in changed if "docProps" not in name and "theme" not in name))
    )
    xml = changed[name].decode()
    for _ in range(data.draw(st.integers(1, 3))):
        values = list(re.finditer(r'(?<==")[^"]*(?=")|(?<=>)[^<>]*(?=<)', xml))
        old = data.draw(st.sampled_from(values))
        new = data.draw(st.sampled_from(NONSENSE) | st.sampled_from([value.group() for value in values]))
        xml = xml[: old.start()] + new + xml[old.end() :]
    changed[name] = xml.encode()
    assert is_read_or_refused(package(changed))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=9), max_size=8), st.lists(st.lists(CELLS, max_size=9), max_size=8))
def test_table_of_any_cells_is_read_or_refused(above, below):
    assert is_read_or_refused(with_sheet_data(inline_rows([*above, HEADINGS, *below])))
