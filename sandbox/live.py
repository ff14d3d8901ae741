"""The world goes on: new tickets while the sandbox is served, with the answers, solutions and surveys that follow.

What takes days elsewhere takes minutes here, so that somebody who watches sees a ticket's whole life.
"""

import asyncio
import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

from sandbox import world_text
from sandbox.state import State
from sandbox.world_lines import Line, change
from sandbox.world_time import HOUR, MINUTE
from sandbox.zendesk.instance import Instance

Append = Callable[[list[dict[str, Any]]], int]

ANSWERED_RATE = 0.4
PAUSE_SECONDS = 1.0


async def run(state: State, append: Append, rate: float) -> None:
    """Appends changes as the clock reaches them, `rate` new tickets per hour of the clock, until cancelled."""
    story = Story(state, rate, random.Random())
    while True:
        if due := story.due(state.clock.now() // 1000):
            append(due)
        await asyncio.sleep(PAUSE_SECONDS)


class Story:
    """Which changes are due at a time; `due` is asked with times that only grow."""

    def __init__(self, state: State, rate: float, rng: random.Random) -> None:
        self._state, self._rate, self._rng = state, rate, rng
        self._waiting: list[tuple[int, int, dict[str, Any]]] = []
        self._numbers = itertools.count()
        self._next_opening: float | None = None

    def due(self, now: int) -> list[dict[str, Any]]:
        """Everything up to `now` (seconds), oldest first."""
        if self._next_opening is None or self._next_opening < now - HOUR:
            # The clock was moved: what nobody watched did not happen.
            self._next_opening = now + self._pause()
        while self._next_opening <= now:
            for at, line in self._ticket(int(self._next_opening)):
                heapq.heappush(self._waiting, (at, next(self._numbers), line))
            self._next_opening += self._pause()
        found = []
        while self._waiting and self._waiting[0][0] <= now:
            found.append(heapq.heappop(self._waiting)[2])
        return found

    def _pause(self) -> float:
        return self._rng.expovariate(self._rate / HOUR) if self._rate > 0 else float("inf")

    def _ticket(self, at: int) -> Iterator[Line]:
        """One ticket's life, if the world has somebody who can open it."""
        people = [(instance, user) for instance in self._state.zendesk.values() for user in _able(instance)]
        if not people:
            return
        rng = self._rng
        instance, requester = rng.choice(people)
        number = self._ticket_number(instance)
        subject = world_text.subject(rng)
        agents = [user.id for user in instance.users.values() if user.fields.get("role") in ("agent", "admin")]
        agent = rng.choice(agents) if agents else None

        def line(by: int | None, body: str | None = None, **values: Any) -> Line:
            more: dict[str, Any] = {"instance": instance.name, "by": by}
            if body is not None:
                more["comment"] = {"author_id": by, "body": body, "public": True}
            return change(at, "zendesk", "ticket", number, values, **more)

        opened = {"requester_id": requester.id, "organization_id": requester.fields["organization_id"]}
        yield line(requester.id, world_text.first_comment(rng, subject), subject=subject, **opened)
        if agent is None:
            return
        at += rng.randrange(2 * MINUTE, 10 * MINUTE)
        yield line(agent, world_text.agent_line(rng), status="pending", assignee_id=agent)
        at += rng.randrange(2 * MINUTE, 10 * MINUTE)
        yield line(requester.id, world_text.customer_line(rng), status="open")
        at += rng.randrange(2 * MINUTE, 20 * MINUTE)
        yield line(agent, world_text.solution(rng), status="solved")
        at += 5 * MINUTE
        yield line(None, satisfaction_rating={"score": "offered"})
        if rng.random() < ANSWERED_RATE:
            at += rng.randrange(MINUTE, 30 * MINUTE)
            yield line(None, **_answer(instance, rng))

    def _ticket_number(self, instance: Instance) -> int:
        planned = (line["id"] for _, _, line in self._waiting if line["instance"] == instance.name)
        return max(itertools.chain([1000], instance.tickets, planned)) + 1


def _able(instance: Instance) -> list[Any]:
    """End users who may sign in and belong to a living organization."""
    living = {row.id for row in instance.organizations.values() if not row.fields.get("deleted_at")}
    return [
        user
        for user in instance.users.values()
        if user.fields.get("role", "end-user") == "end-user"
        and user.fields.get("active", True)
        and not user.fields.get("suspended")
        and user.fields.get("organization_id") in living
    ]


def _answer(instance: Instance, rng: random.Random) -> dict[str, Any]:
    """Good or bad, with the number from 1 to 7 where the account has a field for it."""
    number = rng.choice((1, 3, 5, 6, 6, 7, 7))
    values: dict[str, Any] = {"satisfaction_rating": {"score": "good" if number >= 5 else "bad"}}
    fields = [row.id for row in instance.ticket_fields.values() if row.fields.get("title") == "CES Score"]
    if fields:
        values["custom_fields"] = [{"id": fields[0], "value": number}]
    return values
