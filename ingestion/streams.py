"""The table of streams: what is read, how often, and how far back. Importing it needs no settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

EVERY_TICK = timedelta(0)
FIVE_MINUTES = timedelta(minutes=5)
HOURLY = timedelta(hours=1)


@dataclass(frozen=True)
class Stream:
    """`shape` says how the source is read.

    changes: what changed since a cursor; a live and a history cursor.
    list: the whole list each time; what vanished becomes a tombstone.
    once: each item is read once (files, settings).
    ledger: nothing is read; deliveries write down here what they did.

    `history` says from when a new installation reads: things that exist (accounts, contacts) are read whole, because
    one that has been quiet for years still counts; what happened (tickets, audits) is read from START_DATE.

    `object_in` is the table of signals.toml whose `object` says what to read; where that is "" the stream is not read.

    `volatile` names fields that change without the record changing; they stay in the payload and out of its digest.
    """

    name: str
    shape: Literal["changes", "list", "once", "ledger"]
    interval: timedelta
    history: Literal["beginning", "start_date", "none"]
    description: str
    volatile: frozenset[str] = frozenset()
    # Not every plan or edition has it: a refusal is a warning then.
    is_optional: bool = False
    object_in: str | None = None

    @property
    def system(self) -> str:
        return self.name.split("__")[0]

    @property
    def entity(self) -> str:
        return self.name.split("__")[1]

    @property
    def table(self) -> str:
        return f"{self.name}_events"

    def event_type(self, word: str) -> str:
        return f"{self.system}.{self.entity}.{word}"


# Salesforce stamps these whenever somebody looks at a record.
SEEN = frozenset({"LastViewedDate", "LastReferencedDate"})
COUNTERS = frozenset(
    {"last_activity_at", "star_count", "forks_count", "open_issues_count", "statistics", "updated_at", "_links"}
)

# Reply times and the like are the ticket's, and count on between its changes: no event of their own.
METRICS = frozenset({"metric_set"})

_ALL = (
    Stream("salesforce__account", "changes", FIVE_MINUTES, "beginning", "Customers and their CSM.", SEEN),
    Stream(
        "salesforce__contact", "changes", FIVE_MINUTES, "beginning", "People at customers, as sales knows them.", SEEN
    ),
    Stream(
        "salesforce__subscription",
        "changes",
        FIVE_MINUTES,
        "beginning",
        "What customers bought, and who bought it.",
        SEEN,
        is_optional=True,
        object_in="salesforce.subscription",
    ),
    Stream("salesforce__user", "changes", FIVE_MINUTES, "beginning", "Colleagues: CSMs and their managers.", SEEN),
    Stream("salesforce__case", "changes", FIVE_MINUTES, "start_date", "Salesforce cases that mirror tickets.", SEEN),
    Stream(
        "salesforce__account_field_history",
        "changes",
        FIVE_MINUTES,
        "beginning",
        "Tracked changes of account fields: who was CSM when.",
        is_optional=True,
    ),
    Stream(
        "salesforce__field", "list", FIVE_MINUTES, "none", "Fields that the objects of Salesforce have, as described."
    ),
    Stream("zendesk__organization", "changes", FIVE_MINUTES, "beginning", "Customers, as support knows them."),
    Stream("zendesk__user", "changes", FIVE_MINUTES, "beginning", "Contacts and agents."),
    Stream("zendesk__ticket", "changes", EVERY_TICK, "start_date", "Tickets, each state that was seen.", METRICS),
    Stream("zendesk__ticket_audit", "changes", EVERY_TICK, "start_date", "Every change of a ticket, with comments."),
    Stream("zendesk__organization_membership", "list", HOURLY, "none", "Which contact belongs to which organization."),
    Stream(
        "zendesk__satisfaction_rating",
        "changes",
        HOURLY,
        "start_date",
        "Good and bad ratings with comment and reason.",
        is_optional=True,
    ),
    Stream(
        "zendesk__survey_response", "changes", HOURLY, "start_date", "Answers to the newer surveys.", is_optional=True
    ),
    Stream("zendesk__ticket_field", "list", HOURLY, "none", "Titles and options of ticket fields."),
    Stream("gitlab__issue", "changes", FIVE_MINUTES, "start_date", "Mid-ticket and indirect feedback."),
    Stream("gitlab__project", "list", HOURLY, "none", "Collaboration projects that organizations name.", COUNTERS),
    Stream("file__feedback", "once", EVERY_TICK, "none", "Feedback dropped as files.", frozenset({"file_name"})),
    Stream("pipeline__erasure", "once", EVERY_TICK, "none", "Texts that were erased from the log, and why."),
    Stream("delivery__attempt", "ledger", EVERY_TICK, "none", "Messages about to be handed over, before they are."),
    Stream("delivery__outcome", "ledger", EVERY_TICK, "none", "What became of a message that was handed over."),
    Stream("pipeline__settings", "once", EVERY_TICK, "none", "The settings that marts depend on, as they were."),
)

STREAMS: Mapping[str, Stream] = {stream.name: stream for stream in _ALL}
