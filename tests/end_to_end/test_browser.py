"""Dagster's own page in a real browser: the graph, a materialization that is started there, and the checks.

Needs Chromium: the one that CHROMIUM names, or /usr/bin/chromium. With SCREENSHOTS=folder it keeps what it saw.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.end_to_end.pipeline import ROOT, environment, run

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
LAYERS = ("event_log", "staging", "projections", "marts", "published", "deliveries")
# A page that is compiled on the way takes its time on a busy machine.
SLOW_MS = 60_000
pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium: install it, or name it by CHROMIUM"),
]


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Dagster over a data folder in which the tiny world has been read; without its schedules, so that only we run."""
    data_dir = tmp_path_factory.mktemp("browser")
    done = run(data_dir, SANDBOX_WORLD="tiny")
    assert done.returncode == 0, done.stdout + done.stderr
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    variables = environment(data_dir, DAGSTER_HOME=str(data_dir / "dagster"))
    command = [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml", "-p", str(port)]
    with (data_dir / "dagster.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_for(f"http://localhost:{port}/server_info", data_dir / "dagster.txt")
            yield f"http://localhost:{port}"
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.set_default_timeout(SLOW_MS)
        expect.set_options(timeout=SLOW_MS)
        yield page
        browser.close()


def wait_for(url: str, log: Path) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(url, timeout=5)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(log.read_text()[-3000:])


def keep(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_the_graph_shows_the_layers(dagster: str, page: Page) -> None:
    page.goto(f"{dagster}/asset-groups")
    for layer in LAYERS:
        expect(page.get_by_text(layer, exact=True).first).to_be_visible()
    page.wait_for_timeout(2000)
    keep(page, "graph")


def test_an_asset_that_is_materialized_there_succeeds(dagster: str, page: Page) -> None:
    page.goto(f"{dagster}/assets/published/support_signals")
    page.get_by_role("button", name="Materialize").first.click()
    expect(page.get_by_text(re.compile("Launched run [0-9a-f]{8}")).first).to_be_visible()
    assert ended(dagster) == ("SUCCESS", [["published", "support_signals"]])
    page.goto(f"{dagster}/runs")
    expect(page.get_by_text("Success", exact=False).first).to_be_visible()
    page.wait_for_timeout(2000)
    keep(page, "runs")


def ended(dagster: str) -> tuple[str, list[list[str]]]:
    """How the newest run ended, and of which assets it was."""
    query = "{runsOrError(limit: 1) {... on Runs {results {status assetSelection {path}}}}}"
    for _ in range(180):
        address = f"{dagster}/graphql?query={urllib.parse.quote(query)}"
        with urllib.request.urlopen(address, timeout=30) as answer:
            (newest,) = json.loads(answer.read())["data"]["runsOrError"]["results"]
        if newest["status"] in ("SUCCESS", "FAILURE", "CANCELED"):
            return newest["status"], [asset["path"] for asset in newest["assetSelection"] or ()]
        time.sleep(1)
    raise AssertionError("the run did not end")


def test_the_checks_of_an_asset_are_shown(dagster: str, page: Page) -> None:
    page.goto(f"{dagster}/assets/published/support_signals?view=checks")
    for check in ("keys_are_unique", "no_row_vanished", "links_lead_to_pages"):
        expect(page.get_by_text(check, exact=True).first).to_be_visible()
    expect(page.get_by_text("Succeeded", exact=True).first).to_be_visible()
    page.wait_for_timeout(1000)
    keep(page, "checks")
