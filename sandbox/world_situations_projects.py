"""Situations of the collaboration project id, and of two accounts that have something to do with each other."""

from sandbox.world_ids import widen
from sandbox.world_people import join, new_user
from sandbox.world_plan import Account, Opening, World
from sandbox.world_situations import situation
from sandbox.world_time import DAY, MINUTE


def _set_project(account: Account, value: str | None) -> None:
    timeline = account.organization.project_id
    timeline.begin_with(value)


def _unrelated_project(world: World) -> str:
    number = world.project_ids.next()
    world.projects[number] = f"gitlab-com/account-management/archive/old-{number}"
    return str(number)


def _path(world: World, account: Account) -> str:
    return world.projects[int(account.organization.project_id.first)]


@situation(6)
def project_missing(account: Account) -> None:
    _set_project(account, None)


@situation(3)
def project_set_later(world: World, account: Account) -> None:
    right = account.organization.project_id.first
    _set_project(account, None)
    account.organization.project_id.set(world.moment(), right)


@situation(4)
def project_invalid(world: World, account: Account) -> None:
    _set_project(account, world.rng.choice(("tbd", "see notes", "17735787-old")))


@situation(3)
def project_invalid_corrected(world: World, account: Account) -> None:
    right = account.organization.project_id.first
    _set_project(account, f"https://gitlab.com/projects/{right}")
    account.organization.project_id.set(world.moment(), right)


@situation(5)
def project_wrong(world: World, account: Account) -> None:
    account.project_path = _path(world, account)
    _set_project(account, _unrelated_project(world))


@situation(3)
def project_wrong_corrected(world: World, account: Account) -> None:
    account.project_path = _path(world, account)
    right = account.organization.project_id.first
    _set_project(account, _unrelated_project(world))
    account.organization.project_id.set(world.moment(), right)


@situation(2)
def project_shared(account: Account, other: Account) -> None:
    _set_project(other, account.organization.project_id.first)
    other.project_path = None


@situation(2)
def project_shared_corrected(world: World, account: Account, other: Account) -> None:
    right = other.organization.project_id.first
    _set_project(other, account.organization.project_id.first)
    other.project_path = None
    other.organization.project_id.set(world.moment(), right)


@situation(3)
def project_shared_in_a_family(account: Account, other: Account) -> None:
    """Parent and child may share one project."""
    other.parent = account
    _set_project(other, account.organization.project_id.first)
    other.project_path = account.project_path


@situation(5)
def child_without_csm(world: World, account: Account, other: Account) -> None:
    """The parent has a CSM, the child has none, and nobody is told while parent_fallback is off (E-13)."""
    other.parent = account
    other.csm.begin_with(None)
    other.organization.csm_name.begin_with("")
    contact = other.organization.memberships[0].contact
    world.openings.append(Opening(world.go_live_at + world.days(3, 20), "plain", other.organization, contact))


@situation(2)
def ids_differing_in_case(world: World, account: Account, other: Account) -> None:
    """Two 15-character ids that only case tells apart, known to Zendesk in no other form (E-1)."""
    twin = 10 + world.occurred["ids_differing_in_case"]
    for each, letter in ((account, "x"), (other, "X")):
        each.id = widen(f"0014M00{twin:02d}1sGJ8{letter}")
        each.has_short_id_only = True
        contact = each.organization.memberships[0].contact
        world.openings.append(Opening(world.go_live_at + world.days(3, 20), "plain", each.organization, contact))


@situation(3)
def contact_moved(world: World, account: Account, other: Account) -> None:
    """A contact changes employers: earlier tickets stay with the first account (E-12)."""
    mover = account.organization.memberships[1].contact
    at = world.go_live_at + world.days(10, 20)
    world.openings.append(Opening(at - 5 * DAY, "plain", account.organization, mover))
    join(world, mover, other.organization, at)
    world.openings.append(Opening(at + 5 * DAY, "plain", other.organization, mover))


@situation(3)
def contact_of_two_organizations(world: World, account: Account, other: Account) -> None:
    """The ticket's organization is not the requester's default one (E-10)."""
    both = account.organization.memberships[1].contact
    at = world.moment()
    join(world, both, other.organization, at, is_default=False)
    for ticket_at in (at + 3 * DAY, world.go_live_at + world.days(3, 20)):
        if ticket_at > at:
            world.openings.append(Opening(ticket_at, "plain", other.organization, both))


@situation(8)
def requester_of_the_company_unassociated(world: World, account: Account) -> None:
    """Someone with the company's domain asks for support and never becomes a contact."""
    at = world.moment(0.5, 0.9)
    stranger = new_user(world, "global", account.domain, at)
    world.loose_contacts.append(stranger)
    world.openings.append(Opening(at + MINUTE, "never_associated", None, stranger, {"account": account}))
    world.openings.append(Opening(at + 30 * DAY, "never_associated", None, stranger, {"account": account}))


@situation(6)
def requester_of_the_company_associated(world: World, account: Account) -> None:
    """As above, but support adds them days later; the last of these tickets spans go-live."""
    at = world.go_live_at - world.hours(10, 20)
    newcomer = new_user(world, "global", account.domain, at)
    facts = {"account": account, "associated_after": DAY + world.hours(0, 5)}
    world.openings.append(Opening(at + MINUTE, "late_organization", account.organization, newcomer, facts))


@situation(2)
def domain_of_two_accounts(world: World, account: Account, other: Account) -> None:
    """A holding's domain fits two accounts, so it suggests neither (E-8)."""
    for membership in other.organization.memberships:
        membership.contact.email = membership.contact.email.replace(other.domain, account.domain)
    other.domain = account.domain
    other.organization.domains = []
    first = other.sold_to.first
    assert first is not None
    first.email = other.organization.memberships[0].contact.email
    at = world.moment()
    stranger = new_user(world, "global", account.domain, at)
    world.loose_contacts.append(stranger)
    world.openings.append(Opening(at + MINUTE, "never_associated", None, stranger))
