"""simple-salesforce 1.12.10, unmodified, signs in by every way that it has and reads an org completely by each."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sandbox.salesforce.ids import widen
from sandbox.salesforce.org import Org
from sandbox.state import State
from sandbox.timestamps import salesforce_time
from tests.clients import expected
from tests.clients.client import client
from tests.clients.world import DAYS, ODD
from tests.sandbox_process import RunningSandbox

pytestmark = pytest.mark.clients
WAYS = ("soap", "password", "jwt", "session")


@pytest.fixture(scope="module")
def read(running: RunningSandbox, key: rsa.RSAPrivateKey, started_at: datetime, tmp_path_factory: Any) -> Any:
    home = tmp_path_factory.mktemp("salesforce")
    key_file = home / "key.pem"
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    reader = client("simple-salesforce", running, home)
    period = (started_at - timedelta(days=DAYS)).isoformat(), started_at.isoformat()
    return lambda how: reader.script("read_with_simple_salesforce", how, str(key_file), *period)


@pytest.fixture(scope="module")
def found(read: Any) -> dict[str, Any]:
    return read("client_credentials")


@pytest.fixture(scope="module")
def org(truth: State) -> Org:
    return truth.salesforce["main"]


@pytest.mark.parametrize("how", WAYS)
def test_every_way_to_sign_in_leads_to_the_accounts(read, org, how: str):
    assert sorted(read(how)["accounts"]) == expected.salesforce_rows(org, "Account", deleted=True)


def test_a_query_of_everything_gives_each_record_once_with_the_deleted_ones(found, org):
    assert sorted(found["accounts"]) == expected.salesforce_rows(org, "Account", deleted=True)
    for name in ("Contact", "Case"):
        assert sorted(found[name]) == expected.salesforce_rows(org, name, deleted=True)
    users = [[row.id, salesforce_time(row.stamp), row.fields["IsActive"]] for row in org.rows["User"].values()]
    assert sorted(found["User"]) == sorted(users)


def test_more_records_than_a_page_holds_share_one_second_and_none_is_lost(found, org):
    living = expected.salesforce_rows(org, "Contact", deleted=False)
    assert sorted(found["living"]) == living
    assert max(sum(stamp == at for _, stamp, _ in living) for at in {stamp for _, stamp, _ in living}) > 2000


def test_bulk_2_gives_the_same_rows_with_stamps_and_booleans_of_its_own_form(found, org):
    for name, deleted in (("bulk_2", False), ("bulk_2_all", True)):
        rows = expected.salesforce_rows(org, "Contact", deleted=deleted)
        written = [[row_id, stamp.replace("+0000", "Z"), str(gone).lower()] for row_id, stamp, gone in rows]
        assert sorted(found[name]) == written


def test_bulk_1_gives_the_same_rows_with_stamps_in_milliseconds(found, org):
    for name, deleted in (("bulk_1", False), ("bulk_1_all", True)):
        rows = [[row_id, salesforce_time(stamp), gone] for row_id, stamp, gone in found[name]]
        assert sorted(rows) == expected.salesforce_rows(org, "Contact", deleted=deleted)


def test_odd_texts_survive(found, org):
    living = [row for row in org.rows["Account"].values() if row.deleted_at is None]
    assert found["texts"] == {widen(row.id): row.fields["Industry"] for row in living}
    assert set(found["texts"].values()) == set(ODD)


def test_what_was_deleted_and_updated_is_told_also_of_what_was_purged(found, org):
    assert found["deleted"] == sorted(widen(row.id) for row in org.rows["Contact"].values() if row.deleted_at)
    assert widen("003000000000009") in found["deleted"]
    assert found["updated"] == sorted(widen(row.id) for row in org.rows["Account"].values() if not row.deleted_at)


def test_objects_and_fields_are_described(found, org):
    assert {"Account", "Contact", "Case", "User"} <= set(found["objects"])
    assert {"Id", "Name", "Industry", "SystemModstamp", "IsDeleted", "MasterRecordId"} <= set(found["fields"])
    assert {"DailyApiRequests", "DailyBulkApiBatches"} <= set(found["limits"])


def test_an_upsert_creates_once_and_then_updates(found):
    """Its upsert gives the status only: 201 for a new record, 200 for one that was there."""
    assert found["upserts"] == [201, 200]
    assert found["written"] == ["Two"]


def test_a_session_that_ended_is_not_opened_again_by_a_session_id(running, read):
    """It signs in once more after a 401 only where it was given credentials."""
    order = {"route": "/services/data", "kind": "token_expired", "call": 1, "id": "session"}
    running.post("/_sandbox/faults", order)
    assert read("soap")["accounts"]
    running.post("/_sandbox/faults", order)
    with pytest.raises(RuntimeError, match="INVALID_SESSION_ID"):
        read("session")
    running.post("/_sandbox/faults", order | {"kind": "503"})
    with pytest.raises(RuntimeError, match="SERVER_UNAVAILABLE"):
        read("soap")
