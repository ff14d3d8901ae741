"""How fast a customer answers when support asks (R-BP-12, E-38)."""

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import account_id, customer, home, people
from tests.warehouse.gaps import built_from, iso
from tests.warehouse.log import Event
from tests.warehouse.records import audit, change, comment, create, ticket, user

# Numbers that no other test uses: the worlds of all are put together in sides.py.
ACCOUNT, FIRST, SYSTEM = 981, 98_100, -1
AGENT, ADA, BOB = 98_156, 98_155, 98_157
CREATED = "2025-03-03T08:00:00Z"


def day(number: int, hour: int = 9) -> str:
    return f"2025-03-{number:02d}T{hour:02d}:00:00Z"


def asked(number: int, *audits: tuple) -> list[Event]:
    """A ticket and its audits; each is (time, by, child events)."""
    number += FIRST
    first = audit(number * 100, number, CREATED, create(status="new"), comment(ADA), by=ADA)
    later = [
        audit(number * 100 + place, number, at, *children, by=by)
        for place, (at, by, *children) in enumerate(audits, start=1)
    ]
    return [ticket(number, CREATED, requester=ADA, organization=ACCOUNT), first, *later]


def to(status: str) -> dict:
    return change(None, status=status)


REQUEST = (day(4), AGENT, to("pending"), comment(AGENT))


def events() -> list[Event]:
    away = comment(ADA, body="Automatic reply: I am out of the office until Monday")
    return [
        *people(),
        *(customer(ACCOUNT), home(ACCOUNT)),
        *(user(ADA, CREATED), user(BOB, CREATED), user(AGENT, CREATED, role="agent", email="agent@gitlab.com")),
        # answered by a colleague in copy, after a reminder; and asked a second time
        *asked(
            1,
            REQUEST,
            (day(5), AGENT, comment(AGENT)),
            (day(6), BOB, to("open"), comment(BOB)),
            (day(7), AGENT, to("pending"), comment(AGENT)),
        ),
        # set to pending by an automation, and by a private note
        *asked(2, (day(4), SYSTEM, to("pending")), (day(5), ADA, to("open"), comment(ADA))),
        *asked(
            3, (day(4), AGENT, to("pending"), comment(AGENT, public=False)), (day(5), ADA, to("open"), comment(ADA))
        ),
        # solved by an automation; reopened by staff; by a mailbox, which says so in its first words
        *asked(4, REQUEST, (day(24), SYSTEM, to("solved"))),
        *asked(5, REQUEST, (day(5), AGENT, to("open"))),
        *asked(6, REQUEST, (day(4, 10), ADA, to("open"), away)),
        # solved by the customer without a word
        *asked(7, REQUEST, (day(5), ADA, to("solved"))),
        # answered in the very second of the request, by a later audit
        *asked(8, REQUEST, (day(4), ADA, to("open"), comment(ADA))),
        # a word of the customer before the request is no answer to it
        *asked(9, (day(4), ADA, comment(ADA)), REQUEST),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory, parsed) -> Warehouse:
    return built_from(events(), tmp_path_factory.mktemp("follow_ups"), parsed, ("--select", "+fct_follow_ups"))


def follow_ups(built: Warehouse, ticket: int) -> list[tuple]:
    return built.rows(
        "select outcome, response_hours from marts.fct_follow_ups where ticket_id = ? order by cycle", FIRST + ticket
    )


def test_a_colleague_in_copy_answers_and_a_reminder_does_not(built):
    """R-BP-12, E-38."""
    assert follow_ups(built, 1) == [("answered", 48.0), ("waiting", None)]
    (row,) = built.rows(
        """select account_id, asked_by, answered_by, reminders, answered_at, ended_at from marts.fct_follow_ups
        where ticket_id = ? and cycle = 1""",
        FIRST + 1,
    )
    assert (*row[:4], iso(row[4]), iso(row[5])) == (account_id(ACCOUNT), AGENT, BOB, 1, day(6), day(6))


def test_pending_without_a_public_word_of_staff_asks_for_nothing(built):
    """E-38."""
    assert follow_ups(built, 2) == follow_ups(built, 3) == [(None, None)]


def test_an_automatic_solve_is_no_response_and_never_a_response_time(built):
    """R-BP-12."""
    assert follow_ups(built, 4) == [("no_response", None)]


def test_staff_reopening_is_no_response_of_the_customer(built):
    """E-38."""
    assert follow_ups(built, 5) == [("ended_by_staff", None)]
    assert follow_ups(built, 7) == [("ended_by_customer", None)]


def test_an_out_of_office_reply_is_no_answer(built):
    """E-38."""
    assert follow_ups(built, 6) == [("auto_reply", None)]
    assert built.value("select auto_replies from marts.fct_follow_ups where ticket_id = ?", FIRST + 6) == 1


def test_an_answer_in_the_same_second_counts_and_a_word_before_the_request_does_not(built):
    """E-71."""
    assert follow_ups(built, 8) == [("answered", 0.0)]
    assert follow_ups(built, 9) == [("waiting", None)]


def test_cycles_that_still_last_are_censored_and_no_others(built):
    """E-38."""
    censored = built.rows("select ticket_id, cycle from marts.fct_follow_ups where is_censored order by all")
    assert censored == [(FIRST + 1, 2), (FIRST + 9, 1)]
