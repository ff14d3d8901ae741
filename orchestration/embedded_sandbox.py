"""The sandbox that stands in for real systems: started as a process of its own, and reached like any other system."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from deliveries.settings import DeliverySettings
from ingestion import event_log
from ingestion.errors import SettingsError
from ingestion.settings import ENV_FILE, Settings, load_settings, read
from ingestion.sources.pipeline_settings import last_settings
from orchestration.environment import PROJECT_ROOT
from orchestration.warehouse_file import writing

CHILD = (sys.executable, "-m", "orchestration.child")
START_SECONDS = 180
# In the demo, notifications begin a month before the clock, so that there is something to show.
LIVE_BEFORE_NOW = timedelta(days=30)


class Served(NamedTuple):
    """Where the sandbox serves, from when to when its world goes, and the digest of that world."""

    url: str
    smtp_port: int
    instances: tuple[str, ...]
    now: datetime
    first_change: datetime
    world: str


@contextmanager
def embedded_sandbox(data_dir: Path, options: Sequence[str]) -> Iterator[tuple[Served, subprocess.Popen[bytes]]]:
    """Serves SANDBOX_WORLD (default demo) at SANDBOX_NOW until the block ends.

    Raises SettingsError, one sentence, when the world or the time cannot be used.
    """
    folder = data_dir / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    ready_file, output = folder / f"ready.{os.getpid()}.json", folder / "output.txt"
    ready_file.unlink(missing_ok=True)
    with output.open("wb") as log:
        # In a session of its own: Ctrl-C reaches us, and we stop it after what reads from it.
        process = subprocess.Popen(
            [
                *CHILD,
                "sandbox",
                "serve",
                *_world(folder),
                *options,
                "--smtp-port",
                "0",
                "--ready-file",
                str(ready_file),
            ],
            cwd=PROJECT_ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _wait(process, ready_file, output), process
    finally:
        _stop(process)
        ready_file.unlink(missing_ok=True)


def connect(served: Served) -> Settings:
    """Point this process and its children at the sandbox; what the user set himself stays. Returns the settings."""
    chosen = load_settings()
    systems = {f"ZENDESK_{name.upper()}": f"/zendesk/{name}" for name in served.instances} | {
        "SALESFORCE": "/salesforce",
        "GITLAB": "/gitlab",
    }
    os.environ["ZENDESK_INSTANCES"] = ",".join(served.instances)
    for prefix, path in systems.items():
        os.environ[f"{prefix}_URL"] = served.url + path
        for name in ("TOKEN",) if prefix == "GITLAB" else ("CLIENT_ID", "CLIENT_SECRET"):
            os.environ.setdefault(f"{prefix}_{name}", "sandbox")
    if chosen.start_date is None:
        os.environ["START_DATE"] = served.first_change.isoformat()
    if chosen.go_live_at is None and not _has_gone_live(chosen):
        os.environ["GO_LIVE_AT"] = (served.now - LIVE_BEFORE_NOW).isoformat()
    _connect_mail(served)
    return load_settings()


def _connect_mail(served: Served) -> None:
    """The sandbox keeps what it is sent; whoever names a server of his own means that one."""
    named = read(DeliverySettings, "", ENV_FILE).model_fields_set
    mail = {
        "DELIVERY_MODE": "send",
        "SMTP_HOST": "localhost",
        "SMTP_PORT": str(served.smtp_port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "signals@support-signals.example",
        "ALERT_TO": "data-team@support-signals.example",
        "SALESFORCE_CREATE_CASES": "true",
    }
    if "smtp_host" not in named:
        os.environ.update({name: value for name, value in mail.items() if name.lower() not in named})


def _has_gone_live(settings: Settings) -> bool:
    # Whoever was told once stays told: the clock moves between runs, the go-live of the first one must not.
    with writing(settings, print):
        with event_log.connected(settings) as connection:
            event_log.create(connection)
        return last_settings(settings) is not None


def _world(folder: Path) -> list[str]:
    world = os.environ.get("SANDBOX_WORLD") or "demo"
    if world not in ("demo", "tiny"):
        path = Path(world).expanduser().absolute()
        if not path.is_file():
            raise SettingsError(f"SANDBOX_WORLD={world} is neither demo nor tiny nor a file that exists.")
        world = str(path)
    now = os.environ.get("SANDBOX_NOW")
    return ["--world", world, *(("--now", now) if now else ()), "--data-dir", str(folder.absolute())]


def _wait(process: subprocess.Popen[bytes], ready_file: Path, output: Path) -> Served:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        if ready_file.exists():
            ready = json.loads(ready_file.read_text())
            return Served(
                ready["url"].rstrip("/"),
                ready["smtp_port"],
                tuple(ready["instances"]),
                _moment(ready["now"]),
                _moment(ready["first_change"]),
                ready["world"],
            )
        time.sleep(0.02)
    said = output.read_text(errors="replace").strip().splitlines()
    raise SettingsError(f"The sandbox did not start: {said[-1] if said else 'it gave no reason'}")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
