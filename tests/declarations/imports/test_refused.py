import tracemalloc

import pytest

from declarations.imports import Unreadable, read_workbook
from tests.declarations.imports.refused import REFUSED

# openpyxl takes 3 GB for one of them.
MAX_BYTES = 40 * 1024 * 1024


@pytest.mark.parametrize("name", REFUSED)
def test_refused_file_is_refused_with_little_memory(name):
    refused = REFUSED[name]
    contents = refused.build()

    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as raised:
            read_workbook(contents, f"{name}.{refused.ending}")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(raised.value) == f"“{name}.{refused.ending}”无法导入：{refused.message}"
    assert peak < MAX_BYTES
