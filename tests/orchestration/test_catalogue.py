"""What the catalogue says of a model: where its columns come from, and of a mart what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.catalogue import column_lineage, contents
from orchestration.column_lineage import Lineage, LineageBook, read
from orchestration.warehouse import KEYS, MANIFEST

MARTS = [node for node in MANIFEST["nodes"].values() if node["resource_type"] == "model" and node["schema"] == "marts"]
# Names of companies, fields and places, not of people.
NOT_OF_PEOPLE = {"account_name"}
TICKETS, USERS = "model.x.tickets", "model.x.users"
PARENTS = {TICKETS: {"schema": "projections", "name": "tickets"}, USERS: {"schema": "projections", "name": "users"}}
COLUMNS = {TICKETS: ["id", "user_id", "status"], USERS: ["id", "email"]}


def lineage_of(sql: str) -> Lineage:
    return read(sql, PARENTS, COLUMNS)


def test_a_star_and_a_new_name_lead_to_the_columns_they_stand_for() -> None:
    sql = """
        with tickets as (select * exclude (status) from warehouse.projections.tickets)
        select tickets.*, lower(users.email) as address, 1 as rule
        from tickets left join warehouse.projections.users as users on tickets.user_id = users.id"""
    assert lineage_of(sql) == {
        "id": [(TICKETS, "id")],
        "user_id": [(TICKETS, "user_id")],
        "address": [(USERS, "email")],
        "rule": [],
    }


def test_a_column_of_a_union_comes_from_each_part_and_a_sum_from_each_term() -> None:
    sql = """
        select id, id + user_id as total from warehouse.projections.tickets
        union all select id, 0 from warehouse.projections.users"""
    assert lineage_of(sql) == {"id": [(TICKETS, "id"), (USERS, "id")], "total": [(TICKETS, "id"), (TICKETS, "user_id")]}


def test_sql_that_cannot_be_read_is_warned_of_once_and_stops_nothing(tmp_path: Path) -> None:
    node = {"checksum": {}, "depends_on": {"nodes": []}, "schema": "marts", "name": "fct_x"}
    manifest = {"nodes": {"model.x.fct_x": node}, "sources": {}, "macros": {}}
    compiled, warnings = tmp_path / "fct_x.sql", list[str]()
    compiled.write_text("select from where ((")
    for _ in range(2):
        book = LineageBook(manifest, tmp_path / "lineage.json")
        assert book.of("model.x.fct_x", compiled, warnings.append) == {}
        book.keep()
    assert len(warnings) == 1
    assert "model.x.fct_x has no lineage" in warnings[0]


def test_lineage_is_worked_out_again_when_the_project_changes(tmp_path: Path) -> None:
    node = {"checksum": "one", "depends_on": {"nodes": []}, "schema": "marts", "name": "fct_x"}
    manifest = {"nodes": {"model.x.fct_x": node}, "sources": {}, "macros": {}}
    compiled = tmp_path / "fct_x.sql"
    for checksum, column in (("one", "a"), ("two", "b")):
        compiled.write_text(f"select 1 as {column}")
        node["checksum"] = checksum
        book = LineageBook(manifest, tmp_path / "lineage.json")
        assert list(book.of("model.x.fct_x", compiled, print)) == [column]
        book.keep()


def test_every_parent_of_a_model_is_an_asset() -> None:
    for node in MANIFEST["nodes"].values():
        if node["resource_type"] == "model":
            assert set(node["depends_on"]["nodes"]) <= KEYS.keys()


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart["name"])
def test_each_column_of_a_mart_is_described(mart: dict[str, Any]) -> None:
    assert [name for name, column in mart["columns"].items() if not column["description"].strip()] == []


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart["name"])
def test_what_may_name_a_person_is_marked(mart: dict[str, Any]) -> None:
    suspicious = ("_name", "_email", "_subject", "_text", "_action", "recipient", "reporter")
    for name, column in mart["columns"].items():
        if name.endswith(suspicious) and name not in NOT_OF_PEOPLE:
            assert column["config"]["meta"].get("contains_pii"), name


def test_lineage_can_be_read_and_followed_in_the_ui() -> None:
    key = dg.AssetKey(["projections", "tickets"])

    told = column_lineage({"status": [(TICKETS, "state")], "rule": []}, {TICKETS: key})

    assert told["columns_come_from"].value.splitlines()[2:] == [
        "| status | [tickets](/assets/projections/tickets).state |",
        "| rule | a constant or a count |",
    ]
    assert told["dagster/column_lineage"].deps_by_column["status"] == [dg.TableColumnDep(key, "state")]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("create schema marts")
        yield made


def columns(**contains_pii: bool) -> dict[str, Any]:
    return {name: {"config": {"meta": {"contains_pii": True} if told else {}}} for name, told in contains_pii.items()}


def test_a_preview_shows_some_rows_and_nobody(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create table marts.fct_x as select range as id, 'Ada' as csm_name from range(7)")

    found = contents(connection, "fct_x", columns(id=False, csm_name=True))

    assert found["dagster/row_count"] == 7
    preview = found["preview"]
    assert isinstance(preview, dg.MarkdownMetadataValue)
    assert preview.value.splitlines()[:3] == ["| id |", "| --- |", "| 0 |"]
    assert len(preview.value.splitlines()) == 7
    assert "Ada" not in preview.value


def test_words_of_a_stranger_stay_inside_their_cell(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "create table marts.fct_x as select ? as status", ["<img src=x> | [a](javascript:b)\n| `c` | " + "x" * 99]
    )

    row = str(contents(connection, "fct_x", columns(status=False))["preview"].value).splitlines()

    assert len(row) == 3
    assert row[2].count("|") == 2
    assert not set("<>[]`") & set(row[2])
    assert len(row[2]) < 70
