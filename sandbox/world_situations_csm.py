"""Situations of the CSM assignment: reassigned, missing, placeholder, left, and the name that Zendesk shows."""

from sandbox.world_accounts import reassign
from sandbox.world_people import another_csm, named
from sandbox.world_plan import Account, Opening, World
from sandbox.world_situations import situation
from sandbox.world_time import DAY, HOUR, MINUTE


@situation(26)
def csm_reassigned(world: World, account: Account) -> None:
    at = world.moment(0.15, 0.5)
    for _ in range(world.rng.randrange(1, 4)):
        reassign(account, at, another_csm(world, account.csm.at(at)), sync_after=world.rng.randrange(600, 3000))
        at += world.days(40, 75)


@situation(5)
def csm_reassigned_as_a_ticket_opens(world: World, account: Account) -> None:
    """Same instant: the new CSM is told (E-14). One ticket a second earlier still belongs to the old one."""
    at = world.moment()
    reassign(account, at, another_csm(world, account.csm.first))
    for second in (-1, 0):
        world.openings.append(_ticket(account, at + second))


@situation(4)
def csm_changed_twice_in_one_second(world: World, account: Account) -> None:
    at = world.moment()
    between = another_csm(world, account.csm.first)
    account.csm.set(at, between)
    reassign(account, at, another_csm(world, account.csm.first, between))
    for later in (0, 3 * HOUR):
        world.openings.append(_ticket(account, at + later))


@situation(6)
def csm_reassigned_lately(world: World, account: Account) -> None:
    """A hand-over after go-live, so that both CSMs are told about tickets of the same account."""
    reassign(account, world.go_live_at + world.days(8, 20), another_csm(world, account.csm.first))
    world.openings.append(_ticket(account, world.go_live_at + 2 * DAY))
    world.openings.append(_ticket(account, world.end - 2 * DAY))


@situation(14)
def csm_missing(world: World, account: Account) -> None:
    _begin_with(account, None)
    world.openings.append(_ticket(account, world.go_live_at + world.days(3, 20)))


@situation(8)
def csm_assigned_later(world: World, account: Account) -> None:
    _begin_with(account, None)
    reassign(account, world.moment(), another_csm(world))


@situation(4)
def csm_removed(world: World, account: Account) -> None:
    reassign(account, world.moment(), None)


@situation(14)
def csm_placeholder(world: World, account: Account) -> None:
    _begin_with(account, named(world, "TAM Scale"))
    world.openings.append(_ticket(account, world.go_live_at + world.days(3, 20)))


@situation(5)
def csm_placeholder_replaced(world: World, account: Account) -> None:
    """Tickets of the placeholder's time go to the CSM of today."""
    _begin_with(account, named(world, "TAM Scale"))
    reassign(account, world.go_live_at + world.days(14, 20), another_csm(world))
    world.openings.append(_ticket(account, world.go_live_at + world.days(3, 10)))


@situation(6)
def csm_left(world: World, account: Account) -> None:
    _begin_with(account, named(world, "Petra Vogel"))
    world.openings.append(_ticket(account, world.go_live_at + world.days(3, 20)))


@situation(5)
def csm_left_and_was_replaced(world: World, account: Account) -> None:
    _begin_with(account, named(world, "Petra Vogel"))
    reassign(account, world.go_live_at + world.days(14, 20), another_csm(world))
    world.openings.append(_ticket(account, world.go_live_at + world.days(3, 10)))


@situation(4)
def csm_left_without_manager(world: World, account: Account) -> None:
    """Nobody is left in the chain of E-16: no_csm."""
    _begin_with(account, named(world, "Quentin Hale"))
    world.openings.append(_ticket(account, world.go_live_at + world.days(3, 20)))


@situation(5)
def csm_name_never_synced(world: World, account: Account) -> None:
    reassign(account, world.moment(), another_csm(world, account.csm.first), sync_after=None)


@situation(4)
def csm_name_synced_late(world: World, account: Account) -> None:
    csm = another_csm(world, account.csm.first)
    reassign(account, world.moment(), csm, sync_after=5 * DAY + 7 * MINUTE)


@situation(2)
def csm_name_with_blanks(account: Account) -> None:
    """Blanks around a name are no drift."""
    name = account.organization.csm_name
    name.begin_with(f" {name.first}  ")


def _begin_with(account: Account, csm) -> None:
    account.csm.begin_with(csm)
    for organization in account.organizations:
        organization.csm_name.begin_with(csm.name if csm else "")


def _ticket(account: Account, at: int) -> Opening:
    return Opening(at, "plain", account.organization, account.organization.memberships[0].contact)
