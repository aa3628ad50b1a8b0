"""The site in a process of its own, which can be killed and started again."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

MANAGE = Path(__file__).resolve().parent.parent.parent / "manage.py"
STARTS_WITHIN_SECONDS = 60


class Server:
    """The site on a free port of this machine. `environment` goes on top of that of this process."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    def manage(self, *command: str) -> None:
        """Run a command of manage.py to its end. Raises CalledProcessError."""
        subprocess.run([sys.executable, MANAGE, *command], check=True, env=self.environment, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Serve until `stop` or `kill`, unless it does already; returns when it answers. Raises TimeoutError."""
        if self._process:
            return
        command = [sys.executable, str(MANAGE), "runserver", "--noreload", f"127.0.0.1:{self.port}"]
        self._process = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError(f"the site did not start within {STARTS_WITHIN_SECONDS} seconds")

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """End it in the middle of whatever it does, as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
