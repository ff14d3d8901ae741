"""What happens in Salesforce in the soak's world."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sandbox.salesforce.ids import derived
from tests.soak.late import late

Line = dict[str, Any]

PREFIXES = {"Account": "001", "Contact": "003", "User": "005", "Case": "500"}
WORDS = ("Alpine", "", "NA", "a,b\n2nd", "Ünal & Söhne", "0042", "null")
LATEST = timedelta(minutes=9)
CSMS = 12


class Crm:
    """One org. CSMs and sold-to contacts keep their names: an account shows them without being stamped."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._made = 0
        self._alive: dict[str, list[str]] = {name: [] for name in PREFIXES}
        self._gone: dict[str, list[str]] = {name: [] for name in PREFIXES}
        self._csms = [derived("005", f"csm{n}") for n in range(CSMS)]
        self._sold_to = [derived("003", f"sold{n}") for n in range(20)]

    def ground(self, changes: int) -> Iterator[Line]:
        for n, identity in enumerate(self._csms):
            yield self._line("User", identity, set={"FirstName": "Csm", "LastName": str(n), "Email": f"c{n}@x.example"})
        for n, identity in enumerate(self._sold_to):
            yield self._line("Contact", identity, set={"LastName": f"Sold {n}", "Email": f"s{n}@y.example"})
        for _ in range(max(changes // 40, 20)):
            yield self._new("Account")
        for kind in ("Contact", "User", "Case"):
            for _ in range(20):
                yield self._new(kind)

    def act(self, at: datetime) -> Iterator[Line]:
        rng = self._rng
        (kind,) = rng.choices(tuple(PREFIXES), (45, 25, 5, 25))
        (what,) = rng.choices(("new", "change", "delete", "restore", "merge", "purge"), (25, 60, 5, 4, 2, 1))
        line = self._new(kind) if what == "new" else self._changed(kind, what)
        yield late(rng, at, line, LATEST)

    def tie(self, rows: int) -> Iterator[Line]:
        """So many accounts that are new or change their CSM in one second."""
        for old in self._rng.sample(self._alive["Account"], min(rows // 2, len(self._alive["Account"]))):
            yield self._line("Account", old, set={"Technical_Account_Manager_LU__c": self._rng.choice(self._csms)})
            rows -= 1
        for _ in range(rows):
            yield self._new("Account")

    def _line(self, kind: str, identity: str, **change: Any) -> Line:
        return {"system": "salesforce", "object": kind, "id": identity, **change}

    def _new(self, kind: str) -> Line:
        self._made += 1
        identity = derived(PREFIXES[kind], f"{kind}{self._made}")
        self._alive[kind].append(identity)
        return self._line(kind, identity, set=self._values(kind))

    def _values(self, kind: str) -> Line:
        rng = self._rng
        word = rng.choice(WORDS)
        if kind == "Account":
            csm, sold_to = rng.choice((None, *self._csms)), rng.choice((None, *self._sold_to))
            return {
                "Name": f"Account {word} {rng.randrange(99)}",
                "Technical_Account_Manager_LU__c": csm,
                "Latest_Sold_To_Contact__c": sold_to,
                "Account_Demographics_Geo__c": word,
            }
        if kind == "Contact":
            return {"LastName": f"{word}{self._made}", "Email": None, "AccountId": rng.choice(self._alive["Account"])}
        if kind == "User":
            return {"LastName": f"{word}{self._made}", "Title": word, "IsActive": rng.random() < 0.8}
        status = rng.choice(("New", "Closed"))
        return {"Subject": word, "Status": status, "IsClosed": status == "Closed", "Description": word * 9}

    def _changed(self, kind: str, what: str) -> Line:
        rng = self._rng
        alive, gone = self._alive[kind], self._gone[kind]
        if what == "restore" and gone and kind != "User":
            identity = gone.pop(rng.randrange(len(gone)))
            alive.append(identity)
            return self._line(kind, identity, restore=True)
        if what == "change" or len(alive) < 15 or kind == "User":
            values = self._values(kind)
            return self._line(kind, rng.choice(alive), set=dict(rng.sample(sorted(values.items()), 2)))
        if what == "purge" and gone:
            return self._line(kind, gone.pop(), purge=True)
        identity = alive.pop(rng.randrange(len(alive)))
        gone.append(identity)
        if what == "merge":
            return self._line(kind, identity, merge_into=alive[rng.randrange(len(alive) // 2)])
        return self._line(kind, identity, delete=True)
