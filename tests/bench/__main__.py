"""`make bench`: times and sizes, each beside something to compare it with, in one run."""

import django

if __name__ == "__main__":
    django.setup()
    # The parts import models, which wait for the set-up.
    from tests.bench import exports, filling

    filling.run()
    exports.run()
