"""Real worker processes on the database of the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

MANAGE = Path(settings.BASE_DIR) / "manage.py"
WITHIN_SECONDS = 120


def database_url() -> str:
    """The address of the database that the test works on."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    # A socket's folder is a host whose slashes are written otherwise.
    host = quote(str(values["HOST"]), safe="")
    password = f":{quote(values['PASSWORD'])}" if values["PASSWORD"] else ""
    port = f":{values['PORT']}" if values["PORT"] else ""
    query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in values.get("OPTIONS", {}).items())
    return f"postgres://{quote(values['USER'])}{password}@{host}{port}/{values['NAME']}{f'?{query}' if query else ''}"


class WorkerProcess:
    """`manage.py run_worker` in a process of its own; ended with the context."""

    def __init__(self, name: str, *options: str) -> None:
        environment = {
            **os.environ,
            # Those of the tests name a folder of their own; the rest of what they set stands in the environment.
            "DJANGO_SETTINGS_MODULE": "perfgoals.settings",
            "DATABASE_URL": database_url(),
            "FILES_ROOT": str(settings.FILES_ROOT),
        }
        # Whoever runs the tests behind a shell may have these ignored, which children inherit.
        heard = ["env", "--default-signal=INT,HUP"]
        run_worker = [sys.executable, str(MANAGE), "run_worker", "--worker-id", name, "--interval", "0.1", *options]
        self.process = subprocess.Popen(
            [*heard, *run_worker],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )

    def __enter__(self) -> "WorkerProcess":
        return self

    def __exit__(self, *exception: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def kill(self) -> None:
        """End it, and what it has started, in the middle of whatever it does, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self, signum: int = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to end; answers its exit status and all that it has said."""
        self.process.send_signal(signum)
        said, _ = self.process.communicate(timeout=WITHIN_SECONDS)
        return self.process.returncode, said


def wait_for(happened: Callable[[], bool], what: str) -> None:
    """Wait until it has happened. Raises TimeoutError."""
    until = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < until:
        if happened():
            return
        time.sleep(0.05)
    raise TimeoutError(what)
