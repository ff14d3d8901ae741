"""Plans to changes: one dict per line of the world file, for everything but tickets and feedback."""

from collections.abc import Iterator
from typing import Any

from sandbox.salesforce.schema import SUBSCRIPTION
from sandbox.settings import FEEDBACK_PROJECT
from sandbox.world_ids import widen
from sandbox.world_plan import Account, Contact, Organization, Staff, Subscription, World
from sandbox.world_time import DAY, Timeline, iso

Line = tuple[int, dict[str, Any]]

CSM_FIELD = "Technical_Account_Manager_LU__c"
SOLD_TO_FIELD = "Latest_Sold_To_Contact__c"


def change(at: int, system: str, kind: str, id_: Any, values: dict[str, Any] | None = None, **more: Any) -> Line:
    """`more` are the other keys of a change: instance, by, comment, delete, restore, merge_into."""
    line: dict[str, Any] = {"at": iso(at), "system": system}
    if "instance" in more:
        line["instance"] = more.pop("instance")
    line |= {"object": kind, "id": id_, **more}
    if values is not None:
        line["set"] = values
    return at, line


def planned_lines(world: World) -> Iterator[Line]:
    """All lines of the planned accounts, organizations and people; not in time order."""
    for person in world.staff:
        yield _staff_line(world, person)
    for number, path in (FEEDBACK_PROJECT, *world.projects.items()):
        yield change(world.start, "gitlab", "project", number, {"path_with_namespace": path})
    for account in world.accounts:
        yield from account_lines(account)
        for organization in account.organizations:
            yield from organization_lines(organization)
    contacts = {
        id(membership.contact): membership.contact
        for account in world.accounts
        for organization in account.organizations
        for membership in organization.memberships
    }
    for contact in (*contacts.values(), *world.loose_contacts):
        yield from contact_lines(contact, world.never)


def _staff_line(world: World, person: Staff) -> Line:
    values = {
        "Name": person.name,
        "Username": person.email,
        "Email": person.email,
        "IsActive": person.is_active,
        "ManagerId": person.manager.id if person.manager else None,
        "UserType": "Standard",
    }
    return change(world.start, "salesforce", "User", person.id, values)


def account_lines(account: Account) -> Iterator[Line]:
    sold_to = account.sold_to.first
    path = account.project_path
    yield change(account.created_at, "salesforce", "Account", account.id, {
        "Name": account.name,
        "Type": account.type.first,
        "ParentId": account.parent.id if account.parent else None,
        "Account_Demographics_Geo__c": account.region,
        CSM_FIELD: account.csm.first.id if account.csm.first else None,
        SOLD_TO_FIELD: sold_to.contact_id if sold_to else None,
        "Support_Hold__c": account.support_hold.first,
        "Collaboration_Project_URL__c": f"https://gitlab.com/{path}" if path else None,
    })  # fmt: skip
    for at, contact in account.sold_to.changes:
        if contact:
            first, _, last = contact.name.partition(" ")
            values = {"AccountId": account.id, "FirstName": first, "LastName": last, "Email": contact.email}
            yield change(at, "salesforce", "Contact", contact.contact_id, values)
            if at > account.created_at:
                yield _account_change(account, at, SOLD_TO_FIELD, contact.contact_id)
            if contact.bounced_at:
                bounce = {"EmailBouncedDate": iso(contact.bounced_at), "EmailBouncedReason": "550 no such user"}
                yield change(contact.bounced_at, "salesforce", "Contact", contact.contact_id, bounce)
    for at, staff in account.csm.changes[1:]:
        yield _account_change(account, at, CSM_FIELD, staff.id if staff else None)
    for at, type_ in account.type.changes[1:]:
        yield _account_change(account, at, "Type", type_)
    for at, is_held in account.support_hold.changes[1:]:
        yield _account_change(account, at, "Support_Hold__c", is_held)
    latest = [_latest_subscription(account)] if account.has_latest_subscription else []
    for subscription in (*latest, *account.subscriptions):
        yield from _subscription_lines(account, subscription)
    yield change(account.deleted_at, "salesforce", "Account", account.id, delete=True)


