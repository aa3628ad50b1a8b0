"""Every code that a rule can give has a title, and no title is of a code that none gives."""

import inspect
import re
from types import ModuleType

from declarations.checks import amounts, blanks, budget, goals, history, indicators, points, tasks
from declarations.checks.places import TASK_LABELS
from declarations.checks.titles import TITLES

RULES = (blanks, budget, goals, history, indicators, points, tasks)
# A code where it is given to a finding, and where it is handed to the function that gives it.
CODE = re.compile(r'(?:\.(?:error|warning)\(|_sum_to_total\(document,|_present\(document,)\s*f?"([^"]+)"')
FAULTS = re.findall(r'Fault\(\s*"(\w+)"', inspect.getsource(amounts))
# What stands for the part of a code that changes, in each module.
VARIABLE = {
    (budget, "fault.code"): FAULTS,
    (tasks, "fault.code"): FAULTS,
    (tasks, "field"): [field for field in TASK_LABELS if field != "amount"],
    (indicators, "field"): list(indicators._REQUIRED_FIELDS),
}


def codes_of(module: ModuleType) -> set[str]:
    found = set()
    for code in CODE.findall(inspect.getsource(module)):
        before, variable, after = re.fullmatch(r"([^{]*)(?:\{(.*)\})?(.*)", code).groups()
        found |= {f"{before}{value}{after}" for value in VARIABLE[module, variable]} if variable else {code}
    return found


def test_every_code_has_a_title_and_every_title_its_code() -> None:
    assert len(FAULTS) == 5
    assert set().union(*map(codes_of, RULES)) == set(TITLES)


def test_every_finding_gets_its_code_where_codes_are_looked_for() -> None:
    sources = "".join(map(inspect.getsource, RULES))
    given = re.findall(r'\.(?:error|warning)\(\s*(f?"|\w+,|.)', sources)
    assert set(given) == {'"', 'f"', "code,"}
    # By these two functions, which are handed it twice each.
    handed = re.findall(r"(?:_sum_to_total|_present)\(document, \"", sources)
    assert (given.count("code,"), len(handed)) == (3, 4)


def test_titles_differ() -> None:
    assert len(set(TITLES.values())) == len(TITLES)
