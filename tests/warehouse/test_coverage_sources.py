"""Gaps that follow from what two systems say of one customer, and gaps of a source that is behind."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import BEGIN, account_id, complete, contact, customer, home
from tests.warehouse.gaps import built_from, copy_of, gaps, iso
from tests.warehouse.log import Event
from tests.warehouse.records import organization, user
from tests.warehouse.settings_event import settings

MAY, JUNE, JULY, AUGUST = (f"2025-0{month}-01T09:00:00Z" for month in (5, 6, 7, 8))
US = "zendesk/us_government"
FEDERAL = {"Support_Instance__c": "Federal-Support"}


def person(number: int, account: int, at: str, email: str, deleted: bool = False, bounced: str | None = None) -> Event:
    """A contact as Salesforce knows them."""
    payload = {
        "Id": f"0034M{number:010d}QAA",
        "AccountId": account_id(account),
        "Name": f"Person {number}",
        "Email": email,
        "EmailBouncedDate": bounced,
        "IsDeleted": deleted,
        "CreatedDate": BEGIN,
        "SystemModstamp": at,
    }
    return Event(
        stream="salesforce__contact", entity_id=payload["Id"], occurred_at=at, payload=payload, deleted=deleted
    )


def events() -> list[Event]:
    both = settings()
    instances = {"salesforce": ["salesforce/main"], "zendesk": ["zendesk/global", US]}
    more = {"instances": instances, "support_instances": {"federal-support": US}}
    return [
        replace(both, payload=dict(both.payload) | more),
        # another region in Zendesk for an hour, then for good, with another hold from July to August
        *complete(961),
        customer(961, Account_Demographics_Geo__c="EMEA"),
        *(
            home(961, at=at, org_region=region, support_hold=hold)
            for at, region, hold in (
                *((BEGIN, "EMEA", False), (MAY, "AMER", False), ("2025-05-01T10:00:00Z", "EMEA", False)),
                *((JUNE, "AMER", False), (JULY, "AMER", True), (AUGUST, "AMER", False)),
            )
        ),
        # Salesforce deletes a person in May who stays a contact; one of two records of an address; both
        *complete(962, people=3),
        *(person(1, 962, BEGIN, "962001@Company962.example"), person(1, 962, MAY, "962001@company962.example", True)),
        *(person(2, 962, BEGIN, "962002@company962.example"), person(3, 962, BEGIN, "962002@company962.example")),
        person(2, 962, JUNE, "962002@company962.example", True),
        person(3, 962, JULY, "962002@company962.example", True),
        person(4, 962, AUGUST, "962002@company962.example"),
        # mail to a sold-to comes back in May, and the address is corrected in June; a deleted record says nothing
        *(*complete(970), person(5, 970, BEGIN, "970.Buyer@company970.example")),
        person(5, 970, MAY, "970.buyer@company970.example", bounced=MAY),
        *(person(5, 970, JUNE, "new@company970.example"), *complete(971)),
        person(6, 971, MAY, "971.buyer@company971.example", deleted=True, bounced=MAY),
        # federal customers: in the wrong instance until June; in both; an unknown word; in the right one
        *complete(963),
        customer(963, **FEDERAL),
        organization(9631, JUNE, account=963, source=US, created=JUNE, am_project_id="963"),
        *(*complete(964), customer(964, **FEDERAL)),
        *(*complete(965), customer(965, Support_Instance__c="main")),
        # the sold-to is a contact by another of his addresses, since June
        *complete(968, people=1),
        customer(968, Latest_Sold_To_Contact__r={"Email": "Boss@Elsewhere.example", "Name": "B"}),
        user(
            *(968000, JUNE),
            created=BEGIN,
            email="968.buyer@company968.example",
            identities=[{"type": "email", "value": " boss@ELSEWHERE.example"}, {"type": "phone_number", "value": "1"}],
        ),
        # one of two contacts is enough to be away from nobody
        *complete(966, people=1),
        *(customer(967), replace(home(967), payload=dict(home(967).payload) | {"notes": " VIP "})),
        *contact(967001, 967, email="967.buyer@company967.example", verified=False),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory, parsed) -> Warehouse:
    return built_from(events(), tmp_path_factory.mktemp("sources"), parsed)


def test_a_field_drifts_once_it_differs_for_longer_than_the_sync_takes(built: Warehouse) -> None:
    """R-EST-4: a second field that differs meanwhile is the same gap; the name of the CSM has a code of its own."""
    assert gaps(built, 961, "FIELD_DRIFT") == [("FIELD_DRIFT", None, "2025-06-01T11:00:00Z", None)]


def test_a_contact_whom_salesforce_no_longer_has_is_a_gap(built: Warehouse) -> None:
    """E-40, E-50: while one record of the address is left the person is there, and a new one brings them back."""
    assert gaps(built, 962, "CONTACT_DELETED_UPSTREAM") == [
        ("CONTACT_DELETED_UPSTREAM", 962001, MAY, None),
        ("CONTACT_DELETED_UPSTREAM", 962002, JULY, AUGUST),
    ]


def test_an_organization_in_another_instance_than_salesforce_names_is_a_gap(built: Warehouse) -> None:
    """E-43: until one is in the right instance; a value that stands for no instance says nothing."""
    assert gaps(built, 963, "WRONG_INSTANCE") == [("WRONG_INSTANCE", None, BEGIN, JUNE)]
    assert gaps(built, 964, "WRONG_INSTANCE") == [("WRONG_INSTANCE", None, BEGIN, None)]
    assert gaps(built, 965, "WRONG_INSTANCE") == []


def test_a_sold_to_whose_mail_came_back_cannot_be_reached(built: Warehouse) -> None:
    """R-EST-8: until Salesforce has another address."""
    assert gaps(built, 970) == [("SOLD_TO_INVALID", None, MAY, JUNE)]
    assert gaps(built, 971, "SOLD_TO_INVALID") == []


def test_a_contact_is_known_by_each_of_their_addresses(built: Warehouse) -> None:
    """E-9, E-50."""
    assert gaps(built, 968, "SOLD_TO_NOT_ASSOCIATED") == [("SOLD_TO_NOT_ASSOCIATED", None, BEGIN, JUNE)]


def test_notes_of_an_organization_are_shown_and_no_gap(built: Warehouse) -> None:
    """R-EST-7."""
    noted = dict(built.rows("select account_id, has_notes from marts.fct_account_coverage"))
    assert (noted[account_id(966)], noted[account_id(967)]) == (False, True)


def test_one_effective_contact_is_a_single_point_of_failure(built: Warehouse) -> None:
    single = dict(built.rows("select account_id, is_single_point_of_failure from marts.fct_account_coverage"))
    assert [single[account_id(number)] for number in (961, 966, 967)] == [False, True, False]


def test_a_gap_of_a_source_that_is_behind_is_unknown_and_never_open(built: Warehouse, tmp_path_factory) -> None:
    """E-48: nobody is written to, others stay as they are, and it is back with its first date when the source is."""
    later = copy_of(built, tmp_path_factory.mktemp("behind"))
    later.log.behind = {"zendesk__user"}
    for hour in (1, 2):
        later.log.append([], at=datetime(2026, 1, 1, hour, tzinfo=UTC))
    later.build("--select", "+path:models/marts/coverage")

    found = """select gap_code, state, is_open, closed_at, opened_at, message_text is null
        from marts.fct_contact_coverage_gaps where account_id = ? and gap_code = ?"""
    assert later.rows(found, account_id(966), "SINGLE_CONTACT")[0][:4] == ("SINGLE_CONTACT", "unknown", False, None)
    assert later.rows(found, account_id(964), "WRONG_INSTANCE")[0][:3] == ("WRONG_INSTANCE", "open", True)
    assert later.rows(found, account_id(963), "WRONG_INSTANCE")[0][:3] == ("WRONG_INSTANCE", "closed", False)
    listed = dict(later.rows("select account_id, gap_codes from marts.fct_coverage_work_list"))
    assert account_id(966) not in listed
    assert later.value("select bool_and(is_stale) from marts.fct_account_coverage")

    later.log.behind = set()
    later.log.append([], at=datetime(2026, 1, 1, 2, 30, tzinfo=UTC))
    later.build("--select", "+path:models/marts/coverage")
    ((_, state, is_open, _, opened_at, _),) = later.rows(found, account_id(966), "SINGLE_CONTACT")
    assert (state, is_open, iso(opened_at)) == ("open", True, "2025-01-02T00:00:00Z")
    assert not later.value("select bool_or(is_stale) from marts.fct_account_coverage")
