"""dbt's lineage ends at the readers: each exposure names the marts that its code really reads."""

import re
from pathlib import Path

import pytest
import yaml

from orchestration.audits import KEYS
from orchestration.environment import PROJECT_ROOT

EXPOSURES = PROJECT_ROOT / "dbt_project" / "models" / "exposures.yml"
READERS = {
    "dashboard": "dashboard/*.py",
    "account_brief": "deliveries/brief.py",
    "ticket_redirects": "deliveries/redirector.py",
}
MART = re.compile(r"\bmarts\.((?:fct|dim)_\w+)")


def read_by(files: list[Path]) -> set[str]:
    return {mart for file in files for mart in MART.findall(file.read_text())}


@pytest.fixture(scope="module")
def named() -> dict[str, set[str]]:
    found = yaml.safe_load(EXPOSURES.read_text())["exposures"]
    return {one["name"]: {ref.removeprefix("ref('").removesuffix("')") for ref in one["depends_on"]} for one in found}


def test_each_reader_is_an_exposure_that_names_what_it_reads(named: dict[str, set[str]]) -> None:
    others = [
        file
        for file in (PROJECT_ROOT / "deliveries").glob("*.py")
        if str(file.relative_to(PROJECT_ROOT)) not in READERS.values()
    ]
    read = {reader: read_by(list(PROJECT_ROOT.glob(files))) for reader, files in READERS.items()}
    assert named == {**read, "notification_mails": read_by(others), "published_file": set(KEYS)}
