"""Tickets into the log: how many a second, and how much memory, on worlds of growing size; tap-zendesk beside it.

    python -m benchmarks.ingestion [--tickets 10000 100000 1000000] [--tap 2000]

Everything runs on one machine, the sandbox too, its quota off. What the sandbox takes to make its answers is not
ingestion's time, and is taken out by doing it twice: the answers of the first run are recorded on their way, and the
second run, into an empty log again, gets them from the recording (replay.py). What giving them takes is not taken out;
the processor seconds of both are printed beside. The start of Python and of dlt counts as ingestion. tap-zendesk writes
JSON lines to a file, has no load to do, and reads from the sandbox itself. The seconds in which it slept (none of its
threads ran, could have run, or waited for the disk) hold the pauses that it takes of its own accord: it reads 450
tickets a minute, also when it reads no audits. That is why its world is small, and `awake` is the rate without them.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import orjson
import psutil

from benchmarks.process import Usage, run_measured
from benchmarks.tickets import BEGIN, SPAN, write_world
from orchestration.environment import PROJECT_ROOT
from tests.clients.client import Client, client
from tests.sandbox.calls import sign_in_to_zendesk
from tests.sandbox_process import RunningSandbox, sandbox

COLUMNS = f"{'what':<32}{'tickets':>10}{'wall s':>8}{'asleep s':>9}{'cpu s':>7}{'served in':>10}{'peak MiB':>9}"
START_SECONDS = 1800.0


def main() -> None:
    parser = argparse.ArgumentParser(description="Tickets a second and peak memory of ingestion and of tap-zendesk.")
    parser.add_argument("--tickets", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--tap", type=int, nargs="*", default=[2_000], help="sizes for tap-zendesk")
    given = parser.parse_args()
    print(f"{COLUMNS}{'a second':>10}{'awake':>8}")
    for tickets in sorted({*given.tickets, *given.tap}):
        with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
            world = write_world(Path(scratch) / "world.jsonl", tickets)
            with sandbox(world, start_seconds=START_SECONDS, tls_port=0) as running:
                (server,) = (p for p in psutil.Process().children() if "sandbox" in p.cmdline())
                measure_ingestion(Path(scratch), running, server)
                if tickets in given.tap:
                    measure_tap(Path(scratch), running, server)


def measure_ingestion(folder: Path, running: RunningSandbox, server: psutil.Process) -> None:
    """Tickets alone, into an empty log: from the sandbox, then from the recording, and that again with nothing new."""
    with recorder(folder / "answers", running.url) as (url, replaying):
        settings = {key: value.replace(running.url, url) for key, value in running.environment().items()}
        settings |= {"START_DATE": BEGIN.isoformat(), "GO_LIVE_AT": (BEGIN + SPAN).isoformat()}
        command = [sys.executable, "-m", "ingestion", "zendesk__ticket", "--until-complete"]
        for what, home in (("recording", "one"), ("ingestion", "two"), ("ingestion, nothing new", "two")):
            data, servers = folder / home, (server, replaying)
            before, busy = events(data), sum(map(processor_seconds, servers))
            environment = settings | {"DATA_DIR": str(data)}
            usage = run_measured(command, environment=environment, log=folder / "log.txt", cwd=PROJECT_ROOT)
            report(what, events(data) - before, usage, sum(map(processor_seconds, servers)) - busy)


@contextmanager
def recorder(folder: Path, upstream: str) -> Iterator[tuple[str, psutil.Process]]:
    """replay.py as a process of its own, and its address."""
    command = [sys.executable, "-m", "benchmarks.replay", str(folder), upstream]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        yield f"http://localhost:{child.stdout.readline().strip()}", psutil.Process(child.pid)
        child.terminate()


def measure_tap(folder: Path, running: RunningSandbox, server: psutil.Process) -> None:
    """tap-zendesk's sync of tickets alone, from the same sandbox, into a file."""
    home = folder / "tap"
    home.mkdir()
    reader = client("tap-zendesk", running, home)
    prepare_tap(reader)
    command = [str(reader.program("tap-zendesk")), "--config", "config.json", "--catalog", "catalog.json"]
    busy, records = processor_seconds(server), home / "records.jsonl"
    usage = run_measured(command, environment=reader.variables, log=records, cwd=home)
    with records.open("rb") as lines:
        found = sum(line.startswith((b'{"type": "RECORD"', b'{"type":"RECORD"')) for line in lines)
    report("tap-zendesk, tickets only", found, usage, processor_seconds(server) - busy)


def prepare_tap(reader: Client) -> None:
    """Configures it, and selects tickets alone. Raises RuntimeError when it cannot discover."""
    token = sign_in_to_zendesk(reader.running).body["access_token"]
    config = {"start_date": BEGIN.strftime("%Y-%m-%dT%H:%M:%SZ"), "subdomain": "gitlab", "access_token": token}
    (reader.home / "config.json").write_bytes(orjson.dumps(config))
    discovered = reader.run("tap-zendesk", "--config", "config.json", "--discover")
    if discovered.returncode:
        raise RuntimeError(f"tap-zendesk could not discover: {discovered.stderr[-2000:]}")
    catalog = orjson.loads(discovered.stdout)
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            entry["metadata"]["selected"] = stream["stream"] == "tickets"
    (reader.home / "catalog.json").write_bytes(orjson.dumps(catalog))


def report(what: str, tickets: int, usage: Usage, sandbox_seconds: float) -> None:
    awake = usage.wall_seconds - usage.asleep_seconds
    print(
        f"{what:<32}{tickets:>10,}{usage.wall_seconds:>8.1f}{usage.asleep_seconds:>9.1f}{usage.cpu_seconds:>7.1f}"
        f"{sandbox_seconds:>10.1f}{usage.peak_mib:>9,.0f}"
        f"{tickets / usage.wall_seconds:>10,.0f}{tickets / awake:>8,.0f}",
        flush=True,
    )


def events(data: Path) -> int:
    """Ticket events in the log so far."""
    warehouse = data / "warehouse.duckdb"
    if not warehouse.exists():
        return 0
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        row = connection.execute("select count(*) from event_log.zendesk__ticket_events").fetchone()
    return row[0] if row else 0


def processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
