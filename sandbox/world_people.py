"""People of the world: CSMs and their managers, agents, and an organization's contacts."""

from sandbox.world_ids import salesforce_id
from sandbox.world_plan import Account, Contact, Membership, Organization, SoldTo, Staff, World
from sandbox.world_text import person
from sandbox.world_time import Timeline

CSM_NAMES = (
    "Dana Reyes", "Emil Novak", "Farah Haddad", "Goran Petrov", "Hana Sato", "Ines Moreau", "Jonas Weber",
    "Kavya Menon", "Liam Byrne", "Mara Costa", "Noor Rahman", "Otto Lind",
)  # fmt: skip
MANAGER_NAMES = ("Grace Okafor", "Henrik Dahl", "Isabel Ortega")


def add_staff(world: World) -> None:
    """Managers, twelve CSMs, two that left (one without a manager to fall back on), and the placeholder of a pool."""
    managers = [_staff(world, name) for name in MANAGER_NAMES]
    csms = [_staff(world, name, managers[number % 3]) for number, name in enumerate(CSM_NAMES)]
    left = _staff(world, "Petra Vogel", managers[0], is_active=False)
    orphan = _staff(world, "Quentin Hale", is_active=False)
    placeholder = _staff(world, "TAM Scale", managers[1])
    placeholder.is_placeholder = True
    world.staff = [*managers, *csms, left, orphan, placeholder]


def _staff(world: World, name: str, manager: Staff | None = None, *, is_active: bool = True) -> Staff:
    number = world.salesforce_ids.next()
    email = name.lower().replace(" ", ".") + "@gitlab.com"
    return Staff(salesforce_id("005", number), name, email, manager, is_active)


def named(world: World, name: str) -> Staff:
    return next(person for person in world.staff if person.name == name)


def csms(world: World) -> list[Staff]:
    return [person for person in world.staff if person.name in CSM_NAMES]


def another_csm(world: World, *than: Staff | None) -> Staff:
    return world.rng.choice([person for person in csms(world) if person not in than])


def new_user(world: World, source: str, email_domain: str, at: int, role: str = "end-user") -> Contact:
    """A Zendesk user without an organization."""
    number = world.user_ids[source].next()
    name, local = person(world.rng)
    email = f"{local}{number // 37 % 1000}@{email_domain}"
    return Contact(source, number, name, email, at, world.never, Timeline([(at, False)]), Timeline([(at, True)]), role)


def join(world: World, contact: Contact, organization: Organization, at: int, *, is_default: bool = True) -> Membership:
    """Makes the user a member from `at` on; a new default ends the default before it."""
    if is_default:
        for earlier in contact.memberships:
            if earlier.is_default:
                earlier.valid_to = min(earlier.valid_to, at)
    membership = Membership(
        world.membership_ids[contact.source].next(), contact, organization, at,
        min(organization.deleted_at, contact.deleted_at), is_default,
    )  # fmt: skip
    contact.memberships.append(membership)
    organization.memberships.append(membership)
    return membership


def add_contact(world: World, organization: Organization, at: int | None = None) -> Contact:
    account = organization.account
    assert account is not None
    at = organization.created_at if at is None else at
    contact = new_user(world, organization.source, account.domain, at)
    join(world, contact, organization, at)
    return contact


def delete_contact(contact: Contact, at: int) -> None:
    contact.deleted_at = at
    for membership in contact.memberships:
        membership.valid_to = min(membership.valid_to, at)


def keep_memberships_before(organization: Organization, at: int) -> None:
    """Forgets those who would have joined later."""
    organization.memberships[:] = [each for each in organization.memberships if each.valid_from < at]


def sold_to(world: World, name: str, email: str) -> SoldTo:
    return SoldTo(salesforce_id("003", world.salesforce_ids.next()), name, email)


def sold_to_like(world: World, contact: Contact) -> SoldTo:
    return sold_to(world, contact.name, contact.email)


def finance_mailbox(world: World, account: Account) -> SoldTo:
    """A sold-to that is no support contact: a hint for the CSM, not an error (E-45)."""
    return sold_to(world, "Accounts Payable", f"ap@{account.domain}")
