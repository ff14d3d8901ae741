"""Situations of an organization's contacts and of the sold-to contact."""

from sandbox.world_accounts import begin_at, fill, keep_contacts
from sandbox.world_ids import salesforce_id
from sandbox.world_people import add_contact, delete_contact, finance_mailbox, join, new_user, sold_to, sold_to_like
from sandbox.world_plan import Account, Contact, SoldTo, World
from sandbox.world_situations import situation
from sandbox.world_time import DAY, HOUR


def _contact(account: Account, number: int = 1) -> Contact:
    return account.organization.memberships[number].contact


@situation(5)
def organization_without_contacts(world: World, account: Account) -> None:
    keep_contacts(world, account, 0)


@situation(4)
def contacts_added_late(world: World, account: Account) -> None:
    at = world.moment(0.1, 0.5)
    begin_at(world, account, at, at + 2 * HOUR, 0)
    joined = at + world.days(4, 9)
    people = [add_contact(world, account.organization, joined) for _ in range(3)]
    account.sold_to.begin_with(sold_to_like(world, people[0]))


@situation(8)
def single_contact(world: World, account: Account) -> None:
    keep_contacts(world, account, 1)


@situation(3)
def second_contact_deleted(world: World, account: Account) -> None:
    keep_contacts(world, account, 2)
    delete_contact(_contact(account), world.moment())


@situation(4)
def contacts_all_suspended(world: World, account: Account) -> None:
    keep_contacts(world, account, 2)
    at = world.moment()
    _contact(account, 1).suspended.set(at, True)
    _contact(account, 0).suspended.set(at + 3 * DAY, True)


@situation(4)
def contact_limit_near(world: World, account: Account) -> None:
    keep_contacts(world, account, world.rng.randrange(27, 31))


@situation(4)
def contact_limit_exceeded(world: World, account: Account) -> None:
    keep_contacts(world, account, world.rng.randrange(31, 35))


@situation(2)
def contact_limit_crossed(world: World, account: Account) -> None:
    """26 contacts, then 28, then 31, and back to 29."""
    keep_contacts(world, account, 26)
    at = world.moment(0.15, 0.4)
    for wave in (2, 3):
        people = [add_contact(world, account.organization, at) for _ in range(wave)]
        at += 20 * DAY
    for person in people[:2]:
        delete_contact(person, at + 20 * DAY)


@situation(10)
def contact_suspended(world: World, account: Account) -> None:
    _contact(account).suspended.set(world.moment(0.6, 0.9), True)


@situation(5)
def contact_reinstated(world: World, account: Account) -> None:
    at = world.moment(0.3, 0.6)
    _contact(account, 1).suspended.set(at, True)
    _contact(account, 1).suspended.set(at + 4 * DAY, False)


@situation(3)
def contact_suspended_twice(world: World, account: Account) -> None:
    at = world.moment(0.3, 0.6)
    for number, is_suspended in enumerate((True, False, True)):
        _contact(account, 1).suspended.set(at + number * 6 * DAY, is_suspended)


@situation(8)
def contact_deleted(world: World, account: Account) -> None:
    delete_contact(_contact(account, 1), world.moment(0.3, 0.9))


@situation(6)
def contact_unverified(account: Account) -> None:
    _contact(account, 1).verified.begin_with(False)


@situation(5)
def contact_verified_later(world: World, account: Account) -> None:
    _contact(account, 1).verified.begin_with(False)
    _contact(account, 1).verified.set(world.moment(), True)


@situation(3)
def agent_in_the_organization(world: World, account: Account) -> None:
    """An agent who is a member of a customer's organization is no contact of it (E-41)."""
    at = world.moment()
    join(world, new_user(world, "global", "gitlab.com", at, role="agent"), account.organization, at)


@situation(6)
def sold_to_missing(account: Account) -> None:
    account.sold_to.begin_with(None)


@situation(3)
def sold_to_found_later(world: World, account: Account) -> None:
    account.sold_to.begin_with(None)
    account.sold_to.set(world.moment(), sold_to_like(world, _contact(account, 0)))


@situation(4)
def sold_to_malformed(world: World, account: Account) -> None:
    _replace_sold_to(account, sold_to(world, "Billing Desk", f"billing(at){account.domain}"))


@situation(4)
def sold_to_free_mail(world: World, account: Account) -> None:
    local = account.domain.removesuffix(".example")
    _replace_sold_to(account, sold_to(world, "Pat Buyer", f"{local}.buyer@gmail.com"))


@situation(10)
def sold_to_not_associated(world: World, account: Account) -> None:
    _replace_sold_to(account, finance_mailbox(world, account))


@situation(4)
def sold_to_associated_later(world: World, account: Account) -> None:
    mailbox = finance_mailbox(world, account)
    _replace_sold_to(account, mailbox)
    add_contact(world, account.organization, world.moment()).email = mailbox.email


@situation(4)
def sold_to_changed(world: World, account: Account) -> None:
    account.sold_to.set(world.moment(), finance_mailbox(world, account))


@situation(3)
def sold_to_bounced(world: World, account: Account) -> None:
    """Mail to the buyer came back; who knows whether they left."""
    sold = account.sold_to.first
    assert sold is not None
    sold.bounced_at = world.moment()


@situation(4)
def sold_to_in_other_letters(world: World, account: Account) -> None:
    """Upper case does not make another address (E-50)."""
    contact = _contact(account, 0)
    number = world.salesforce_ids.next()
    _replace_sold_to(account, SoldTo(salesforce_id("003", number), contact.name, contact.email.upper()))


@situation(3)
def two_contacts(world: World, account: Account) -> None:
    """Two eligible contacts: the smallest organization without a gap."""
    keep_contacts(world, account, 1)
    fill(world, account.organization, 1)


def _replace_sold_to(account: Account, sold: SoldTo) -> None:
    account.sold_to.begin_with(sold)
