"""Staging by each org's and each instance's own mapping, and the fields of Salesforce objects."""

from __future__ import annotations

from tests.warehouse.conftest import Warehouse
from tests.warehouse.log import Event
from tests.warehouse.settings_event import SIGNALS, settings

AT = "2026-01-02T00:00:00Z"
ORGANIZATIONS = "stg_zendesk__organization_events"
OWN_DESK = {"region": "market_segment", "collaboration_project_id": "project_number", "csm_name": ""}
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


def organization(source: str, **fields: object) -> Event:
    """The desks of one company name the same things differently, and number one of them."""
    payload = {"id": 9, "name": "Acme", "organization_fields": {"support_level": "premium", **fields}}
    return Event(stream="zendesk__organization", entity_id=9, occurred_at=AT, payload=payload, source=source)


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


def test_orgs_and_instances_with_a_table_of_their_own_are_read_by_their_own_names(warehouse: Warehouse) -> None:
    """R21: and a field says what it was when it was seen."""
    start = settings()
    salesforce = SIGNALS["salesforce"] | {"government": {"account": OWN}}
    common = SIGNALS["zendesk"]["organization"] | {"region": "sales_segmentation"}
    zendesk = SIGNALS["zendesk"] | {"organization": common, "us_government": {"organization": OWN_DESK}}
    warehouse.log.append(
        [
            Event(
                stream="pipeline__settings",
                entity_id="settings",
                occurred_at="2026-01-01T00:00:01Z",
                payload={**start.payload, "salesforce": salesforce, "zendesk": zendesk},
            ),
            *(
                event
                for source in ("salesforce/main", "salesforce/government")
                for event in (account(source), change(source))
            ),
            field(),
            organization(
                "zendesk/global", sales_segmentation="large", am_project_id="77", technical_account_manager="A"
            ),
            organization(
                "zendesk/us_government",
                market_segment="public",
                sales_segmentation="not this one",
                project_number=78,
                am_project_id="not this one",
                technical_account_manager="not used",
            ),
        ]
    )
    warehouse.build("--select", "+prj_account_history", "stg_salesforce__field_events", ORGANIZATIONS, command="run")
    columns = "source, csm_user_id, csm_name, region"
    assert warehouse.rows(f"select {columns} from staging.stg_salesforce__account_events order by source") == [
        ("salesforce/government", "0054M00001bea00QAA", "Bea", "EMEA"),
        ("salesforce/main", "0054M00001ana00QAA", "Ana", "EMEA"),
    ]
    columns = "field_id, object, name, type, is_custom, reference_to, is_deleted"
    assert warehouse.rows(f"select {columns} from staging.stg_salesforce__field_events") == [
        ("Account.Tier__c", "Account", "Tier__c", "double", True, [], False)
    ]
    columns = "source, region, collaboration_project_id, csm_name, support_level"
    assert warehouse.rows(f"select {columns} from staging.{ORGANIZATIONS} order by source") == [
        ("zendesk/global", "large", "77", "A", "premium"),
        ("zendesk/us_government", "public", "78", None, "premium"),
    ]
    tracked = (
        "select source, bool_or(not is_inferred_start) from projections.prj_account_history group by all order by all"
    )
    assert warehouse.rows(tracked) == [("salesforce/government", True), ("salesforce/main", False)]
