"""Who may open a ticket at a given time: a draw among the contacts of live organizations, busier ones more often."""

import bisect
import itertools
from collections.abc import Sequence

from sandbox.world_plan import Contact, Organization, World
from sandbox.world_surveys import DROP_MONTHS, DROP_REGION
from sandbox.world_time import DAY, HOUR, months_before

QUIET_BEFORE_LEAVING = 20 * DAY
RUSH_IN_THE_DROP = 1.6
ATTEMPTS = 60

Seat = tuple[Contact, int, int]


def can_ask(contact: Contact, organization: Organization | None, at: int) -> bool:
    """A contact of this organization who stays one for a while, so that no ticket is open when its requester leaves."""
    return any(
        each.organization is organization and lower <= at < upper
        for each in contact.memberships
        for lower, upper in [_window(contact, each.valid_from, each.valid_to)]
    )


def _window(contact: Contact, valid_from: int, valid_to: int) -> tuple[int, int]:
    suspended = [at for at, is_suspended in contact.suspended.changes if is_suspended]
    until = min([valid_to, contact.deleted_at, *suspended])
    if contact.role != "end-user":
        until = 0
    return valid_from + HOUR, until - QUIET_BEFORE_LEAVING


class Seats:
    """Weighted organizations per instance; in the drop its region asks more."""

    def __init__(self, world: World) -> None:
        self._rng = world.rng
        self._drop = tuple(months_before(world.now, months) for months in DROP_MONTHS)
        self._organizations: dict[str, list[tuple[Organization, list[Seat]]]] = {}
        self._weights: dict[tuple[str, bool], Sequence[float]] = {}
        for source in ("global", "us_government"):
            rows = [
                (organization, self._seats(organization, account.deleted_at, world.never))
                for account in world.accounts
                for organization in account.organizations
                if organization.source == source and organization.memberships
            ]
            self._organizations[source] = rows
            for is_drop in (False, True):
                weights = [self._weight(organization, is_drop) for organization, _ in rows]
                self._weights[source, is_drop] = list(itertools.accumulate(weights))

    @staticmethod
    def _seats(organization: Organization, account_deleted_at: int, never: int) -> list[Seat]:
        # A deleted account's organization asks only afterwards: then it is certain that nobody was to be told.
        earliest = account_deleted_at + DAY if account_deleted_at < never else 0
        seats = []
        for each in organization.memberships:
            if each.is_default:
                lower, upper = _window(each.contact, each.valid_from, each.valid_to)
                seats.append((each.contact, max(lower, earliest), upper))
        return seats

    @staticmethod
    def _weight(organization: Organization, is_drop: bool) -> float:
        account = organization.account
        assert account is not None
        return account.ticket_weight * (RUSH_IN_THE_DROP if is_drop and account.region == DROP_REGION else 1.0)

    def draw(self, source: str, at: int) -> tuple[Organization, Contact] | None:
        """An organization of the instance and one of its contacts; None when the instance has nobody."""
        rows, weights = self._organizations[source], self._weights[source, self._drop[0] <= at < self._drop[1]]
        if not rows:
            return None
        for _ in range(ATTEMPTS):
            organization, seats = rows[bisect.bisect(weights, self._rng.random() * weights[-1])]
            able = [contact for contact, lower, upper in seats if lower <= at < upper]
            if able:
                return organization, self._rng.choice(able)
        return None
