"""An ordinary account with its organization and contacts, before a situation changes something about it."""

from sandbox.world_ids import salesforce_id
from sandbox.world_people import add_contact, csms, sold_to_like
from sandbox.world_plan import Account, Organization, Staff, World
from sandbox.world_text import company
from sandbox.world_time import HOUR, Timeline

REGIONS = ("EMEA", "AMER", "APJ")
REGION_WEIGHTS = (0.45, 0.38, 0.17)
SUPPORT_LEVELS = ("ultimate", "premium", "gold", "silver")
SUPPORT_LEVEL_WEIGHTS = (0.42, 0.48, 0.05, 0.05)
FIRST_DAY_HOURS = 20


def plan_account(world: World, number: int) -> Account:
    """A healthy customer: CSM, organization, four or more contacts, the sold-to one of them, project linked."""
    rng = world.rng
    # Accounts begin one after another on the first day, so that no two share their modified stamp by accident.
    at = world.start + HOUR + FIRST_DAY_HOURS * HOUR * number // world.accounts_wanted
    name, domain = company(number)
    account = Account(
        id=salesforce_id("001", world.salesforce_ids.next()),
        name=name,
        domain=domain,
        region=rng.choices(REGIONS, REGION_WEIGHTS)[0],
        created_at=at,
        deleted_at=world.never,
        type=Timeline([(at, "Customer")]),
        csm=Timeline([(at, rng.choice(csms(world)))]),
        sold_to=Timeline([(at, None)]),
        support_hold=Timeline([(at, False)]),
        ticket_weight=rng.expovariate(1.0) + 0.1,
    )
    organization = add_organization(world, account, "global", at)
    fill(world, organization, int(rng.triangular(4, 14, 7)))
    if rng.random() < 0.3:
        for _ in range(rng.randrange(1, 3)):
            add_contact(world, organization, world.moment())
    account.sold_to = Timeline([(at, sold_to_like(world, organization.memberships[0].contact))])
    if rng.random() < 0.6:
        account.project_path = world.projects[int(str(organization.project_id.first))]
    world.accounts.append(account)
    return account


def add_organization(world: World, account: Account, source: str, at: int) -> Organization:
    """A live organization of the account as the hourly sync would make it; its first contacts are the caller's."""
    rng = world.rng
    project = world.project_ids.next()
    slug = account.domain.removesuffix(".example")
    world.projects[project] = f"gitlab-com/account-management/{account.region.lower()}/{slug}-{project}"
    csm = account.csm.at(max(at, account.created_at))
    organization = Organization(
        source=source,
        id=world.organization_ids[source].next(),
        name=account.name,
        account=account,
        created_at=at,
        deleted_at=world.never,
        support_level=Timeline([(at, rng.choices(SUPPORT_LEVELS, SUPPORT_LEVEL_WEIGHTS)[0])]),
        csm_name=Timeline([(at, csm.name if csm else "")]),
        project_id=Timeline([(at, str(project) if source == "global" else project)]),
        domains=[account.domain] if rng.random() < 0.15 else [],
    )
    account.organizations.append(organization)
    return organization


def fill(world: World, organization: Organization, contacts: int) -> None:
    for _ in range(contacts):
        add_contact(world, organization)


def begin_at(world: World, account: Account, at: int, organization_at: int, contacts: int) -> None:
    """Moves the account's beginning to `at`; its organization begins later, with so many contacts at once."""
    account.created_at = at
    for timeline in (account.type, account.csm, account.sold_to, account.support_hold):
        timeline.begin_at(at)
    account.organizations.clear()
    begin_organization(world, account, organization_at, contacts)


def begin_organization(world: World, account: Account, at: int, contacts: int, source: str = "global") -> Organization:
    """Another organization of the account from `at` on; the account's sold-to becomes its first contact."""
    organization = add_organization(world, account, source, at)
    fill(world, organization, contacts)
    if contacts and len(account.organizations) == 1:
        first = sold_to_like(world, organization.memberships[0].contact)
        account.sold_to.begin_with(first)
    if account.project_path and len(account.organizations) == 1:
        account.project_path = world.projects[int(organization.project_id.first)]
    return organization


def keep_contacts(world: World, account: Account, contacts: int) -> None:
    """Leaves the account's organization with exactly so many contacts from its first second, the sold-to among them."""
    begin_at(world, account, account.created_at, account.organization.created_at, contacts)


def reassign(account: Account, at: int, csm: Staff | None, *, sync_after: int | None = 40 * 60) -> None:
    """A new CSM from `at` on; the organization's CSM name follows with the hourly sync, or never (None)."""
    account.csm.set(at, csm)
    if sync_after is not None:
        for organization in account.organizations:
            organization.csm_name.set(at + sync_after, csm.name if csm else "")
