"""A run that is killed in the middle of a build: the next one ends where an undisturbed one does."""

import signal
import subprocess
from pathlib import Path

from tests.end_to_end.pipeline import COMMAND, ROOT, environment, marts, run

# Two installations read the same world at two moments; in these columns only that may differ.
WHEN_IT_WAS_READ = ("recorded_at", "assignment_known_at", "days_open", "hours_open", "since")


def test_a_run_killed_during_the_build_leaves_nothing_wrong(tmp_path: Path) -> None:
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    with subprocess.Popen(
        COMMAND,
        cwd=ROOT,
        env=environment(disturbed, SANDBOX_WORLD="tiny"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as killed:
        assert killed.stdout is not None
        for line in killed.stdout:
            if "built, now in projections" in line:
                killed.send_signal(signal.SIGKILL)
                break
    assert killed.wait() == -signal.SIGKILL, "the run must have been killed during the build"
    assert not (disturbed / "published" / "support_signals.duckdb").exists()

    again = run(disturbed, SANDBOX_WORLD="tiny")
    assert again.returncode == 0, again.stdout + again.stderr

    done = run(undisturbed, SANDBOX_WORLD="tiny")
    assert done.returncode == 0, done.stdout + done.stderr
    assert marts(disturbed, WHEN_IT_WAS_READ) == marts(undisturbed, WHEN_IT_WAS_READ)
