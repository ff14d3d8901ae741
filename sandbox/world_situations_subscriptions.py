"""Situations of further subscriptions: each has a buyer of its own, whatever the account's sold-to says (B.1)."""

from sandbox.world_ids import salesforce_id
from sandbox.world_plan import Account, Subscription, World
from sandbox.world_situations import situation
from sandbox.world_time import DAY, Timeline

YEAR = 365 * DAY


@situation(4)
def subscription_of_another_buyer(world: World, account: Account) -> None:
    """A reseller: no support contact, and nothing is wrong with that (E-45)."""
    _subscription(world, account, world.moment(), f"orders@reseller-of-{account.domain}")


@situation(3)
def subscription_without_a_buyer(world: World, account: Account) -> None:
    subscription = _subscription(world, account, world.moment(0.2, 0.5), None)
    subscription.sold_to.set(world.moment(0.6, 0.8), account.organization.memberships[0].contact.email)


@situation(3)
def subscription_bought_by_free_mail(world: World, account: Account) -> None:
    _subscription(world, account, world.moment(), f"{account.domain.removesuffix('.example')}.buyer@gmail.com")


@situation(3)
def subscription_that_ended(world: World, account: Account) -> None:
    """Whoever bought what has run out need not be reachable any more, from the day after its last."""
    at = world.moment(0.2, 0.4)
    subscription = _subscription(world, account, at, "nobody(at)here")
    subscription.ends_on = (at + world.days(20, 60)) // DAY * DAY


@situation(3)
def subscription_cancelled(world: World, account: Account) -> None:
    at = world.moment(0.2, 0.4)
    subscription = _subscription(world, account, at, None)
    subscription.status.set(at + world.days(20, 60), "Cancelled")


@situation(3)
def subscription_that_begins_later(world: World, account: Account) -> None:
    """Recorded weeks before its first day."""
    at = world.moment(0.2, 0.4)
    subscription = _subscription(world, account, at, None)
    subscription.starts_on = (at + world.days(20, 60)) // DAY * DAY
    subscription.ends_on = subscription.starts_on + YEAR


@situation(3)
def sold_to_known_by_subscription_only(world: World, account: Account) -> None:
    """The account's own field is empty, and who bought is known all the same."""
    account.sold_to.begin_with(None)
    account.has_latest_subscription = False
    _subscription(world, account, account.created_at, account.organization.memberships[0].contact.email)


def _subscription(world: World, account: Account, at: int, sold_to: str | None) -> Subscription:
    subscription = Subscription(
        id=salesforce_id("a0S", world.salesforce_ids.next()),
        sold_to=Timeline([(at, sold_to)]),
        status=Timeline([(at, "Active")]),
        starts_on=at // DAY * DAY,
        ends_on=at // DAY * DAY + 10 * YEAR,
    )
    account.subscriptions.append(subscription)
    return subscription
