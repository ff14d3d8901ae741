"""What happens in one Zendesk account of the soak's world: tickets, people, organizations, surveys."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.soak.late import late

Line = dict[str, Any]

FIELDS = (360_000_000_001, 360_000_000_002, 360_000_000_003)
WORDS = ("Runner stops", 'Él "niño" <b>bold</b>', "a,b\n2nd line", "日本語のチケット", "NA", "null", "0042", "🔥 down")
PROJECTS = 40


class Desk:
    """One account. Both accounts count their ids from the same numbers."""

    def __init__(self, rng: random.Random, instance: str) -> None:
        self._rng, self._instance = rng, instance
        self.tickets: list[int] = []
        self._made = 0
        self._users: list[int] = []
        self._organizations: list[int] = []
        self._memberships: list[int] = []
        self._fields: list[int] = []
        self._surveys: list[tuple[str, datetime]] = []
        self._next = 5_000

    def ground(self, changes: int) -> Iterator[Line]:
        for place, identity in enumerate(FIELDS):
            yield self._line("ticket_field", identity, set={"type": "text", "title": f"Field {place}"})
        for _ in range(30):
            yield self._field()
        for _ in range(max(changes // 400, 10)):
            yield self._organization()
        for _ in range(max(changes // 60, 40)):
            yield self._user()

    def act(self, at: datetime) -> Iterator[Line]:
        """One thing that happens; late commits stay within the minute that exports withhold."""
        if not self.tickets or self._rng.random() < 0.16:
            yield self._ticket()
            return
        kinds, weights = zip(*_KINDS.items(), strict=True)
        (kind,) = self._rng.choices(kinds, weights)
        line = kind(self, at)
        if line is not None:
            yield late(self._rng, at, line, timedelta(seconds=50))

    def tie(self, rows: int) -> Iterator[Line]:
        """So many tickets that are new or changed in one second."""
        for old in self._rng.sample(self.tickets, min(rows // 2, len(self.tickets))):
            yield self._line("ticket", old, by=1, set={"priority": "urgent", "tags": ["outage"]})
            rows -= 1
        for _ in range(rows):
            yield self._ticket()

    def _line(self, kind: str, identity: int | str, **change: Any) -> Line:
        return {"system": "zendesk", "instance": self._instance, "object": kind, "id": identity, **change}

    def _id(self) -> int:
        self._next += 1
        return self._next

    def _ticket(self) -> Line:
        rng = self._rng
        self._made += 1
        requester = rng.choice(self._users)
        values: Line = {"subject": rng.choice(WORDS), "requester_id": requester, "tags": rng.sample(WORDS, 2)}
        if rng.random() < 0.1:
            values["organization_id"] = None
        if rng.random() < 0.1:
            values["support_type"] = "ai_agent"
        if rng.random() < 0.3:
            values["custom_fields"] = [{"id": rng.choice(FIELDS), "value": rng.choice(WORDS)}]
        self.tickets.append(self._made)
        comment = {"author_id": requester, "body": rng.choice(WORDS)}
        return self._line("ticket", self._made, by=requester, set=values, comment=comment)

    def _old(self) -> int:
        """Mostly a recent ticket, sometimes any."""
        rng = self._rng
        return rng.choice(self.tickets[-60:]) if rng.random() < 0.7 else rng.choice(self.tickets)

    def _change(self, _at: datetime) -> Line:
        rng = self._rng
        values: Line = rng.choice([
            {"status": rng.choice(("open", "pending", "hold", "solved"))},
            {"priority": rng.choice(("low", "normal"))},
            {"tags": rng.sample(WORDS, rng.randrange(4))},
            {"custom_fields": [{"id": rng.choice(FIELDS), "value": rng.choice((*WORDS, None))}]},
            {"assignee_id": rng.choice(self._users)},
            {"organization_id": rng.choice((None, *self._organizations[-5:]))},
        ])  # fmt: skip
        return self._line("ticket", self._old(), by=rng.choice(self._users), set=values)

    def _comment(self, _at: datetime) -> Line:
        rng = self._rng
        author = rng.choice(self._users)
        comment = {"author_id": author, "body": rng.choice(WORDS), "public": rng.random() < 0.7}
        return self._line("ticket", self._old(), by=author, comment=comment)

    def _system(self, _at: datetime) -> Line:
        """No audit tells of it: only the export's own stamp moves."""
        return self._line("ticket", self._old(), set={"external_id": str(self._rng.randrange(1 << 40))})

    def _rate(self, _at: datetime) -> Line:
        score = self._rng.choice(("offered", "good", "bad"))
        rating = {"score": score} if score == "offered" else {"score": score, "comment": self._rng.choice(WORDS)}
        return self._line("ticket", self._old(), set={"satisfaction_rating": rating})

    def _end(self, _at: datetime) -> Line:
        kind = self._rng.choices(("delete", "restore", "purge"), (5, 4, 1))[0]
        return self._line("ticket", self._old(), **{kind: True})

    def _merge(self, _at: datetime) -> Line:
        into = self.tickets[self._rng.randrange(len(self.tickets) // 2 + 1)]
        return self._line("ticket", self._old(), by=1, merge_into=into)

    def _user(self, _at: datetime | None = None) -> Line:
        identity = self._id()
        self._users.append(identity)
        values: Line = {"name": f"{self._rng.choice(WORDS)} {identity}", "email": f"u{identity}@example.com"}
        if self._rng.random() < 0.9:
            values["organization_id"] = self._rng.choice(self._organizations)
        return self._line("user", identity, set=values)

    def _user_change(self, _at: datetime) -> Line:
        rng = self._rng
        values: Line = rng.choice([
            {"name": rng.choice(WORDS)},
            {"suspended": rng.random() < 0.5},
            {"tags": rng.sample(WORDS, 2)},
            {"phone": rng.choice((None, "+49 30 1234"))},
            {"organization_id": rng.choice((None, *self._organizations))},
        ])  # fmt: skip
        return self._line("user", rng.choice(self._users), set=values)

    def _user_end(self, _at: datetime) -> Line | None:
        if len(self._users) < 30:
            return None
        identity = self._users.pop(self._rng.randrange(len(self._users)))
        return self._line("user", identity, **{self._rng.choice(("delete", "delete", "purge")): True})

    def _organization(self, _at: datetime | None = None) -> Line:
        identity = self._id()
        self._organizations.append(identity)
        keys = {"support_level": "premium", "am_project_id": str(self._rng.randrange(1, PROJECTS))}
        return self._line("organization", identity, set={"name": f"Org {identity}", "organization_fields": keys})

    def _organization_change(self, _at: datetime) -> Line:
        rng = self._rng
        values: Line = rng.choice([
            {"name": f"{rng.choice(WORDS)} {rng.randrange(9)}"},
            {"organization_fields": {"am_project_id": str(rng.randrange(1, PROJECTS))}},
            {"organization_fields": {"support_hold": rng.random() < 0.5}},
            {"tags": rng.sample(WORDS, 2)},
        ])  # fmt: skip
        return self._line("organization", rng.choice(self._organizations), set=values)

    def _organization_end(self, _at: datetime) -> Line | None:
        if len(self._organizations) < 9:
            return None
        identity = self._organizations.pop(self._rng.randrange(len(self._organizations)))
        heir = self._rng.choice(self._organizations)
        return self._line("organization", identity, **self._rng.choice(({"delete": True}, {"merge_into": heir})))

    def _membership(self, _at: datetime) -> Line:
        rng = self._rng
        if self._memberships and rng.random() < 0.4:
            return self._line("organization_membership", self._memberships.pop(), delete=True)
        identity = 900_000_000_000 + self._id()
        self._memberships.append(identity)
        values = {"user_id": rng.choice(self._users), "organization_id": rng.choice(self._organizations)}
        return self._line("organization_membership", identity, set=values)

    def _field(self, _at: datetime | None = None) -> Line:
        """Inactive, because an active one would appear in every ticket without moving a stamp."""
        identity = self._id()
        self._fields.append(identity)
        return self._line("ticket_field", identity, set={"type": "text", "title": f"Old {identity}", "active": False})

    def _field_change(self, at: datetime) -> Line:
        kind = self._rng.randrange(4)
        if kind == 0:
            return self._field(at)
        if kind == 1 and len(self._fields) > 28:
            return self._line("ticket_field", self._fields.pop(), delete=True)
        identity = self._rng.choice((*FIELDS, *self._fields))
        return self._line("ticket_field", identity, set={"title": self._rng.choice(WORDS)})

    def _survey(self, at: datetime) -> Line:
        rng = self._rng
        self._surveys = [(name, sent) for name, sent in self._surveys if at - sent < timedelta(days=27)]
        if self._surveys and rng.random() < 0.6:
            name, _ = rng.choice(self._surveys)
            answers = [{"type": "rating_scale", "rating": rng.randrange(1, 6)}]
            return self._line("survey_response", name, set={"answers": answers})
        name = f"s{self._id()}"
        self._surveys.append((name, at))
        values = {"responder_id": rng.choice(self._users), "ticket_id": self._old()}
        return self._line("survey_response", name, set=values)


_KINDS = {
    Desk._change: 36,
    Desk._comment: 22,
    Desk._system: 8,
    Desk._rate: 8,
    Desk._end: 5,
    Desk._merge: 2,
    Desk._user: 3,
    Desk._user_change: 6,
    Desk._user_end: 0.7,
    Desk._organization: 1,
    Desk._organization_change: 3,
    Desk._organization_end: 0.3,
    Desk._membership: 3,
    Desk._field_change: 1,
    Desk._survey: 5,
}
