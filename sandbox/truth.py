"""The truth beside a world: what each mart must say, written from the generator's intentions as they arise.

One JSONL file per mart under `truth/`, and `meta.json`. Times that a world does not reach have not happened in it.
"""

import io
import itertools
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from sandbox.world_plan import Account, Staff, World
from sandbox.world_support import INTERNAL_FORMS, human_url
from sandbox.world_time import iso

if TYPE_CHECKING:
    from sandbox.world_desk import Ticket
    from sandbox.world_surveys import Survey

INTERNAL_DOMAIN = "@gitlab.com"


class Truth:
    """Writes fct_notification_events and fct_feedback row by row, and counts what fct_feedback_trends must show."""

    def __init__(self, world: World, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._world, self._folder = world, folder
        self._files: dict[str, io.BufferedWriter] = {}
        self._trends: dict[tuple[str, str], Counter[str]] = {}
        self.counts: Counter[str] = Counter()

    def write(self, mart: str, row: dict[str, Any]) -> None:
        if mart not in self._files:
            self._files[mart] = (self._folder / f"{mart}.jsonl").open("wb")
        self._files[mart].write(orjson.dumps(row) + b"\n")
        self.counts[mart] += 1

    def close(self) -> None:
        for (month, instrument), counted in sorted(self._trends.items()):
            row = {"period_start": month, "instrument": instrument}
            row |= {name: counted[name] for name in ("offered", "positive", "negative", "neutral")}
            self.write("fct_feedback_trends", row)
        for file in self._files.values():
            file.close()

    def ticket(self, ticket: "Ticket") -> None:
        """One row of fct_notification_events (rules.md A.4, E-14 to E-27)."""
        associated_at = ticket.associated_at if self._happened(ticket.associated_at) else None
        account = ticket.account if associated_at is not None else None
        csm, csm_source, is_inferred = told(account, ticket.opened_at, self._world.end)
        reason = self._suppression(ticket, associated_at, csm)
        self.write("fct_notification_events", {
            "source": f"zendesk/{ticket.source}",
            "ticket_id": ticket.id,
            "disposition": "suppressed" if reason else "notify",
            "suppression_reason": reason,
            "kind": "late_association" if associated_at not in (None, ticket.opened_at) else "ticket_opened",
            "account_id": account.id if account else None,
            "csm_user_id": csm.id if csm else None,
            "csm_source": csm_source,
            "is_csm_inferred": is_inferred,
            "is_on_behalf": ticket.submitter is not ticket.requester,
            "opened_at": iso(ticket.opened_at),
            "associated_at": iso(associated_at) if associated_at is not None else None,
            "contact_id": ticket.requester.id,
            "ticket_url": human_url(ticket.source, ticket.id),
            "salesforce_case_id": ticket.case_id,
            "merged_into_ticket_id": ticket.merged_into,
        })  # fmt: skip

    def _suppression(self, ticket: "Ticket", associated_at: int | None, csm: Staff | None) -> str | None:
        requester = ticket.requester
        if ticket.deleted_at is not None:
            return "spam_or_suspended" if requester.suspended.at(self._world.end) else "deleted"
        if ticket.merged_into is not None:
            return "merged_child"
        if requester.email.endswith(INTERNAL_DOMAIN) or requester.role != "end-user":
            return "internal_requester"
        if ticket.form_id in INTERNAL_FORMS:
            return "internal_form"
        if associated_at is None:
            return "no_org"
        if csm is None:
            return "no_csm"
        return "before_go_live" if associated_at < self._world.go_live_at else None

    def survey(self, ticket: "Ticket", survey: "Survey") -> None:
        """A survey counts in its month; answered, it is a row of fct_feedback too (rules.md F-7)."""
        ratings = survey.ratings
        shown_at = ratings[0].at if ratings else survey.offered_at
        if shown_at is None:
            return
        last = ratings[-1].polarity if ratings else None
        self._count(shown_at, survey.instrument, "offered", last)
        if not ratings:
            return
        words = [rating.word for rating in ratings]
        shown = [str(rating.number or rating.word) for rating in ratings]
        steps = list(itertools.pairwise(words))
        self._feedback(ticket, "survey", survey.instrument, last, shown_at, {
            "first_score": shown[0],
            "last_score": shown[-1],
            "rating_changes": sum(before != after for before, after in steps),
            "is_good_to_bad": ("good", "bad") in steps,
            "is_bad_to_good": ("bad", "good") in steps,
        })  # fmt: skip

    def issue(self, ticket: "Ticket", channel: str, polarity: str, received_at: int) -> None:
        """An issue says nothing of scores: those columns are null here, which means not asserted."""
        instrument = "mid_ticket_3pt" if channel == "mid_ticket" else "indirect"
        self._count(received_at, instrument, None, polarity)
        nothing: dict[str, Any] = dict.fromkeys(
            ("first_score", "last_score", "rating_changes", "is_good_to_bad", "is_bad_to_good")
        )
        self._feedback(ticket, channel, instrument, polarity, received_at, nothing)

    def _feedback(
        self, ticket: "Ticket", channel: str, instrument: str, polarity: str | None, at: int, scores: dict[str, Any]
    ) -> None:
        account = ticket.account
        moment = max((solved for solved in ticket.solved_at if solved <= at), default=at)
        csm = assigned(account, moment)[0] if account else None
        self.write("fct_feedback", {
            "channel": channel,
            "instrument": instrument,
            "source": f"zendesk/{ticket.source}",
            "ticket_id": ticket.id,
            "polarity": polarity,
            **scores,
            "received_at": iso(at),
            "account_id": account.id if account else None,
            "csm_user_id": csm.id if csm else None,
        })  # fmt: skip

    def _count(self, at: int, instrument: str, *what: str | None) -> None:
        counted = self._trends.setdefault((iso(at)[:7] + "-01", instrument), Counter())
        counted.update(name for name in what if name)

    def _happened(self, at: int | None) -> bool:
        return at is not None and at <= self._world.end


def assigned(account: Account, at: int) -> tuple[Staff | None, bool]:
    """The CSM valid at a time; before the account existed the first one, marked as inferred (E-15)."""
    if at < account.created_at:
        return account.csm.first, True
    return account.csm.at(at), False


def told(account: Account | None, opened_at: int, now: int) -> tuple[Staff | None, str | None, bool]:
    """Whom a ticket is told to, by which step of the chain (E-16), and whether that is inferred."""
    if account is None or account.deleted_at <= opened_at:
        return None, None, False
    csm, is_inferred = assigned(account, opened_at)
    if csm is None:
        return None, None, False
    current = account.csm.at(now)
    steps = (("account", csm), ("current", current))
    for source, person in steps:
        if person and person.is_active and not person.is_placeholder:
            return person, source, is_inferred
    if csm.manager and csm.manager.is_active:
        return csm.manager, "manager", is_inferred
    return None, None, False
