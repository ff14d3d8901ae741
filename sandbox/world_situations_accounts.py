"""Situations of the account and its organizations: missing, late, double, deleted, on hold, expired, out of scope."""

from sandbox.world_accounts import begin_at, begin_organization
from sandbox.world_people import delete_contact, join, keep_memberships_before
from sandbox.world_plan import Account, Opening, World
from sandbox.world_situations import situation
from sandbox.world_time import DAY, HOUR, MINUTE


def _lose(account: Account, at: int, number: int = 0) -> None:
    organization = account.organizations[number]
    organization.deleted_at = at
    keep_memberships_before(organization, at)
    for membership in organization.memberships:
        membership.valid_to = min(membership.valid_to, at)


@situation(5)
def organization_missing(account: Account) -> None:
    account.organizations.clear()


@situation(6)
def organization_created_late(world: World, account: Account) -> None:
    at = world.moment(0.1, 0.6)
    begin_at(world, account, at, at + world.days(4, 30), 5)


@situation(3)
def organization_created_within_grace(world: World, account: Account) -> None:
    at = world.moment()
    begin_at(world, account, at, at + 2 * HOUR, 5)


@situation(3)
def organization_new_at_the_end(world: World, account: Account) -> None:
    """Still without contacts, but created hours ago: nothing to report about contacts yet (E-47)."""
    at = world.end - 8 * HOUR - world.rng.randrange(HOUR)
    begin_at(world, account, at, at + HOUR, 0)


@situation(2)
def account_new_at_the_end(world: World, account: Account) -> None:
    """Created hours ago, the hourly sync has not made its organization yet."""
    begin_at(world, account, world.end - 6 * HOUR - world.rng.randrange(HOUR), world.never, 0)
    account.organizations.clear()


@situation(4)
def organization_deleted(world: World, account: Account) -> None:
    _lose(account, world.moment(0.4, 0.9))


@situation(3)
def organization_deleted_and_replaced(world: World, account: Account) -> None:
    at = world.moment(0.3, 0.7)
    _lose(account, at)
    people = [membership.contact for membership in account.organization.memberships]
    again = at + 3 * DAY + 5 * MINUTE
    # The project path that Salesforce names is the old one's; this situation is about the organization alone.
    account.project_path = None
    organization = begin_organization(world, account, again, 0)
    for person in people:
        join(world, person, organization, again)


@situation(4)
def organization_doubled(world: World, account: Account) -> None:
    at = world.moment(0.2, 0.6)
    _double(world, account, at)


@situation(2)
def organization_doubled_for_a_while(world: World, account: Account) -> None:
    at = world.moment(0.2, 0.6)
    _double(world, account, at)
    _lose(account, at + 12 * DAY, number=1)


def _double(world: World, account: Account, at: int) -> None:
    double = begin_organization(world, account, at, 3)
    double.support_level.begin_with(account.organization.support_level.first)
    double.project_id.begin_with(account.organization.project_id.first)


@situation(2)
def organization_made_by_mistake(world: World, account: Account) -> None:
    """A second organization made by mistake and removed at once, before any contact joined it."""
    at = world.moment()
    mistake = begin_organization(world, account, at, 0)
    mistake.support_level.begin_with(account.organization.support_level.first)
    mistake.project_id.begin_with(account.organization.project_id.first)
    mistake.deleted_at = at + 2 * HOUR


@situation(6)
def organization_by_short_id(account: Account) -> None:
    """Only the 15-character id is filled in; the 18-character one is missing (R-EST-3)."""
    account.has_short_id_only = True


@situation(12)
def federal(world: World, account: Account) -> None:
    """The organization lives in the us_government instance, with ids that also exist in the other one (E-3)."""
    account.organizations.clear()
    begin_organization(world, account, account.created_at, world.rng.randrange(4, 9), "us_government")
    account.ticket_weight += 1.0


@situation(2)
def federal_and_global(world: World, account: Account) -> None:
    """One organization in each instance is no duplicate."""
    other = begin_organization(world, account, account.created_at, 3, "us_government")
    other.support_level.begin_with(account.organization.support_level.first)
    account.project_path = None


@situation(5)
def support_hold(world: World, account: Account) -> None:
    account.support_hold.set(world.moment(), True)


@situation(3)
def support_hold_lifted(world: World, account: Account) -> None:
    at = world.moment(0.2, 0.8)
    account.support_hold.set(at, True)
    account.support_hold.set(at + 9 * DAY, False)


@situation(8)
def expired_with_contacts(world: World, account: Account) -> None:
    account.organization.support_level.set(world.moment(0.3, 0.9), "expired")


@situation(3)
def expired_and_contacts_removed(world: World, account: Account) -> None:
    at = world.moment(0.3, 0.8)
    account.organization.support_level.set(at, "expired")
    keep_memberships_before(account.organization, at)
    for membership in account.organization.memberships:
        delete_contact(membership.contact, at + 10 * DAY)


@situation(2)
def expired_and_renewed(world: World, account: Account) -> None:
    at = world.moment(0.3, 0.8)
    level = account.organization.support_level.first
    account.organization.support_level.set(at, "expired")
    account.organization.support_level.set(at + 15 * DAY, level)


@situation(10)
def prospect(account: Account) -> None:
    account.type.begin_with("Prospect")
    account.organizations.clear()


@situation(4)
def prospect_won(world: World, account: Account) -> None:
    """In scope from the day it becomes a customer; the organization follows three hours later."""
    at = world.moment(0.2, 0.8)
    account.type.begin_with("Prospect")
    account.type.set(at, "Customer")
    account.organizations.clear()
    begin_organization(world, account, at + 3 * HOUR, 6)


@situation(6)
def partner(account: Account) -> None:
    account.type.begin_with("Partner")


@situation(4)
def type_unknown(account: Account) -> None:
    """No type at all counts as a customer."""
    account.type.begin_with(None)


@situation(3)
def account_deleted(world: World, account: Account) -> None:
    """Gone from Salesforce in the first days, while its organization still opens tickets: there is nobody to tell."""
    account.deleted_at = account.created_at + world.days(2, 4)
    contact = account.organization.memberships[0].contact
    world.openings.append(Opening(world.go_live_at + world.days(3, 20), "plain", account.organization, contact))
