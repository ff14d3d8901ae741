"""What was true: every state that every record of a world had, read from the sandbox's state, not through HTTP.

States are digests of payloads. A payload holds its version, so an equal digest is an equal version too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from sandbox.changes import Change, read_changes
from sandbox.clock import Clock
from sandbox.salesforce import query
from sandbox.salesforce.fields import FieldPath, resolve
from sandbox.salesforce.org import Org, Row
from sandbox.state import State
from sandbox.zendesk import definitions, field_shapes, histories, identities, shapes, ticket_shape
from sandbox.zendesk.instance import Instance

LISTS = {
    "zendesk__organization_membership",
    "zendesk__satisfaction_rating",
    "zendesk__ticket_field",
    "gitlab__project",
}
FEEDS = {"zendesk__ticket_audit", "salesforce__account_field_history"}
OBJECTS = {
    "Account": "salesforce__account",
    "Contact": "salesforce__contact",
    "User": "salesforce__user",
    "Case": "salesforce__case",
    "AccountHistory": "salesforce__account_field_history",
}
# As the streams read them: what a signals.toml of this repository adds to an account's own fields.
RELATED = {"Account": ("Latest_Sold_To_Contact__r.Email", "Latest_Sold_To_Contact__r.Name")}
# Views of other fields, and files: not read.
LEFT_OUT = {"address", "location", "base64", "complexvalue"}
# What moves without its record: no part of a state.
VOLATILE = {
    "gitlab__project": {
        "last_activity_at", "star_count", "forks_count", "open_issues_count", "statistics", "updated_at", "_links",
    },
    "zendesk__ticket": {"metric_set"},
}  # fmt: skip
END_AFTER_MS = 10 * 60_000


class Entity(NamedTuple):
    """Unique over everything that is read."""

    stream: str
    source: str
    id: str


class Present(NamedTuple):
    """The state at the end."""

    digest: str
    is_deleted: bool


# What an erased record is compared by: its words are gone, also from what was read before.
STAMPS = ("id", "ticket_id", "generated_timestamp", "timestamp", "updated_at", "status", "active")
ERASED = "erased "


class Truth(State):
    """`states`: all that ever was. `present`: how it ended; what was hard-deleted is only in `states`."""

    def __init__(self) -> None:
        super().__init__()
        self.states: defaultdict[Entity, set[str]] = defaultdict(set)
        self.present: dict[Entity, Present] = {}
        self._purged: set[tuple[str, str, str]] = set()
        self._touched: set[tuple[str, str, str, Any]] = set()
        self._at = 0
        self._columns: dict[str, list[FieldPath]] = {}

    @classmethod
    def of(cls, world: Path) -> "Truth":
        truth = cls()
        truth.load(read_changes(world))
        last = truth.timeline.last_change or 0
        truth.clock = Clock(last + END_AFTER_MS, running=False)
        truth.advance()
        truth._look()
        truth._conclude()
        return truth

    def digest(self, stream: str, source: str, payload: dict[str, Any]) -> str:
        """Of a state as it is compared: without what moves by itself, and by its stamps alone once it is erased."""
        if self._is_erased(stream, source, payload):
            return ERASED + " ".join(f"{name}={payload.get(name)}" for name in STAMPS)
        if stream in VOLATILE:
            payload = {key: value for key, value in payload.items() if key not in VOLATILE[stream]}
        return sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def _is_erased(self, stream: str, source: str, payload: dict[str, Any]) -> bool:
        if stream == "zendesk__user":
            return (source, "user", str(payload["id"])) in self._purged
        ticket = payload["id"] if stream == "zendesk__ticket" else payload.get("ticket_id")
        if stream == "zendesk__survey_response":
            ticket = payload["subject_zrns"][0].rpartition(":")[2]
        return source.startswith("zendesk/") and (source, "ticket", str(ticket)) in self._purged

    def _noticed(self, change: Change) -> Change:
        if change.purge and change.system == "zendesk":
            self._purged.add((f"zendesk/{change.instance}", change.object, str(change.id)))
        return super()._noticed(change)

    def _apply(self, change: Change) -> Iterable[Change]:
        # What becomes visible in one millisecond is never seen apart.
        if change.visible_at != self._at:
            self._look()
            self._at = change.visible_at
        self._touched.add((change.system, change.instance, change.object, change.id))
        if change.object == "organization_membership":
            row = self.zendesk[change.instance].memberships.get(change.id)
            user_id = row.fields["user_id"] if row else change.set.get("user_id")
            self._touched.add((change.system, change.instance, "user", user_id))
        if change.merge_into is not None:
            self._touched |= {(change.system, change.instance, *moved) for moved in self._moved_by(change)}
        return super()._apply(change)

    def _moved_by(self, change: Change) -> set[tuple[str, Any]]:
        """What a merge moves besides its loser: the other ticket; in Salesforce all that points to the loser."""
        if change.object == "ticket":
            return {(change.object, int(change.merge_into))}
        if change.system != "salesforce":
            return set()
        rows = self.salesforce[change.instance].rows
        return {
            (kind, row.id)
            for kind in ("Account", "Contact", "Case")
            for row in rows[kind].values()
            if change.id in row.fields.values()
        }

    def _look(self) -> None:
        for touched in self._touched:
            for entity, payload in self._shapes(*touched):
                self._keep(entity, payload)
        self._touched.clear()

    def _keep(self, entity: Entity, payload: dict[str, Any]) -> str:
        found = self.digest(entity.stream, entity.source, payload)
        self.states[entity].add(found)
        return found

    def _keep_audits(self, instance: Instance, ticket_id: int) -> None:
        for audit in instance.tickets[ticket_id].audits:
            row = histories.ticket_event(audit, with_comments=True)
            self._keep(Entity("zendesk__ticket_audit", f"zendesk/{instance.name}", str(row["id"])), row)

    def _shapes(self, system: str, instance: str, kind: str, row_id: Any) -> Iterator[tuple[Entity, dict[str, Any]]]:
        if system == "zendesk":
            yield from self._of_zendesk(self.zendesk[instance], kind, row_id)
        elif system == "salesforce":
            yield from self._of_salesforce(self.salesforce[instance], kind, row_id)
        elif kind == "project" and row_id in self.gitlab.projects:
            yield Entity("gitlab__project", "gitlab/main", str(row_id)), self.gitlab.projects[row_id]
        elif kind == "issue":
            yield Entity("gitlab__issue", "gitlab/main", str(row_id)), self.gitlab.issues[row_id]

    def _of_zendesk(self, desk: Instance, kind: str, row_id: Any) -> Iterator[tuple[Entity, dict[str, Any]]]:
        def entity(stream: str, identity: Any) -> Entity:
            return Entity(f"zendesk__{stream}", f"zendesk/{desk.name}", str(identity))

        if kind == "ticket":
            yield entity("ticket", row_id), ticket_shape.ticket(desk, desk.tickets[row_id], exported=True)
            if row_id in desk.ratings:
                rating = shapes.rating(desk, desk.ratings[row_id])
                yield entity("satisfaction_rating", rating["id"]), rating
        elif kind == "user" and row_id in desk.users:
            user = desk.users[row_id]
            # The export gives identities beside the users; the log keeps them with their user.
            known = [shapes.identity(desk, row) for row in identities.of(desk, user)]
            known.sort(key=lambda found: str(found["id"]))
            yield entity("user", row_id), shapes.user(desk, user) | {"identities": known}
            for membership in desk.memberships_of.get(row_id, {}).values():
                row = desk.memberships[membership]
                yield entity("organization_membership", row.id), shapes.membership(desk, row)
        elif kind == "organization":
            yield entity("organization", row_id), shapes.organization(desk, desk.organizations[row_id])
            # A membership shows its organization's name.
            for row in desk.memberships.values():
                if row.fields["organization_id"] == row_id:
                    yield entity("organization_membership", row.id), shapes.membership(desk, row)
        elif kind == "survey_response":
            row = desk.surveys[desk.survey_names[row_id]]
            yield entity("survey_response", row["id"]), row
        elif kind == "ticket_field":
            for row in definitions.ticket_fields(desk):
                if row.id == row_id:
                    yield entity("ticket_field", row.id), field_shapes.ticket_field(desk, row, "ticket_fields")

    def _of_salesforce(self, org: Org, kind: str, row_id: str) -> Iterator[tuple[Entity, dict[str, Any]]]:
        row = org.rows[kind][row_id]
        if row.purged:
            return
        yield self._record(org, kind, row)

    def _record(self, org: Org, kind: str, row: Row) -> tuple[Entity, dict[str, Any]]:
        if kind not in self._columns:
            names = [field.name for field in org.types[kind].values() if field.type not in LEFT_OUT]
            self._columns[kind] = [resolve(org, kind, name) for name in (*names, *RELATED.get(kind, ()))]
        record = query.record(org, kind, row, self._columns[kind], "68.0")
        return Entity(OBJECTS[kind], f"salesforce/{org.name}", row.id), _plain(record)

    def _conclude(self) -> None:
        for desk in self.zendesk.values():
            for ticket_id in desk.tickets:
                self._keep_audits(desk, ticket_id)
            everything = [
                *(("ticket", row_id) for row_id in desk.tickets),
                *(("user", row_id) for row_id in desk.users),
                *(("organization", row_id) for row_id in desk.organizations),
                *(("ticket_field", row.id) for row in definitions.ticket_fields(desk)),
                *(("survey_response", name) for name, row_id in desk.survey_names.items() if row_id in desk.surveys),
            ]
            for kind, row_id in everything:
                self._end(self._of_zendesk(desk, kind, row_id))
            for audit in desk.events.rows:
                row = histories.ticket_event(audit, with_comments=True)
                self._end([(Entity("zendesk__ticket_audit", f"zendesk/{desk.name}", str(row["id"])), row)])
        for org in self.salesforce.values():
            for kind in OBJECTS:
                for row in org.rows[kind].values():
                    # The history of a purged account goes with it; it has been there.
                    entity, payload = self._record(org, kind, row)
                    if kind == "AccountHistory":
                        self._keep(entity, payload)
                    if not row.is_gone(self.clock.now()):
                        self._end([(entity, payload)])
        for kind, found in (("project", self.gitlab.projects), ("issue", self.gitlab.issues)):
            for row_id in found:
                self._end(self._shapes("gitlab", "main", kind, row_id))

    def _end(self, found: Iterable[tuple[Entity, dict[str, Any]]]) -> None:
        for entity, payload in found:
            self.present[entity] = Present(self._keep(entity, payload), _is_deleted(entity.stream, payload))


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """A REST record in the log's form: no attributes, times with Z."""
    plain = {}
    for name, value in record.items():
        if isinstance(value, dict):
            value = _plain(value)
        elif isinstance(value, str) and value.endswith("+0000"):
            value = value.removesuffix("+0000") + "Z"
        if name != "attributes":
            plain[name] = value
    return plain


def _is_deleted(stream: str, payload: dict[str, Any]) -> bool:
    if stream == "zendesk__ticket":
        return payload["status"] == "deleted"
    if stream == "zendesk__user":
        return not payload["active"]
    if stream == "zendesk__organization":
        return payload["deleted_at"] is not None
    return bool(stream.startswith("salesforce__") and payload.get("IsDeleted"))
