import json

from declarations.imports import read_workbook
from tests.declarations.imports.readable import READABLE, summary
from tests.declarations.imports.refused import REFUSED
from tests.declarations.imports.workbooks import write


def test_script_writes_each_workbook_and_what_is_expected_of_it(tmp_path):
    write(tmp_path)

    expected = {
        folder: json.loads((tmp_path / folder / "expected.json").read_text(encoding="utf-8"))
        for folder in ("readable", "refused")
    }
    assert min(len(READABLE), len(REFUSED)) >= 30
    assert list(expected["readable"]) == [f"{name}.xlsx" for name in READABLE]
    assert list(expected["refused"]) == [f"{name}.{case.ending}" for name, case in REFUSED.items()]
    for folder, findings in expected.items():
        assert {path.name for path in (tmp_path / folder).iterdir()} == {*findings, "expected.json"}
    contents = (tmp_path / "readable" / "手工填写.xlsx").read_bytes()
    assert summary(read_workbook(contents, "手工填写.xlsx")) == expected["readable"]["手工填写.xlsx"]
