"""A sandbox as its own process on a free port, for every test that needs the three systems."""

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60


@dataclass(frozen=True)
class RunningSandbox:
    """`url` has no trailing slash; `ready` is what the process wrote when it began to serve."""

    url: str
    ready: dict[str, Any]
    data_dir: Path

    def zendesk(self, instance: str = "global") -> str:
        return f"{self.url}/zendesk/{instance}"

    @property
    def salesforce(self) -> str:
        return f"{self.url}/salesforce"

    def salesforce_org(self, instance: str) -> str:
        return f"{self.url}/salesforce/{instance}"

    @property
    def gitlab(self) -> str:
        return f"{self.url}/gitlab"

    def post(self, path: str, body: Any) -> Any:
        """POST of JSON to a control path such as `/_sandbox/clock`; raises HTTPError when it is refused."""
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def get(self, path: str) -> Any:
        """GET of a control path such as `/_sandbox/mail`."""
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.loads(answer.read())

    def delete(self, path: str) -> None:
        """DELETE of a control path: `/_sandbox/faults` or `/_sandbox/requests`."""
        with urllib.request.urlopen(urllib.request.Request(self.url + path, method="DELETE"), timeout=60):
            return

    def environment(self) -> dict[str, str]:
        """The variables that point ingestion at this sandbox."""
        found = {
            "ZENDESK_INSTANCES": ",".join(self.ready["instances"]),
            "SALESFORCE_URL": self.salesforce,
            "SALESFORCE_CLIENT_ID": "sandbox",
            "SALESFORCE_CLIENT_SECRET": "sandbox",
            "GITLAB_URL": self.gitlab,
            "GITLAB_TOKEN": "sandbox",
        }
        for instance in self.ready["instances"]:
            name = f"ZENDESK_{instance.upper()}"
            found |= {
                f"{name}_URL": self.zendesk(instance),
                f"{name}_CLIENT_ID": "sandbox",
                f"{name}_CLIENT_SECRET": "sandbox",
            }
        orgs = self.ready["salesforce_instances"]
        if len(orgs) > 1:
            found["SALESFORCE_INSTANCES"] = ",".join(orgs)
        for instance in orgs[1:]:
            name = f"SALESFORCE_{instance.upper()}"
            found |= {
                f"{name}_URL": self.salesforce_org(instance),
                f"{name}_CLIENT_ID": "sandbox",
                f"{name}_CLIENT_SECRET": "sandbox",
            }
        return found


@contextmanager
def sandbox(
    world: str | Path | list[dict[str, Any]],
    now: str | None = None,
    *,
    start_seconds: float = START_SECONDS,
    **options: Any,
) -> Iterator[RunningSandbox]:
    """Serves a world (a file, `tiny`, `demo`, or a list of changes) until the block ends.

    Options are the command's own, with underscores: `clock="frozen"` (default here), `quota="real"` (default `off`),
    `smtp_port=0`, `data_dir=…`. Raises RuntimeError with the process's own words when it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        scratch = Path(folder)
        if isinstance(world, list):
            path = scratch / "world.jsonl"
            path.write_text("".join(json.dumps(change) + "\n" for change in world))
            world = path
        given = {"clock": "frozen", "quota": "off", "data_dir": scratch / "data"} | options
        if now is not None:
            given["now"] = now
        ready_file = scratch / "ready.json"
        command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--world", str(world)]
        command += ["--ready-file", str(ready_file)]
        for name, value in given.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        output = (scratch / "output.txt").open("w+")
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            ready = _wait(process, ready_file, scratch / "output.txt", start_seconds)
            yield RunningSandbox(ready["url"].rstrip("/"), ready, Path(given["data_dir"]))
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            output.close()


def _wait(process: subprocess.Popen[bytes], ready_file: Path, output: Path, start_seconds: float) -> dict[str, Any]:
    give_up = time.monotonic() + start_seconds
    while time.monotonic() < give_up:
        if ready_file.exists():
            return json.loads(ready_file.read_text())
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"the sandbox did not start: {output.read_text()}")
