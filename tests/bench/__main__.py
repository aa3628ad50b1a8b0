"""`make bench`: times and sizes, each beside something to compare it with, in one run.

`python -m tests.bench form` measures filling in and the exports, `bureau` what the finance bureau opens.
"""

import sys

import django


def form() -> None:
    from tests.bench import exports, filling

    filling.run()
    exports.run()


def bureau() -> None:
    """On a database of its own, which is removed afterwards."""
    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    from tests.bench import dashboard, queue
    from tests.bench.bureau import make_bureau

    setup_test_environment()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        made = make_bureau()
        queue.run(made)
        dashboard.run(made)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()


if __name__ == "__main__":
    # The parts import models, which wait for the set-up.
    django.setup()
    {"form": form, "bureau": bureau}[sys.argv[1]]()
