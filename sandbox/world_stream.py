"""Plan, then tickets as they come: the lines of a world in time order, few of them in memory at a time."""

import heapq
from collections.abc import Iterator

import orjson

from sandbox import (
    world_kinds_endings,
    world_kinds_organizations,
    world_situations_accounts,
    world_situations_contacts,
    world_situations_csm,
    world_situations_projects,
    world_situations_subscriptions,
)
from sandbox.truth import Truth
from sandbox.world_accounts import plan_account
from sandbox.world_desk import Desk
from sandbox.world_kinds import KINDS, RATES, open_kind
from sandbox.world_lines import change, planned_lines
from sandbox.world_people import add_staff
from sandbox.world_plan import Opening, World
from sandbox.world_seats import Seats
from sandbox.world_situations import give_situations
from sandbox.world_support import support_lines, support_of
from sandbox.world_time import DAY, HOUR, iso

# Importing them is what registers their situations and kinds.
REGISTERING = (
    world_kinds_endings, world_kinds_organizations,
    world_situations_accounts, world_situations_contacts, world_situations_csm, world_situations_projects,
    world_situations_subscriptions,
)  # fmt: skip
FEDERAL_SHARE = 1 / 40
WEEKEND = 0.3
# New users are written up to ten minutes before their first ticket.
LINES_MAY_PRECEDE = 15 * 60


def world_lines(world: World, truth: Truth) -> Iterator[bytes]:
    """Plans the accounts, then lets tickets come in order of time; a change is final once none can precede it."""
    add_staff(world)
    give_situations(world, [plan_account(world, number) for number in range(world.accounts_wanted)])
    supports = {source: support_of(world, source) for source in ("global", "us_government")}
    desk = Desk(world, supports, truth, Seats(world).draw)
    for support in supports.values():
        for line in support_lines(world, support):
            desk.put(line)
    for line in planned_lines(world):
        desk.put(line)
    for opening in world.openings:
        desk.queue(opening)
    federal = int(world.tickets_wanted * FEDERAL_SHARE)
    arrivals = heapq.merge(_arrivals(world, "global", world.tickets_wanted), _arrivals(world, "us_government", federal))
    for at, source in arrivals:
        yield from _open_queued(desk, at)
        yield from desk.lines_before(at - LINES_MAY_PRECEDE)
        if seat := desk.seat(source, at):
            kind = world.rng.choices(tuple(KINDS), [RATES[name] or 0.0 for name in KINDS])[0]
            open_kind(desk, Opening(at, kind, *seat))
    yield from _open_queued(desk, world.end)
    yield from desk.lines_before(world.end + 1)
    # Any change will do that no mart looks at: it only sets the time at which the world ends.
    values = {"last_login_at": iso(world.last_change)}
    agent = supports["global"].agents[0]
    yield orjson.dumps(change(world.last_change, "zendesk", "user", agent.id, values, instance="global")[1])


def _open_queued(desk: Desk, before: int) -> Iterator[bytes]:
    while desk.openings and desk.openings[0][0] < before:
        opening = heapq.heappop(desk.openings)[2]
        yield from desk.lines_before(opening.at - LINES_MAY_PRECEDE)
        open_kind(desk, opening)


def _arrivals(world: World, source: str, tickets: int) -> Iterator[tuple[int, str]]:
    """Times of tickets that come by chance: more on working days, from the second day to two hours before the end."""
    days = range(world.start + DAY, world.end, DAY)
    weights = [WEEKEND if day // DAY % 7 in (2, 3) else 1.0 for day in days]  # 1970 began on a Thursday
    total, done, passed = sum(weights), 0, 0.0
    for day, weight in zip(days, weights, strict=True):
        passed += weight
        wanted = round(tickets * passed / total) - done
        done += wanted
        last = min(DAY, world.end - 2 * HOUR - day)
        for second in sorted(int(world.rng.triangular(0, last, last * 0.55)) for _ in range(wanted)):
            yield day + second, source
