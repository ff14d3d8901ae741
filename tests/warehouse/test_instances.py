"""Two Zendesk instances and two Salesforce organizations with the same ids: neither meets the other's customers."""

from __future__ import annotations

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.dbt_process import models_of
from tests.warehouse.log import Event
from tests.warehouse.records import account_id, user_id
from tests.warehouse.sides import COPY, MAIN, common

MARTS = models_of("marts")
TRENDS = "marts.fct_feedback_trends"
# Rows of everybody together are no side's own.
OWN = {"marts.fct_survey_reach": "where dimension = 'account'"}
# Each account is also compared with all others, wherever they are.
BESIDE_OTHERS = "funnel_center, funnel_p, is_outside_funnel, funnel_expected_false_alarms"
# What has no id is counted over all instances: such rows add up, and their shares follow from the counts.
COUNTED_TOGETHER = f"""
select period_start, period_grain, dimension, dimension_value, instrument,
    sum(offered), sum(positive), sum(negative), sum(neutral)
from {TRENDS} where dimension in ('all', 'region', 'support_level') group by all order by all
"""
NO_TESTS = ("--exclude-resource-type", "test")


def built(folder, *parts: list[Event], each: bool = False) -> Warehouse:
    """A warehouse of two loads after the settings: built once, or after each and then with all of dbt's tests."""
    warehouse = Warehouse(folder)
    warehouse.log.append(common())
    for part in parts:
        warehouse.log.append(part)
        if each and part is not parts[-1]:
            warehouse.build(*NO_TESTS)
    warehouse.build(*(() if each else NO_TESTS))
    return warehouse


def halves(*sides: list[Event]) -> tuple[list[Event], list[Event]]:
    """What every side says first, and then the rest: every third event comes late."""
    late = [[place % 3 == 2 for place, _ in enumerate(side)] for side in sides]
    pairs = [pair for side, is_late in zip(sides, late, strict=True) for pair in zip(side, is_late, strict=True)]
    return [event for event, is_late in pairs if not is_late], [event for event, is_late in pairs if is_late]


@pytest.fixture(scope="module")
def apart(tmp_path_factory) -> list[Warehouse]:
    return [built(tmp_path_factory.mktemp("side"), *halves(side.events())) for side in (MAIN, COPY)]


@pytest.fixture(scope="module")
def together(tmp_path_factory) -> Warehouse:
    return built(tmp_path_factory.mktemp("both"), *halves(MAIN.events(), COPY.events()), each=True)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mart", [mart for mart in MARTS if mart != TRENDS])
def test_two_sides_together_give_the_rows_of_each_alone(apart: list[Warehouse], together: Warehouse, mart: str) -> None:
    rows = f"from {mart} {OWN.get(mart, '')}"
    alone = [side.rows(rows) for side in apart]
    assert all(alone), f"{mart} is empty on one side"
    assert sorted(map(repr, together.rows(rows))) == sorted(map(repr, [*alone[0], *alone[1]]))


def test_trends_of_accounts_csms_and_groups_are_those_of_each_side(apart: list[Warehouse], together: Warehouse) -> None:
    own = f"select * exclude ({BESIDE_OTHERS}) from {TRENDS} where dimension in ('account', 'csm', 'group')"
    alone = [side.rows(own) for side in apart]
    assert {row[4] for row in alone[0]} == {row[4] for row in alone[1]} == {"account", "csm", "group"}
    assert sorted(map(repr, together.rows(own))) == sorted(map(repr, [*alone[0], *alone[1]]))


def test_trends_of_everyone_add_up(apart: list[Warehouse], together: Warehouse) -> None:
    sums: dict[tuple, tuple] = {}
    for *key, offered, positive, negative, neutral in [row for side in apart for row in side.rows(COUNTED_TOGETHER)]:
        counts = (offered, positive, negative, neutral)
        before = sums.get(tuple(key), (0, 0, 0, 0))
        sums[tuple(key)] = tuple(one + other for one, other in zip(before, counts, strict=True))
    assert {row[:5]: row[5:] for row in together.rows(COUNTED_TOGETHER)} == sums


def test_every_kind_of_row_exists_on_both_sides(together: Warehouse) -> None:
    for column, mart, source in (
        ("gap_code", "fct_contact_coverage_gaps", "account_source"),
        ("coalesce(suppression_reason, csm_source)", "fct_notification_events", "source"),
        ("channel || instrument", "fct_feedback", "source"),
    ):
        kinds = together.rows(f"select distinct {source}, {column} from marts.{mart} where {source} is not null")
        first, second = (
            {kind for where, kind in kinds if (where in ids)} for ids in (vars(MAIN).values(), vars(COPY).values())
        )
        assert first == second, mart


@pytest.mark.parametrize("side", [MAIN, COPY])
def test_links_lead_to_the_instance_of_the_ticket(together: Warehouse, side) -> None:
    hosts = together.rows(
        "select distinct split_part(ticket_url, '/', 3) from marts.fct_notification_events where source = ?",
        side.zendesk,
    )
    assert hosts == [(side.host,)]
    addresses = together.rows(
        """select distinct split_part(salesforce_case_url, '/', 3) from marts.fct_notification_events
        where source = ? and salesforce_case_url is not null""",
        side.zendesk,
    )
    assert addresses == [(f"{side.salesforce.removeprefix('salesforce/')}.example",)]


def test_ids_stand_alone_in_the_first_instance_and_behind_its_name_in_others(together: Warehouse) -> None:
    assert together.rows(
        "select account_source, account_key from marts.dim_accounts where account_id = ? order by 1 desc", account_id(1)
    ) == [("salesforce/main", account_id(1)), ("salesforce/government", f"government/{account_id(1)}")]
    assert together.rows(
        "select account_source, csm_key from marts.dim_csms where csm_user_id = ? order by 1 desc", user_id(1)
    ) == [("salesforce/main", user_id(1)), ("salesforce/government", f"government/{user_id(1)}")]
    unknown = together.rows(
        f"""select dimension_value from {TRENDS}
        where dimension = 'account' and dimension_value not in (select account_key from marts.dim_accounts)
        or dimension = 'csm' and dimension_value not in (select csm_key from marts.dim_csms)"""
    )
    assert unknown == []
