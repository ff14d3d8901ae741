"""What the generator intends: accounts, organizations and people with everything that will happen to them.

Both the world (sandbox.world_lines) and its truth (sandbox.truth_coverage) are read off these plans, so that the truth
is the intention and not a second reading of the file.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sandbox.world_ids import Numbers
from sandbox.world_time import DAY, HOUR, MINUTE, Timeline

LAST_MINUTES = 10 * MINUTE


@dataclass(slots=True, eq=False)
class Staff:
    """A Salesforce user: a CSM, a CSM's manager, or the placeholder that stands for a pool."""

    id: str
    name: str
    email: str
    manager: "Staff | None" = None
    is_active: bool = True
    is_placeholder: bool = False


@dataclass(slots=True)
class SoldTo:
    contact_id: str
    name: str
    email: str
    bounced_at: int | None = None


@dataclass(slots=True, eq=False)
class Subscription:
    """One with a buyer of its own, by address; it runs for as long as it is active, its last day (UTC) included."""

    id: str
    sold_to: Timeline[str | None]
    status: Timeline[str]
    starts_on: int
    ends_on: int


@dataclass(slots=True, eq=False)
class Membership:
    id: int
    contact: "Contact"
    organization: "Organization"
    valid_from: int
    valid_to: int
    is_default: bool


@dataclass(slots=True, eq=False)
class Contact:
    """A Zendesk user; `deleted_at` beyond the world's end means never."""

    source: str
    id: int
    name: str
    email: str
    created_at: int
    deleted_at: int
    suspended: Timeline[bool]
    verified: Timeline[bool]
    role: str = "end-user"
    memberships: list[Membership] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Organization:
    source: str
    id: int
    name: str
    account: "Account | None"
    created_at: int
    deleted_at: int
    support_level: Timeline[str]
    csm_name: Timeline[str]
    project_id: Timeline[Any]
    domains: list[str] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Account:
    id: str
    name: str
    domain: str
    region: str
    created_at: int
    deleted_at: int
    type: Timeline[str | None]
    csm: Timeline[Staff | None]
    sold_to: Timeline[SoldTo | None]
    support_hold: Timeline[bool]
    situation: str = "plain"
    parent: "Account | None" = None
    project_path: str | None = None
    has_short_id_only: bool = False
    organizations: list[Organization] = field(default_factory=list)
    # The one that the account's sold-to is the shortcut for, and further ones.
    has_latest_subscription: bool = True
    subscriptions: list[Subscription] = field(default_factory=list)
    unassociated: list[tuple[str, int, int, int]] = field(default_factory=list)
    joined_late: int = 0
    ticket_weight: float = 1.0

    @property
    def organization(self) -> Organization:
        return self.organizations[0]


@dataclass(slots=True, eq=False)
class Opening:
    """A ticket that a situation asks for at an exact time; `facts` are arguments of its kind (world_kinds)."""

    at: int
    kind: str
    organization: Organization | None
    requester: Contact
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class World:
    """The parameters of one world, its counters, and what has been planned so far. Times are seconds since 1970."""

    rng: random.Random
    start: int
    now: int
    accounts_wanted: int
    tickets_wanted: int
    staff: list[Staff] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    loose_contacts: list[Contact] = field(default_factory=list)
    projects: dict[int, str] = field(default_factory=dict)
    occurred: Counter[str] = field(default_factory=Counter)
    salesforce_ids: Numbers = field(default_factory=lambda: Numbers(1))
    project_ids: Numbers = field(default_factory=lambda: Numbers(17_735_787, 11))
    user_ids: dict[str, Numbers] = field(default_factory=lambda: _per_instance(4_414_917_877_650, 37))
    organization_ids: dict[str, Numbers] = field(default_factory=lambda: _per_instance(360_001_000_001, 29))
    membership_ids: dict[str, Numbers] = field(default_factory=lambda: _per_instance(360_002_000_001, 1))

    @property
    def last_change(self) -> int:
        """61 seconds before the default clock, so that nothing lies in the minute that Zendesk withholds."""
        return self.now - 61

    @property
    def end(self) -> int:
        """Nothing happens after it but the last change itself: no truth may hang on the very last minutes."""
        return self.last_change - LAST_MINUTES

    @property
    def go_live_at(self) -> int:
        return self.now - 30 * DAY

    @property
    def never(self) -> int:
        return self.now + 10_000 * DAY

    def moment(self, low: float = 0.15, high: float = 0.85) -> int:
        """A random time between two shares of the world's period, never on a full minute."""
        span = self.end - self.start
        at = self.start + int(span * self.rng.uniform(low, high))
        return at // MINUTE * MINUTE + self.rng.randrange(1, MINUTE)

    def days(self, low: float, high: float) -> int:
        return int(self.rng.uniform(low, high) * DAY)

    def hours(self, low: float, high: float) -> int:
        return int(self.rng.uniform(low, high) * HOUR)


def _per_instance(first: int, step: int) -> dict[str, Numbers]:
    # Both instances count from the same number on purpose: an id means nothing without its instance (E-3).
    return {"global": Numbers(first, step), "us_government": Numbers(first, step)}