def _latest_subscription(account: Account) -> Subscription:
    """The one that the account's sold-to is the shortcut for; it outlasts the world."""
    buyers = [(at, contact.email if contact else None) for at, contact in account.sold_to.changes]
    begun = account.created_at // DAY * DAY
    of_account = widen("a0S" + account.id[3:15])
    return Subscription(of_account, Timeline(buyers), Timeline([(buyers[0][0], "Active")]), begun, begun + 3_650 * DAY)


def _subscription_lines(account: Account, subscription: Subscription) -> Iterator[Line]:
    values: dict[str, Any] = {
        "Name": f"A-S{subscription.id[-8:]}",
        "Zuora__Account__c": account.id,
        "Zuora__SubscriptionStartDate__c": iso(subscription.starts_on)[:10],
        "Zuora__SubscriptionEndDate__c": iso(subscription.ends_on)[:10],
    }
    for field, timeline in (("Zuora__Status__c", subscription.status), ("Sold_To_Email__c", subscription.sold_to)):
        values[field] = timeline.first
        for at, value in timeline.changes[1:]:
            yield change(at, "salesforce", SUBSCRIPTION, subscription.id, {field: value})
    yield change(subscription.sold_to.changes[0][0], "salesforce", SUBSCRIPTION, subscription.id, values)


def _account_change(account: Account, at: int, field: str, value: Any) -> Line:
    return change(at, "salesforce", "Account", account.id, {field: value})


def organization_lines(organization: Organization) -> Iterator[Line]:
    account = organization.account
    if account is None:
        values = {"name": organization.name, "domain_names": organization.domains, "organization_fields": {}}
        yield change(
            organization.created_at, "zendesk", "organization", organization.id, values, instance=organization.source
        )
        return
    created = organization.created_at
    values = {
        "name": organization.name,
        "domain_names": organization.domains,
        "organization_fields": _organization_fields(organization, created),
    }
    yield change(created, "zendesk", "organization", organization.id, values, instance=organization.source)
    moments = {
        at
        for timeline in (
            organization.support_level,
            organization.csm_name,
            organization.project_id,
            account.support_hold,
        )
        for at, _ in _later(timeline)
        if created < at < organization.deleted_at
    }
    for at in sorted(moments):
        values = {"organization_fields": _organization_fields(organization, at)}
        yield change(at, "zendesk", "organization", organization.id, values, instance=organization.source)
    yield change(
        organization.deleted_at, "zendesk", "organization", organization.id, instance=organization.source, delete=True
    )


def _later(timeline: Timeline[Any]) -> list[tuple[int, Any]]:
    return timeline.changes[1:]


def _organization_fields(organization: Organization, at: int) -> dict[str, Any]:
    account = organization.account
    assert account is not None
    return {
        "salesforce_id": None if account.has_short_id_only else account.id,
        "sfdc_short_id": account.id[:15],
        "support_level": organization.support_level.at(at),
        "technical_account_manager": organization.csm_name.at(at),
        "am_project_id": organization.project_id.at(at),
        "org_region": account.region,
        "support_hold": bool(account.support_hold.at(at)),
    }


def contact_lines(contact: Contact, never: int) -> Iterator[Line]:
    """The user, its moves between organizations (`organization_id`), its further memberships, and its end."""
    source, defaults = contact.source, [each for each in contact.memberships if each.is_default]
    values: dict[str, Any] = {"name": contact.name, "email": contact.email, "role": contact.role}
    if not contact.verified.first:
        values["verified"] = False
    if defaults and defaults[0].valid_from == contact.created_at:
        values["organization_id"] = defaults[0].organization.id
    yield change(contact.created_at, "zendesk", "user", contact.id, values, instance=source)
    for membership in contact.memberships:
        organization_id, at = membership.organization.id, membership.valid_from
        if not membership.is_default:
            values = {"user_id": contact.id, "organization_id": organization_id}
            yield change(at, "zendesk", "organization_membership", membership.id, values, instance=source)
        elif at > contact.created_at:
            yield change(at, "zendesk", "user", contact.id, {"organization_id": organization_id}, instance=source)
    for key, timeline in (("suspended", contact.suspended), ("verified", contact.verified)):
        for at, value in timeline.changes[1:]:
            yield change(at, "zendesk", "user", contact.id, {key: value}, instance=source)
    if contact.deleted_at < never:
        yield change(contact.deleted_at, "zendesk", "user", contact.id, instance=source, delete=True)
