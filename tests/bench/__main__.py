"""`make bench`: times and sizes, each beside something to compare it with, in one run.

`python -m tests.bench form` measures filling in and the exports, `bureau` what the finance bureau opens,
`bundle` what it orders of 200 departments at once.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django


def form() -> None:
    from tests.bench import exports, filling

    filling.run()
    exports.run()


def bureau() -> None:
    from tests.bench import dashboard, queue
    from tests.bench.bureau import make_bureau

    with own_database():
        made = make_bureau()
        queue.run(made)
        dashboard.run(made)


def bundle() -> None:
    from tests.bench import bundle

    with own_database():
        bundle.run()


@contextmanager
def own_database() -> Iterator[None]:
    """A database that is removed afterwards."""
    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()


if __name__ == "__main__":
    # The parts import models, which wait for the set-up.
    django.setup()
    {"form": form, "bureau": bureau, "bundle": bundle}[sys.argv[1]]()
