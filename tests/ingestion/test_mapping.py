"""Instances that name their fields differently: each is checked, and read, by its own names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion.errors import SettingsError
from ingestion.mapping import read_signals
from tests.ingestion.log import load, rows
from tests.ingestion.worlds import BEGIN, gitlab, ground, zendesk

STREAMS = ("zendesk__organization", "gitlab__project")
GLOBAL = {"am_project_id": "77", "sales_segmentation": "large", "aar": 5.0, "seats_decimal": 3.0}
GOVERNMENT = {"project_number": 78, "market_segment": "public", "arr": 5.0, "number_of_seats": 3}
OWN = """
[zendesk.us_government.organization]
collaboration_project_id = "project_number"
region = "market_segment"
"""


def world() -> list[dict[str, Any]]:
    """Both desks have the fields of the sync; what the second one calls differently it has under no other name."""
    same = {"salesforce_id": "", "sfdc_short_id": "", "support_level": "premium", "technical_account_manager": "Cleo"}
    same |= {"support_hold": False}
    return [
        *ground(),
        zendesk(BEGIN, "organization", 10, set={"name": "Beta", "organization_fields": same | GLOBAL}),
        zendesk(BEGIN, "organization", 9, "us_government", set={"name": "A", "organization_fields": same | GOVERNMENT}),
        gitlab(BEGIN, "project", 77, set={"path_with_namespace": "gitlab-com/alpine"}),
        gitlab(BEGIN, "project", 78, set={"path_with_namespace": "gitlab-com/agency"}),
    ]


def signals(folder: Path, own: str) -> str:
    path = folder / "signals.toml"
    path.write_text(Path("signals.toml").read_text().replace('"org_region"', '"sales_segmentation"') + own)
    return str(path)


def test_two_instances_are_read_by_their_own_names(served: Callable, tmp_path: Path) -> None:
    """The collaboration project of the second one is found under the name that it has there."""
    _, settings = served(world(), "2026-03-01T09:00:00Z", SIGNALS_FILE=signals(tmp_path, OWN))
    for _ in range(2):
        found = load(settings, *STREAMS, until_complete=True)
        assert [result.error for result in found if result.error] == []
    projects = rows(settings, "select distinct entity_id from event_log.gitlab__project_events order by 1")
    assert projects == [("1",), ("77",), ("78",)]


@pytest.mark.parametrize(
    ("own", "says"),
    [
        (
            "",
            "signals.toml [zendesk.organization] region names 'sales_segmentation', which an organization of "
            "zendesk/us_government does not have: it offers market_segment",
        ),
        (
            OWN.replace("market_segment", "market_segmentation"),
            "signals.toml [zendesk.us_government.organization] region names 'market_segmentation', which an "
            "organization of zendesk/us_government does not have: it offers market_segment",
        ),
    ],
)
def test_a_field_that_one_of_two_instances_lacks_is_found_at_the_start(
    own: str, says: str, served: Callable, tmp_path: Path
) -> None:
    """The sentence names the table that decided, and what that instance offers."""
    _, settings = served(world(), "2026-03-01T09:00:00Z", SIGNALS_FILE=signals(tmp_path, own))
    with pytest.raises(SettingsError) as caught:
        load(settings, *STREAMS)
    assert str(caught.value).startswith(says)


@pytest.mark.parametrize(
    ("own", "says"),
    [
        (OWN.replace("region", "regoin"), r"\[zendesk.us_government.organization\] regoin, which is none of"),
        ("[zendesk.us_government.ticket]\nces_score = 'CES'\n", r"but \[zendesk.ticket\] is one for all instances"),
    ],
)
def test_a_table_of_an_instance_that_nobody_would_read_is_refused(own: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=says):
        read_signals(Path(signals(tmp_path, own)))
