"""Situations: what is special about an account. Each is one small function whose name says what it intends.

A situation changes the plan of an ordinary account; the world and the truth then follow from the plan. Every account
has at most one, so that no two situations blur each other.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import NamedTuple, ParamSpec

from sandbox.world_plan import Account, World

PER = 400  # accounts that the counts below are meant for
LARGEST_SHARE = 0.9  # of all accounts; the rest stay ordinary

P = ParamSpec("P")


class Situation(NamedTuple):
    times: int
    accounts: int
    needs_world: bool
    change: Callable[..., None]


SITUATIONS: dict[str, Situation] = {}


def situation(times: int) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Registers a function of one account, or of two (a pair), after the world if needed; `times` per 400 accounts."""

    def register(change: Callable[P, None]) -> Callable[P, None]:
        names = list(inspect.signature(change).parameters)
        needs_world = names[0] == "world"
        SITUATIONS[change.__name__] = Situation(times, len(names) - needs_world, needs_world, change)
        return change

    return register


def give_situations(world: World, accounts: list[Account]) -> None:
    """Every situation once before any comes twice, so that small worlds hold as many as they can."""
    waiting = iter(accounts)
    left = int(len(accounts) * LARGEST_SHARE)
    for name in _in_turns(len(accounts)):
        wanted = SITUATIONS[name]
        left -= wanted.accounts
        if left < 0:
            break
        chosen = [next(waiting) for _ in range(wanted.accounts)]
        for account in chosen:
            account.situation = name
        wanted.change(*([world] if wanted.needs_world else []), *chosen)
        world.occurred[name] += 1


def _in_turns(accounts: int) -> Iterator[str]:
    wanted = {name: max(1, round(each.times * accounts / PER)) for name, each in SITUATIONS.items()}
    for turn in range(max(wanted.values(), default=0)):
        yield from (name for name, times in wanted.items() if times > turn)
