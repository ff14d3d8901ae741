"""One soak: ingestion reads a world that goes on, through faults, and is killed again and again."""

import random
import re
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ingestion.settings import Settings
from sandbox.timestamps import guide_time, parse_ms
from tests.ingestion.log import environment
from tests.sandbox_process import RunningSandbox
from tests.soak.child import POINTS
from tests.soak.forks import Forks
from tests.soak.truth import END_AFTER_MS

# One call in twenty fails.
HTML = "<html><body>Something went wrong</body></html>"
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 429, "rate": 0.007, "headers": {"Retry-After": "7"}},
    {"kind": "status", "status": 429, "rate": 0.007},
    {"kind": "status", "status": 500, "rate": 0.005, "body": {"error": "InternalError"}},
    {"kind": "status", "status": 502, "rate": 0.005, "body": HTML},
    {"kind": "status", "status": 503, "rate": 0.005, "body": HTML},
    {"kind": "status", "status": 504, "rate": 0.002, "body": HTML},
    {"kind": "status", "status": 524, "rate": 0.002, "body": HTML},
    {"kind": "reset", "rate": 0.006},
    {"kind": "truncate", "rate": 0.006},
    {"kind": "token_expired", "rate": 0.005},
)
STREAMS = (
    (),
    (),
    ("zendesk__ticket", "zendesk__ticket_audit"),
    ("zendesk__organization", "zendesk__user", "zendesk__organization_membership", "gitlab__project"),
    ("salesforce__account", "salesforce__account_field_history", "salesforce__contact"),
)
# A stream that takes a passing fault for an answer.
GIVEN_UP = re.compile(r".*refused .*\((?:408|409|429|5\d\d).*")
SLICE_SECONDS = 0.12
LONGEST_SECONDS = 4.0
LAST_RUNS = 25


@dataclass
class Soak:
    """Counts what happened; `settled` raises AssertionError when what was committed has changed since."""

    sandbox: RunningSandbox
    settings: Settings
    rng: random.Random
    forks: Forks
    folder: Path
    runs: int = 0
    calls: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    _settled: tuple[Any, int, Any] | None = None

    def order_faults(self) -> None:
        for fault in FAULTS:
            self.sandbox.post("/_sandbox/faults", {"route": "/", "seed": self.rng.randrange(1 << 30), **fault})

    def run_and_kill(self, restarts: int) -> None:
        """Runs until so many of them were killed; the world goes on meanwhile, nearly to its end."""
        last, now = parse_ms(self.sandbox.ready["last_change"]), parse_ms(self.sandbox.ready["now"])
        while self.kills.total() < restarts:
            left = restarts - self.kills.total()
            now += int(max(last - now, 0) / (left + 1) * 2 * self.rng.random())
            self._run(min(now, last), self.rng.random() < 0.95)
            self._look()

    def run_to_the_end(self) -> None:
        """The world ends; runs until one has read everything, and one more."""
        last = parse_ms(self.sandbox.ready["last_change"])
        self._move(last + END_AFTER_MS)
        good = 0
        for _ in range(LAST_RUNS):
            good += self._finish()
            if good == 2:
                return
        raise AssertionError(f"{LAST_RUNS} runs were not enough: {self._output().read_text()[-3000:]}")

    def _run(self, until: int, is_killed: bool) -> None:
        rng = self.rng
        arguments = [*rng.choice(STREAMS), *(["--until-complete"] if rng.random() < 0.5 else [])]
        die, seconds = None, LONGEST_SECONDS
        if is_killed and rng.random() < 0.75:
            target, calls = rng.choice(list(POINTS.items()))
            die = (target, rng.randint(1, calls), rng.choice(("before", "after")))
        elif is_killed:
            seconds = rng.random() ** 2 * LONGEST_SECONDS
        self._start(arguments, die)
        moves = sorted(rng.random() * min(seconds, 1.5) for _ in range(2))
        spent, answer = 0.0, {"status": None}
        while spent < seconds and answer["status"] is None:
            if moves and spent >= moves[0]:
                moves.pop(0)
                self._move(until - int((until - self._now()) / 2) if moves else until)
            step = min(SLICE_SECONDS, seconds - spent)
            answer, spent = self.forks.wait(step), spent + step
        self._move(until)
        if answer["status"] is None:
            answer = self.forks.kill() if is_killed else self.forks.wait(120)
        self._note(answer)

    def _finish(self) -> bool:
        self._output().unlink(missing_ok=True)
        self._start(["--until-complete"], None)
        answer = self.forks.wait(240)
        self._note(answer)
        return answer["status"] == 0 and "history not complete" not in self._output().read_text()

    def _start(self, arguments: list[str], die: Any) -> None:
        self.runs += 1
        given = environment(self.sandbox, self.settings.data_dir, HISTORY_BUDGET_SECONDS="2")
        self.forks.start(given, arguments, self._output(), die)

    def _note(self, answer: dict[str, Any]) -> None:
        if answer["status"] == -signal.SIGKILL:
            self.kills[answer["phase"]] += 1
        said = self._output().read_text() if self._output().exists() else ""
        if answer["status"] not in (0, 1, -signal.SIGKILL):
            raise AssertionError(f"a run ended with {answer}: {said[-3000:]}")
        refused = GIVEN_UP.search(said)
        assert refused is None, f"not tried again: {refused[0]}"
        for request in self.sandbox.get("/_sandbox/requests")["requests"]:
            self.calls += 1
            if request["fault"]:
                kind = request["fault"] if request["fault"] != "status" else str(request["status"])
                self.faults[kind] += 1
        self.sandbox.delete("/_sandbox/requests")

    def _output(self) -> Path:
        return self.folder / "output.txt"

    def _now(self) -> int:
        return parse_ms(self.sandbox.get("/_sandbox/world")["now"])

    def _move(self, now: int) -> None:
        if now > self._now():
            self.sandbox.post("/_sandbox/clock", {"now": guide_time(now)})

    def _look(self) -> None:
        """What a poll has marked as committed is as it was: nothing was added below the mark, nothing was taken."""
        if not self.settings.warehouse_path.exists():
            return
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as connection:
            tables = connection.execute(
                "select count(*) from information_schema.tables where table_schema = 'event_log' and "
                "table_name in ('events', 'polls')"
            ).fetchone()
            if tables != (2,):
                return
            if self._settled:
                mark, *before = self._settled
                assert self._below(connection, mark) == tuple(before), f"the log below {mark} has changed"
            row = connection.execute("select max(recorded_at) from event_log.polls").fetchone()
            if row and row[0]:
                self._settled = (row[0], *self._below(connection, row[0]))

    def _below(self, connection: duckdb.DuckDBPyConnection, mark: Any) -> Any:
        sql = "select count(*), bit_xor(hash(event_id)) from event_log.events where recorded_at <= ?"
        return connection.execute(sql, [mark]).fetchone()
