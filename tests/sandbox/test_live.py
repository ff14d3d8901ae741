"""The world that goes on while it is served."""

import random
from pathlib import Path

from sandbox.changes import read_changes
from sandbox.clock import Clock
from sandbox.live import Story
from sandbox.state import State
from sandbox.world_time import HOUR, MINUTE

TINY = Path(__file__).parents[2] / "sandbox" / "worlds" / "tiny.jsonl"


def served() -> State:
    state = State()
    state.load(read_changes(TINY))
    state.clock = Clock((state.timeline.last_change or 0) + 61_000, running=False)
    state.advance()
    return state


def watch(state: State, story: Story, hours: int) -> None:
    for _ in range(hours * 60):
        state.clock.move_to(state.clock.now() + MINUTE * 1000)
        state.append_changes(story.due(state.clock.now() // 1000))


def test_new_tickets_arrive_at_about_the_asked_rate() -> None:
    state = served()
    before = set(state.zendesk["global"].tickets)
    watch(state, Story(state, rate=30, rng=random.Random(1)), hours=10)
    assert 240 < len(set(state.zendesk["global"].tickets) - before) < 360


def test_a_new_ticket_is_answered_solved_and_surveyed() -> None:
    state = served()
    watch(state, Story(state, rate=4, rng=random.Random(2)), hours=6)
    newest = [ticket for number, ticket in state.zendesk["global"].tickets.items() if number > 1000][:5]
    assert [ticket.fields["status"] for ticket in newest] == ["solved"] * 5
    assert all(ticket.rating for ticket in newest)
    assert {ticket.rating["score"] for ticket in newest if ticket.rating} & {"good", "bad"}


def test_hours_that_the_clock_jumped_over_bring_no_flood() -> None:
    state = served()
    story = Story(state, rate=60, rng=random.Random(3))
    watch(state, story, hours=1)
    state.clock.move_to(state.clock.now() + 1000 * HOUR * 1000)
    assert sum("subject" in line["set"] for line in story.due(state.clock.now() // 1000)) == 0


def test_suspended_people_open_no_tickets() -> None:
    state = served()
    watch(state, Story(state, rate=60, rng=random.Random(4)), hours=4)
    suspended = {user.id for user in state.zendesk["global"].users.values() if user.fields.get("suspended")}
    new = [ticket for number, ticket in state.zendesk["global"].tickets.items() if number > 1000]
    assert suspended
    assert not suspended & {ticket.fields["requester_id"] for ticket in new}
