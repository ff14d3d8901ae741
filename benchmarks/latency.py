"""From ticket opened to mail in the mailbox, with `make up` on the demo world as it lives on.

    python -m benchmarks.latency --tickets 200

Starts what `make up` starts, on free ports and in a folder of its own, at RATE tickets an hour of the sandbox's clock,
which runs as ours does. Counts tickets that were opened after the first snapshot, by the mails that lie in the mailbox:
their Date is the sandbox's time, and is compared with the time at which the ticket was opened. Zendesk itself withholds
the last minute of its exports; that minute is in every figure.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path

import duckdb

from orchestration.environment import PROJECT_ROOT

RATE = 2400
PORTS = ("SANDBOX_PORT", "DAGSTER_PORT", "DASHBOARD_PORT")
EVERY_SECONDS = 10
OPENED = """
select ticket_id, source, opened_at from marts.fct_notification_events
where disposition = 'notify' and opened_at > ?
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=200)
    wanted = parser.parse_args().tickets
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        data_dir = Path(scratch) / "data"
        environment = {**os.environ, **{name: free_port() for name in PORTS}, "DATA_DIR": str(data_dir)}
        environment["SANDBOX_TICKETS_PER_HOUR"] = str(RATE)
        with (Path(scratch) / "up.txt").open("wb") as log:
            up = subprocess.Popen(
                [sys.executable, "-m", "orchestration.up"], cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=log
            )
            try:
                found = measured(data_dir, wanted, up)
            finally:
                up.send_signal(signal.SIGTERM)
                up.wait(timeout=60)
    found.sort()
    shown = ", ".join(f"p{share} {quantile(found, share / 100):.0f} s" for share in (50, 90, 99))
    print(f"{len(found)} tickets at {RATE} an hour: {shown}, longest {found[-1]:.0f} s, from opened to mailed")


def measured(data_dir: Path, wanted: int, up: subprocess.Popen) -> list[float]:
    """Seconds for each ticket of which a mail has arrived, as soon as there are enough of them."""
    published = data_dir / "published" / "support_signals.duckdb"
    since: datetime | None = None
    while True:
        time.sleep(EVERY_SECONDS)
        if up.poll() is not None:
            raise RuntimeError(f"make up ended by itself with {up.returncode}")
        if not published.exists():
            continue
        with duckdb.connect(str(published), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            if since is None:
                ((since,),) = connection.execute("select as_of from marts.snapshot").fetchall()
            opened = {f"{source}#{ticket}": at for ticket, source, at in connection.execute(OPENED, [since]).fetchall()}
        arrived = mails(data_dir / "sandbox" / "mail")
        found = [(arrived[ticket] - at).total_seconds() for ticket, at in opened.items() if ticket in arrived]
        print(f"{len(found)} of {wanted} tickets told of", end="\r", flush=True)
        # Those without a mail yet are waited for: leaving the slow ones out would flatter the figures.
        if len(found) >= wanted and len(found) == len(opened):
            print()
            return found


def mails(folder: Path) -> dict[str, datetime]:
    """Ticket -> when its mail was sent, by the clock of the systems."""
    found = {}
    for path in folder.glob("*.eml"):
        head = message_from_bytes(path.read_bytes().split(b"\r\n\r\n")[0])
        found[head["X-Support-Signals-Ticket"]] = parsedate_to_datetime(head["Date"])
    return found


def quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def free_port() -> str:
    with socket.create_server(("localhost", 0)) as free:
        return str(free.getsockname()[1])


if __name__ == "__main__":
    main()
