"""Runs an unmodified client in its own environment: TLS, no way but to the sandbox, none of the caller's settings."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients.environments import REQUIREMENTS, environment
from tests.sandbox_process import RunningSandbox

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Client:
    """`python` is that of the client's environment; `home` is where it may leave files."""

    python: Path
    running: RunningSandbox
    home: Path

    @property
    def variables(self) -> dict[str, str]:
        """What sends it to the sandbox, and nothing of the caller's."""
        certificate = self.running.ready["ca_file"]
        return {
            "PATH": os.defpath,
            "HOME": str(self.home),
            "TZ": "UTC",
            "PYTHONPATH": str(HERE / "redirect"),
            "SANDBOX_TLS_PORT": str(self.running.ready["tls_port"]),
            "REQUESTS_CA_BUNDLE": certificate,
            "SSL_CERT_FILE": certificate,
        }

    def program(self, name: str) -> Path:
        """A program of the client's environment."""
        return self.python.with_name(name)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """A program of the client's environment, whatever its exit code."""
        return subprocess.run(
            [self.program(str(command[0])), *command[1:]],
            env=self.variables, cwd=self.home, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def script(self, name: str, *arguments: str) -> Any:
        """The JSON that a script of `scripts/` prints. Raises RuntimeError with its own words when it fails."""
        done = self.run("python", HERE / "scripts" / f"{name}.py", *arguments)
        if done.returncode:
            raise RuntimeError(f"{name} failed:\n{done.stderr}")
        return json.loads(done.stdout)


def client(name: str, running: RunningSandbox, home: Path) -> Client:
    """The client of a requirements file."""
    return Client(environment(REQUIREMENTS / f"{name}.txt"), running, home)
