"""What fct_feedback must say: ratings with their history, and issues."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from tests.oracle.notices import HOSTS, Notices
from tests.oracle.people import CSM
from tests.oracle.world import Record, moment, stamp

EFFORT_FROM = moment("2025-05-01T00:00:00Z")
STATED = re.compile(r" *(positive|negative|neutral) feedback for ticket #?(\d+)")
NUMBER = re.compile(r"(?:^|[^a-z])ticket #?(\d{1,18})")
PAGE = re.compile(r"https?://([^/ ]+)/(?:agent/|api/v2/)?tickets/(\d{1,18})")
NO_HISTORY = dict.fromkeys(("first_score", "last_score", "rating_changes", "is_good_to_bad", "is_bad_to_good"))


class Feedback:
    def __init__(self, notices: Notices) -> None:
        self.notices, self.world, self.people = notices, notices.world, notices.people
        self.effort_fields = {
            (each.instance, each.id)
            for each in self.world.all("ticket_field")
            if each.at(self.world.now, "title") == "CES Score"
        }
        self.responses: dict[tuple[str, int], list[Record]] = {}
        for response in self.world.all("survey_response"):
            for name in response.lines[0]["set"].get("subject_zrns", ()):
                self.responses.setdefault((response.instance, int(name.rsplit(":", 1)[1])), []).append(response)

    def rows(self) -> Iterator[dict[str, Any]]:
        for ticket in self.world.all("ticket"):
            yield from self._survey(ticket)
        for issue in self.world.all("issue"):
            yield from self._issue(issue)

    def _survey(self, ticket: Record) -> Iterator[dict[str, Any]]:
        words, numbers, offered = self._ratings(ticket)
        answers = [
            (moment(answer["updated_at"]), answer["rating"], answer["rating_category"])
            for response in self.responses.get((ticket.instance, ticket.id), ())
            for line in response.lines
            for answer in line["set"].get("answers", ())
        ]
        asked = [
            moment(line["at"]) for r in self.responses.get((ticket.instance, ticket.id), ()) for line in r.lines[:1]
        ]
        begun = min([*offered, *asked] or [at for at, _ in [*words, *numbers]], default=None)
        if asked and answers:
            # only the newest answer is known of Zendesk's own surveys: the API keeps no earlier one
            at = answers[0][0]
            number, word = answers[-1][1:]
            polarity = {"good": "positive", "bad": "negative"}.get(word, str(word))
            history = [(str(number), polarity)]
            yield self._row(ticket, "survey", "csat_custom", polarity, at, history)
        elif numbers and begun and begun >= EFFORT_FROM:
            history = [(str(n), "positive" if n >= 5 else "negative") for _, n in numbers]
            at = min(numbers[0][0], *(at for at, _ in words)) if words else numbers[0][0]
            yield self._row(ticket, "survey", "ces_7pt", history[-1][1], at, history)
        elif words and begun:
            history = [(word, "positive" if word == "good" else "negative") for _, word in words]
            instrument = "ssat_2pt" if begun < EFFORT_FROM else "ces_7pt"
            yield self._row(ticket, "survey", instrument, history[-1][1], words[0][0], history)

    def _ratings(self, ticket: Record) -> tuple[list, list, list[datetime]]:
        """Words, effort numbers and offers, each with its time; a value that stays is none."""
        words: list[tuple[datetime, str]] = []
        numbers: list[tuple[datetime, int]] = []
        offered = []
        for line in ticket.lines:
            values, at = line.get("set", {}), moment(line["at"])
            score = (values.get("satisfaction_rating") or {}).get("score")
            if score == "offered":
                offered.append(at)
            elif score in ("good", "bad") and (not words or words[-1][1] != score):
                words.append((at, score))
            for field in values.get("custom_fields", ()):
                if (ticket.instance, field["id"]) not in self.effort_fields or field["value"] is None:
                    continue
                number = int(field["value"])
                if not numbers or numbers[-1][1] != number:
                    numbers.append((at, number))
        return words, numbers, offered

    def _row(
        self,
        ticket: Record,
        channel: str,
        instrument: str,
        polarity: str,
        at: datetime,
        history: Sequence[tuple[str, str]],
    ) -> dict[str, Any]:
        turns = [pair for pair in itertools.pairwise([way for _, way in history]) if pair[0] != pair[1]]
        scores = {
            "first_score": history[0][0],
            "last_score": history[-1][0],
            "rating_changes": len(turns),
            "is_good_to_bad": ("positive", "negative") in turns,
            "is_bad_to_good": ("negative", "positive") in turns,
        }
        return self._about(ticket.instance, ticket.id, channel, instrument, polarity, at) | scores

    def _issue(self, issue: Record) -> Iterator[dict[str, Any]]:
        now = self.world.now
        title = (issue.at(now, "title") or "").lower()
        text = f"{title} {issue.at(now, 'description') or ''}".lower()
        labels = issue.at(now, "labels") or ()
        stated, page, is_indirect = STATED.match(title), PAGE.search(text), title.startswith("indirect feedback")
        if issue.ended or not (stated or is_indirect or "SSAT::Contact" in labels):
            return
        number = next(
            (int(found[found.re.groups]) for found in (NUMBER.search(title), NUMBER.search(text), page) if found), None
        )
        labelled = (
            "positive" if "satisfaction::good" in labels else "negative" if "satisfaction::bad" in labels else "neutral"
        )
        instance = next((name for name, host in HOSTS.items() if page and host == page[1]), None) if page else "global"
        channel = "mid_ticket" if stated else "indirect" if is_indirect else "contact_request"
        instrument = "mid_ticket_3pt" if stated else "indirect"
        yield (
            self._about(instance, number, channel, instrument, stated[1] if stated else labelled, issue.born)
            | NO_HISTORY
        )

    def _about(
        self, instance: str | None, number: int | None, channel: str, instrument: str, polarity: str, at: datetime
    ) -> dict[str, Any]:
        ticket = self.world.get("ticket", number, instance) if instance else None
        account, csm = self._belongs(ticket, at) if ticket else (None, None)
        return {
            "channel": channel,
            "instrument": instrument,
            "source": f"zendesk/{instance}" if instance else None,
            "ticket_id": number,
            "polarity": polarity,
            "received_at": stamp(at),
            "account_id": account,
            "csm_user_id": csm,
        }

    def _belongs(self, ticket: Record, at: datetime) -> tuple[str | None, str | None]:
        """The ticket's account, and its CSM when the ticket was last solved before (E-59)."""
        associated, organization = self.notices.associated(ticket)
        account_id = self.people.account_id(organization, associated) if organization and associated else None
        account = self.people.accounts.get(account_id[:15]) if account_id else None
        solved = [since for since, status in ticket.history("status", "new") if status == "solved" and since <= at]
        return account_id, account.at(max(solved, default=at), CSM) if account else None
