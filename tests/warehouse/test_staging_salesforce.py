"""Staging of Salesforce: each org's own mapping, and the fields of its objects."""

from __future__ import annotations

from tests.warehouse.conftest import Warehouse
from tests.warehouse.log import Event
from tests.warehouse.settings_event import SIGNALS, settings

AT = "2026-01-02T00:00:00Z"
OWN = {"csm_user_id": "Success_Manager__c", "csm_name": "Success_Manager__r.Name"}


def account(source: str) -> Event:
    payload = {
        "Id": "0014M00001sGJ8xQAG",
        "Technical_Account_Manager_LU__c": "0054M00001ana00QAA",
        "Technical_Account_Manager_Name__c": "Ana",
        "Success_Manager__c": "0054M00001bea00QAA",
        "Success_Manager__r": {"Name": "Bea"},
        "Account_Demographics_Geo__c": "EMEA",
    }
    return Event(
        stream="salesforce__account", entity_id="0014M00001sGJ8xQAG", occurred_at=AT, payload=payload, source=source
    )


def change(source: str) -> Event:
    """The CSM of the second org, as its own field tracks it."""
    payload = {"AccountId": "0014M00001sGJ8xQAG", "Field": "Success_Manager__c", "DataType": "EntityId"}
    payload |= {"OldValue": None, "NewValue": "0054M00001bea00QAA", "CreatedDate": AT}
    return Event(
        stream="salesforce__account_field_history", entity_id="017", occurred_at=AT, payload=payload, source=source
    )


def field(**values: object) -> Event:
    payload = {"object": "Account", "name": "Tier__c", "type": "double", "custom": True, "referenceTo": []}
    return Event(
        stream="salesforce__field",
        entity_id="Account.Tier__c",
        occurred_at=AT,
        payload=payload | values,
        source="salesforce/main",
    )


def test_an_org_with_a_table_of_its_own_is_read_by_its_own_names(warehouse: Warehouse) -> None:
    """R21: and a field says what it was when it was seen."""
    start = settings()
    salesforce = SIGNALS["salesforce"] | {"government": {"account": OWN}}
    warehouse.log.append(
        [
            Event(
                stream="pipeline__settings",
                entity_id="settings",
                occurred_at="2026-01-01T00:00:01Z",
                payload={**start.payload, "salesforce": salesforce},
            ),
            *(
                event
                for source in ("salesforce/main", "salesforce/government")
                for event in (account(source), change(source))
            ),
            field(),
        ]
    )
    warehouse.build("--select", "+prj_account_history", "stg_salesforce__field_events", command="run")
    columns = "source, csm_user_id, csm_name, region"
    assert warehouse.rows(f"select {columns} from staging.stg_salesforce__account_events order by source") == [
        ("salesforce/government", "0054M00001bea00QAA", "Bea", "EMEA"),
        ("salesforce/main", "0054M00001ana00QAA", "Ana", "EMEA"),
    ]
    columns = "field_id, object, name, type, is_custom, reference_to, is_deleted"
    assert warehouse.rows(f"select {columns} from staging.stg_salesforce__field_events") == [
        ("Account.Tier__c", "Account", "Tier__c", "double", True, [], False)
    ]
    tracked = (
        "select source, bool_or(not is_inferred_start) from projections.prj_account_history group by all order by all"
    )
    assert warehouse.rows(tracked) == [("salesforce/government", True), ("salesforce/main", False)]
